package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"foreday/summarizer"
)

// English is spoken as in most of the world: 1 September, cancelled.
var English = Language{
	Tag:   language.English,
	Quote: func(title string) string { return "“" + title + "”" },
	OwnWords: strings.Fields(`
		aborted about after all am among and another any are at begins by calendar called canceled cancelled daily day days
		delayed dropped due during ends event events every first fortnightly free from happening holds in instead is isn known
		last lately like looked midnight monthly more moved much new next no noon not nothing of on once one only ordinary other
		others out overlap overlaps planned pm postponed repeats rescheduled right routine scrapped shifted still tentative than
		the them there this time times title to today tomorrow tonight top twice under until usual usually was week weekly weeks
		were what which while without year yesterday`),
	Stop:  func(sentence string) string { return sentence + "." },
	Comma: ", ",
	Space: " ",
	And: func(items []string) string {
		last := len(items) - 1
		return strings.Join(items[:last], ", ") + " and " + items[last]
	},
	Clauses: func(clauses []string) string { return strings.Join(clauses, "; ") },

	Clock: englishClock,
	Range: englishRange,

	AllDay:  "all day",
	LastDay: "last day",
	NextDay: func(from, to string) string { return from + " until " + to + " the next day" },
	FromUntil: func(from string, last Date, to string) string {
		return from + " until " + englishDay(last) + " at " + to
	},
	UntilTime: func(clock string) string { return "until " + clock },
	UntilDay:  func(last Date) string { return "until " + englishDay(last) },
	OnDay:     func(d Date) string { return "on " + d.Weekday().String() + ", " + englishDate(d) },
	InsteadOf: func(when, clock string) string { return when + " instead of " + clock },

	Untitled:    "(no title)",
	Aside:       func(name, aside string) string { return name + " (" + aside + ")" },
	Tentative:   "tentative",
	Usual:       func(name string) string { return "the usual " + name },
	FirstToLast: func(first, last string) string { return first + " to " + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%d of %s", n, name) },
	Times:       func(name string, n int) string { return strconv.Itoa(n) + " × " + name },
	Events:      englishEvents,
	More:        func(n int) string { return strconv.Itoa(n) + " more" },
	AndMore:     func(n int) string { return fmt.Sprintf("and %d more", n) },

	At:      func(name, clock string) string { return name + " at " + clock },
	Over:    func(name, when string) string { return name + " " + when },
	Between: func(name, from, to string) string { return name + " from " + from + " to " + to },

	IsCancelled: func(names string, n int) string {
		return names + englishCount(n, " is cancelled", " are cancelled")
	},
	Again:    func(what, clock string) string { return what + ", while the one at " + clock + " is cancelled" },
	Overlaps: func(what, others string) string { return what + " overlaps " + others },
	IsDuring: func(what, others string) string { return what + " is during " + others },
	Line:     func(name, when string) string { return name + ", " + when },
	Overlapping: func(line, others string, n int) string {
		return line + englishCount(n, ", overlaps ", ", overlap ") + others
	},
	During: func(line, others string) string { return line + ", during " + others },

	After: func(other string) string { return "Right after " + other },
	Among: func(names string) string { return "Among them: " + names },

	Nothing:    "Nothing in the calendar",
	NothingNew: "Nothing new",
	Ordinary:   "Nothing out of the ordinary",
	FreeDay:    func(d Date) string { return d.Weekday().String() + ", " + englishDate(d) + ", is free" },
	StillOn:    func(items []string) string { return "Still on: " + strings.Join(items, "; ") },
	Rest:       func(items []string) string { return "The usual: " + strings.Join(items, "; ") },
	Unread: func(n int) string {
		return strconv.Itoa(n) + englishCount(n, " more event was not looked at", " more events were not looked at")
	},
	Begins: func(now, usual string) string {
		return fmt.Sprintf("The day begins at %s, usually at about %s", now, usual)
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("The day ends at %s, usually by %s", now, usual)
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("The day holds %s, more than any %s lately", englishEvents(n), weekday)
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("A free %s, which usually holds %s", weekday, englishEvents(n))
	},
	Missing: func(slot string) string { return "Not planned: what there usually is " + slot },

	SlotAt:    func(weekday time.Weekday, clock string) string { return "on " + weekday.String() + " at " + clock },
	SlotDay:   func(weekday time.Weekday) string { return "on " + weekday.String() + " all day" },
	SlotClock: func(clock string) string { return "at " + clock },

	FirstTime:   func(weeks int) string { return "first time in " + englishWeeks(weeks) },
	NewCalendar: "first time, in a new calendar",
	NthTime: func(times, weeks int) string {
		return englishOrdinal(times) + " time in " + englishWeeks(weeks)
	},
	LastOn:      func(last Date) string { return "last on " + englishDate(last) },
	Yearly:      "once a year",
	Renamed:     func(r summarizer.Rhythm) string { return englishRoutine(r) + " under another title" },
	Moved:       "moved",
	MovedWithin: func(clock string) string { return "moved from " + clock },
	MovedFrom: func(day Date, clock string) string {
		from := "moved from " + day.Weekday().String() + ", " + englishDate(day)
		if clock == "" {
			return from
		}
		return from + " at " + clock
	},
	Usually:      func(slot string) string { return "usually " + slot },
	AnotherTitle: "under another title",
	CalledOff:    "cancelled",
	Instead: func(slot string) string {
		if slot == "" {
			return "instead of a routine"
		}
		return "instead of the usual one " + slot
	},
	OutOfTurn: func(every int, due Date) string {
		days := englishCount(every, "every day", fmt.Sprintf("every %d days", every))
		return fmt.Sprintf("usually %s, due on %s, %s", days, due.Weekday(), englishDate(due))
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "on top of the usual one"
		}
		return "on top of the usual one " + slot
	},
	Habitual:    func(r summarizer.Rhythm) string { return englishRhythm(r) + "routine" },
	LikeRoutine: func(r summarizer.Rhythm) string { return "much like " + englishRoutine(r) },
	TimesAYear:  func(n int) string { return englishTimes(n) + " in a year" },
	TooYoung:    "repeats, in a new calendar",
}

