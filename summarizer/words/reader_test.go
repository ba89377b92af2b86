package words_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/titles"
)

// reader reads English texts about a day, and holds what they say to the day's raw
// events. It shares no code with what wrote them but the cleaning of titles.
type reader struct {
	b        summarizer.Brief
	subject  []summarizer.Verdict // what the last sentence may have been about
	of       int                  // and of how many of them it was
	called   []summarizer.Verdict // all that have the name that was read last
	usual    []summarizer.Verdict // routine events that are as usual
	others   []summarizer.Verdict // the other routine ones
	told     int                  // events that were told or counted, but for the usual ones
	problems []string
}

func (r *reader) wrong(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

// split cuts a text at any of the separators that stand outside of quotation marks and
// parentheses.
func split(s string, separators ...string) []string {
	var parts []string
	depth, quoted, from := 0, false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "“"):
			quoted = true
		case strings.HasPrefix(s[i:], "”"):
			quoted = false
		case quoted:
		case s[i] == '(':
			depth++
		case s[i] == ')':
			depth--
		case depth == 0:
			for _, sep := range separators {
				if strings.HasPrefix(s[i:], sep) {
					parts = append(parts, s[from:i])
					from = i + len(sep)
					i = from - 1
					break
				}
			}
		}
	}
	return append(parts, s[from:])
}

func (r *reader) read(text summarizer.Text) {
	for _, list := range []*[]summarizer.Verdict{&r.b.Novel, &r.b.Routine} {
		*list = slices.Clone(*list)
		for i := range *list {
			if e := &(*list)[i].Event; e.End.Before(e.Start) {
				e.End = e.Start
			}
		}
	}
	for _, v := range r.b.Routine {
		switch {
		case v.Event.Status == summarizer.Cancelled:
		case v.Novelty < 0.5:
			r.usual = append(r.usual, v)
		default:
			r.others = append(r.others, v)
		}
	}
	for _, clause := range split(strings.TrimSuffix(text.Headline, "."), "; ") {
		r.clause(clause)
	}
	r.told = 0
	for line := range strings.Lines(text.Body) {
		r.subject = nil
		for _, sentence := range split(strings.TrimSuffix(strings.TrimSpace(line), "."), ". ") {
			r.sentence(sentence)
		}
	}
	same := 0 // events that are there twice may be told once
	for i, v := range r.b.Novel {
		for _, o := range r.b.Novel[:i] {
			if titles.Clean(v.Event.Title, 99) == titles.Clean(o.Event.Title, 99) {
				same++
				break
			}
		}
	}
	if all := len(r.b.Novel) + len(r.others); r.told > all || r.told < all-same {
		r.wrong("%d events are told, of %d", r.told, all)
	}
}

const (
	clockRE = `\d\d:\d\d(?: (?:[A-Z]{3,5}|UTC[+-]\d\d:\d\d))?`
	dateRE  = `(?:\w+day|\d{1,2} \w+(?: \d{4})?)`
	longRE  = `\w+day, \d{1,2} \w+(?: \d{4})?`
	whenRE  = `all day|last day|until ` + clockRE + `|until ` + dateRE + `|on ` + longRE +
		`|` + clockRE + ` until ` + clockRE + ` the next day|` + clockRE + ` until ` + dateRE + ` at ` + clockRE + `|` + clockRE + `(?:–| – )` +
		clockRE + `|` + clockRE
	nameRE  = `(“[^”]*”(?: \d+)?|\(no title\)|[^“”,;:.()×]+?)`
	labelRE = `(?: \(((?:“[^”]*”|[^“”()])*)\))?`
)

