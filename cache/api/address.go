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

// day is a date, or one that depends on where the user is.
type day struct {
	date  summarizer.Date // zero if a word was given
	ahead int             // days, of the user's today
}

var dayWords = map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}

// address says whose summary a request is for, and of which day.
func address(r *http.Request, now time.Time) (user string, of day, err error) {
	asked := r.PathValue("date")
	if user, err = userOf(r); err != nil {
		return "", day{}, err
	}
	if ahead, ok := dayWords[asked]; ok {
		return user, day{ahead: ahead}, nil
	}
	wrong := func(problem string) (string, day, error) {
		return "", day{}, fieldProblem(&summarizer.FieldError{Field: "date", Value: asked, Problem: problem}, http.StatusBadRequest)
	}
	date, err := summarizer.ParseDate(asked)
	if err != nil {
		return wrong(`does not exist or is not written YYYY-MM-DD; send such a date, "today", "tomorrow" or "yesterday"`)
	}
	today := summarizer.DateOf(now.UTC())
	if days := today.DaysUntil(date); days < -horizon || days > horizon {
		return wrong(fmt.Sprintf("is more than %d days from %s; send a nearer one", horizon, today))
	}
	return user, day{date: date}, nil
}

// userOf says whom a request is about.
func userOf(r *http.Request) (string, error) {
	user := r.PathValue("user")
	if problem := summarizer.UserProblem(user); problem != "" {
		return "", fieldProblem(&summarizer.FieldError{Field: "user", Value: user, Problem: problem}, http.StatusBadRequest)
	}
	return user, nil
}
