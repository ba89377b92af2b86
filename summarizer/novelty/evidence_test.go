package novelty_test

import (
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"foreday/summarizer"
	"foreday/summarizer/novelty/noveltytest"
)

// What a judge says of an event, and of the day, is held against the calendar itself,
// by code that knows nothing of models: it looks at every event of the year before.
// Titles that a judge may take for one are told by a wider rule than the judge's, and
// those that it must by a narrower one; what it counts lies between the two.

// archive is all of a person that took place.
type archive struct {
	zone   *time.Location
	events []archived
	alike  map[[2]string]bool // of titles, as far as they were compared
}

type archived struct {
	summarizer.Event
	on     summarizer.Date
	minute int // of the day, -1 if all day
	title  string
}

func archiveOf(events []summarizer.Event, zone *time.Location) archive {
	a := archive{zone: zone, alike: map[[2]string]bool{}}
	for _, e := range events {
		if e.Status != summarizer.Cancelled {
			a.events = append(a.events, archivedOf(e, zone))
		}
	}
	return a
}

func archivedOf(e summarizer.Event, zone *time.Location) archived {
	x := archived{Event: e, on: e.StartDate, minute: -1, title: squeezed(e.Title)}
	if !e.AllDay {
		start := e.Start.In(zone)
		x.on, x.minute = summarizer.DateOf(start), start.Hour()*60+start.Minute()
	}
	return x
}

