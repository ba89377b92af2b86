package openai

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Reasons are worded by package novelty. What cannot be read here may be said as
// it stands, and in no other way.
var (
	firstTime  = regexp.MustCompile(`^first time (in (?:a year|the .*known))$`)
	nthTime    = regexp.MustCompile(`^(\d+)[a-z]{2} time(?: (in .*))?$`)
	usually    = regexp.MustCompile(`^usually (?:([A-Z][a-z]+day)(?: (\d\d:\d\d))?|(\d\d:\d\d))$`)
	movedFrom  = regexp.MustCompile(`\bmoved from ([A-Z][a-z]+day) (\d+) ([A-Z][a-z]+)(?: (\d\d:\d\d))?$`)
	lastOn     = regexp.MustCompile(`\blast on (\d+) ([A-Z][a-z]+) (\d{4})$`)
	onceYearly = "once a year"
)

// addReason adds other ways to give the reason for an event that starts on the
// weekday at starts, in normal form, or "".
func addReason(p phrases, reason, starts, weekday string) {
	for part := range strings.SplitSeq(reason, ", ") {
		if part == "moved" || part == "cancelled" {
			p.addNormal(part)
		}
		if m := firstTime.FindStringSubmatch(part); m != nil {
			p.add(part)
			for _, what := range newThings {
				p.addNormal(what + " " + m[1])
			}
			p.addNormal("new")
			if m[1] == "in a year" {
				p.addNormal("first time in the past year")
				p.addNormal("for the first time in the past year")
				p.addNormal("first time in the last year")
				p.addNormal("for the first time in the last year")
			}
		}
		if m := nthTime.FindStringSubmatch(part); m != nil {
			p.add(part)
			n, _ := strconv.Atoi(m[1])
			for _, nth := range ordinals(n) {
				p.add(nth+" time "+m[2], "the "+nth+" time "+m[2], "for the "+nth+" time "+m[2])
			}
		}
		if m := lastOn.FindStringSubmatch(part); m != nil {
			p.add(part)
			day, month, year := m[1], strings.ToLower(m[2]), m[3]
			for _, date := range []string{day + " " + month + " " + year, month + " " + day + " , " + year, month + " " + day + " " + year} {
				for _, before := range []string{"last on ", "last held on ", "last seen on ", "last took place on ", "last happened on ", "most recently on "} {
					p.addNormal(before + date)
				}
			}
		}
		if part == onceYearly {
			p.add(part, "yearly", "annual", "once-a-year", "happens once a year", "comes once a year")
		}
		if m := usually.FindStringSubmatch(part); m != nil {
			p.add(part)
			addUsual(p, strings.ToLower(m[1]), m[2]+m[3])
			if m[1] == "" || m[1] == weekday {
				addShift(p, m[2]+m[3], starts)
			}
			if !strings.HasPrefix(reason, "cancelled") {
				addMoved(p, usualPlaces(strings.ToLower(m[1]), m[2]+m[3]), starts)
			}
		}
		if m := movedFrom.FindStringSubmatch(part); m != nil {
			p.add(part)
			addMoved(p, datedPlaces(strings.ToLower(m[1]), m[2], strings.ToLower(m[3]), m[4]), starts)
		}
	}
	if strings.HasPrefix(reason, "renamed") {
		p.add("renamed", "under another title", "under a new title", "under a different title", "a new title", "a different title", "a routine under a new title")
	}
}

// newThings are what may be said with "in a year" after it, in normal form.
var newThings = []string{
	"the first time", "for the first time", "first", "the first", "your first", "first one", "the first one", "first event of its kind", "first of its kind", "the first of its kind",
	"first such event", "the first such event", "first occurrence", "the first occurrence", "its first occurrence", "first appearance", "its first appearance", "first entry",
	"not seen", "hasn't happened", "has not happened", "hasn't appeared", "has not appeared", "not appeared", "not happened", "hasn't taken place", "has not taken place",
}

// usualPlaces are the ways to say when something usually is.
func usualPlaces(day, clock string) []string {
	switch {
	case clock == "":
		return []string{day, day + "s"}
	case day == "":
		return []string{clock}
	}
	return []string{day + " " + clock, day + " at " + clock, day + " , " + clock, day + "s at " + clock, day + "s " + clock, clock + " on " + day, clock + " on " + day + "s"}
}

var (
	beforeUsual = []string{
		"usually", "usually on", "usually at", "usually held", "usually held on", "usually held at", "usually takes place", "usually takes place on", "usually takes place at",
		"usually happens on", "usually happens at", "usually scheduled for", "usually scheduled on", "usually set for",
	}
	beforeFormer = []string{
		"moved from", "moved from its usual", "moved from the usual", "rescheduled from", "rescheduled from its usual", "shifted from", "shifted from its usual",
		"instead of", "instead of on", "instead of at", "instead of the usual", "instead of its usual", "rather than", "rather than on", "rather than at", "rather than the usual", "rather than its usual",
	}
	movedWords = []string{"moved", "has moved", "has been moved", "was moved", "rescheduled", "has been rescheduled", "was rescheduled", "shifted", "has shifted", "at an unusual time"}
)

func addUsual(p phrases, day, clock string) {
	for _, place := range usualPlaces(day, clock) {
		for _, before := range beforeUsual {
			p.addNormal(before + " " + place)
		}
	}
}

// addShift adds how much earlier or later than usual something starts.
func addShift(p phrases, usual, starts string) {
	was, err := time.Parse("15:04", usual)
	is, alsoErr := time.Parse("15:04", starts)
	if err != nil || alsoErr != nil || was.Equal(is) {
		return
	}
	direction, by := " later than usual", is.Sub(was)
	if by < 0 {
		direction, by = " earlier than usual", -by
	}
	p.add(direction)
	lengths, _ := lengthsOf(int(by.Minutes()))
	for _, l := range lengths {
		p.addNormal(l + direction)
	}
}

// datedPlaces are the ways to say on which date something was to be.
func datedPlaces(weekday, day, month, clock string) []string {
	var places []string
	for _, date := range []string{
		weekday + " " + day + " " + month, weekday + " , " + day + " " + month, day + " " + month, month + " " + day, weekday + " , " + month + " " + day, weekday,
	} {
		places = append(places, date)
		if clock != "" {
			places = append(places, date+" "+clock, date+" at "+clock, date+" , "+clock)
		}
	}
	return places
}

// addMoved adds that something was moved from one of the places, to where it
// starts, if that is on the day. All are in normal form.
func addMoved(p phrases, from []string, starts string) {
	for _, word := range movedWords {
		p.addNormal(word)
		if starts != "" {
			p.addNormal(word + " to " + starts)
		}
	}
	for _, place := range from {
		for _, before := range beforeFormer {
			p.addNormal(before + " " + place)
		}
	}
}
