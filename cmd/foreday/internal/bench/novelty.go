package bench

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"foreday/cmd/foreday/internal/calendarfile"
	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

// The workload of bench novelty: the calendars of noveltytest.People, grown from
// seed 1, and those given by --ics, every event of each judged on the day it
// starts by what was learnt of the year before. Events are labelled novel if
// neither their title, normalised, nor their series occurred in the 365 days
// before, and routine if they did four times or more; the others do not count.
//
// f1 is on what is novel, series information removed; f1_reference is that of the
// reference rules, in the same run. Both are over all events, and again for each
// calendar. What was changed on purpose is counted apart: occurrences of routines that
// were moved, renamed, held once more or called off, and what is titled like others
// but for a number, without their rhythm. moved_planted is how many there are (in
// files: by what their series and titles tell), moved_found how many were called novel,
// without series information and, ending in _series, with it. unchanged_novel_series is
// how many unchanged occurrences were, scores_outside how many scores do not lie between
// 0 and 1.
//
// Nothing is fitted to the calendars by a machine, so there is nothing to leave
// out; people of another seed, whom nobody looked at while the rules were made,
// are in the metrics ending in _unseen.
const (
	noveltySeed       = 1
	noveltyUnseenSeed = 1001
)

func benchNovelty(b *bench) error {
	people := noveltytest.People(noveltySeed)
	for _, file := range b.ICS {
		calendars, err := calendarfile.Read(b.ctx, file, nil, strings.NewReader(""))
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		for i, cal := range calendars {
			if i > 0 {
				name = cal.Name
			}
			people = append(people, noveltytest.Person{Name: name, Calendar: cal})
		}
	}
	all, err := b.measureNovelty(people, func(name string, s noveltyScores) {
		b.metrics["f1_"+name] = s.model.F1()
		b.metrics["f1_reference_"+name] = s.reference.F1()
	})
	if err != nil {
		return err
	}
	unseen, err := b.measureNovelty(noveltytest.People(noveltyUnseenSeed), func(string, noveltyScores) {})
	if err != nil {
		return err
	}
	all.write(b.metrics, "")
	unseen.write(b.metrics, "_unseen")
	return b.timeNovelty(people[0])
}

// noveltyScores are the scores of the two judges without series information, and
// of the better one with it.
type noveltyScores struct{ model, reference, series noveltytest.Score }

func (s noveltyScores) write(metrics map[string]float64, suffix string) {
	for name, value := range map[string]float64{
		"f1":                       s.model.F1(),
		"f1_reference":             s.reference.F1(),
		"moved_found":              float64(s.model.Found),
		"moved_found_reference":    float64(s.reference.Found),
		"moved_planted":            float64(s.model.Changed),
		"moved_found_series":       float64(s.series.Found),
		"moved_planted_series":     float64(s.series.Changed),
		"unchanged_novel_series":   float64(s.series.Unchanged),
		"events_novel":             float64(s.model.Right + s.model.Missed),
		"events_called_novel_only": float64(s.model.Wrong),
		"scores_outside":           float64(s.model.Outside + s.reference.Outside + s.series.Outside),
	} {
		metrics[name+suffix] = value
	}
}

// measureNovelty returns the sum over all people, and reports each.
func (b *bench) measureNovelty(people []noveltytest.Person, report func(name string, s noveltyScores)) (noveltyScores, error) {
	var sum noveltyScores
	for i, p := range people {
		b.progress.At(p.Name, float64(i)/float64(len(people)))
		zone := cmp.Or(p.Calendar.Zone, time.UTC)
		events, err := noveltytest.Read(b.ctx, p.Calendar, zone)
		if err != nil {
			return noveltyScores{}, fmt.Errorf("calendar %s: %w", p.Name, err)
		}
		changed := p.Changed
		if changed == nil {
			changed = noveltytest.Changes(events)
		}
		without := noveltytest.Options{WithoutSeries: true}
		s := noveltyScores{
			model:     noveltytest.Measure(events, changed, zone, learnModel, without),
			reference: noveltytest.Measure(events, changed, zone, learnReference, without),
			series:    noveltytest.Measure(events, changed, zone, learnModel, noveltytest.Options{}),
		}
		report(metricName(p.Name), s)
		sum = noveltyScores{sum.model.Add(s.model), sum.reference.Add(s.reference), sum.series.Add(s.series)}
		if err := b.ctx.Err(); err != nil {
			return noveltyScores{}, err
		}
	}
	return sum, nil
}

func learnModel(zone *time.Location, from, until summarizer.Date, events []summarizer.Event) summarizer.Routine {
	return novelty.Learn(novelty.Key{}, zone, from, until, events)
}

func learnReference(zone *time.Location, _, until summarizer.Date, events []summarizer.Event) summarizer.Routine {
	return noveltytest.LearnReference(events, summarizer.Day{Date: until, Zone: zone})
}

// metricName makes letters, digits and underscores of a calendar's name.
func metricName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}

// noveltyYear is the number of events that the times are for.
const noveltyYear = 10_000

// timeNovelty measures how long it takes to learn a year of 10,000 events, those
// of the person over and over under other titles, and to judge its last day.
func (b *bench) timeNovelty(p noveltytest.Person) error {
	zone := p.Calendar.Zone
	events, err := noveltytest.Read(b.ctx, p.Calendar, zone)
	if err != nil {
		return err
	}
	last := summarizer.DateOf(events[len(events)-1].Start.In(zone))
	from, until := last.AddDays(-365), last.AddDays(1)
	var year, day []summarizer.Event
	for copied := 0; len(year) < noveltyYear; copied++ {
		for _, e := range events {
			start, _ := e.Span(zone)
			e.Title = fmt.Sprintf("%s %c", e.Title, 'A'+copied)
			if e.SeriesID != "" {
				e.SeriesID += string(rune('a' + copied))
			}
			if !summarizer.DateOf(start).Before(from) && len(year) < noveltyYear {
				year = append(year, e)
			}
		}
	}
	today := summarizer.Day{Date: last, Zone: zone}
	for _, e := range year {
		if e.Touches(today) {
			day = append(day, e)
		}
	}
	began := time.Now()
	model := novelty.Learn(novelty.Key{}, zone, from, until, year)
	learnt := time.Now()
	model.Judge(today, day)
	b.metrics["learn_10000_ms"] = float64(learnt.Sub(began).Microseconds()) / 1000
	b.metrics["judge_day_ms"] = float64(time.Since(learnt).Microseconds()) / 1000
	b.metrics["judge_day_events"] = float64(len(day))
	return nil
}
