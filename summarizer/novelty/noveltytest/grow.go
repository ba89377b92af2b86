package noveltytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/ical"
	"foreday/summarizer/google/recur"
)

// Person is somebody made up, with their calendar.
type Person struct {
	Name     string
	Calendar *ical.Calendar
	// Changed holds the IDs of the occurrences of routines that were changed on
	// purpose, be they of a series or entered one by one.
	Changed map[string]Change
}

// Change is what was done to an occurrence.
type Change string

// The changes. All but Padded are news.
const (
	Moved     Change = "moved"
	Renamed   Change = "renamed"
	Extra     Change = "extra"      // held once more, the day after
	CalledOff Change = "called off" // as its title says
	Anew      Change = "anew"       // like others but for a number, and without their rhythm
	Padded    Change = "padded"     // has a word more, which says nothing
)

// The span of the calendars.
var (
	firstDay = summarizer.Date{Year: 2024, Month: time.January, Day: 1}
	lastDay  = summarizer.Date{Year: 2025, Month: time.December, Day: 31}
)

// People returns everybody, grown from the seed; 1 is the usual one.
func People(seed uint64) []Person {
	var all []Person
	for i, l := range slices.Concat(lives, moreLives) {
		all = append(all, grow(l, rand.New(rand.NewPCG(seed, uint64(i)))))
	}
	return all
}

// growing is a person being made up.
type growing struct {
	Person
	random *rand.Rand
	zone   *time.Location
}

func grow(l life, random *rand.Rand) Person {
	zone, err := time.LoadLocation(l.zone)
	if err != nil {
		panic(err) // the caller's program lacks the zones
	}
	g := &growing{Person{l.name, &ical.Calendar{Name: l.name, Zone: zone}, map[string]Change{}}, random, zone}
	for _, r := range l.routines {
		g.live(r)
	}
	for _, title := range l.seldom {
		for range 3 + random.IntN(6) {
			g.add(g.event(title, g.someTime(), 60))
		}
	}
	g.oneOffs(l)
	return g.Person
}

// oneOffs adds what happens once, at any time of waking, a few of it all day and
// for several days.
func (g *growing) oneOffs(l life) {
	var titles []string
	for _, what := range l.once {
		for _, name := range l.names {
			titles = append(titles, fmt.Sprintf(what, name))
		}
	}
	for _, i := range g.random.Perm(len(titles))[:min(l.oneOffs, len(titles))] {
		start := g.someTime()
		if g.random.IntN(5) > 0 {
			g.add(g.event(titles[i], start, 60+30*g.random.IntN(5)))
			continue
		}
		d := summarizer.DateOf(start)
		g.add(&calendar.Event{
			Summary: titles[i],
			Start:   &calendar.EventDateTime{Date: d.String()},
			End:     &calendar.EventDateTime{Date: d.AddDays(1 + g.random.IntN(4)).String()},
		})
	}
}

func (g *growing) someTime() time.Time {
	d := firstDay.AddDays(g.random.IntN(firstDay.DaysUntil(lastDay)))
	return time.Date(d.Year, d.Month, d.Day, 8+g.random.IntN(13), 15*g.random.IntN(4), 0, 0, g.zone)
}

// live adds a routine.
func (g *growing) live(r routine) {
	start := g.firstStart(r)
	rule := "RRULE:" + r.rule + ";UNTIL=" + untilOf(r)
	recurrence, err := recur.Parse([]string{rule}, start, r.at == "")
	if err != nil {
		panic(err)
	}
	all := recurrence.Between(start, start.AddDate(3, 0, 0))
	changes := g.plan(r, len(all))
	if r.single {
		g.liveSingly(r, all, changes)
	} else {
		g.liveInSeries(r, rule, all, changes)
	}
}

// firstStart returns the first time in the span that the rule gives.
func (g *growing) firstStart(r routine) time.Time {
	d := firstDay
	if r.from != "" {
		d = must(summarizer.ParseDate(r.from))
	}
	zone, clock := g.zone, time.Time{}
	if r.at == "" {
		zone = time.UTC
	} else {
		clock = must(time.Parse("15:04", r.at))
	}
	start := time.Date(d.Year, d.Month, d.Day, clock.Hour(), clock.Minute(), 0, 0, zone)
	recurrence := must(recur.Parse([]string{"RRULE:" + r.rule}, start, r.at == ""))
	return recurrence.ByRule(start, start.AddDate(2, 0, 0))[0]
}