// squeezed is the letters and numbers of a title in order.
func squeezed(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || r > unicode.MaxLatin1 && !unicode.IsSpace(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// must reports whether nobody could take the titles for two.
func (a archive) must(x, y archived) bool { return x.title == y.title }

// may reports whether somebody could take the events for one pattern's: they are of one
// series, or have the same words or half of their pairs of letters.
func (a archive) may(x, y archived) bool {
	if a.must(x, y) || x.SeriesID != "" && root(x.SeriesID) == root(y.SeriesID) {
		return true
	}
	titles := [2]string{x.Title, y.Title}
	alike, known := a.alike[titles]
	if !known {
		alike = noveltytest.NormalTitle(x.Title) == noveltytest.NormalTitle(y.Title) || shareLetters(x.title, y.title)
		a.alike[titles] = alike
	}
	return alike
}

func shareLetters(x, y string) bool {
	a, b := pairsOf(x), pairsOf(y)
	shared := 0
	for p := range a {
		if b[p] {
			shared++
		}
	}
	return 4*shared >= len(a)+len(b)
}

func root(series string) string {
	before, _, _ := strings.Cut(series, "_R")
	return before
}

func pairsOf(s string) map[string]bool {
	pairs, last := map[string]bool{}, ' '
	for _, r := range s {
		pairs[string([]rune{last, r})] = true
		last = r
	}
	return pairs
}

// before returns the events that start in the days before x that are not more than the
// number given, and of which it holds.
func (a archive) before(x archived, days int, holds func(archived, archived) bool) []archived {
	var found []archived
	for _, y := range a.events {
		if past := y.on.DaysUntil(x.on); past > 0 && past <= days && holds(x, y) {
			found = append(found, y)
		}
	}
	return found
}

// times counts events, those of one time once.
func times(events []archived) int {
	set := map[string]bool{}
	for _, e := range events {
		set[fmt.Sprint(e.on, e.minute)] = true
	}
	return len(set)
}

// apart is how many minutes of the week lie between a slot and an event.
func apart(s summarizer.Slot, x archived) int {
	if (s.Kind == summarizer.SlotDay) != (x.minute < 0) {
		return 7 * 24 * 60
	}
	length, d := 7*24*60, x.minute-s.Minute
	if s.Kind == summarizer.SlotClock {
		length = 24 * 60
	} else {
		d = max(x.minute, 0) - s.Minute + (int(x.on.Weekday())-int(s.Weekday))*24*60
	}
	d = (d%length + length) % length
	return min(d, length-d)
}

// wrong says what of the verdict is not so, "" if all is.
func (a archive) wrong(v summarizer.Verdict) string {
	x, w := archivedOf(v.Event, a.zone), v.Why
	must, may := a.before(x, 365, a.must), a.before(x, 365, a.may)
	on := func(day summarizer.Date) bool {
		return slices.ContainsFunc(a.before(x, 380, a.may), func(y archived) bool { return y.on == day })
	}
	latest := func(day summarizer.Date) bool {
		return on(day) && !slices.ContainsFunc(must, func(y archived) bool { return day.Before(y.on) })
	}
	held := 0 // at its usual place
	for _, y := range may {
		if apart(w.Usual, y) <= 30 {
			held++
		}
	}
	switch w.Kind {
	case summarizer.FirstTime, summarizer.NewCalendar:
		if len(must) > 0 {
			return "it was met on " + must[0].on.String()
		}
	case summarizer.NthTime:
		if w.Times-1 < times(must) || w.Times-1 > len(may) || !latest(w.Last) {
			return fmt.Sprintf("it was met %d to %d times", times(must), len(may))
		}
	case summarizer.Yearly:
		if days := w.Last.DaysUntil(x.on); days < 357 || days > 373 || !latest(w.Last) {
			return "it was not met then, or later"
		}
	case summarizer.Habitual, summarizer.LikeRoutine:
		if w.Times < times(must) || w.Times > len(may) || !w.Last.IsZero() && !latest(w.Last) || w.Usual.Kind != summarizer.NoSlot && held < 3 {
			return fmt.Sprintf("it was met %d to %d times, %d in its place", times(must), len(may), held)
		}
		if w.Rhythm != summarizer.NoRhythm && !keeps(may, w.Rhythm) {
			return "it is not held in that rhythm"
		}
	case summarizer.Moved:
		return a.wronglyMoved(x, w)
	case summarizer.CalledOff:
		if v.Event.Status != summarizer.Cancelled {
			return "it is not cancelled"
		}
	case summarizer.Renamed:
		if x.SeriesID == "" || !slices.ContainsFunc(may, func(y archived) bool { return root(x.SeriesID) == root(y.SeriesID) && !a.must(x, y) }) {
			return "its series had no other title"
		}
	case summarizer.OutOfTurn:
		if !on(w.From.Date.AddDays(-w.Every)) || x.on == w.From.Date {
			return "it was not met a turn before"
		}
	case summarizer.Instead, summarizer.Extra:
		if held < 3 || apart(w.Usual, x) <= 12 {
			return fmt.Sprintf("it was met %d times in its place", held)
		}
		if instead, extra := a.isEmpty(x, w.Usual), a.isHeld(x, w.Usual); w.Kind == summarizer.Instead && !instead ||
			w.Kind == summarizer.Extra && !extra {
			return fmt.Sprintf("nearby, its place is empty: %v, and held: %v", instead, extra)
		}
	}
	return a.wrongWeeks(x, w)
}

// wrongWeeks says if the calendar is not known for the weeks that are told.
func (a archive) wrongWeeks(x archived, w summarizer.Why) string {
	sinceMonday := func(d summarizer.Date) int { return (int(d.Weekday()) + 6) % 7 }
	first := x.on
	for _, y := range a.before(x, 365+8+8*7, func(archived, archived) bool { return true }) {
		if y.on.Before(first) {
			first = y.on
		}
	}
	weeks := first.AddDays(-sinceMonday(first)).DaysUntil(x.on.AddDays(-sinceMonday(x.on))) / 7
	switch {
	case w.Kind == summarizer.NewCalendar && weeks > 0, w.Kind == summarizer.FirstTime && weeks == 0,
		w.Weeks > 0 && w.Weeks != max(weeks, 1), (w.Kind == summarizer.FirstTime || w.Kind == summarizer.NthTime) && w.Weeks == 0 && weeks < 26:
		return fmt.Sprintf("%d weeks are known", weeks)
	}
	return ""
}

func (a archive) wronglyMoved(x archived, w summarizer.Why) string {
	original := summarizer.Event{AllDay: x.AllDay, Start: x.Original, StartDate: x.OriginalDate}
	original.AllDay = !x.OriginalDate.IsZero()
	from := archivedOf(original, a.zone)
	switch {
	case w.From != summarizer.Moment{} && (w.From.Date != from.on || w.From.AllDay != (from.minute < 0) ||
		w.From.Minute != max(from.minute, 0)):
		return fmt.Sprintf("it was on %s, at %d", from.on, from.minute)
	case w.Usual.Kind != summarizer.NoSlot && (apart(w.Usual, from) > 12 || max(from.on.DaysUntil(x.on), x.on.DaysUntil(from.on)) > 4):
		return fmt.Sprintf("it was on %s, at %d", from.on, from.minute)
	}
	return ""
}

// isHeld reports whether another event of the title is about the slot, a day and a half
// before or after at most.
func (a archive) isHeld(x archived, s summarizer.Slot) bool {
	return slices.ContainsFunc(a.events, func(y archived) bool {
		hours := x.on.DaysUntil(y.on)*24 + (y.minute-x.minute)/60
		return max(hours, -hours) <= 37 && y.ID != x.ID && a.may(x, y) && apart(s, y) < 60
	})
}

// isEmpty reports whether there is a day within a week on which no other event of the
// title is about the slot.
func (a archive) isEmpty(x archived, s summarizer.Slot) bool {
	for days := -6; days <= 7; days++ {
		on := x.on.AddDays(days)
		if on.Weekday() == s.Weekday && !slices.ContainsFunc(a.events, func(y archived) bool {
			return y.on == on && y.ID != x.ID && a.must(x, y) && apart(s, y) < 60
		}) {
			return true
		}
	}
	return false
}

// keeps reports whether the days of the events are in the rhythm, in part: most follow
// another of them at that distance.
func keeps(events []archived, rhythm summarizer.Rhythm) bool {
	distances := map[summarizer.Rhythm][]int{
		summarizer.Daily: {1, 3}, summarizer.Weekly: {7}, summarizer.Fortnightly: {14}, summarizer.Monthly: {28, 29, 30, 31, 32, 33, 34, 35},
	}[rhythm]
	days := map[summarizer.Date]bool{}
	for _, e := range events {
		days[e.on] = true
	}
	latest := slices.SortedFunc(func(yield func(summarizer.Date) bool) {
		for d := range days {
			if !yield(d) {
				return
			}
		}
	}, summarizer.Date.Compare)
	latest = latest[max(0, len(latest)-12):]
	kept := 0
	for _, d := range latest {
		if slices.ContainsFunc(distances, func(n int) bool { return days[d.AddDays(-n)] }) {
			kept++
		}
	}
	return 2*kept >= len(latest)
}

// wrongUsual says what of a day's Usual is not so.
func (a archive) wrongUsual(day summarizer.Day, all, listed []summarizer.Event, got summarizer.Usual) string {
	missing := got.Missing
	got.Missing = nil
	if want := rawUsual(day, all); !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("%+v, want %+v", got, want)
	}
	for _, slot := range missing {
		if !slices.ContainsFunc(a.events, func(y archived) bool { return a.isMissing(day, y, slot, listed) }) {
			return fmt.Sprintf("nothing of %+v is missing", slot)
		}
	}
	if len(missing) > 3 {
		return "too much is missing"
	}
	return ""
}

// isMissing reports whether the title of y was held in the slot four times or more,
// last one to eight weeks before the day, and is not there on the day.
func (a archive) isMissing(day summarizer.Day, y archived, slot summarizer.Slot, listed []summarizer.Event) bool {
	ago := y.on.DaysUntil(day.Date)
	if ago <= 0 || ago > 56 || ago%7 != 0 || slot.Weekday != day.Date.Weekday() || apart(slot, y) > 30 {
		return false
	}
	held := 0
	for _, z := range a.before(archived{on: day.Date, title: y.title}, 365, a.must) {
		if apart(slot, z) <= 30 {
			held++
		}
	}
	return held >= 4 && !slices.ContainsFunc(listed, func(e summarizer.Event) bool {
		x := archivedOf(e, a.zone)
		return a.must(x, y) && apart(slot, x) <= 60
	})
}

var everyWeek = flag.Int("weeks", 4, "in every how many weeks of the calendars all evidence is checked")

func TestEvidenceIsTrueOfTheCalendars(t *testing.T) {
	t.Parallel()
	kinds := make(chan map[summarizer.WhyKind]int, 100)
	t.Run("person", func(t *testing.T) {
		for _, p := range noveltytest.People(1) {
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				kinds <- checkEvidence(t, p)
			})
		}
	})
	close(kinds)
	all := map[summarizer.WhyKind]int{}
	for some := range kinds {
		for kind, n := range some {
			all[kind] += n
		}
	}
	for kind := range named {
		if all[kind] == 0 {
			t.Errorf("no verdict is of kind %d", kind)
		}
	}
}

