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

// address says whose summary a request is for, and of which day.
func address(r *http.Request, now time.Time) (user string, of summarizer.AskedDay, err error) {
	if user, err = userOf(r); err != nil {
		return user, of, err
	}
	of, err = askedDay("date", r.PathValue("date"), now)
	return user, of, err
}

// askedDay reads the day that a request names in a field.
func askedDay(field, asked string, now time.Time) (summarizer.AskedDay, error) {
	problem, today := "", summarizer.DateOf(now.UTC())
	of, err := summarizer.ParseAskedDay(asked)
	if days := today.DaysUntil(of.On(today)); err != nil {
		problem = `does not exist or is not written YYYY-MM-DD; send such a date, "today", "tomorrow" or "yesterday"`
	} else if days < -horizon || days > horizon {
		problem = fmt.Sprintf("is more than %d days from %s; send a nearer one", horizon, today)
	} else {
		return of, nil
	}
	return of, fieldProblem(&summarizer.FieldError{Field: field, Value: asked, Problem: problem}, http.StatusBadRequest)
}

// userOf says whom a request is about.
func userOf(r *http.Request) (string, error) {
	user := r.PathValue("user")
	if problem := summarizer.UserProblem(user); problem != "" {
		return "", fieldProblem(&summarizer.FieldError{Field: "user", Value: user, Problem: problem}, http.StatusBadRequest)
	}
	return user, nil
}