func untilOf(r routine) string {
	until := lastDay
	if r.until != "" {
		until = must(summarizer.ParseDate(r.until))
	}
	if r.at == "" {
		return strings.ReplaceAll(until.String(), "-", "")
	}
	return strings.ReplaceAll(until.String(), "-", "") + "T235959Z"
}

func (g *growing) liveSingly(r routine, all []time.Time, changes map[int]change) {
	for i, start := range all {
		c := changes[i]
		if c.what == "" && g.random.Float64() < r.skipped {
			continue
		}
		if r.drift > 0 {
			start = start.Add(time.Duration(g.random.IntN(2*r.drift/5+1)*5-r.drift) * time.Minute)
		}
		if c.what == Extra {
			g.add(g.event(r.titles[0], start, r.minutes))
			start = start.AddDate(0, 0, 1)
		}
		if i == 0 && r.anew {
			c.what = Anew
		}
		e := g.event(c.title(g.spelling(r, i)), start.Add(c.shift), r.minutes)
		g.add(e)
		if c.what != "" {
			g.Changed[e.Id] = c.what
		}
	}
}

// spelling returns the title as it is written the i-th time.
func (g *growing) spelling(r routine, i int) string {
	title := r.titles[0]
	if g.random.IntN(4) == 0 {
		title = r.titles[g.random.IntN(len(r.titles))]
	}
	return strings.ReplaceAll(title, "#", strconv.Itoa(i+1))
}

func (g *growing) liveInSeries(r routine, rule string, all []time.Time, changes map[int]change) {
	master := g.event(r.titles[0], all[0], r.minutes)
	master.Recurrence = []string{rule}
	g.add(master)
	cut := len(all)
	if r.split {
		cut = len(all) * 3 / 5
		before, after := must(recur.Parse(master.Recurrence, all[0], r.at == "")).Cut(all[cut], all[cut])
		master.Recurrence = before
		rest := g.event(r.titles[0], all[cut], r.minutes)
		rest.Id, rest.Recurrence = recur.FollowingID(master.Id, all[cut], r.at == ""), after
		g.Calendar.Events = append(g.Calendar.Events, rest)
	}
	for i, start := range all[:cut] {
		c := changes[i]
		skipped := i > 0 && c.what == "" && g.random.Float64() < r.skipped
		if c.what == "" && !skipped {
			continue
		}
		e := g.event(c.title(r.titles[0]), start.Add(c.shift), r.minutes)
		e.Id = recur.InstanceID(master.Id, start, r.at == "")
		e.RecurringEventId = master.Id
		e.OriginalStartTime = g.event("", start, 0).Start
		if skipped {
			e.Status = "cancelled"
		} else {
			g.Changed[e.Id] = c.what
		}
		g.Calendar.Events = append(g.Calendar.Events, e)
	}
}

// event makes an event; an all-day one of a day if start is in UTC at midnight.
func (g *growing) event(title string, start time.Time, minutes int) *calendar.Event {
	e := &calendar.Event{Summary: title}
	if start.Location() == time.UTC && minutes == 0 && start.Hour() == 0 {
		d := summarizer.DateOf(start)
		e.Start, e.End = &calendar.EventDateTime{Date: d.String()}, &calendar.EventDateTime{Date: d.AddDays(1).String()}
		return e
	}
	e.Start = &calendar.EventDateTime{DateTime: start.Format(time.RFC3339), TimeZone: g.zone.String()}
	e.End = &calendar.EventDateTime{DateTime: start.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339), TimeZone: g.zone.String()}
	return e
}

// add puts the event into the calendar under a new ID.
func (g *growing) add(e *calendar.Event) {
	e.Id = fmt.Sprintf("%s%05d", idOf(g.Name), len(g.Calendar.Events))
	g.Calendar.Events = append(g.Calendar.Events, e)
}

// idOf makes letters that Google allows in IDs, a to v, of a name.
func idOf(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'v' {
			return r
		}
		return -1
	}, name)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
