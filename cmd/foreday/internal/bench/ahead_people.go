package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"foreday/summarizer"
)

// readingPerson is somebody who reads their summary: their habits are drawn once, and each
// day from these.
type readingPerson struct {
	kind     readingKind
	zone     *time.Location
	random   *rand.Rand
	wakes    float64 // minutes after midnight; around them, varies
	varies   float64
	sleeps   float64
	briefed  float64
	sessions []float64
}

type readingKind int

const (
	// readsOnAWidget is 35 % of people: a phone shows the summary, and asks for it every
	// 15 to 30 minutes while it is in use.
	readsOnAWidget readingKind = iota
	// readsABriefing is 35 %: an app reads at a set time of the morning and says so; its
	// owner looks some minutes later, and on workdays between meetings, every half hour or so.
	readsABriefing
	// readsInSessions is 15 %: in the morning, and at one to three other times of their own.
	readsInSessions
	// readsNowAndThen is 15 %: on two days a week, whenever it is. They do not read daily.
	readsNowAndThen
)

// readingZones are the offsets of the earth's zones, from -11 to +13 hours.
const readingZones = 25

func newReadingPerson(seed uint64, n int) *readingPerson {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	p := &readingPerson{
		zone: readingZone(n), random: random,
		wakes: 360 + 180*random.Float64(), varies: 8 + 14*random.Float64(), sleeps: 1260 + 150*random.Float64(),
		briefed: math.Round((360+180*random.Float64())/15) * 15,
	}
	switch share := random.Float64(); {
	case share < .35:
		p.kind = readsOnAWidget
	case share < .70:
		p.kind = readsABriefing
	case share < .85:
		p.kind = readsInSessions
	default:
		p.kind = readsNowAndThen
	}
	for range 1 + random.IntN(3) {
		p.sessions = append(p.sessions, 660+600*random.Float64())
	}
	return p
}

func readingZone(n int) *time.Location {
	zone, err := time.LoadLocation(fmt.Sprintf("Etc/GMT%+d", 11-n%readingZones)) // west of Greenwich is plus there
	if err != nil {
		panic(err) // the program brings its zones along
	}
	return zone
}

// readsOn returns when they read the summary of the date, on that day.
func (p *readingPerson) readsOn(date summarizer.Date) []time.Time {
	var minutes []float64
	session := func(at float64) {
		for range 1 + p.random.IntN(4) {
			minutes = append(minutes, at)
			at += 3 * p.random.ExpFloat64()
		}
	}
	around := func(at, deviation float64) float64 { return at + deviation*p.random.NormFloat64() }
	weekday := date.Weekday()
	weekend := weekday == time.Saturday || weekday == time.Sunday
	wakes := around(p.wakes, p.varies)
	if weekend {
		wakes = around(p.wakes+60, 2*p.varies)
	}
	switch p.kind {
	case readsOnAWidget:
		every := 15 + 5*float64(int(p.wakes)%4)
		for at := wakes; at < p.sleeps; at += every * (.9 + .2*p.random.Float64()) {
			minutes = append(minutes, at)
		}
	case readsABriefing:
		minutes = append(minutes, p.briefed+2*p.random.Float64())
		session(p.briefed + 2 + 12*p.random.ExpFloat64())
		for at := around(550, 8); !weekend && at < 1050; at += 10 + 15*p.random.ExpFloat64() {
			minutes = append(minutes, at)
		}
	case readsInSessions:
		session(wakes)
		for _, at := range p.sessions {
			session(around(at, p.varies))
		}
	case readsNowAndThen:
		if p.random.Float64() < 2./7 {
			session(420 + 900*p.random.Float64())
		}
	}
	slices.Sort(minutes)
	var reads []time.Time
	for _, m := range minutes {
		if m >= 0 && m < 1440 {
			midnight := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, p.zone)
			reads = append(reads, midnight.Add(time.Duration(m*float64(time.Minute))))
		}
	}
	return reads
}
