package wiring

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"foreday/summarizer/words"
)

// logLevel is "" if it was not given.
type logLevel string

// UnmarshalText reads a level.
func (l *logLevel) UnmarshalText(b []byte) error {
	switch *l = logLevel(b); *l {
	case "debug", "info", "warn", "error":
		return nil
	}
	return fmt.Errorf("%q is none of debug, info, warn and error", b)
}

// logFormat is "" if it was not given.
type logFormat string

// UnmarshalText reads a format.
func (f *logFormat) UnmarshalText(b []byte) error {
	switch *f = logFormat(b); *f {
	case "json", "console":
		return nil
	}
	return fmt.Errorf("%q is neither json nor console", b)
}

// ZoneFlag is a time zone by its IANA name; nil if it was not given.
type ZoneFlag struct{ *time.Location }

// UnmarshalText reads the name.
func (z *ZoneFlag) UnmarshalText(b []byte) error {
	zone, err := time.LoadLocation(string(b))
	if err != nil || string(b) == "" || string(b) == "Local" {
		return fmt.Errorf("time zone %q does not exist: want an IANA name such as Europe/Berlin", b)
	}
	z.Location = zone
	return nil
}

// OrUTC is the zone, UTC if none was given.
func (z ZoneFlag) OrUTC() *time.Location { return cmp.Or(z.Location, time.UTC) }

// ParserOptions are what the parser needs to know of settings: what is said of them, and
// how lengths of time and numbers are read, so that people understand what is wrong.
func ParserOptions() []kong.Option {
	return []kong.Option{
		kong.ExplicitGroups(Groups), HelpTexts(settingsHelp), kong.Vars{"languages": Languages()},
		readAs("length of time", time.ParseDuration, "is no length of time: want one such as 90s, 5m or 1h30m"),
		readAs("number", parseInt, "is no whole number in reach: want one such as 0 or 600"),
		readAs("number", parseFloat, "is no number: want one such as 0.4"),
	}
}

// readAs reads values of one type, and says the problem of wrong ones.
func readAs[T any](what string, parse func(text string) (T, error), problem string) kong.Option {
	read := func(ctx *kong.DecodeContext, target reflect.Value) error {
		var text string
		if err := ctx.Scan.PopValueInto(what, &text); err != nil {
			return err
		}
		value, err := parse(text)
		if err != nil {
			return fmt.Errorf("%q %s", text, problem)
		}
		target.Set(reflect.ValueOf(value))
		return nil
	}
	return kong.TypeMapper(reflect.TypeFor[T](), kong.MapperFunc(read))
}

func parseInt(text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	return int(n), err
}

func parseFloat(text string) (float64, error) { return strconv.ParseFloat(text, 64) }

// within holds a value to its bounds; name is the setting's.
func within[T cmp.Ordered](name string, value, least, most T, want string) error {
	if value < least || value > most {
		return fmt.Errorf("%s \"%v\": want %s", name, value, want)
	}
	return nil
}

// ValidPort holds a port to what ports may be; name is the setting's.
func ValidPort(name string, port int) error {
	return within(name, port, 0, 65535, "0 (a free one) to 65535")
}

func validName(name, value string) error {
	if strings.TrimSpace(value) != value || value == "" || len(value) > 512 {
		return fmt.Errorf("%s %q: want a name of 1 to 512 bytes without spaces around it", name, value)
	}
	return nil
}

// ValidURL holds an address of HTTP to its form; name is the setting's. "" is not set.
func ValidURL(name, value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s %q: want an address like https://host/path", name, WithoutPassword(value))
	}
	return nil
}

// hasPassword reports whether any part of an address, or of a list of them, holds one.
func hasPassword(address string) bool {
	for part := range strings.SplitSeq(address, ",") {
		before, _, found := strings.Cut(part, "@")
		_, after, scheme := strings.Cut(before, "://")
		if !scheme {
			after = before
		}
		if found && strings.Contains(after, ":") {
			return true
		}
	}
	_, query, _ := strings.Cut(address, "?")
	return strings.Contains(strings.ToLower(query), "password=")
}

// WithoutPassword hides the password of an address, readable or not, and its
// query and fragment, which may hold another.
func WithoutPassword(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		scheme, rest, found := strings.Cut(address[:at], "://")
		if !found {
			scheme, rest = "", scheme
		} else {
			scheme += "://"
		}
		user, _, _ := strings.Cut(rest, ":")
		address = scheme + user + ":***" + address[at:]
	}
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i+1] + "***"
	}
	return address
}

// languageFlag is a language in which summaries are told, by its tag; "" if it was
// not given.
type languageFlag string

// UnmarshalText reads the tag.
func (l *languageFlag) UnmarshalText(b []byte) error {
	if !words.Speaks(string(b)) {
		return fmt.Errorf("%q is not spoken here: want one of %s", b, Languages())
	}
	*l = languageFlag(b)
	return nil
}

// OrEnglish is the language, English if none was given.
func (l languageFlag) OrEnglish() string { return cmp.Or(string(l), "en") }

// Languages names those in which summaries are told.
func Languages() string { return strings.Join(words.Tags(), ", ") }
