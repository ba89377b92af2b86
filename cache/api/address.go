package api

import (
	"fmt"
	"net/http"
	"time"

	"foreday/summarizer"
)

// horizon is how many days from today a summary may be asked for. It keeps a caller
// who walks through all dates from having a summary made of each.
const horizon = 400

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
	if problem := summarizer.UserProblem(user); problem != "" {
		return "", (&FieldError{Field: "user", Value: user, Problem: problem}).problem(http.StatusBadRequest)
	}
	return user, nil
}
