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

// The spaces that French has before what English puts close: narrow within quotation
// marks and before a semicolon, full before a colon. No line is broken at them.
const (
	frenchThin  = "\u202f"
	frenchColon = "\u00a0: "
	frenchSemi  = frenchThin + "; "
)

// French says nothing of a title that would have to agree with it: an event "n’a pas
// lieu" where others are "annulé" or "annulée".
var French = Language{
	Tag:   language.French,
	Quote: func(title string) string { return "«" + frenchThin + title + frenchThin + "»" },
	OwnWords: strings.Fields(`
		agenda an annulé annulée annulés après au aucun aujourd autre autres ce ces cette chevauche chevauchent comme commence
		compte connue connues contre cours dans de demain dernier derniers dernière deux du décalé décalée déplacé déplacée
		déprogrammé déprogrammée en environ est et examiné examinés finit fois habitude habituel hebdomadaire hier horaire hui il
		inhabituel jour journée jours jusqu juste la le lendemain les libre lieu mais manque mensuel midi minuit modifié
		notamment nouveau nouvel ont par pas pendant place plus première presque principe proche provisoire prévu qu qui
		quotidien reporté reportée reportés rien régulier répète sans se semaine semaines seule sont sous supprimé supprimée sur
		tard temps titre toujours tous toute toutes très un une vers à été événement événements`),
	Stop:  func(sentence string) string { return sentence + "." },
	Comma: ", ",
	Space: " ",
	And: func(items []string) string {
		last := len(items) - 1
		return strings.Join(items[:last], ", ") + " et " + items[last]
	},
	Clauses: func(clauses []string) string { return strings.Join(clauses, frenchSemi) },

	Clock: frenchClock,
	Range: func(from, to Clock) string { return ranged(from, to, "–", frenchClock, frenchClock) },

	AllDay:  "toute la journée",
	LastDay: "dernier jour",
	NextDay: func(from, to string) string { return "de " + from + " à " + to + " le lendemain" },
	FromUntil: func(from string, last Date, to string) string {
		return "de " + from + " " + frenchUntil(last) + " à " + to
	},
	UntilTime: func(clock string) string { return "jusqu’à " + clock },
	UntilDay:  frenchUntil,
	OnDay:     func(d Date) string { return "le " + frenchLongDate(d) },
	InsteadOf: func(when, clock string) string { return when + " au lieu de " + clock },

	Untitled:    "(sans titre)",
	Aside:       func(name, aside string) string { return name + " (" + aside + ")" },
	Tentative:   "provisoire",
	Usual:       func(name string) string { return "l’événement habituel " + name },
	FirstToLast: func(first, last string) string { return first + " à " + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%d sur %s", n, name) },
	Times:       func(name string, n int) string { return strconv.Itoa(n) + " × " + name },
	Events:      frenchEvents,
	More:        frenchMore,
	AndMore:     func(n int) string { return "et " + frenchMore(n) },

	At:      func(name, clock string) string { return name + " à " + clock },
	Over:    func(name, when string) string { return name + " " + when },
	Between: func(name, from, to string) string { return name + " de " + from + " à " + to },

	IsCancelled: func(names string, n int) string {
		return names + frenchCount(n, " n’a pas lieu", " n’ont pas lieu")
	},
	Again: func(what, clock string) string {
		return what + ", mais l’événement de " + clock + " n’a pas lieu"
	},
	Overlaps: func(what, others string) string { return what + " chevauche " + others },
	IsDuring: func(what, others string) string { return what + ", pendant " + others },
	Line:     func(name, when string) string { return name + ", " + when },
	Overlapping: func(line, others string, n int) string {
		return line + frenchCount(n, ", chevauche ", ", chevauchent ") + others
	},
	During: func(line, others string) string { return line + ", pendant " + others },

	After: func(other string) string { return "Juste après " + other },
	Among: func(names string) string { return "Notamment " + names },

	Nothing:    "Rien à l’agenda",
	NothingNew: "Rien de nouveau",
	Ordinary:   "Rien d’inhabituel",
	FreeDay:    func(d Date) string { return "Le " + frenchLongDate(d) + " est libre" },
	StillOn: func(items []string) string {
		return "Toujours en cours" + frenchColon + strings.Join(items, frenchSemi)
	},
	Rest: func(items []string) string {
		return "Comme d’habitude" + frenchColon + strings.Join(items, frenchSemi)
	},
	Unread: func(n int) string {
		return strconv.Itoa(n) + frenchCount(n, " autre événement n’a pas été examiné", " autres événements n’ont pas été examinés")
	},
	Begins: func(now, usual string) string {
		return fmt.Sprintf("La journée commence à %s, d’habitude vers %s", now, usual)
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("La journée finit à %s, d’habitude à %s au plus tard", now, usual)
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("La journée compte %s, plus qu’aucun %s ces derniers temps", frenchEvents(n), frenchWeekdays[weekday])
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("Un %s libre, contre %s d’habitude", frenchWeekdays[weekday], frenchEvents(n))
	},
	Missing: func(slot string) string {
		return "Pas prévu cette fois" + frenchColon + "ce qui a lieu d’habitude " + slot
	},

	SlotAt: func(weekday time.Weekday, clock string) string {
		return "le " + frenchWeekdays[weekday] + " à " + clock
	},
	SlotDay:   func(weekday time.Weekday) string { return "le " + frenchWeekdays[weekday] + " toute la journée" },
	SlotClock: func(clock string) string { return "à " + clock },

	FirstTime:   func(weeks int) string { return "première fois " + frenchWeeks(weeks) },
	NewCalendar: "première fois, dans un nouvel agenda",
	NthTime:     func(times, weeks int) string { return frenchOrdinal(times) + " fois " + frenchWeeks(weeks) },
	LastOn:      func(last Date) string { return "dernière fois le " + frenchDate(last) },
	Yearly:      "une fois par an",
	Renamed:     func(r summarizer.Rhythm) string { return "un " + frenchRoutine(r) + ", sous un autre titre" },
	Moved:       "horaire modifié",
	MovedWithin: func(clock string) string { return "au lieu de " + clock },
	MovedFrom: func(day Date, clock string) string {
		from := "au lieu du " + frenchLongDate(day)
		if clock == "" {
			return from
		}
		return from + " à " + clock
	},
	Usually:      func(slot string) string { return "d’habitude " + slot },
	AnotherTitle: "sous un autre titre",
	CalledOff:    "annulé",
	Instead: func(slot string) string {
		if slot == "" {
			return "à la place d’un événement habituel"
		}
		return "à la place de l’événement habituel (" + slot + ")"
	},
	OutOfTurn: func(every int, due Date) string {
		days := frenchCount(every, "tous les jours", fmt.Sprintf("tous les %d jours", every))
		return "d’habitude " + days + ", en principe le " + frenchLongDate(due)
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "en plus de l’événement habituel"
		}
		return "en plus de l’événement habituel (" + slot + ")"
	},
	Habitual:    frenchRoutine,
	LikeRoutine: func(r summarizer.Rhythm) string { return "très proche d’un " + frenchRoutine(r) },
	TimesAYear:  func(n int) string { return fmt.Sprintf("%d fois en un an", n) },
	TooYoung:    "se répète, dans un nouvel agenda",
}