// englishClock follows CLDR's patterns HH:mm and h:mm a, with small letters.
func englishClock(c Clock) string {
	switch {
	case !c.Twelve:
		return zoned(fmt.Sprintf("%02d:%02d", c.Hour, c.Minute), c)
	case c.Hour == 24:
		return "midnight"
	case c.Hour == 12 && c.Minute == 0 && c.Zone == "":
		return "noon"
	default:
		return zoned(fmt.Sprintf("%d:%02d %s", (c.Hour+11)%12+1, c.Minute, englishHalf(c)), c)
	}
}

func englishHalf(c Clock) string {
	if c.Hour%24 < 12 {
		return "am"
	}
	return "pm"
}

// englishRange names the half of the day once where both times are in it.
func englishRange(from, to Clock) string {
	return ranged(from, to, "–", func(c Clock) string {
		if to.Hour < 24 && englishHalf(c) == englishHalf(to) {
			return strings.TrimSuffix(englishClock(c), " "+englishHalf(c))
		}
		return englishClock(c)
	}, englishClock)
}

func englishDay(d Date) string {
	if d.Near {
		return d.Weekday().String()
	}
	return englishDate(d)
}

func englishDate(d Date) string {
	date := fmt.Sprintf("%d %s", d.Day, d.Month)
	if d.Year {
		date += " " + strconv.Itoa(d.Date.Year)
	}
	return date
}

func englishCount(n int, one, other string) string {
	return counted(language.English, n, map[plural.Form]string{plural.One: one, plural.Other: other})
}

func englishEvents(n int) string { return strconv.Itoa(n) + englishCount(n, " event", " events") }

func englishTimes(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

func englishWeeks(weeks int) string {
	switch weeks {
	case 0:
		return "a year"
	case 1:
		return "the only week known"
	}
	return fmt.Sprintf("the %d weeks known", weeks)
}

func englishOrdinal(n int) string {
	suffix := map[plural.Form]string{plural.One: "st", plural.Two: "nd", plural.Few: "rd", plural.Other: "th"}
	return strconv.Itoa(n) + suffix[plural.Ordinal.MatchPlural(language.English, n, 0, 0, 0, 0)]
}

// englishRhythm has a space after it, for what follows.
func englishRhythm(r summarizer.Rhythm) string {
	return map[summarizer.Rhythm]string{
		summarizer.Daily: "daily ", summarizer.Weekly: "weekly ", summarizer.Fortnightly: "fortnightly ", summarizer.Monthly: "monthly ",
	}[r]
}

func englishRoutine(r summarizer.Rhythm) string { return "a " + englishRhythm(r) + "routine" }
