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

// Spanish is that of Spain and of America: dates are written alike, and the clock is
// the reader's. It says nothing of a title that would have to agree with it: an event
// "se cancela" where others are "cancelado" or "cancelada".
var Spanish = Language{
	Tag:   language.Spanish,
	Quote: func(title string) string { return "«" + title + "»" },
	OwnWords: strings.Fields(`
		a además al anoche anulada anulado aplazada aplazado ayer año cada calendario cambio cancela cancelada cancelado cancelan
		coincide coinciden como con conocida conocidas curso de del desde diario durante día días e el ellos empieza en entre es
		está evento eventos falta fuera haber habitual hacia hasta hay horario hoy justo la las libre lo los lugar mañana
		medianoche mediodía menos mensual movida movido muy más nada ningún no normalmente nuevo otro otros pero pospuesta
		pospuesto previsto primera provisional que quincenal reciente repite reprogramada reprogramado revisaron revisó se semana
		semanal semanas siguiente similar sin son suele suspendida suspendido tardar tarde termina tiene tocaría todavía todo
		tras trasladada trasladado título un una veces vez y última último única`),
	Stop: func(sentence string) string {
		if strings.HasSuffix(sentence, "\u00a0m.") {
			return sentence // the full stop of "p. m." ends it
		}
		return sentence + "."
	},
	Comma: ", ",
	Space: " ",
	And: func(items []string) string {
		last := len(items) - 1
		return strings.Join(items[:last], ", ") + spanishAnd(items[last]) + items[last]
	},
	Clauses: func(clauses []string) string { return strings.Join(clauses, "; ") },

	Clock: spanishClock,
	Range: spanishRange,

	AllDay:  "todo el día",
	LastDay: "último día",
	NextDay: func(from, to string) string { return "de " + from + " a " + to + " del día siguiente" },
	FromUntil: func(from string, last Date, to string) string {
		return "desde " + spanishThe(from) + " " + spanishUntil(last) + " a " + spanishThe(to)
	},
	UntilTime: func(clock string) string { return "hasta " + spanishThe(clock) },
	UntilDay:  spanishUntil,
	OnDay:     func(d Date) string { return "el " + spanishLongDate(d) },
	InsteadOf: func(when, clock string) string { return when + " en vez de " + clock },

	Untitled:    "(sin título)",
	Aside:       func(name, aside string) string { return name + " (" + aside + ")" },
	Tentative:   "provisional",
	Usual:       func(name string) string { return "el evento habitual " + name },
	FirstToLast: func(first, last string) string { return first + " a " + last },
	Counted:     func(name string, n int) string { return fmt.Sprintf("%d de %s", n, name) },
	Times:       func(name string, n int) string { return strconv.Itoa(n) + " × " + name },
	Events:      spanishEvents,
	More:        func(n int) string { return strconv.Itoa(n) + " más" },
	AndMore:     func(n int) string { return fmt.Sprintf("y %d más", n) },

	At:      func(name, clock string) string { return name + " a " + spanishThe(clock) },
	Over:    func(name, when string) string { return name + " " + when },
	Between: func(name, from, to string) string { return name + " de " + from + " a " + to },

	IsCancelled: func(names string, n int) string { return names + spanishCount(n, " se cancela", " se cancelan") },
	Again: func(what, clock string) string {
		return what + ", pero el evento de " + spanishThe(clock) + " se cancela"
	},
	Overlaps: func(what, others string) string { return what + " coincide con " + others },
	IsDuring: func(what, others string) string { return what + ", durante " + others },
	Line:     func(name, when string) string { return name + ", " + when },
	Overlapping: func(line, others string, n int) string {
		return line + spanishCount(n, ", coincide con ", ", coinciden con ") + others
	},
	During: func(line, others string) string { return line + ", durante " + others },

	After: func(other string) string { return "Justo tras " + other },
	Among: func(names string) string { return "Entre ellos: " + names },

	Nothing:    "Nada en el calendario",
	NothingNew: "Nada nuevo",
	Ordinary:   "Nada fuera de lo habitual",
	FreeDay:    func(d Date) string { return "El " + spanishLongDate(d) + " está libre" },
	StillOn:    func(items []string) string { return "Todavía en curso: " + strings.Join(items, "; ") },
	Rest:       func(items []string) string { return "Lo habitual: " + strings.Join(items, "; ") },
	Unread: func(n int) string {
		return spanishCount(n, "No se revisó ", "No se revisaron ") + spanishEvents(n) + " más"
	},
	Begins: func(now, usual string) string {
		return fmt.Sprintf("El día empieza a %s, normalmente hacia %s", spanishThe(now), spanishThe(usual))
	},
	Ends: func(now, usual string) string {
		return fmt.Sprintf("El día termina a %s, normalmente como muy tarde a %s", spanishThe(now), spanishThe(usual))
	},
	Fullest: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("El día tiene %s, más que ningún %s reciente", spanishEvents(n), spanishWeekdays[weekday])
	},
	Free: func(weekday time.Weekday, n int) string {
		return fmt.Sprintf("Un %s libre; normalmente hay %s", spanishWeekdays[weekday], spanishEvents(n))
	},
	Missing: func(slot string) string { return "No está previsto lo que suele haber " + slot },

	SlotAt: func(weekday time.Weekday, clock string) string {
		return spanishOften(weekday) + " a " + spanishThe(clock)
	},
	SlotDay:   func(weekday time.Weekday) string { return spanishOften(weekday) + " todo el día" },
	SlotClock: func(clock string) string { return "a " + spanishThe(clock) },

	FirstTime:   func(weeks int) string { return "primera vez en " + spanishWeeks(weeks) },
	NewCalendar: "primera vez, en un calendario nuevo",
	NthTime:     func(times, weeks int) string { return fmt.Sprintf("%d.ª vez en %s", times, spanishWeeks(weeks)) },
	LastOn:      func(last Date) string { return "última vez el " + spanishDate(last) },
	Yearly:      "una vez al año",
	Renamed:     func(r summarizer.Rhythm) string { return "un " + spanishRoutine(r) + " con otro título" },
	Moved:       "cambio de horario",
	MovedWithin: func(clock string) string { return "en vez de " + spanishThe(clock) },
	MovedFrom: func(day Date, clock string) string {
		from := "en vez del " + spanishLongDate(day)
		if clock == "" {
			return from
		}
		return from + " a " + spanishThe(clock)
	},
	Usually:      func(slot string) string { return "normalmente " + slot },
	AnotherTitle: "con otro título",
	CalledOff:    "cancelado",
	Instead: func(slot string) string {
		if slot == "" {
			return "en lugar de un evento habitual"
		}
		return "en lugar del evento habitual (" + slot + ")"
	},
	OutOfTurn: func(every int, due Date) string {
		days := spanishCount(every, "cada día", fmt.Sprintf("cada %d días", every))
		return "normalmente " + days + ", tocaría el " + spanishLongDate(due)
	},
	Extra: func(slot string) string {
		if slot == "" {
			return "además del evento habitual"
		}
		return "además del evento habitual (" + slot + ")"
	},
	Habitual:    spanishRoutine,
	LikeRoutine: func(r summarizer.Rhythm) string { return "muy similar a un " + spanishRoutine(r) },
	TimesAYear:  func(n int) string { return strconv.Itoa(n) + spanishCount(n, " vez", " veces") + " en un año" },
	TooYoung:    "se repite, en un calendario nuevo",
}