var (
	clockAt = regexp.MustCompile(`^(\d\d:\d\d)(?: (.*))?$`)
	lineOf  = regexp.MustCompile(`^(?:(\d+) (×|of) )?` + nameRE + `(?: to (` + nameRE + `))?` + labelRE + `(?:, ((?:` + whenRE +
		`)(?:(?:, | and )(?:` + whenRE + `))*))?( instead of ` + clockRE + `)?(?:(, while the one at ` + clockRE +
		` is cancelled)|, (overlaps?|during) (.*))?$`)
	eventsOf = regexp.MustCompile(`^(\d+) events?$`)
	moreOf   = regexp.MustCompile(`^(?:[Aa]nd )?(\d+) more$`)
	otherOf  = regexp.MustCompile(`^(the usual )?` + nameRE + `(?: \((tentative)\))?(?: \((` + whenRE + `)\))?$`)
	briefOf  = regexp.MustCompile(`^(?:(\d+) (×|of) )?` + nameRE + `(?: to (` + nameRE + `))?` + labelRE + `(?: at (` + clockRE +
		`)(?: instead of (` + clockRE + `))?| from (` + clockRE + `) to (` + clockRE + `)| (all day)| until (` + dateRE + `)| (` + whenRE +
		`))?$`)
	stillOf   = regexp.MustCompile(`^` + nameRE + labelRE + `, (` + whenRE + `)(?: \((.*)\))?$`)
	usualOf   = regexp.MustCompile(`^(.*), (` + whenRE + `)$`)
	unreadOf  = regexp.MustCompile(`^(\d+) more events? (?:was|were) not looked at$`)
	hoursOf   = regexp.MustCompile(`^The day (begins at|ends at|goes from) (\S+)(?: to (\S+))?, usually (?:at about|by|from about) (\S+?)(?: to (\S+))?$`)
	busyOf    = regexp.MustCompile(`^The day holds (\d+) events?, more than any (\w+) lately$`)
	freeOf    = regexp.MustCompile(`^A free (\w+), which usually holds (\d+) events?$`)
	zoneName  = regexp.MustCompile(` UTC[+-]\d\d:\d\d| [A-Z]{3,5}\b`)
	freeDayOf = regexp.MustCompile(`^(` + longRE + `), is free$`)
)

// number returns the one that s begins with.
func number(s string) int {
	n, _ := strconv.Atoi(regexp.MustCompile(`^\d*`).FindString(s))
	return n
}

// named returns the events of a name among those given.
func named(name string, of []summarizer.Verdict) []summarizer.Verdict {
	name = strings.NewReplacer("\u2068", "", "\u2069", "", "“", "", "”", "").Replace(name)
	beginning, cut := strings.CutSuffix(name, "…")
	var found []summarizer.Verdict
	for _, v := range of {
		title := titles.Clean(v.Event.Title, 1000)
		if title == "" {
			title = "(no title)"
		}
		if title == name || cut && strings.HasPrefix(title, strings.TrimSpace(beginning)) {
			found = append(found, v)
		}
	}
	return found
}

func (r *reader) cancelled(c bool) []summarizer.Verdict {
	var found []summarizer.Verdict
	for _, v := range r.b.Novel {
		if (v.Event.Status == summarizer.Cancelled) == c {
			found = append(found, v)
		}
	}
	return found
}

// shows reports whether a clock in the day's zone shows s at t.
func (r *reader) shows(s string, t time.Time) bool {
	m := clockAt.FindStringSubmatch(s)
	t = t.In(r.b.Day.Zone)
	if m == nil || m[1] != t.Format("15:04") && !(m[1] == "24:00" && t.Format("15:04") == "00:00") &&
		!(m[1] == "24:00" && t.Equal(summarizer.Day{Date: summarizer.DateOf(t.Add(-time.Minute)), Zone: r.b.Day.Zone}.End())) {
		return false
	}
	return m[2] == "" || m[2] == t.Format("MST") || m[2] == "UTC"+t.Format("-07:00")
}

// is reports whether a name of a day is that of the date.
func (r *reader) is(s string, d summarizer.Date) bool {
	days := r.b.Day.Date.DaysUntil(d)
	if strings.HasSuffix(s, "day") {
		return s == d.Weekday().String() && days > 0 && days < 7
	}
	return s == r.dated(d)
}

func (r *reader) dated(d summarizer.Date) string {
	s := fmt.Sprintf("%d %s", d.Day, d.Month)
	if d.Year != r.b.Day.Date.Year {
		s += fmt.Sprint(" ", d.Year)
	}
	return s
}

// days returns the first and the last day of an event.
func (r *reader) days(e summarizer.Event) (first, last summarizer.Date) {
	if e.AllDay {
		last = e.EndDate.AddDays(-1)
		if last.Before(e.StartDate) {
			last = e.StartDate
		}
		return e.StartDate, last
	}
	zone := r.b.Day.Zone
	first = summarizer.DayAt(e.Start, zone).Date
	if !e.End.After(e.Start) {
		return first, first
	}
	return first, summarizer.DayAt(e.End.Add(-time.Nanosecond), zone).Date
}

