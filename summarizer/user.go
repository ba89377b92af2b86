package summarizer

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUser is the longest ID of a user, in bytes.
const maxUser = 128

// UserProblem says what keeps an ID from being a user's, for a person to read, with
// the cure; "" if nothing does.
func UserProblem(user string) string {
	switch {
	case user == "":
		return "is missing; send the user's ID"
	case len(user) > maxUser:
		return fmt.Sprintf("is %d bytes long; send at most %d", len(user), maxUser)
	case !utf8.ValidString(user):
		return "is not UTF-8; send it as UTF-8"
	case strings.ContainsFunc(user, func(r rune) bool {
		return r == '{' || r == '}' || unicode.IsSpace(r) || unicode.IsControl(r)
	}):
		return "holds whitespace, a control character or a brace; send an opaque ID without"
	case leadsElsewhere(user):
		return "is or holds a step in a path, as . and .. are; send an opaque ID without"
	}
	return ""
}

// leadsElsewhere reports whether a path that held the ID would lead elsewhere: to
// the token broker's own address, say, or to another user's.
func leadsElsewhere(user string) bool {
	for segment := range strings.FieldsFuncSeq(user, func(r rune) bool { return r == '/' || r == '\\' }) {
		if plain, err := url.PathUnescape(segment); err == nil {
			segment = plain
		}
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