var (
	frenchWeekdays = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	frenchMonths   = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
		"décembre"}
)

// frenchClock follows CLDR's pattern HH:mm.
func frenchClock(c Clock) string { return zoned(fmt.Sprintf("%02d:%02d", c.Hour, c.Minute), c) }

func frenchUntil(last Date) string {
	if last.Near {
		return "jusqu’à " + frenchWeekdays[last.Weekday()]
	}
	return "jusqu’au " + frenchDate(last)
}

func frenchDate(d Date) string {
	day := strconv.Itoa(d.Day)
	if d.Day == 1 {
		day = "1er"
	}
	if d.Year {
		return fmt.Sprintf("%s %s %d", day, frenchMonths[d.Month-1], d.Date.Year)
	}
	return day + " " + frenchMonths[d.Month-1]
}

func frenchLongDate(d Date) string { return frenchWeekdays[d.Weekday()] + " " + frenchDate(d) }

func frenchCount(n int, one, other string) string {
	return counted(language.French, n, map[plural.Form]string{plural.One: one, plural.Other: other})
}

func frenchEvents(n int) string {
	return strconv.Itoa(n) + frenchCount(n, " événement", " événements")
}

func frenchMore(n int) string { return strconv.Itoa(n) + frenchCount(n, " autre", " autres") }

func frenchWeeks(weeks int) string {
	switch weeks {
	case 0:
		return "en un an"
	case 1:
		return "dans la seule semaine connue"
	}
	return fmt.Sprintf("dans les %d semaines connues", weeks)
}

// frenchOrdinal is feminine, as "fois" is.
func frenchOrdinal(n int) string {
	if plural.Ordinal.MatchPlural(language.French, n, 0, 0, 0, 0) == plural.One {
		return strconv.Itoa(n) + "re"
	}
	return strconv.Itoa(n) + "e"
}

func frenchRoutine(r summarizer.Rhythm) string {
	return "événement " + map[summarizer.Rhythm]string{
		summarizer.NoRhythm: "régulier", summarizer.Daily: "quotidien", summarizer.Weekly: "hebdomadaire",
		summarizer.Fortnightly: "toutes les deux semaines", summarizer.Monthly: "mensuel",
	}[r]
}