// when reports whether an event is when a phrase says.
func (r *reader) when(s string, e summarizer.Event) bool {
	day := r.b.Day
	first, last := r.days(e)
	all := e.AllDay || e.End.After(e.Start) && !e.Start.After(day.Start()) && !e.End.Before(day.End())
	end := e.End
	if end.Before(e.Start) {
		end = e.Start
	}
	if from, to, ok := strings.Cut(s, " until "); ok {
		if clock, ok := strings.CutSuffix(to, " the next day"); ok {
			return !e.AllDay && r.shows(from, e.Start) && r.shows(clock, end) && first == day.Date && last == day.Date.AddDays(1)
		}
		date, clock, _ := strings.Cut(to, " at ")
		return !e.AllDay && r.shows(from, e.Start) && r.shows(clock, end) && first == day.Date && r.is(date, last)
	}
	from, to, ranged := strings.Cut(s, "–")
	switch until, isUntil := strings.CutPrefix(s, "until "); {
	case s == "all day":
		return all
	case s == "last day":
		return all && last == day.Date && first.Before(last)
	case isUntil:
		whole := all && (e.AllDay || end.Equal(summarizer.Day{Date: last, Zone: day.Zone}.End()))
		return (first.Before(day.Date) || whole) && r.is(until, last) || first.Before(day.Date) && !e.AllDay && last == day.Date &&
			r.shows(until, end)
	case ranged:
		return !all && r.shows(strings.TrimSpace(from), e.Start) && r.shows(strings.TrimSpace(to), end) && first == day.Date && last == day.Date
	}
	return !all && r.shows(s, e.Start) && end.Equal(e.Start)
}

// extent reports whether the first of the events begins and the last ends on the day as
// two clocks show.
func (r *reader) extent(from, to string, of []summarizer.Verdict) bool {
	begins := slices.ContainsFunc(of, func(v summarizer.Verdict) bool { return !v.Event.AllDay && r.shows(from, v.Event.Start) })
	ends := slices.ContainsFunc(of, func(v summarizer.Verdict) bool {
		_, last := r.days(v.Event)
		return !v.Event.AllDay && r.shows(to, v.Event.End) && last == r.b.Day.Date
	})
	return begins && ends
}

// overnight reports whether the first of the events begins on the day and the last ends
// on another, as "22:00 until 02:00 the next day" says.
func (r *reader) overnight(s string, of []summarizer.Verdict) bool {
	for _, first := range of {
		for _, last := range of {
			e := last.Event
			if e.Start = first.Event.Start; !first.Event.AllDay && !e.AllDay && !e.End.Before(e.Start) && r.when(s, e) {
				return strings.Contains(s, " until ")
			}
		}
	}
	return false
}

func (r *reader) sentence(s string) {
	switch m := moreOf.FindStringSubmatch(s); {
	case m != nil:
		r.told += number(m[1])
	case strings.HasPrefix(s, "Still on: "):
		r.stillOn(strings.TrimPrefix(s, "Still on: "))
	case strings.HasSuffix(s, " is cancelled") && !strings.Contains(s, ", while the one at ") || strings.HasSuffix(s, " are cancelled"):
		r.cancellation(s)
	case strings.HasPrefix(s, "Among them: "):
		for _, name := range split(strings.TrimPrefix(s, "Among them: "), ", ", " and ") {
			if len(named(name, r.subject)) == 0 {
				r.wrong("%q is not among them", name)
			}
		}
	case strings.HasPrefix(s, "Right after "):
		r.each(strings.TrimPrefix(s, "Right after "), func(v, o summarizer.Verdict) bool {
			gap := v.Event.Start.Sub(o.Event.End)
			return gap >= 0 && gap <= 5*time.Minute
		})
	case r.clash(s):
	case r.about(s), r.reason(s):
	default:
		r.line(s)
	}
}

func (r *reader) stillOn(s string) {
	for _, item := range split(s, "; ") {
		if m := moreOf.FindStringSubmatch(item); m != nil {
			r.told += number(m[1])
			continue
		}
		m := stillOf.FindStringSubmatch(item)
		if m == nil || !slices.ContainsFunc(named(m[1], r.cancelled(false)), func(v summarizer.Verdict) bool {
			first, _ := r.days(v.Event)
			r.subject = []summarizer.Verdict{v}
			unexpected := v.Why.Kind >= summarizer.Renamed && v.Why.Kind <= summarizer.Extra && v.Why.Kind != summarizer.CalledOff
			return first.Before(r.b.Day.Date) && r.when(m[3], v.Event) && r.labelled(m[2], v) && unexpected == (m[4] != "") &&
				(m[4] == "" || r.isWhy(strings.ToUpper(m[4][:1])+m[4][1:]))
		}) {
			r.wrong("%q is not still on", item)
		}
		r.told++
	}
}

