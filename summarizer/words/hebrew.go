package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"foreday/summarizer"
	"foreday/summarizer/titles"
)

// Hebrew has genders in each verb, so that it speaks of "the event" where a title
// would have to agree with one. Ranges run from right to left, as CLDR has them.
var Hebrew = Language{
	Tag:          language.Hebrew,
	RightToLeft:  true,
	Quote:        func(title string) string { return "”" + title + "”" },
	QuotesAlways: true, // prefixes hide words in others
	OwnWords:     strings.Fields("בוטל בוטלו מבוטל מבוטלת עד במקום במהלך בחפיפה מיד אחרי כרגיל עוד ועוד האירוע האירועים אבל סופי"),
	Stop: func(sentence string) string {
		if first, _ := utf8.DecodeRuneInString(sentence); !unicode.Is(unicode.Hebrew, first) {
			sentence = rightToLeftMark + sentence
		}
		return sentence + "."
	},
	Comma: ", ",
	Space: " ",
	And: func(items []string) string {
		last := len(items) - 1
		return strings.Join(items[:last], ", ") + " " + hebrewAnd(items[last])
	},
	Clauses: func(clauses []string) string { return strings.Join(clauses, "; ") },

	Clock: hebrewClock,
	Range: func(from, to Clock) string { return ranged(from, to, "–", hebrewClock, hebrewClock) },

	AllDay:  "כל היום",
	LastDay: "יום אחרון",
	NextDay: func(from, to string) string { return from + " עד " + to + " למחרת" },
	FromUntil: func(from string, last Date, to string) string {
		return from + " " + hebrewUntil(last) + " ב-" + to
	},
	UntilTime: func(clock string) string { return "עד " + clock },
	UntilDay:  hebrewUntil,
	OnDay:     func(d Date) string { return "ב" + hebrewLongDate(d) },
	InsteadOf: func(when, clock string) string { return when + " במקום " + clock },

	Untitled:    "(ללא כותרת)",
	Aside:       func(name, aside string) string { return name + " (" + aside + ")" },
	Tentative:   "לא סופי",
	Usual:       func(name string) string { return "האירוע הקבוע " + name },
	FirstToLast: func(first, last string) string { return first + " עד " + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%d מתוך %s", n, name) },
	Times:       func(name string, n int) string { return strconv.Itoa(n) + " × " + name },
	Events:      hebrewEvents,
	More:        hebrewMore,
	AndMore:     func(n int) string { return "ו" + hebrewMore(n) },

	At:      func(name, clock string) string { return name + " ב-" + clock },
	Over:    func(name, when string) string { return name + " " + when },
	Between: func(name, from, to string) string { return name + " מ-" + from + " עד " + to },

	IsCancelled: func(names string, n int) string {
		if n == 1 {
			return "האירוע " + names + " בוטל"
		}
		return names + " בוטלו"
	},
	Again:       func(what, clock string) string { return what + ", אבל האירוע של " + clock + " בוטל" },
	Overlaps:    func(what, others string) string { return what + ", בחפיפה עם " + others },
	IsDuring:    func(what, others string) string { return what + ", במהלך " + others },
	Line:        func(name, when string) string { return name + ", " + when },
	Overlapping: func(line, others string, _ int) string { return line + ", בחפיפה עם " + others },
	During:      func(line, others string) string { return line + ", במהלך " + others },

	After: func(other string) string { return "מיד אחרי " + other },
	Among: func(names string) string { return "ביניהם: " + names },

	Nothing:    "אין אירועים ביומן",
	NothingNew: "אין חדש",
	Ordinary:   "אין שום דבר חריג",
	FreeDay:    func(d Date) string { return hebrewLongDate(d) + ", פנוי" },
	StillOn:    func(items []string) string { return "עדיין ביומן: " + strings.Join(items, "; ") },
	Rest:       func(items []string) string { return "כרגיל: " + strings.Join(items, "; ") },
	Unread: func(n int) string {
		return "עוד " + hebrewEvents(n) + hebrewCount(n, " לא נבדק", " לא נבדקו", " לא נבדקו")
	},
	Begins: func(now, usual string) string {
		return fmt.Sprintf("סדר היום מתחיל ב-%s, בדרך כלל בסביבות %s", now, usual)
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("סדר היום מסתיים ב-%s, בדרך כלל עד %s", now, usual)
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("%s, יותר מבכל %s בזמן האחרון", hebrewEvents(n), hebrewWeekday(weekday))
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("%s פנוי, בדרך כלל יש %s", hebrewWeekday(weekday), hebrewEvents(n))
	},
	Missing: func(slot string) string { return "לא מתוכנן: מה שיש בדרך כלל " + slot },

	SlotAt:    func(weekday time.Weekday, clock string) string { return hebrewOften(weekday) + " ב-" + clock },
	SlotDay:   func(weekday time.Weekday) string { return "כל היום " + hebrewOften(weekday) },
	SlotClock: func(clock string) string { return "ב-" + clock },

	FirstTime:   func(weeks int) string { return "לראשונה " + hebrewWeeks("מזה שנה", weeks) },
	NewCalendar: "לראשונה, ביומן חדש",
	NthTime: func(times, weeks int) string {
		return "הפעם " + hebrewOrdinal(times) + " " + hebrewWeeks("בתוך שנה", weeks)
	},
	LastOn:      func(last Date) string { return "הפעם הקודמת ב-" + hebrewDate(last) },
	Yearly:      "פעם בשנה",
	Renamed:     func(r summarizer.Rhythm) string { return hebrewRoutine(r) + " בשם אחר" },
	Moved:       "במועד אחר",
	MovedWithin: func(clock string) string { return "במקום " + clock },
	MovedFrom: func(day Date, clock string) string {
		from := "במקום " + hebrewLongDate(day)
		if clock == "" {
			return from
		}
		return from + " ב-" + clock
	},
	Usually:      func(slot string) string { return "בדרך כלל " + slot },
	AnotherTitle: "בשם אחר",
	CalledOff:    "בוטל",
	Instead: func(slot string) string {
		if slot == "" {
			return "במקום אירוע קבוע"
		}
		return "במקום האירוע הקבוע " + slot
	},
	OutOfTurn: func(every int, due Date) string {
		days := hebrewCount(every, "כל יום", "כל יומיים", fmt.Sprintf("כל %d ימים", every))
		return "בדרך כלל " + days + ", היה אמור להיות ב" + hebrewLongDate(due)
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "בנוסף לאירוע הקבוע"
		}
		return "בנוסף לאירוע הקבוע " + slot
	},
	Habitual:    hebrewRoutine,
	LikeRoutine: func(r summarizer.Rhythm) string { return "דומה מאוד ל" + hebrewRoutine(r) },
	TimesAYear: func(n int) string {
		return hebrewCount(n, "פעם אחת", "פעמיים", fmt.Sprintf("%d פעמים", n)) + " בשנה"
	},
	TooYoung: "אירוע חוזר, ביומן חדש",
}

