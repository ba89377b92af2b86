package noveltytest

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"foreday/summarizer"
)

// The reference rules' constants.
const (
	// memory is how many days of the past count: one year.
	memory = 365
	// firmHabit is the number of occurrences from which on something is as routine
	// as it gets, and from which on a title need only be contained.
	firmHabit = 12
	// shortTitle is the number of characters up to which a title must be equal:
	// "Call" is contained in too much.
	shortTitle = 5
	// newsBelow is the score under which an event is novel.
	newsBelow = 0.2
)

// Reference judges by the rules that this project inherited. An event is as
// routine as the pattern it fits best: the same calendar and weekday, a time
// within 60 minutes, and the same title or, once the pattern has 12
// occurrences, one that contains it or is contained in it. A pattern's score is
// its occurrences in the year before the judged day divided by 12, at most 1.
// An event is novel if its best score is under 0.2; its novelty is 1 - score.
//
// Where the calendar names the series an event belongs to, the occurrences of
// that series under that title count too, on whatever weekday they fell: it is
// how a monthly meeting is known. An occurrence that was moved more than an
// hour or to another weekday loses that support and has to fit a pattern.
//
// A Reference lives in the zone it was learnt in, does not change, and is safe
// for concurrent use.
type Reference struct {
	zone     *time.Location
	patterns map[week][]pattern
	series   map[seriesKey]dates
	titles   map[string][]occurrence // all of a title, wherever: for the reasons
}

// week is what events must share for their patterns to be compared at all.
type week struct {
	calendar string
	weekday  time.Weekday
	allDay   bool
}

type pattern struct {
	slot  slot
	title string
	on    dates
}

type seriesKey struct{ calendar, series, title string }

type occurrence struct {
	slot slot
	on   summarizer.Date
}

var _ summarizer.Routine = (*Reference)(nil)

// LearnReference learns from the events of history that start before the day,
// in the day's zone; history may be in any order. It keeps titles, in memory.
func LearnReference(history []summarizer.Event, before summarizer.Day) *Reference {
	type patternKey struct {
		slot  slot
		title string
	}
	r := &Reference{
		zone:     before.Zone,
		patterns: map[week][]pattern{},
		series:   map[seriesKey]dates{},
		titles:   map[string][]occurrence{},
	}
	found := map[patternKey]dates{}
	for _, e := range history {
		at, on := slotOf(e, before.Zone)
		if !on.Before(before.Date) || e.Status == summarizer.Cancelled {
			continue
		}
		title := tidyTitle(e.Title)
		r.titles[title] = append(r.titles[title], occurrence{at, on})
		found[patternKey{at, title}] = append(found[patternKey{at, title}], on)
		if e.SeriesID != "" {
			key := seriesKey{e.CalendarID, e.SeriesID, title}
			r.series[key] = append(r.series[key], on)
		}
	}
	for key, on := range found {
		w := weekOf(key.slot)
		r.patterns[w] = append(r.patterns[w], pattern{key.slot, key.title, on.tidy()})
	}
	for key, on := range r.series {
		r.series[key] = on.tidy()
	}
	return r
}

func weekOf(s slot) week { return week{s.calendar, s.weekday, s.allDay} }

// Judge returns a verdict on each event, in the order given. Of what was
// learnt, it counts the year before the day, and of an event that began earlier
// and is still running only what came before that event.
func (r *Reference) Judge(day summarizer.Day, events []summarizer.Event) []summarizer.Verdict {
	verdicts := make([]summarizer.Verdict, len(events))
	for i, e := range events {
		verdicts[i] = r.judge(day, e)
	}
	return verdicts
}

// Usual returns the zero Usual: these rules know nothing of days.
func (*Reference) Usual(summarizer.Day, []summarizer.Event) summarizer.Usual {
	return summarizer.Usual{}
}

func (r *Reference) judge(day summarizer.Day, e summarizer.Event) summarizer.Verdict {
	title := tidyTitle(e.Title)
	at, on := slotOf(e, r.zone)
	from, to := day.Date.AddDays(-memory), day.Date
	if on.Before(to) {
		to = on
	}

	best := r.bestPattern(at, title, from, to)
	if e.SeriesID != "" && !moved(e, r.zone) {
		own := r.series[seriesKey{e.CalendarID, e.SeriesID, title}].within(from, to)
		if len(own) > len(best) {
			best = own
		}
	}

	score := min(float64(len(best))/firmHabit, 1)
	v := summarizer.Verdict{Event: e, Novelty: rounded(1 - score), Novel: score < newsBelow}
	if v.Novel {
		v.Why = whyRare(r.titles[title], from, to)
	} else {
		v.Why = whyRoutine(best, at.calendar, r.titles[title], from, to)
	}
	return v
}

// bestPattern returns the dates in [from, to) of the pattern that the event
// fits best, or none.
func (r *Reference) bestPattern(at slot, title string, from, to summarizer.Date) dates {
	var best dates
	for _, p := range r.patterns[weekOf(at)] {
		if !p.slot.near(at) {
			continue
		}
		on := p.on.within(from, to)
		fits := p.title == title || len(on) >= firmHabit && oneContainsOther(p.title, title)
		if fits && len(on) > len(best) {
			best = on
		}
	}
	return best
}

// oneContainsOther reports whether one of the titles is part of the other, and
// neither is so short that this would mean little.
func oneContainsOther(a, b string) bool {
	if utf8.RuneCountInString(a) <= shortTitle || utf8.RuneCountInString(b) <= shortTitle {
		return false
	}
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// moved reports whether the event is an occurrence of a series that lies
// elsewhere in the week than the series had put it.
func moved(e summarizer.Event, zone *time.Location) bool {
	if e.Original.IsZero() && e.OriginalDate.IsZero() {
		return false // the calendar does not say
	}
	original := e
	original.AllDay = !e.OriginalDate.IsZero()
	original.Start, original.StartDate = e.Original, e.OriginalDate
	was, _ := slotOf(original, zone)
	is, _ := slotOf(e, zone)
	return !is.near(was)
}

// rounded keeps 1 - 3/12 and its like from showing as 0.9166666666666666.
func rounded(novelty float64) float64 { return math.Round(novelty*1000) / 1000 }