// checkEvidence judges the days of many weeks of a person's calendar, and returns how many verdicts
// there were of each kind.
func checkEvidence(t *testing.T, p noveltytest.Person) map[summarizer.WhyKind]int {
	zone := p.Calendar.Zone
	events, err := noveltytest.Read(t.Context(), p.Calendar, zone)
	if err != nil {
		t.Fatal(err)
	}
	a, kinds, missing := archiveOf(events, zone), map[summarizer.WhyKind]int{}, 0
	for monday := date("2024-01-01"); monday.Before(date("2026-01-05")); monday = monday.AddDays(7 * *everyWeek) {
		known := slices.DeleteFunc(slices.Clone(events), func(e summarizer.Event) bool {
			on := archivedOf(e, zone).on
			return on.Before(monday.AddDays(-noveltytest.DaysBefore)) || !on.Before(monday.AddDays(noveltytest.DaysAfter))
		})
		routine := learnModel(zone, monday.AddDays(-noveltytest.DaysBefore), monday.AddDays(noveltytest.DaysAfter), known)
		for i := range 7 {
			day := summarizer.Day{Date: monday.AddDays(i), Zone: zone}
			listed := eventsOf(day, known)
			for _, v := range routine.Judge(day, listed) {
				kinds[v.Why.Kind]++
				holdsWhatItsKindNames(t, v)
				if problem := a.wrong(v); problem != "" {
					t.Errorf("%s: %q: %+v: %s", day, v.Event.Title, v.Why, problem)
				}
			}
			usual := routine.Usual(day, listed)
			missing += len(usual.Missing)
			if problem := a.wrongUsual(day, known, listed, usual); problem != "" {
				t.Errorf("%s: %s", day, problem)
			}
		}
	}
	t.Logf("verdicts by kind %v, %d missing", kinds, missing)
	return kinds
}
