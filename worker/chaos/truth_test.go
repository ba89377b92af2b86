package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"foreday/summarizer"
)

// notebook is a truth about one day of one user, whose fresh copy the test
// makes up. Its clock starts a while ago, so that nothing is in the future.
type notebook struct {
	*testing.T
	*truth
	page *page
	news []*news
	// fences says that messages are published with a fence.
	fences bool
}

var aDay = summarizer.Date{Year: 2026, Month: 11, Day: 23}

func openNotebook(t *testing.T) *notebook {
	t.Helper()
	j, err := openJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.close)
	b := &notebook{T: t, truth: newTruth(j)}
	b.add("ada", aDay)
	b.page = b.pages[0]
	return b
}

// tell changes the calendar and publishes the message about it.
func (b *notebook) tell(titles ...string) {
	n := b.writing("ada", func(summarizer.Date) []string { return titles })
	b.wrote(n)
	b.publishedAs(n, fmt.Sprintf("%d-%d", time.Now().UnixMilli(), len(b.news)), time.Now(), b.fences)
	b.news = append(b.news, n)
	time.Sleep(2 * time.Millisecond) // the next one is later
}

// see shows the watch a copy, with the first so many messages acknowledged.
func (b *notebook) see(acknowledged int, fetched time.Time, titles ...string) {
	b.Helper()
	sum := summarizer.Summary{User: "ada", Date: aDay, FetchedAt: fetched}
	for _, title := range titles {
		sum.Events = append(sum.Events, summarizer.SummaryEvent{Title: title})
	}
	value, err := json.Marshal(sum)
	if err != nil {
		b.Fatal(err)
	}
	s := sight{pending: map[streamID]bool{}, copies: []string{string(value)}, fenced: b.truth.fenced()}
	for i, n := range b.news {
		s.delivered = n.id
		s.pending[n.id] = i >= acknowledged
	}
	if err := b.truth.see(s, time.Now()); err != nil {
		b.Fatal(err)
	}
}

func TestACopyIsStaleOnlyIfItIsOlderThanWhatIsAcknowledged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		acknowledged int
		early        bool // fetched before the second message was published
		titles       []string
		stale        int
		fenced       bool
	}{
		"the last state":                            {2, false, []string{"a", "b"}, 0, false},
		"in any order":                              {2, false, []string{"b", "a"}, 0, false},
		"an older one, the message is pending":      {1, true, []string{"a"}, 0, false},
		"an older one, published with a fence":      {0, true, []string{"a"}, 1, true},
		"the last one, published with a fence":      {0, false, []string{"a", "b"}, 0, true},
		"an older one, the message is acknowledged": {2, true, []string{"a"}, 1, false},
		"the last one, fetched before its message":  {2, true, []string{"a", "b"}, 1, false},
		"an older one, though fetched later":        {1, false, []string{"a"}, 1, false},
		"what never was":                            {0, true, []string{"c"}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openNotebook(t)
			b.fences = c.fenced
			b.tell("a")
			fetched := time.Now()
			time.Sleep(2 * time.Millisecond)
			b.tell("a", "b")
			if !c.early {
				fetched = time.Now()
			}
			for range 2 { // the same copy is blamed once
				b.see(c.acknowledged, fetched, c.titles...)
			}
			if len(b.stale) != c.stale {
				t.Errorf("%d copies are called stale: %+v, want %d", len(b.stale), b.stale, c.stale)
			}
		})
	}
}

func TestAKillIsRecoveredFromWhenAllThatWasPublishedIsFresh(t *testing.T) {
	t.Parallel()
	b := openNotebook(t)
	b.tell("a")
	b.see(1, time.Now(), "a")
	b.killing(time.Now())() // nothing is out of date
	b.tell("a", "b")
	early := time.Now()
	b.tell("b")
	b.killing(time.Now())()
	if idle, busy := b.kills[0], b.kills[1]; idle.touched != 0 || busy.touched != 1 {
		t.Fatalf("kills touched %d and %d days, want 0 and 1", idle.touched, busy.touched)
	}
	b.see(2, early, "a", "b")
	if !b.kills[1].recovered.IsZero() {
		t.Error("a copy of before counted as recovery")
	}
	b.see(3, time.Now(), "b")
	if b.kills[1].recovered.IsZero() || len(b.wrong()) != 0 {
		t.Errorf("not recovered, or wrong still: %v", b.wrong())
	}
}

func TestWhatComesRightJustBeforeAKillIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b := openNotebook(t)
	b.tell("a")
	killed := b.killing(time.Now())
	b.see(1, time.Now(), "a")
	killed()
	if b.kills[0].touched != 1 || b.kills[0].recovered.IsZero() {
		t.Errorf("the kill touched %d days and was recovered from at %v", b.kills[0].touched, b.kills[0].recovered)
	}
}

func TestADayWithoutItsLastStateIsWrong(t *testing.T) {
	t.Parallel()
	b := openNotebook(t)
	if len(b.wrong()) != 0 {
		t.Error("a day that nothing happened on is wrong")
	}
	b.tell("a")
	b.see(1, time.Now(), "a")
	b.tell("b")
	if wrong := b.wrong(); len(wrong) != 1 || wrong[0] != b.page {
		t.Errorf("wrong are %v, want the only day there is", wrong)
	}
}
