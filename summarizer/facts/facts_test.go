package facts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/words/wordstest"
)

// raw is a day as the tests look at it: minute by minute.
type raw struct {
	brief   summarizer.Brief
	minutes []time.Time // of the day, each at its beginning
	known   map[string][]bool
}

func rawDay(b summarizer.Brief) raw {
	r := raw{brief: b, known: map[string][]bool{}}
	for at := b.Day.Start(); at.Before(b.Day.End()); at = at.Add(time.Minute) {
		r.minutes = append(r.minutes, at)
	}
	return r
}

// taken returns in which minutes of the day an event takes place.
func (r raw) taken(e summarizer.Event) []bool {
	if taken, ok := r.known[e.ID]; ok {
		return taken
	}
	taken := make([]bool, len(r.minutes))
	for i, at := range r.minutes {
		taken[i] = !e.AllDay && !at.Before(e.Start) && at.Before(e.End)
	}
	r.known[e.ID] = taken
	return taken
}

// lies reports whether how the event lies to others counts.
func (r raw) lies(e summarizer.Event) bool {
	return !e.AllDay && e.Status != summarizer.Cancelled && slices.Contains(r.taken(e), false)
}

func (r raw) share(a, b summarizer.Event) bool {
	if !r.lies(a) || !r.lies(b) || a.Title == b.Title && a.Start.Equal(b.Start) && a.End.Equal(b.End) {
		return false
	}
	x := r.taken(a)
	y := r.taken(b)
	for i := range x {
		if x[i] && y[i] {
			return true
		}
	}
	return false
}

// check draws days and has each of them, its facts of some kinds and what the raw
// events say compared.
func check(t *testing.T, compare func(t *rapid.T, r raw, day facts.Day, of func(kinds ...facts.Kind) []facts.Fact)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		b := wordstest.Brief(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		day := facts.Of(b)
		compare(t, rawDay(b), day, func(kinds ...facts.Kind) []facts.Fact {
			return slices.DeleteFunc(slices.Clone(day.Facts), func(f facts.Fact) bool { return !slices.Contains(kinds, f.Kind) })
		})
	})
}

func TestFactsHaveIDsAndStandInOrder(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, _ func(...facts.Kind) []facts.Fact) {
		last := 0
		for i, f := range day.Facts {
			if f.ID != fmt.Sprintf("f%d", i+1) {
				t.Errorf("fact %d is %s", i, f.ID)
			}
			at := f.Event
			if at == facts.None {
				at = len(day.Events)
			}
			if at < last || at > len(day.Events) || f.Other >= len(day.Events)+len(day.Routine) {
				t.Errorf("fact %+v is out of order", f)
			}
			last = at
		}
		if len(day.Events) != min(len(r.brief.Novel), summarizer.MaxEvents) {
			t.Errorf("%d events of %d", len(day.Events), len(r.brief.Novel))
		}
	})
}

func TestStatesAndReasonsAreThoseOfTheVerdicts(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, of func(...facts.Kind) []facts.Fact) {
		var want []string
		for i, v := range r.brief.Told() {
			if v.Why.Kind > 0 {
				want = append(want, fmt.Sprint(i, "reason"))
			}
			if s := v.Event.Status; s == "cancelled" || s == "tentative" {
				want = append(want, fmt.Sprint(i, s))
			}
			before := v.Event.Start.Before(r.minutes[0])
			if v.Event.AllDay {
				before = v.Event.StartDate.Before(r.brief.Day.Date)
			}
			if v.Event.Status != "cancelled" && before {
				want = append(want, fmt.Sprint(i, "still_on"))
			}
		}
		var got []string
		for _, f := range of(facts.Reason, facts.Cancelled, facts.Tentative, facts.StillOn) {
			got = append(got, fmt.Sprint(f.Event, f.Kind))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// Each pair that is told shares time, and each that does is told, unless one of the two
// has as many others as are told of an event.
func TestWhatOverlapsSharesMinutesOfTheDay(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, of func(...facts.Kind) []facts.Fact) {
		const most = 3
		told := map[string]bool{}
		count := map[string]int{}
		key := func(e summarizer.Event) string { return e.ID }
		for _, f := range of(facts.Overlaps, facts.Inside) {
			e := day.Events[f.Event].Event
			other := day.At(f.Other).Event
			if !r.share(e, other) {
				t.Errorf("%v and %v are told to share time", e, other)
			}
			told[key(e)+key(other)], told[key(other)+key(e)] = true, true
			count[key(e)]++
			count[key(other)]++
			x := r.taken(e)
			y := r.taken(other)
			for i, at := range r.minutes {
				if within := !at.Before(f.From) && at.Before(f.To); within != (x[i] && y[i]) {
					t.Fatalf("%s is in what %v and %v share: %v", at, e, other, within)
				}
			}
			inside := !e.Start.Before(other.Start) && !e.End.After(other.End) && e.End.Sub(e.Start) < other.End.Sub(other.Start)
			if f.Kind == facts.Inside != inside && (inside || f.Kind == facts.Inside) {
				t.Errorf("%v is inside of %v: %v", e, other, f.Kind)
			}
		}
		for i, v := range day.Events {
			others := slices.Clone(r.brief.Routine)
			for j := range day.Events[i+1:] {
				others = append(others, day.Events[i+1+j].Verdict)
			}
			for _, o := range others {
				if a, b := v.Event, o.Event; r.share(a, b) && !told[key(a)+key(b)] && count[key(a)] < most && count[key(b)] < most {
					t.Errorf("%v and %v share time, and are not told to", a, b)
				}
			}
			if count[key(v.Event)] > most {
				t.Errorf("%v has %d others", v.Event, count[key(v.Event)])
			}
		}
	})
}

