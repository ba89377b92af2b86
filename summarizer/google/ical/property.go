package ical

import (
	"encoding/base64"
	"io"
	"iter"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"foreday/summarizer/google/recur"
)

// property is one property of a component, with its text decoded.
type property struct {
	name   string
	line   int
	params map[string]string // without quotes
	value  string
}

// wanted are the properties that are read, by what tells where their values begin;
// texts have nil.
var wanted = map[string]func(value string) bool{
	"DTSTART": beginsWithTime, "DTEND": beginsWithTime, "RECURRENCE-ID": beginsWithTime, "RDATE": beginsWithTime, "EXDATE": beginsWithTime,
	"CREATED": beginsWithTime, "LAST-MODIFIED": beginsWithTime, "DTSTAMP": beginsWithTime,
	"DURATION": nil, "RRULE": nil, "EXRULE": nil,
	"STATUS": nil, "TRANSP": nil, "CLASS": nil, "SEQUENCE": nil,
	"UID": nil, "SUMMARY": nil, "DESCRIPTION": nil, "LOCATION": nil,
	"ATTENDEE": beginsWithMailto, "X-MICROSOFT-CDO-BUSYSTATUS": nil, "X-MICROSOFT-CDO-ALLDAYEVENT": nil,
	"X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT": nil, "X-FUNAMBOL-ALLDAY": nil,
	"X-WR-CALNAME": nil, "X-WR-TIMEZONE": nil, "TZ": nil,
	"TZID": nil, "X-LIC-LOCATION": nil, "TZOFFSETFROM": nil, "TZOFFSETTO": nil,
}

// parseProperty takes a line apart, if it has a value.
func parseProperty(l line) (p property, ok bool) {
	head, value, ok := cutValue(string(l.text), wanted[l.name])
	if !ok {
		return property{}, false
	}
	p = property{name: l.name, line: l.number, params: parseParams(head)}
	p.value = escapes.Replace(clean(p.decoded(value)))
	return p, true
}

// cutValue cuts a line where its value begins: after the first colon that is not
// in quotes. Real parameters have colons of their own, outside of quotes; so a
// time begins after the last colon that leaves one, an address at its scheme, and
// an address in a parameter has no end at the colon of its scheme.
func cutValue(text string, begins func(value string) bool) (head, value string, ok bool) {
	colons := colonsOf(text)
	if len(colons) == 0 {
		return "", "", false
	}
	at := 0
	if begins != nil {
		for i := len(colons) - 1; i > 0 && at == 0; i-- {
			if begins(text[colons[i]+1:]) {
				at = i
			}
		}
	} else {
		isInside := func(c int) bool {
			return scheme.MatchString(text[:c]) || host.MatchString(text[:c]) && port.MatchString(text[c+1:])
		}
		for at < len(colons)-1 && isInside(colons[at]) {
			at++
		}
	}
	cut := colons[at]
	return text[:cut], text[cut+1:], true
}

// colonsOf returns the colons of a line that its value may follow.
func colonsOf(text string) (at []int) {
	for i := range outsideQuotes(text, ':') {
		at = append(at, i)
		if !strings.Contains(text[:i], ";") || len(at) > 20 {
			break // no parameters, so that the value begins here; or nonsense
		}
	}
	if i := strings.IndexByte(text, ':'); len(at) == 0 && i >= 0 {
		at = append(at, i) // a quote that never ends
	}
	return at
}

// outsideQuotes yields where a byte stands in a text, but for what is in quotes.
func outsideQuotes(text string, wanted byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		quoted := false
		for i := range len(text) {
			if text[i] == '"' {
				quoted = !quoted
			} else if text[i] == wanted && !quoted && !yield(i) {
				return
			}
		}
	}
}

// beginsWithTime reports whether a value, which may be a list, begins with a time.
func beginsWithTime(value string) bool {
	first := value[:strings.IndexAny(value+",", ",;/")]
	_, err := recur.ParseValue(first)
	return err == nil
}

func beginsWithMailto(value string) bool {
	_, ok := cutPrefixFold(value, "mailto:")
	return ok
}

// The parts of an address around its colons.
var (
	scheme = regexp.MustCompile(`(?i)=(?:https?|mailto|cid|data|ftp|urn|tel|msteams)$`)
	host   = regexp.MustCompile(`(?i)=[a-z]+://[^:;/]+$`)
	port   = regexp.MustCompile(`^\d{1,5}/`)
)

// parseParams reads the parameters of a line's head. Spaces around their names are
// no part of them, and one without a name is the rest of the one before, or an
// encoding of vCalendar 1.0.
func parseParams(head string) map[string]string {
	ends := append(slices.Collect(outsideQuotes(head, ';')), len(head))
	params := map[string]string{}
	last := ""
	for i, end := range ends[:len(ends)-1] {
		part := head[end+1 : ends[i+1]]
		name, value, ok := strings.Cut(part, "=")
		switch name = strings.ToUpper(strings.TrimSpace(name)); {
		case ok:
			value = strings.ReplaceAll(strings.TrimSpace(value), `"`, "")
			if _, twice := params[name]; !twice {
				params[name] = clean([]byte(value))
			}
			last = name
		case name == "QUOTED-PRINTABLE" || name == "BASE64":
			params["ENCODING"] = name
		case last != "":
			params[last] += ";" + clean([]byte(part))
		}
	}
	return params
}

// decoded returns the bytes that a value stands for. vCalendar 1.0 packs them, and
// writes them in any charset.
func (p *property) decoded(value string) []byte {
	b := []byte(value)
	switch strings.ToUpper(p.params["ENCODING"]) {
	case "QUOTED-PRINTABLE":
		// What is wrong in it, the reader leaves as it is, or ends there.
		if decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value))); err == nil {
			b = []byte(strings.ReplaceAll(string(decoded), "\r\n", "\n"))
		}
	case "BASE64", "B":
		if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), "")); err == nil {
			b = decoded
		}
	}
	if charset := p.params["CHARSET"]; charset != "" && !strings.EqualFold(charset, "UTF-8") {
		if encoding, err := htmlindex.Get(charset); err == nil {
			if decoded, err := encoding.NewDecoder().Bytes(b); err == nil {
				b = decoded
			}
		}
	}
	return b
}

// escapes are those of a text, to be undone.
var escapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\:`, ":", `\"`, `"`)