// labelled reports whether what stands in parentheses after a name is true: the event's
// calendar, that it is tentative, or the calendars it is in.
func (r *reader) labelled(label string, v summarizer.Verdict) bool {
	calendar := titles.Clean(v.Event.Calendar, 40)
	for i, part := range split(label, ", ", " and ") {
		plain := strings.NewReplacer("“", "", "”", "", "\u2068", "", "\u2069", "").Replace(part)
		several := i > 0 || len(split(label, " and ")) > 1
		switch {
		case label == "", several && part != "tentative", strings.Contains(label, "friends"):
		case part == "tentative":
			if v.Event.Status != summarizer.Tentative {
				return false
			}
		case plain != calendar || strings.ContainsAny(plain, "@＠"):
			return false
		}
	}
	return (v.Event.Status == summarizer.Tentative) == strings.HasSuffix(label, "tentative")
}

func (r *reader) cancellation(s string) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, " is cancelled"), " are cancelled")
	for _, item := range split(s, ", ", " and ") {
		if m := moreOf.FindStringSubmatch(item); m != nil {
			r.told += number(m[1])
		} else {
			r.brief(item, r.cancelled(true))
		}
	}
}

// brief reads a name with its time, as headlines have it.
func (r *reader) brief(item string, of []summarizer.Verdict) {
	if regexp.MustCompile(`^(` + whenRE + `)$`).MatchString(item) { // "and 18:00", "and until Friday"
		if !slices.ContainsFunc(r.called, func(v summarizer.Verdict) bool { return r.shows(item, v.Event.Start) || r.when(item, v.Event) }) &&
			!r.overnight(item, r.called) {
			r.wrong("nothing of it is at %s", item)
		}
		r.told++
		return
	}
	m := briefOf.FindStringSubmatch(item)
	if m != nil && m[1] == "" && eventsOf.MatchString(m[3]) && len(named(m[3], of)) == 0 {
		n := number(m[3])
		r.told += n
		if n > len(of) || m[9] != "" && !r.extent(m[9], m[10], of) {
			r.wrong("%q are not there", item)
		}
		return
	}
	if m == nil {
		r.wrong("%q is no name with a time", item)
		return
	}
	events, n := r.group(m[1], m[2], m[3], m[4], of)
	r.subject, r.of, r.called = events, n, events
	if m[7] != "" {
		r.subject = slices.DeleteFunc(slices.Clone(events), func(v summarizer.Verdict) bool { return !r.shows(m[7], v.Event.Start) })
	}
	r.told += n
	if m[9] != "" && !r.extent(m[9], m[10], events) {
		r.wrong("%q is not from %s to %s", item, m[9], m[10])
	}
	if m[9] == "" && !slices.ContainsFunc(events, func(v summarizer.Verdict) bool {
		first, last := r.days(v.Event)
		one := m[1] == "" && m[4] == ""
		return (m[7] == "" || r.shows(m[7], v.Event.Start) && first == r.b.Day.Date) && (m[8] == "" || r.instead(m[8], v)) &&
			(m[11] == "" || r.when("all day", v.Event)) && (m[12] == "" || r.is(m[12], last)) && (m[13] == "" || r.when(m[13], v.Event)) &&
			(!one || m[6] == "" || r.when(m[6], v.Event) || r.labelled(m[6], v))
	}) {
		r.wrong("%q is not when it says", item)
	}
}

