package summarizer_test

import (
	"fmt"
	"testing"
	"time"

	"foreday/summarizer"
)

// Of more events than can be told, those are that readers would miss the most, wherever
// in the day they are.
func TestWhatMattersMostIsTold(t *testing.T) {
	t.Parallel()
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: time.November, Day: 23}, Zone: time.UTC}
	at := func(title string, hour int, change func(*summarizer.Verdict)) summarizer.Verdict {
		start := day.Start().Add(time.Duration(hour) * time.Hour)
		v := summarizer.Verdict{Novel: true, Novelty: 1, Event: summarizer.Event{ID: title, Title: title, Start: start,
			End: start.Add(30 * time.Hour)}}
		if change != nil {
			change(&v)
		}
		return v
	}
	var b summarizer.Brief
	b.Day = day
	add := func(n int, title string, hour int, change func(*summarizer.Verdict)) {
		for i := range n {
			b.Novel = append(b.Novel, at(fmt.Sprint(title, i), hour, change))
		}
	}
	status := func(s summarizer.EventStatus) func(*summarizer.Verdict) {
		return func(v *summarizer.Verdict) { v.Event.Status = s }
	}
	why := func(k summarizer.WhyKind) func(*summarizer.Verdict) {
		return func(v *summarizer.Verdict) { v.Why.Kind = k }
	}
	add(30, "goes on", -5, nil)
	add(1, "goes on, moved", -4, why(summarizer.Moved))
	add(1, "cancelled on its second day", -3, status(summarizer.Cancelled))
	add(35, "new", 8, nil)
	add(1, "extra", 19, why(summarizer.Extra))
	add(1, "tentative", 20, status(summarizer.Tentative))
	add(1, "cancelled", 21, status(summarizer.Cancelled))
	add(1, "moved", 22, why(summarizer.Moved))
	told := b.Told()
	titles := map[string]bool{}
	for i, v := range told {
		titles[v.Event.Title] = true
		if i > 0 && v.Event.Start.Before(told[i-1].Event.Start) {
			t.Errorf("%s is told after %s", v.Event.Title, told[i-1].Event.Title)
		}
	}
	for _, want := range []string{"cancelled on its second day0", "new0", "new34", "extra0", "tentative0", "cancelled0", "moved0"} {
		if !titles[want] {
			t.Errorf("%s is not told", want)
		}
	}
	if len(told) != summarizer.MaxEvents || titles["goes on0"] {
		t.Errorf("%d are told: %v", len(told), titles)
	}
	few := summarizer.Brief{Day: day, Novel: b.Novel[:summarizer.MaxEvents]}
	if n := len(few.Told()); n != summarizer.MaxEvents {
		t.Errorf("%d are told of as many as can be", n)
	}
}

// A threshold of the user's own makes nothing usual that is not.
func TestWhatIsAsUsual(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of   summarizer.Verdict
		want bool
	}{
		"routine":                    {summarizer.Verdict{Novelty: 0.1}, true},
		"routine, but all is told":   {summarizer.Verdict{Novelty: 0.1, Novel: true}, false},
		"moved":                      {summarizer.Verdict{Novelty: 0.9, Novel: true}, false},
		"moved, below the threshold": {summarizer.Verdict{Novelty: 0.9}, false},
	} {
		if c.of.AsUsual() != c.want {
			t.Errorf("%s: AsUsual = %v", name, !c.want)
		}
	}
}