var (
	spanishWeekdays = [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}
	spanishMonths   = [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
		"noviembre", "diciembre"}
)

// The halves of the day, with spaces at which no line is broken.
const (
	spanishAM = "\u00a0a.\u00a0m."
	spanishPM = "\u00a0p.\u00a0m."
)

// spanishClock follows CLDR's patterns H:mm, and h:mm a of America.
func spanishClock(c Clock) string {
	switch {
	case !c.Twelve:
		return zoned(fmt.Sprintf("%d:%02d", c.Hour, c.Minute), c)
	case c.Hour == 24:
		return "medianoche"
	case c.Hour == 12 && c.Minute == 0 && c.Zone == "":
		return "mediodía"
	}
	return zoned(fmt.Sprintf("%d:%02d%s", (c.Hour+11)%12+1, c.Minute, spanishHalf(c)), c)
}

func spanishHalf(c Clock) string {
	if c.Hour%24 < 12 {
		return spanishAM
	}
	return spanishPM
}

// spanishRange names the half of the day once where both times are in it.
func spanishRange(from, to Clock) string {
	return ranged(from, to, "–", func(c Clock) string {
		if to.Hour < 24 && spanishHalf(c) == spanishHalf(to) {
			return strings.TrimSuffix(spanishClock(c), spanishHalf(c))
		}
		return spanishClock(c)
	}, spanishClock)
}

// spanishThe puts the article before a time: la 1:00, las 15:00, but medianoche.
func spanishThe(clock string) string {
	switch {
	case clock[0] < '0' || clock[0] > '9':
		return clock
	case strings.HasPrefix(clock, "1:"):
		return "la " + clock
	}
	return "las " + clock
}

// spanishAnd is "e" before the sound of an i.
func spanishAnd(next string) string {
	next = strings.ToLower(strings.TrimLeft(next, "«(\u2068"))
	for _, vowel := range []string{"hia", "hie", "hio"} {
		if strings.HasPrefix(next, vowel) {
			return " y "
		}
	}
	for _, i := range []string{"i", "í", "hi", "hí"} {
		if strings.HasPrefix(next, i) {
			return " e "
		}
	}
	return " y "
}

func spanishUntil(last Date) string {
	if last.Near {
		return "hasta el " + spanishWeekdays[last.Weekday()]
	}
	return "hasta el " + spanishDate(last)
}

func spanishDate(d Date) string {
	date := fmt.Sprintf("%d de %s", d.Day, spanishMonths[d.Month-1])
	if d.Year {
		date += " de " + strconv.Itoa(d.Date.Year)
	}
	return date
}

func spanishLongDate(d Date) string { return spanishWeekdays[d.Weekday()] + " " + spanishDate(d) }

// spanishOften returns "los lunes" and "los sábados": each week.
func spanishOften(weekday time.Weekday) string {
	return "los " + strings.TrimSuffix(spanishWeekdays[weekday], "s") + "s"
}

func spanishCount(n int, one, other string) string {
	return counted(language.Spanish, n, map[plural.Form]string{plural.One: one, plural.Other: other})
}

func spanishEvents(n int) string { return strconv.Itoa(n) + spanishCount(n, " evento", " eventos") }

func spanishWeeks(weeks int) string {
	switch weeks {
	case 0:
		return "un año"
	case 1:
		return "la única semana conocida"
	}
	return fmt.Sprintf("las %d semanas conocidas", weeks)
}

func spanishRoutine(r summarizer.Rhythm) string {
	return "evento " + map[summarizer.Rhythm]string{
		summarizer.NoRhythm: "habitual", summarizer.Daily: "diario", summarizer.Weekly: "semanal",
		summarizer.Fortnightly: "quincenal", summarizer.Monthly: "mensual",
	}[r]
}
