package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"foreday/cache"
	"foreday/summarizer"
)

// maxDays is of how many days the summaries are given at a time.
const maxDays = 31

// askedDays are several days that a request asks for.
type askedDays struct {
	from summarizer.AskedDay
	days int
}

type summaryList struct {
	Summaries []listedSummary `json:"summaries"`
}

// listedSummary is a day's summary, or why there is none.
type listedSummary struct {
	Date        summarizer.Date     `json:"date"`
	CacheStatus string              `json:"cache_status,omitempty"`
	Summary     *summarizer.Summary `json:"summary,omitempty"`
	Problem     *problem            `json:"problem,omitempty"`
}

// summaries answers with the summaries of several days, each with where it came from.
func (a *api) summaries(w http.ResponseWriter, r *http.Request) error {
	user, err := userOf(r)
	if err != nil {
		return err
	}
	query, err := queryOf(r, w.Header(), "from", "days")
	if err != nil {
		return err
	}
	asked, err := daysOf(query, a.cfg.Now())
	if err != nil {
		return err
	}
	ctx := a.reading(r)
	first := asked.from.Date
	if first.IsZero() {
		today, err := a.cfg.Reader.Today(ctx, user, a.cfg.Now())
		if err != nil {
			return err
		}
		first = asked.from.On(today.Date)
	}
	answers, err := a.cfg.Reader.GetDays(ctx, user, first, asked.days, directives(r.Header.Values("Cache-Control"))...)
	var none cache.DaysError
	if err != nil && (!errors.As(err, &none) || len(none.Unwrap()) == asked.days) {
		return err
	}
	if none != nil {
		a.cfg.Log.Warn().Err(err).Int("days", len(none.Unwrap())).Msg("of some days there is no summary")
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	writeJSON(w, "application/json", http.StatusOK, a.listOf(first, answers, none))
	return nil
}

// listOf lists the answers of days from the first on; none says of some why there is none.
func (a *api) listOf(first summarizer.Date, answers []cache.Answer, none cache.DaysError) summaryList {
	list := summaryList{Summaries: make([]listedSummary, len(answers))}
	for i, answer := range answers {
		list.Summaries[i].Date = first.AddDays(i)
		if none != nil && none[i] != nil {
			list.Summaries[i].Problem = problemOf(none[i], a.cfg.Now())
			continue
		}
		list.Summaries[i].CacheStatus, list.Summaries[i].Summary = cacheStatus(answer), &answer.Summary
	}
	return list
}

// queryOf reads the parameters of so many names. Others are ignored; those that are nearly one
// of them are told in the header of the answer.
func queryOf(r *http.Request, answer http.Header, names ...string) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, queryProblem("query", r.URL.RawQuery, fmt.Sprintf("cannot be read (%v); percent-encode what is no part of its form", err))
	}
	given := map[string]any{}
	for name := range query {
		given[name] = nil
	}
	if ignored := nearMisses([]map[string]any{given}, names); ignored != "" {
		answer.Set(ignoredHeader, ignored)
	}
	for _, name := range names {
		if n := len(query[name]); n > 1 {
			return nil, queryProblem(name, query[name][1], fmt.Sprintf("is given %d times; send it once", n))
		}
	}
	return query, nil
}

// daysOf says of which days a query asks for summaries: a week from today, if it is silent.
func daysOf(query url.Values, now time.Time) (asked askedDays, err error) {
	from, days := query.Get("from"), query.Get("days")
	if from == "" {
		from = "today"
	}
	if asked.from, err = askedDay("from", from, now); err != nil {
		return asked, err
	}
	asked.days = 7
	if days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > maxDays || strconv.Itoa(n) != days {
			return asked, queryProblem("days", days, fmt.Sprintf("is no number from 1 to %d; send one", maxDays))
		}
		asked.days = n
	}
	today := summarizer.DateOf(now.UTC())
	if ahead := today.DaysUntil(asked.from.On(today)) + asked.days - 1; ahead > horizon {
		return asked, queryProblem("days", strconv.Itoa(asked.days),
			fmt.Sprintf("from %s on ends more than %d days from %s; send less, or an earlier from", from, horizon, today))
	}
	return asked, nil
}

func queryProblem(field, value, what string) error {
	return fieldProblem(&summarizer.FieldError{Field: field, Value: value, Problem: what}, http.StatusBadRequest)
}
