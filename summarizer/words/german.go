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

// German asks for the dative of all names that share time with another, so that
// Usual can give it to them.
var German = Language{
	Tag:   language.German,
	Quote: func(title string) string { return "„" + title + "“" },
	OwnWords: strings.Fields(`
		aber abgeblasen abgesagt alle als am andere anderem anderer anstelle aufgeschoben aus ausgefallen beginnt bekannten bis
		darunter dem den der des direkt ein einem einen eines einmal einzigen endet entfallen entfällt ersten es etwa fast fehlt
		frei freier fällig fällt ganz ganztägig gegen geprüft gestern gestrichen gleichzeitig hat heute im in ist jahr jeden
		jeder kalender keine letzten letzter mal mehr meist mit mittag mittags mitternacht monaten monatlicher morgen nach nachts
		neuen neues nicht nichts nächsten ohne regelmässiger sich sind sonst statt stattfindet storniert tag tage termin termine
		terminen termins titel täglicher uhr um und ungewöhnliches unter ursprünglich verlegt verschoben vertagt von vorbehalt
		vorgestern was weitere weiterer weiteres weiterhin wie wiederholt woche wochen wurde wurden wöchentlicher zuletzt zum
		zusätzlich zweiwöchentlicher zwölf ähnlich übermorgen überschneiden überschneidet üblich üblichen üblicherweise`),
	Stop:  func(sentence string) string { return sentence + "." },
	Comma: ", ",
	Space: " ",
	And: func(items []string) string {
		last := len(items) - 1
		return strings.Join(items[:last], ", ") + " und " + items[last]
	},
	Clauses: func(clauses []string) string { return strings.Join(clauses, "; ") },

	Clock: func(c Clock) string { return zoned(fmt.Sprintf("%02d:%02d Uhr", c.Hour, c.Minute), c) },
	Range: func(from, to Clock) string { return ranged(from, to, "–", germanTime, germanTime) },

	AllDay:  "ganztägig",
	LastDay: "letzter Tag",
	NextDay: func(from, to string) string { return oneUhr(from+" bis "+to) + " am nächsten Tag" },
	FromUntil: func(from string, last Date, to string) string {
		return from + " bis " + germanDay(last) + ", " + to
	},
	UntilTime: func(clock string) string { return "bis " + clock },
	UntilDay:  func(last Date) string { return "bis " + germanDay(last) },
	OnDay:     func(d Date) string { return "am " + germanWeekdays[d.Weekday()] + ", " + germanDate(d) },
	InsteadOf: func(when, clock string) string { return strings.TrimSuffix(when, " Uhr") + " statt " + clock },

	Untitled:    "(ohne Titel)",
	Aside:       func(name, aside string) string { return name + " (" + aside + ")" },
	Tentative:   "unter Vorbehalt",
	Usual:       func(name string) string { return "dem üblichen Termin " + name },
	FirstToLast: func(first, last string) string { return first + " bis " + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%d von %s", n, name) },
	Times:       func(name string, n int) string { return strconv.Itoa(n) + " × " + name },
	Events:      germanEvents,
	More:        germanMore,
	AndMore:     func(n int) string { return "und " + germanMore(n) },

	At:      func(name, clock string) string { return name + " um " + oneUhr(clock) },
	Over:    func(name, when string) string { return name + " " + when },
	Between: func(name, from, to string) string { return name + " von " + oneUhr(from+" bis "+to) },

	IsCancelled: func(names string, n int) string { return names + germanCount(n, " entfällt", " entfallen") },
	Again:       func(what, clock string) string { return what + ", aber der Termin um " + clock + " entfällt" },
	Overlaps:    func(what, others string) string { return what + " überschneidet sich mit " + others },
	IsDuring:    func(what, others string) string { return what + ", gleichzeitig mit " + others },
	Line:        func(name, when string) string { return name + ", " + when },
	Overlapping: func(line, others string, n int) string {
		return line + germanCount(n, ", überschneidet sich mit ", ", überschneiden sich mit ") + others
	},
	During: func(line, others string) string { return line + ", gleichzeitig mit " + others },

	After: func(other string) string { return "Direkt nach " + other },
	Among: func(names string) string { return "Darunter: " + names },

	Nothing:    "Keine Termine",
	NothingNew: "Nichts Neues",
	Ordinary:   "Nichts Ungewöhnliches",
	FreeDay:    func(d Date) string { return germanWeekdays[d.Weekday()] + ", der " + germanDate(d) + ", ist frei" },
	StillOn:    func(items []string) string { return "Weiterhin: " + strings.Join(items, "; ") },
	Rest:       func(items []string) string { return "Wie üblich: " + strings.Join(items, "; ") },
	Unread: func(n int) string {
		return strconv.Itoa(n) + germanCount(n, " weiterer Termin wurde", " weitere Termine wurden") + " nicht geprüft"
	},
	Begins: func(now, usual string) string {
		return fmt.Sprintf("Der Tag beginnt um %s, sonst meist gegen %s", now, usual)
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("Der Tag endet um %s, sonst meist bis %s", now, usual)
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("Der Tag hat %s, mehr als jeder %s der letzten Wochen", germanEvents(n), germanWeekdays[weekday])
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("Ein freier %s, sonst meist mit %s", germanWeekdays[weekday],
			germanCount(n, "einem Termin", strconv.Itoa(n)+" Terminen"))
	},
	Missing: func(slot string) string { return "Nicht im Kalender: was sonst " + slot + " stattfindet" },

	SlotAt:    func(weekday time.Weekday, clock string) string { return germanOften(weekday) + " um " + clock },
	SlotDay:   func(weekday time.Weekday) string { return germanOften(weekday) + " ganztägig" },
	SlotClock: func(clock string) string { return "um " + clock },

	FirstTime:   func(weeks int) string { return "zum ersten Mal " + germanWeeks("in den letzten zwölf Monaten", weeks) },
	NewCalendar: "zum ersten Mal, in einem neuen Kalender",
	NthTime: func(times, weeks int) string {
		return fmt.Sprintf("zum %d. Mal %s", times, germanWeeks("in einem Jahr", weeks))
	},
	LastOn:      func(last Date) string { return "zuletzt am " + germanDate(last) },
	Yearly:      "einmal im Jahr",
	Renamed:     func(r summarizer.Rhythm) string { return "ein " + germanRoutine(r) + " unter anderem Titel" },
	Moved:       "verschoben",
	MovedWithin: func(clock string) string { return "verschoben von " + clock },
	MovedFrom: func(day Date, clock string) string {
		from := "verschoben, ursprünglich am " + germanWeekdays[day.Weekday()] + ", " + germanDate(day)
		if clock == "" {
			return from
		}
		return from + ", " + clock
	},
	Usually:      func(slot string) string { return "üblicherweise " + slot },
	AnotherTitle: "unter anderem Titel",
	CalledOff:    "abgesagt",
	Instead: func(slot string) string {
		if slot == "" {
			return "anstelle eines üblichen Termins"
		}
		return "anstelle des üblichen Termins " + slot
	},
	OutOfTurn: func(every int, due Date) string {
		days := germanCount(every, "jeden Tag", fmt.Sprintf("alle %d Tage", every))
		return "sonst " + days + ", fällig am " + germanWeekdays[due.Weekday()] + ", " + germanDate(due)
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "zusätzlich zum üblichen Termin"
		}
		return "zusätzlich zum üblichen Termin " + slot
	},
	Habitual:    germanRoutine,
	LikeRoutine: func(r summarizer.Rhythm) string { return "fast wie ein " + germanRoutine(r) },
	TimesAYear:  func(n int) string { return germanCount(n, "einmal", strconv.Itoa(n)+"-mal") + " in einem Jahr" },
	TooYoung:    "wiederholt sich, in einem neuen Kalender",
}