// group returns the events that "7 × X", "X 1 to 7", "3 of X 1 to 7" or "X" may mean,
// and how many those say they are.
func (r *reader) group(count, mark, name, to string, of []summarizer.Verdict) ([]summarizer.Verdict, int) {
	if whole := name + " to " + to; to != "" && len(named(whole, of)) > 0 {
		name, to = whole, "" // "Flight to Lisbon"
	}
	events, n := named(name, of), 1
	if len(events) == 0 {
		r.wrong("%q is no event that is so", name)
		return nil, 0
	}
	if to != "" {
		pattern := titles.Split(titles.Clean(events[0].Event.Title, 80)).Pattern
		last := slices.ContainsFunc(of, func(v summarizer.Verdict) bool {
			title := titles.Clean(v.Event.Title, 80)
			return titles.Split(title).Pattern == pattern && (strings.HasSuffix(title, to) || strings.Trim(to, "“”") == title)
		})
		if !last {
			r.wrong("nothing goes from %q to %q", name, to)
		}
		n = number(regexp.MustCompile(`\d+`).FindString(to)) - number(regexp.MustCompile(`\d+`).FindString(name)) + 1
		events = slices.DeleteFunc(slices.Clone(of), func(v summarizer.Verdict) bool {
			return titles.Split(titles.Clean(v.Event.Title, 80)).Pattern != pattern
		})
	}
	if count != "" {
		n = number(count)
	}
	if n > len(events) {
		r.wrong("%d of %q are told, there are %d", n, name, len(events))
	}
	return events, n
}

func (r *reader) line(s string) {
	m := lineOf.FindStringSubmatch(s)
	if m == nil {
		r.wrong("%q is no sentence", s)
		return
	}
	count, mark, name, to, label, when, instead, replaced, relation, others := m[1], m[2], m[3], m[4], m[6], m[7], m[8], m[9], m[10], m[11]
	active := r.cancelled(false)
	if e := eventsOf.FindStringSubmatch(name); e != nil {
		r.told += number(e[1])
		r.subject, r.of = active, number(e[1])
		from, to, ranged := strings.Cut(when, "–")
		atOnce := slices.DeleteFunc(slices.Clone(active), func(v summarizer.Verdict) bool { return when != "" && !r.when(when, v.Event) })
		together := ranged && r.extent(strings.TrimSpace(from), strings.TrimSpace(to), active) || r.overnight(when, active)
		if r.of > len(active) || len(atOnce) < r.of && !together {
			r.wrong("%q is not so", s)
		}
		r.sharing(relation, others)
		return
	}
	events, n := r.group(count, mark, name, to, active)
	whens := strings.FieldsFunc(strings.ReplaceAll(strings.ReplaceAll(when, " and ", "\x00"), ", ", "\x00"),
		func(c rune) bool { return c == 0 })
	if len(whens) > 1 {
		n = len(whens)
	}
	from, until, ranged := strings.Cut(when, "–")
	var so []summarizer.Verdict
	for _, v := range events {
		single := count == "" && to == ""
		switch {
		case len(whens) > 1:
			if slices.ContainsFunc(whens, func(w string) bool { return r.when(w, v.Event) }) {
				so = append(so, v)
			}
		case !single && ranged && r.extent(strings.TrimSpace(from), strings.TrimSpace(until), events), !single &&
			r.overnight(when, events), when == "":
			so = append(so, v)
		case r.when(when, v.Event) && (!single || r.labelled(label, v)):
			so = append(so, v)
		}
	}
	for _, w := range whens {
		if len(whens) > 1 && !slices.ContainsFunc(so, func(v summarizer.Verdict) bool { return r.when(w, v.Event) }) {
			r.wrong("nothing of %q is %q", name, w)
		}
	}
	if instead != "" {
		so = slices.DeleteFunc(so, func(v summarizer.Verdict) bool { return !r.instead(strings.TrimPrefix(instead, " instead of "), v) })
	}
	if clock := strings.TrimSuffix(strings.TrimPrefix(replaced, ", while the one at "), " is cancelled"); clock != "" {
		n++
		if !slices.ContainsFunc(named(name, r.cancelled(true)), func(v summarizer.Verdict) bool { return r.shows(clock, v.Event.Start) }) {
			r.wrong("in %q nothing is cancelled", s)
		}
	}
	if len(so) == 0 {
		r.wrong("%q is not so", s)
	}
	r.told += n
	r.subject, r.of = so, n
	r.sharing(relation, others)
}