func TestWhatFollowsBeginsWhenTheOtherEnds(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, of func(...facts.Kind) []facts.Fact) {
		least := make([]int, len(day.Events)) // minutes after the event before, 6 for too many
		for i, v := range day.Events {
			least[i] = 6
			for _, o := range slices.Concat(r.brief.Told(), r.brief.Routine) {
				gap := int(v.Event.Start.Sub(o.Event.End) / time.Minute)
				if o.Event.ID != v.Event.ID && r.lies(v.Event) && r.lies(o.Event) && o.Event.End.After(o.Event.Start) && gap >= 0 &&
					!v.Event.Start.Before(r.minutes[0]) {
					least[i] = min(least[i], gap)
				}
			}
		}
		for _, f := range of(facts.Follows) {
			e := day.Events[f.Event].Event
			other := day.At(f.Other).Event
			if gap := int(e.Start.Sub(other.End) / time.Minute); gap != least[f.Event] || gap > 5 {
				t.Errorf("%v follows %v", e, other)
			}
			least[f.Event] = 6
		}
		for i, gap := range least {
			if gap <= 5 {
				t.Errorf("%v follows something %d minutes before, and is not told to", day.Events[i].Event, gap)
			}
		}
	})
}

func TestTheDayBeginsAndEndsWithItsTimedEvents(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, of func(...facts.Kind) []facts.Fact) {
		b := r.brief
		clock := func(at time.Time) int { at = at.In(b.Day.Zone); return at.Hour()*60 + at.Minute() }
		begins, ends := -1, -1 // of novel events, unless a routine begins as early or ends as late
		var first, last time.Time
		for _, novel := range []bool{true, false} {
			of := b.Novel
			if !novel {
				of = b.Routine
			}
			for _, v := range of {
				if !r.lies(v.Event) {
					continue
				}
				end := v.Event.End
				if end.Before(v.Event.Start) {
					end = v.Event.Start
				}
				if first.IsZero() || v.Event.Start.Before(first) || !novel && v.Event.Start.Equal(first) {
					first, begins = v.Event.Start, map[bool]int{true: clock(v.Event.Start), false: -1}[novel]
				}
				if last.IsZero() || end.After(last) || !novel && end.Equal(last) {
					last, ends = end, map[bool]int{true: clock(end), false: -1}[novel]
					switch {
					case novel && end.Equal(b.Day.End()):
						ends = 24 * 60
					case novel && end.After(b.Day.End()): // the day leads into the next
						ends = -1
					}
				}
			}
		}
		var want []string
		runsIn := slices.ContainsFunc(slices.Concat(b.Novel, b.Routine), func(v summarizer.Verdict) bool {
			return r.lies(v.Event) && v.Event.Start.Before(r.minutes[0])
		})
		if b.Usual.Days > 0 && b.Unread == 0 && !runsIn && b.Usual.Begins >= 0 && b.Usual.Begins <= 12*60 && begins >= 0 &&
			begins < b.Usual.Begins-30 {
			want = append(want, fmt.Sprint("begins_earlier", begins, b.Usual.Begins))
		}
		if b.Usual.Days > 0 && b.Unread == 0 && b.Usual.Ends >= 15*60 && ends > b.Usual.Ends+60 {
			want = append(want, fmt.Sprint("ends_later", ends, b.Usual.Ends))
		}
		var got []string
		for _, f := range of(facts.BeginsEarlier, facts.EndsLater) {
			now := clock(f.From)
			if f.Kind == facts.EndsLater {
				if now = clock(f.To); !f.To.Before(b.Day.End()) {
					now = 24 * 60
				}
			}
			got = append(got, fmt.Sprint(f.Kind, now, f.Usual))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestTheDayIsCompared(t *testing.T) {
	t.Parallel()
	check(t, func(t *rapid.T, r raw, day facts.Day, of func(...facts.Kind) []facts.Fact) {
		b := r.brief
		takesPlace, began := b.Unread, false
		for _, v := range slices.Concat(b.Novel, b.Routine) {
			if v.Event.Status != summarizer.Cancelled {
				takesPlace++
				start, _ := v.Event.Span(b.Day.Zone)
				began = began || start.Before(b.Day.Start())
			}
		}
		var want []string
		if b.Usual.Days > 0 && b.Unread == 0 && takesPlace > b.Usual.Most && takesPlace >= 6 && !began {
			want = append(want, fmt.Sprint("busier", takesPlace))
		}
		if b.Usual.Days > 0 && takesPlace == 0 && b.Usual.Events > 0 {
			want = append(want, fmt.Sprint("free", b.Usual.Events))
		}
		for _, slot := range b.Usual.Missing {
			want = append(want, fmt.Sprint("missing", slot))
		}
		var got []string
		for _, f := range of(facts.Busier, facts.Free, facts.Missing) {
			switch f.Kind {
			case facts.Busier:
				got = append(got, fmt.Sprint(f.Kind, f.Now))
			case facts.Free:
				got = append(got, fmt.Sprint(f.Kind, f.Usual))
			default:
				got = append(got, fmt.Sprint(f.Kind, f.Slot))
			}
			if f.Event != facts.None {
				t.Errorf("%+v is not about the day", f)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
