package bench

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
)

// The workload of bench writing: 300 days of the calendars of noveltytest.People,
// grown from seed 1, each with something novel. The model is the stand-in, which
// counts tokens, schema included.
//
// The yardstick was measured once, on the same days and by the same stand-in, when
// the model still wrote the text itself: writing.csv has what it was given and
// what it wrote then.
//
// A tenth of the days is planned again by a model of each habit that the stand-in
// knows, and planning and wording without a model is timed in every language.
//
//go:embed writing.csv
var writingBefore string

// habitEvery is which part of the days each habit is tried on.
const habitEvery = 10

func benchWriting(b *bench) error {
	days, before, err := b.writingDays()
	if err != nil {
		return err
	}
	b.progress.At("tokens", .4)
	asked, err := planAll(b.ctx, days, "")
	if err != nil {
		return err
	}
	n := float64(len(days))
	b.metrics["days"] = n
	b.metrics["tokens_in_per_day"], b.metrics["tokens_in_per_day_before"] = float64(asked.in)/n, float64(before.in)/n
	b.metrics["tokens_out_per_day"], b.metrics["tokens_out_per_day_before"] = float64(asked.out)/n, float64(before.out)/n
	b.metrics["tokens_in_ratio"] = float64(asked.in) / float64(before.in)
	b.metrics["tokens_out_ratio"] = float64(asked.out) / float64(before.out)

	var some []facts.Day
	for i := 0; i < len(days); i += habitEvery {
		some = append(some, days[i])
	}
	all := asked
	for i, habit := range openaitest.Habits() {
		b.progress.At(string(habit), .5+.3*float64(i)/float64(len(openaitest.Habits())))
		asked, err := planAll(b.ctx, some, habit)
		if err != nil {
			return err
		}
		all.days, all.planned, all.calls = all.days+asked.days, all.planned+asked.planned, all.calls+asked.calls
	}
	b.metrics["habits"] = float64(len(openaitest.Habits()))
	b.metrics["planned_by_model"] = float64(all.planned) / float64(all.days)
	b.metrics["calls_per_summary"] = float64(all.calls) / float64(all.days)
	b.progress.At("words", .9)
	return b.timeWords(days)
}

// asking is what putting days to a model came to.
type asking struct{ days, planned, calls, in, out int }

// writingDays returns the days, and what they took before.
func (b *bench) writingDays() ([]facts.Day, asking, error) {
	rows, err := csv.NewReader(strings.NewReader(writingBefore)).ReadAll()
	if err != nil {
		return nil, asking{}, err
	}
	dates := map[string][]summarizer.Date{}
	var before asking
	for _, row := range rows[1:] {
		date, err := summarizer.ParseDate(row[1])
		if err != nil {
			return nil, asking{}, err
		}
		dates[row[0]] = append(dates[row[0]], date)
		in, _ := strconv.Atoi(row[2])
		out, _ := strconv.Atoi(row[3])
		before.in, before.out = before.in+in, before.out+out
	}
	var days []facts.Day
	people := noveltytest.People(noveltySeed)
	for i, p := range people {
		b.progress.At(p.Name, .4*float64(i)/float64(len(people)))
		events, err := noveltytest.Read(b.ctx, p.Calendar, p.Calendar.Zone)
		if err != nil {
			return nil, asking{}, fmt.Errorf("calendar %s: %w", p.Name, err)
		}
		for _, date := range dates[p.Name] {
			days = append(days, judgedDay(events, summarizer.Day{Date: date, Zone: p.Calendar.Zone}))
		}
	}
	return days, before, b.ctx.Err()
}

// judgedDay is a day of a calendar, judged by what came before it.
func judgedDay(events []summarizer.Event, day summarizer.Day) facts.Day {
	from := day.Date.AddDays(-noveltytest.DaysBefore)
	var past, now []summarizer.Event
	for _, e := range events {
		start, _ := e.Span(day.Zone)
		switch date := summarizer.DateOf(start.In(day.Zone)); {
		case e.Touches(day):
			now = append(now, e)
		case date.Before(day.Date) && !date.Before(from):
			past = append(past, e)
		}
	}
	routine := novelty.Learn(novelty.Key{}, day.Zone, from, day.Date, past)
	brief := summarizer.Brief{Day: day, Usual: routine.Usual(day, now)}
	for _, v := range routine.Judge(day, now) {
		if v.Novel {
			brief.Novel = append(brief.Novel, v)
		} else {
			brief.Routine = append(brief.Routine, v)
		}
	}
	return facts.Of(brief)
}

// planAll puts the days to a model with the habit, "" for none.
func planAll(ctx context.Context, days []facts.Day, habit openaitest.FaultKind) (asking, error) {
	model := openaitest.New(openaitest.Config{})
	server := httptest.NewServer(model)
	defer server.Close()
	if habit != "" {
		model.Inject(openaitest.Fault{Kind: habit})
	}
	var sum asking
	seed := 1
	planner, err := openai.New(openai.Config{
		BaseURL: server.URL + "/v1", Seed: &seed, ReasoningEffort: "low", Transport: countingTokens{&sum},
		Usage: func(_ context.Context, _, completion int) { sum.out += completion },
	})
	if err != nil {
		return asking{}, err
	}
	for _, day := range days {
		if len(day.Events) == 0 {
			continue // a judge that knows better finds nothing novel there
		}
		sum.days++
		if made, err := planner.Plan(ctx, day); err == nil && len(made.Parts) > 0 {
			sum.planned++
		} else if ctx.Err() != nil {
			return asking{}, ctx.Err()
		}
	}
	return sum, nil
}

// countingTokens counts requests, and the tokens of what they say and of their schema.
type countingTokens struct{ sum *asking }

// RoundTrip sends the request.
func (c countingTokens) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var sent struct {
		Messages []struct{ Content string }
		Format   json.RawMessage `json:"response_format"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	c.sum.calls++
	c.sum.in += openaitest.Tokens(string(sent.Format))
	for _, m := range sent.Messages {
		c.sum.in += openaitest.Tokens(m.Content)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// timeWords measures facts, plan and words of a day without a model.
func (b *bench) timeWords(days []facts.Day) error {
	writer := words.Writer{Planner: plan.Default{}}
	began, n := time.Now(), 0
	for _, tag := range words.Tags() {
		for _, day := range days {
			brief := day.Brief
			brief.Language = tag
			if _, err := writer.Write(b.ctx, brief); err != nil {
				return err
			}
			n++
		}
	}
	b.metrics["languages"] = float64(len(words.Tags()))
	b.metrics["words_ms_per_day"] = milliseconds(time.Since(began)) / float64(n)
	return b.ctx.Err()
}