// instead reports whether an event was moved from a time of the day.
func (r *reader) instead(clock string, v summarizer.Verdict) bool {
	minute := -1
	switch w := v.Why; {
	case w.Kind != summarizer.Moved:
	case w.Usual.Kind == summarizer.SlotClock, w.Usual.Kind == summarizer.SlotAt && w.Usual.Weekday == r.b.Day.Date.Weekday():
		minute = w.Usual.Minute
	case w.Usual.Kind == summarizer.NoSlot && w.From.Date == r.b.Day.Date && !w.From.AllDay:
		minute = w.From.Minute
	}
	return clock == fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// sharing holds "overlaps A and the usual B (10:00–11:00)" to the events.
func (r *reader) sharing(relation, others string) {
	if relation == "" {
		return
	}
	for _, item := range split(others, ", ", " and ") {
		r.each(item, func(v, o summarizer.Verdict) bool {
			a, b := v.Event, o.Event
			within := !a.Start.Before(b.Start) && !a.End.After(b.End)
			return !a.AllDay && !b.AllDay && a.Start.Before(b.End) && b.Start.Before(a.End) && (relation != "during" || within)
		})
	}
}

// each holds what is said of the last sentence's events and another to all of them.
func (r *reader) each(other string, so func(v, o summarizer.Verdict) bool) {
	m := otherOf.FindStringSubmatch(other)
	if m == nil {
		r.wrong("%q names nothing", other)
		return
	}
	of := slices.Concat(r.cancelled(false), r.others)
	if m[1] != "" {
		of = r.usual
	}
	most := 0
	for _, o := range named(m[2], of) {
		n := 0
		for _, v := range r.subject {
			if v.Event.ID != o.Event.ID && so(v, o) {
				n++
			}
		}
		if (m[4] == "" || r.when(m[4], o.Event)) && (m[3] != "") == (o.Event.Status == summarizer.Tentative) {
			most = max(most, n)
		}
	}
	if most == 0 || most < r.of {
		r.wrong("what is said of %q is true of %d of %d", other, most, r.of)
	}
}

// clash reads a sentence about what shares time with one event.
func (r *reader) clash(s string) bool {
	for sep, relation := range map[string]string{" overlaps ": "overlaps", " is during ": "during"} {
		if parts := split(s, sep); len(parts) == 2 && !strings.HasSuffix(parts[0], ",") {
			told := r.told
			r.brief(parts[0], r.cancelled(false))
			r.told = told
			r.sharing(relation, parts[1])
			return true
		}
	}
	return false
}

// total returns how many events the day has.
func (r *reader) total() int { return len(r.b.Novel) + len(r.b.Routine) + r.b.Unread }

// clause reads a clause of a headline.
func (r *reader) clause(s string) {
	r.subject = nil
	if m := moreOf.FindStringSubmatch(s); m != nil {
		if number(m[1]) >= len(r.b.Novel) {
			r.wrong("%q are too many", s)
		}
		return
	}
	if what, clock, ok := strings.Cut(s, ", while the one at "); ok {
		r.brief(what, r.cancelled(false))
		if !slices.ContainsFunc(r.cancelled(true), func(v summarizer.Verdict) bool {
			return r.shows(strings.TrimSuffix(clock, " is cancelled"), v.Event.Start)
		}) {
			r.wrong("%q is not so", s)
		}
		return
	}
	if r.clash(s) {
		return
	}
	if n := eventsOf.FindStringSubmatch(s); n != nil && len(r.others) > 0 &&
		number(n[1]) == len(r.cancelled(false))+len(r.usual)+len(r.others) {
		return
	}
	if slices.Contains([]string{"Nothing in the calendar", "Nothing new", "Nothing out of the ordinary"}, s) {
		news := slices.ContainsFunc(r.b.Novel, func(v summarizer.Verdict) bool {
			first, _ := r.days(v.Event)
			return first == r.b.Day.Date || v.Event.Status == summarizer.Cancelled
		})
		if s == "Nothing in the calendar" && r.total() > 0 || s == "Nothing out of the ordinary" && len(r.b.Novel) > 0 || news ||
			len(r.others) > 0 {
			r.wrong("%q is not so", s)
		}
		return
	}
	if r.about(s) {
		return
	}
	if strings.HasSuffix(s, " is cancelled") || strings.HasSuffix(s, " are cancelled") {
		r.cancellation(s)
		return
	}
	if what := split(s, ", moved", ", usually")[0]; what != s {
		r.brief(what, r.cancelled(false))
		reason := s[len(what)+len(", "):]
		if !r.reason(strings.ToUpper(reason[:1]) + reason[1:]) {
			r.wrong("%q is no reason", reason)
		}
		return
	}
	for _, item := range split(s, ", ", " and ") {
		if !moreOf.MatchString(item) {
			r.brief(item, r.cancelled(false))
		}
	}
}

// about reads a sentence about the day.
func (r *reader) about(s string) bool {
	weekday := r.b.Day.Date.Weekday().String()
	active := 0
	for _, v := range slices.Concat(r.b.Novel, r.b.Routine) {
		if v.Event.Status != summarizer.Cancelled {
			active++
		}
	}
	if items, ok := strings.CutPrefix(s, "The usual: "); ok {
		told := 0
		for _, item := range split(items, "; ") {
			if m := moreOf.FindStringSubmatch(item); m != nil {
				told += number(m[1])
			} else {
				told += r.rest(item)
			}
		}
		if told != len(r.usual) {
			r.wrong("%q are %d, of %d that are usual", s, told, len(r.usual))
		}
		return true
	}
	u := r.b.Usual
	minute := func(n int) string { return fmt.Sprintf("%02d:%02d", n/60, n%60) }
	switch {
	case unreadOf.MatchString(s):
		if number(unreadOf.FindStringSubmatch(s)[1]) != r.b.Unread {
			r.wrong("%q is not so", s)
		}
	case busyOf.MatchString(s):
		if m := busyOf.FindStringSubmatch(s); number(m[1]) != active+r.b.Unread || m[2] != weekday || number(m[1]) <= u.Most {
			r.wrong("%q is not so", s)
		}
	case freeOf.MatchString(s):
		if m := freeOf.FindStringSubmatch(s); m[1] != weekday || number(m[2]) != u.Events || active+r.b.Unread > 0 {
			r.wrong("%q is not so", s)
		}
	case freeDayOf.MatchString(s):
		if m := freeDayOf.FindStringSubmatch(s); m[1] != weekday+", "+r.dated(r.b.Day.Date) || r.total() > 0 {
			r.wrong("%q is not so", s)
		}
	case hoursOf.MatchString(zoneName.ReplaceAllString(s, "")):
		m := hoursOf.FindStringSubmatch(zoneName.ReplaceAllString(s, ""))
		usual := []string{m[4], m[5]}
		now := []string{m[2], m[3]}
		if m[1] == "ends at" {
			usual, now = []string{"", m[4]}, []string{"", m[2]}
		}
		all := slices.Concat(r.b.Novel, r.b.Routine)
		if usual[0] != "" && (usual[0] != minute(u.Begins) || now[0] >= usual[0] ||
			!r.extent(now[0], "24:00", append(all, summarizer.Verdict{Event: summarizer.Event{End: r.b.Day.End()}}))) {
			r.wrong("%q is not so", s)
		}
		if usual[1] != "" && (usual[1] != minute(u.Ends) || now[1] <= usual[1] || !slices.ContainsFunc(all, func(v summarizer.Verdict) bool {
			end := v.Event.End
			if end.Before(v.Event.Start) {
				end = v.Event.Start
			}
			return r.shows(now[1], end) && !slices.ContainsFunc(all, func(o summarizer.Verdict) bool {
				return o.Event.Status != summarizer.Cancelled && !o.Event.AllDay && !r.when("all day", o.Event) && o.Event.End.After(end)
			})
		})) {
			r.wrong("%q is not so", s)
		}
	case strings.HasPrefix(s, "Not planned: what there usually is "):
		for _, slot := range split(strings.TrimPrefix(s, "Not planned: what there usually is "), ", ", " and ") {
			if !slices.ContainsFunc(u.Missing, func(s summarizer.Slot) bool { return slot == r.slot(s) }) {
				r.wrong("%q is not missing", slot)
			}
		}
	default:
		return false
	}
	return true
}

// rest holds a group of what is usual to the events, and returns how many they are. Those
// that have hours together are all that begin and end on the day.
func (r *reader) rest(item string) int {
	m := usualOf.FindStringSubmatch(item)
	if m == nil {
		r.wrong("%q is not usual", item)
		return 0
	}
	var within, so []summarizer.Verdict
	for _, v := range r.usual {
		first, last := r.days(v.Event)
		if r.when(m[2], v.Event) {
			so = append(so, v)
		}
		if first == last && !r.when("all day", v.Event) {
			within = append(within, v)
		}
	}
	if from, to, ranged := strings.Cut(m[2], "–"); ranged || len(so) == 0 || r.extent(m[2], m[2], within) {
		first, last := strings.TrimSpace(from), strings.TrimSpace(cmp.Or(to, from))
		so = within
		if !r.extent(first, last, within) {
			r.wrong("%q is not when", item)
		}
	}
	if n := eventsOf.FindStringSubmatch(m[1]); n != nil && len(named(m[1], r.usual)) == 0 {
		if number(n[1]) > len(so) {
			r.wrong("%q are %d", item, len(so))
		}
		return number(n[1])
	}
	names := split(m[1], ", ", " and ")
	for _, name := range names {
		name, tentative := strings.CutSuffix(name, " (tentative)")
		if !slices.ContainsFunc(named(name, so),
			func(v summarizer.Verdict) bool { return tentative == (v.Event.Status == summarizer.Tentative) }) {
			r.wrong("%q is not usual then", name)
		}
	}
	return len(names)
}

func (r *reader) slot(s summarizer.Slot) string {
	clock := fmt.Sprintf("%02d:%02d", s.Minute/60, s.Minute%60)
	day := "on " + s.Weekday.String()
	return map[summarizer.SlotKind]string{summarizer.SlotAt: day + " at " + clock, summarizer.SlotDay: day + " all day",
		summarizer.SlotClock: "at " + clock}[s.Kind]
}

// reason reads why the subject is news.
func (r *reader) reason(s string) bool {
	matched := regexp.MustCompile(`^(First time|\d+(st|nd|rd|th) time|Once a year|Usually|Moved|Under another|A (daily |weekly |fortnightly |monthly )?routine under|Instead of|On top of|Weekly routine)`).MatchString(s)
	if !matched {
		return false
	}
	if !r.isWhy(s) {
		r.wrong("%q is not why", s)
	}
	return true
}

// isWhy reports whether a reason is that of an event that the last sentence was about.
func (r *reader) isWhy(s string) bool {
	known := func(weeks int) string {
		return map[int]string{0: "a year", 1: "the only week known"}[min(weeks, 2)] +
			map[bool]string{true: fmt.Sprintf("the %d weeks known", weeks)}[weeks > 1]
	}
	rhythm := []string{"", "daily ", "weekly ", "fortnightly ", "monthly "}
	for _, v := range r.subject {
		w := v.Why
		slot := r.slot(w.Usual)
		var says []string
		switch w.Kind {
		case summarizer.FirstTime:
			says = []string{"First time in " + known(w.Weeks)}
		case summarizer.NewCalendar:
			says = []string{"First time, in a new calendar"}
		case summarizer.NthTime:
			nth := regexp.MustCompile(`^` + strconv.Itoa(w.Times) + `(st|nd|rd|th) time`).FindString(s)
			says = []string{nth + " in " + known(w.Weeks) + ", last on " + r.dated(w.Last)}
		case summarizer.Yearly:
			says = []string{"Once a year, last on " + r.dated(w.Last)}
		case summarizer.Renamed:
			says = []string{"A " + rhythm[w.Rhythm] + "routine under another title"}
		case summarizer.Moved:
			from := "Moved from " + w.From.Date.Weekday().String() + ", " + r.dated(w.From.Date)
			if !w.From.AllDay {
				from += fmt.Sprintf(" at %02d:%02d", w.From.Minute/60, w.From.Minute%60)
			}
			within := fmt.Sprintf("Moved from %02d:%02d", w.From.Minute/60, w.From.Minute%60)
			says = []string{within, "Moved, usually " + slot, "Usually " + slot, from}
			if w.Renamed {
				says = []string{within + ", under another title", "Moved, usually " + slot + ", under another title", "Usually " + slot +
					", under another title", from + ", under another title", "Under another title"}
			}
		case summarizer.Instead:
			says = []string{"Instead of the usual one " + slot}
		case summarizer.Extra:
			says = []string{"On top of the usual one " + slot}
		case summarizer.OutOfTurn:
			says = []string{fmt.Sprintf("Usually every %d days, due on %s, %s", w.Every, w.From.Date.Weekday(), r.dated(w.From.Date))}
		}
		if first, _ := r.days(v.Event); first != w.From.Date { // then it is not within its day
			says = slices.DeleteFunc(says, func(s string) bool { return strings.HasPrefix(s, fmt.Sprintf("Moved from %02d:", w.From.Minute/60)) })
		}
		if slices.Contains(says, s) {
			return true
		}
	}
	return false
}