// rightToLeftMark makes a line run from right to left that begins with a foreign title
// or a number, wherever it is shown.
const rightToLeftMark = "\u200f"

var (
	hebrewWeekdays = [...]string{"ראשון", "שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת"}
	hebrewMonths   = [...]string{"ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"}
	hebrewOrdinals = [...]string{"הראשונה", "השנייה", "השלישית", "הרביעית", "החמישית", "השישית", "השביעית", "השמינית", "התשיעית", "העשירית"}
)

// hebrewClock follows CLDR's pattern H:mm. With the name of a zone the time runs from
// left to right.
func hebrewClock(c Clock) string {
	return titles.Isolate(zoned(fmt.Sprintf("%d:%02d", c.Hour, c.Minute), c), true)
}

// hebrewAnd puts "and" before an item: without a hyphen if that begins in Hebrew.
func hebrewAnd(item string) string {
	if first, _ := utf8.DecodeRuneInString(item); unicode.Is(unicode.Hebrew, first) || first == '”' {
		return "ו" + item
	}
	return "ו-" + item
}

func hebrewUntil(last Date) string {
	if last.Near {
		return "עד " + hebrewWeekday(last.Weekday())
	}
	return "עד " + hebrewDate(last)
}

func hebrewWeekday(weekday time.Weekday) string { return "יום " + hebrewWeekdays[weekday] }

// hebrewOften returns "on Mondays".
func hebrewOften(weekday time.Weekday) string { return "בימי " + hebrewWeekdays[weekday] }

func hebrewDate(d Date) string {
	date := fmt.Sprintf("%d ב%s", d.Day, hebrewMonths[d.Month-1])
	if d.Year {
		date += " " + strconv.Itoa(d.Date.Year)
	}
	return date
}

func hebrewLongDate(d Date) string { return hebrewWeekday(d.Weekday()) + ", " + hebrewDate(d) }

func hebrewCount(n int, one, two, other string) string {
	return counted(language.Hebrew, n, map[plural.Form]string{plural.One: one, plural.Two: two, plural.Other: other})
}

func hebrewEvents(n int) string {
	return hebrewCount(n, "אירוע אחד", "שני אירועים", strconv.Itoa(n)+" אירועים")
}

func hebrewMore(n int) string {
	return "עוד " + hebrewCount(n, "אחד", "שניים", strconv.Itoa(n))
}

func hebrewWeeks(year string, weeks int) string {
	if weeks == 0 {
		return year
	}
	return hebrewCount(weeks, "בשבוע הידוע היחיד", "בשני השבועות הידועים", fmt.Sprintf("ב-%d השבועות הידועים", weeks))
}

// hebrewOrdinal is feminine, as "time" is.
func hebrewOrdinal(n int) string {
	if 1 <= n && n <= len(hebrewOrdinals) {
		return hebrewOrdinals[n-1]
	}
	return "ה-" + strconv.Itoa(n)
}

func hebrewRoutine(r summarizer.Rhythm) string {
	return "אירוע " + map[summarizer.Rhythm]string{
		summarizer.NoRhythm: "קבוע", summarizer.Daily: "יומי", summarizer.Weekly: "שבועי",
		summarizer.Fortnightly: "דו-שבועי", summarizer.Monthly: "חודשי",
	}[r]
}
