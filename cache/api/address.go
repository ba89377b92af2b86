package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
)

const (
	maxUser = 128 // bytes
	// horizon is how many days from today a summary may be asked for. It keeps a
	// caller who walks through all dates from having a summary made of each.
	horizon = 400
)

// address says whose summary a request is for, and of which date: the zero Date
// is the user's today.
func address(r *http.Request, now time.Time) (user string, date summarizer.Date, err error) {
	day := r.PathValue("date")
	if user, err = userOf(r); err != nil {
		return "", date, err
	}
	if day == "today" {
		return user, summarizer.Date{}, nil
	}
	wrong := func(problem string) (string, summarizer.Date, error) {
		return "", summarizer.Date{}, (&FieldError{Field: "date", Value: day, Problem: problem}).problem(http.StatusBadRequest)
	}
	if date, err = summarizer.ParseDate(day); err != nil {
		return wrong(`does not exist or is not written YYYY-MM-DD; send such a date, or "today"`)
	}
	today := summarizer.DateOf(now.UTC())
	if days := today.DaysUntil(date); days < -horizon || days > horizon {
		return wrong(fmt.Sprintf("is more than %d days from %s; send a nearer one", horizon, today))
	}
	return user, date, nil
}

// userOf says whom a request is about.
func userOf(r *http.Request) (string, error) {
	user := r.PathValue("user")
	if problem := userProblem(user); problem != "" {
		return "", (&FieldError{Field: "user", Value: user, Problem: problem}).problem(http.StatusBadRequest)
	}
	return user, nil
}

func userProblem(user string) string {
	switch {
	case user == "":
		return "is missing; send the user's ID"
	case len(user) > maxUser:
		return fmt.Sprintf("is %d bytes long; send at most %d", len(user), maxUser)
	case !utf8.ValidString(user):
		return "is not UTF-8; send it as UTF-8, percent-encoded"
	case strings.ContainsFunc(user, func(r rune) bool {
		return r == '{' || r == '}' || unicode.IsSpace(r) || unicode.IsControl(r)
	}):
		return "holds whitespace, a control character or a brace; send an opaque ID without"
	}
	return ""
}