var (
	germanWeekdays = [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	germanMonths   = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
		"Dezember"}
)

// germanTime follows CLDR's pattern HH:mm.
func germanTime(c Clock) string { return zoned(fmt.Sprintf("%02d:%02d", c.Hour, c.Minute), c) }

// oneUhr says "Uhr" after the last of several times only.
func oneUhr(times string) string {
	const uhr = " Uhr"
	return strings.Replace(times, uhr, "", strings.Count(times, uhr)-1)
}

func germanDay(d Date) string {
	if d.Near {
		return germanWeekdays[d.Weekday()]
	}
	return germanDate(d)
}

func germanDate(d Date) string {
	date := fmt.Sprintf("%d. %s", d.Day, germanMonths[d.Month-1])
	if d.Year {
		date += " " + strconv.Itoa(d.Date.Year)
	}
	return date
}

// germanOften returns "montags": each week.
func germanOften(weekday time.Weekday) string {
	return strings.ToLower(germanWeekdays[weekday]) + "s"
}

func germanCount(n int, one, other string) string {
	return counted(language.German, n, map[plural.Form]string{plural.One: one, plural.Other: other})
}

func germanEvents(n int) string { return strconv.Itoa(n) + germanCount(n, " Termin", " Termine") }

func germanMore(n int) string { return strconv.Itoa(n) + germanCount(n, " weiterer", " weitere") }

func germanWeeks(year string, weeks int) string {
	switch weeks {
	case 0:
		return year
	case 1:
		return "in der einzigen bekannten Woche"
	}
	return fmt.Sprintf("in den %d bekannten Wochen", weeks)
}

func germanRoutine(r summarizer.Rhythm) string {
	return map[summarizer.Rhythm]string{
		summarizer.NoRhythm: "regelmäßiger", summarizer.Daily: "täglicher", summarizer.Weekly: "wöchentlicher",
		summarizer.Fortnightly: "zweiwöchentlicher", summarizer.Monthly: "monatlicher",
	}[r] + " Termin"
}
