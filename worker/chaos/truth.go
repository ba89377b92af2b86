package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"foreday/summarizer"
)

// truth is what calendars have held, day by day and version by version, which
// messages told of it, and what has been seen of it.
type truth struct {
	journal *journal

	mu    sync.Mutex
	pages []*page
	days  map[string]map[summarizer.Date]*page // by user
	open  []*news                              // published, and not known to be acknowledged
	// delays are from the publication of each message to the fresh copy that
	// was the first to hold it, for each day that it touches.
	delays  []time.Duration
	kills   []*kill
	stale   []violation
	checked int // fresh copies compared
	count   int // messages published
}

// page is one day of one user.
type page struct {
	user     string
	date     summarizer.Date
	versions []version
	// The last version whose message is published, was published with a fence, is
	// acknowledged, and that a fresh copy was seen to hold.
	published, fenced, acknowledged, shown int
	copy                                   *freshCopy // as last seen; nil if there is none
}

// version is a state of a page. Version 0 is the empty day at the start.
type version struct {
	titles  string    // in order, a line each
	written time.Time // when the calendar had it for certain; zero: not yet
	news    *news
}

// news is a message that told of a version of each page that it touches.
type news struct {
	id streamID // zero until it is published
	// sent is just before it was published, and published just after, by the clock of
	// this process: that of the ID is another.
	sent      time.Time
	published time.Time
	versions  map[*page]int
}

// freshCopy is a summary that was given as fresh.
type freshCopy struct {
	value      string // as it was read
	titles     string
	fetched    time.Time
	generation int64
	blamed     bool
}

// violation is a copy that should not have been given as fresh.
type violation struct {
	page       string
	problem    string
	generation int64
	at         time.Time
}

// kill is a worker's end, or the moment at which it froze, with what was out of date then.
type kill struct {
	at        time.Time
	waiting   map[*page]int // the version that each is to reach
	touched   int           // how many there were at first
	recovered time.Time     // zero: not yet
	slowest   *page         // the last to recover
}

func newTruth(j *journal) *truth {
	return &truth{journal: j, days: map[string]map[summarizer.Date]*page{}}
}

// add makes a page for a day that is empty, and due.
func (t *truth) add(user string, date summarizer.Date) {
	p := &page{user: user, date: date, versions: []version{{}}}
	t.pages = append(t.pages, p)
	if t.days[user] == nil {
		t.days[user] = map[summarizer.Date]*page{}
	}
	t.days[user][date] = p
}

// keys are where the fresh copies are, in the order of pages: the contract that
// readers in any language rely on.
func (t *truth) keys() []string {
	keys := make([]string, len(t.pages))
	for i, p := range t.pages {
		keys[i] = fmt.Sprintf("foreday:{%s}:summary:%s", p.user, p.date)
	}
	return keys
}

// writing notes what the user's days will hold, just before the calendar is
// changed: from now on a copy may show it. titles gives a day's new titles, nil
// for a day that the news does not touch.
func (t *truth) writing(user string, titles func(summarizer.Date) []string) *news {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := &news{versions: map[*page]int{}}
	for date, p := range t.days[user] {
		if held := titles(date); held != nil {
			n.versions[p] = len(p.versions)
			p.versions = append(p.versions, version{titles: joined(held), news: n})
		}
	}
	return n
}

// wrote notes that the calendar holds it now.
func (t *truth) wrote(n *news) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for p, i := range n.versions {
		p.versions[i].written = now
	}
}

// publishedAs notes the ID under which the news is on the stream, and when it was sent
// there. If it was fenced, no copy may be older from now on.
func (t *truth) publishedAs(n *news, id string, sent time.Time, fenced bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n.id, n.sent, n.published = parseStreamID(id), sent, time.Now()
	for p, i := range n.versions {
		p.published = max(p.published, i)
		if fenced {
			p.fenced = max(p.fenced, i)
		}
		t.journal.note("calendar", "%s version %d published as %s", p, i, id)
	}
	t.open = append(t.open, n)
	t.count++
}

// told returns how many messages were published.
func (t *truth) told() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// killing notes what is out of date. The kill counts from the call of the
// function returned on.
func (t *truth) killing(at time.Time) (killed func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := &kill{at: at, waiting: map[*page]int{}}
	for _, p := range t.pages {
		if p.published > p.shown {
			k.waiting[p] = p.published
		}
	}
	k.touched = len(k.waiting)
	if k.touched == 0 {
		k.recovered = at
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		// What came right since it was noted, the watch could not tell the kill of.
		maps.DeleteFunc(k.waiting, func(p *page, want int) bool { return p.shown >= want })
		if len(k.waiting) == 0 && k.recovered.IsZero() {
			k.recovered = time.Now()
		}
		t.kills = append(t.kills, k)
	}
}

// wrong returns the pages that are not fresh with what the calendar holds.
func (t *truth) wrong() []*page {
	t.mu.Lock()
	defer t.mu.Unlock()
	var wrong []*page
	for _, p := range t.pages {
		last := len(p.versions) - 1
		if last > 0 && (p.shown != last || p.acknowledged != last || p.copy == nil || p.copy.titles != p.versions[last].titles) {
			wrong = append(wrong, p)
		}
	}
	return wrong
}

func (p *page) String() string { return p.user + " " + p.date.String() }

// latestHolding returns the last version from floor on with these titles, -1 if
// there is none.
func (p *page) latestHolding(titles string, floor int) int {
	for i := len(p.versions) - 1; i >= floor; i-- {
		if p.versions[i].titles == titles {
			return i
		}
	}
	return -1
}

// fetchedSince returns the last version that the calendar held for certain at t.
func (p *page) fetchedSince(t time.Time) int {
	for i := len(p.versions) - 1; i > 0; i-- {
		if w := p.versions[i].written; !w.IsZero() && !w.After(t) {
			return i
		}
	}
	return 0
}

func joined(titles []string) string {
	sorted := slices.Sorted(slices.Values(titles))
	return strings.Join(sorted, "\n")
}
