package noveltytest

import (
	"slices"
	"time"

	"foreday/summarizer"
)

// Learner makes a judge for the days from Monday on of the events that start in
// [from, until).
type Learner func(zone *time.Location, from, until summarizer.Date, events []summarizer.Event) summarizer.Routine

// Score is how well a judge did.
type Score struct {
	Right  int // novel, and called so
	Missed int // novel, and not called so
	Wrong  int // routine, and called novel
	// Found is how many of the Changed occurrences of routines were called novel:
	// of all that were changed, or only of series if series are shown.
	Found, Changed int
	// Unchanged is how many occurrences of series that are as ever were called novel.
	Unchanged int
	Outside   int // scores that do not lie between 0 and 1
}

// Add sums up scores.
func (s Score) Add(o Score) Score {
	return Score{
		s.Right + o.Right, s.Missed + o.Missed, s.Wrong + o.Wrong,
		s.Found + o.Found, s.Changed + o.Changed, s.Unchanged + o.Unchanged, s.Outside + o.Outside,
	}
}

// F1 is the harmonic mean of precision and recall on what is novel.
func (s Score) F1() float64 {
	if s.Right == 0 {
		return 0
	}
	return 2 * float64(s.Right) / float64(2*s.Right+s.Missed+s.Wrong)
}

// Options say what a judge is shown, and what counts.
type Options struct {
	WithoutSeries bool
	// From is the first day that counts; the zero Date is the calendar's first.
	From summarizer.Date
	// Differs, if not nil, is told of each event that was judged otherwise than
	// it should have been.
	Differs func(v summarizer.Verdict, want string)
}

// Measure has the events of one calendar judged, each on the day it starts, by
// what was learnt of the year before and of the two weeks after its week.
// Labels do not count for what was changed on purpose: that should be noticed, or
// if it was Padded, not.
func Measure(events []summarizer.Event, changed map[string]Change, zone *time.Location, learn Learner, o Options) Score {
	m := measuring{Options: o, labels: Labels(events, zone), changed: changed, zone: zone}
	for _, e := range events {
		start, _ := e.Span(zone)
		m.dates = append(m.dates, summarizer.DateOf(start.In(zone)))
		m.series = append(m.series, e.SeriesID != "")
		if o.WithoutSeries {
			e.SeriesID, e.Original, e.OriginalDate = "", time.Time{}, summarizer.Date{}
		}
		m.events = append(m.events, e)
	}
	for first := 0; first < len(events); {
		monday := m.dates[first].AddDays(-(int(m.dates[first].Weekday()) + 6) % 7)
		first = m.week(monday, first, learn)
	}
	return m.score
}

type measuring struct {
	Options
	events  []summarizer.Event
	dates   []summarizer.Date
	labels  []Label
	series  []bool
	changed map[string]Change
	zone    *time.Location
	score   Score
}

// DaysBefore and DaysAfter are how many days around a Monday a Learner is given, as many
// as package novelty reads: a year and a week, and eight weeks for what may still run;
// the week itself, and two to come.
const (
	DaysBefore = 365 + 8 + 8*7
	DaysAfter  = 3 * 7
)

// week judges the days of a week, whose events begin at index i, and returns
// where the next week's do.
func (m *measuring) week(monday summarizer.Date, i int, learn Learner) int {
	from, until := monday.AddDays(-DaysBefore), monday.AddDays(DaysAfter)
	lo, _ := slices.BinarySearchFunc(m.dates, from, summarizer.Date.Compare)
	hi, _ := slices.BinarySearchFunc(m.dates, until, summarizer.Date.Compare)
	routine := learn(m.zone, from, until, m.events[lo:hi])
	for i < len(m.dates) && m.dates[i].Before(monday.AddDays(7)) {
		end := i
		for end < len(m.dates) && m.dates[end] == m.dates[i] {
			end++
		}
		if !m.dates[i].Before(m.From) {
			for k, v := range routine.Judge(summarizer.Day{Date: m.dates[i], Zone: m.zone}, m.events[i:end]) {
				m.count(i+k, v)
			}
		}
		i = end
	}
	return i
}

func (m *measuring) count(i int, v summarizer.Verdict) {
	want := ""
	label := m.labels[i]
	if v.Novelty < 0 || v.Novelty > 1 {
		m.score.Outside++
	}
	switch change, changed := m.changed[m.events[i].ID]; {
	case change == Padded:
		if v.Novel {
			m.score.Wrong++
			want = "routine"
		}
	case changed && label != Novel && !m.WithoutSeries && !m.series[i]:
		// The calendar cannot tell, and this is about what it tells.
	case changed && label != Novel:
		m.score.Changed++
		if v.Novel {
			m.score.Found++
		} else {
			want = "a change noticed"
		}
	case label == Novel && v.Novel:
		m.score.Right++
	case label == Novel:
		m.score.Missed++
		want = "novel"
	case label == Routine && v.Novel:
		m.score.Wrong++
		if m.series[i] {
			m.score.Unchanged++
		}
		want = "routine"
	}
	if want != "" && m.Differs != nil {
		m.Differs(v, want)
	}
}

// Changes finds the occurrences of series that were moved, or renamed, and all that
// was called off, as the calendar tells.
func Changes(events []summarizer.Event) map[string]Change {
	titles := map[string]map[string]int{}
	for _, e := range events {
		if e.SeriesID != "" {
			if titles[e.SeriesID] == nil {
				titles[e.SeriesID] = map[string]int{}
			}
			titles[e.SeriesID][NormalTitle(e.Title)]++
		}
	}
	changed := map[string]Change{}
	for _, e := range events {
		if e.Status == summarizer.Cancelled {
			changed[e.ID] = CalledOff
			continue
		}
		if e.SeriesID == "" {
			continue
		}
		moved := !e.AllDay && !e.Original.IsZero() && !e.Original.Equal(e.Start) ||
			e.AllDay && !e.OriginalDate.IsZero() && e.OriginalDate != e.StartDate
		if moved {
			changed[e.ID] = Moved
		} else if of := titles[e.SeriesID]; 2*of[NormalTitle(e.Title)] < mostOf(of) {
			changed[e.ID] = Renamed
		}
	}
	return changed
}

func mostOf(counts map[string]int) int {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	return most
}
