package words_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/titles"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

// A title that has none of the words of a language's sentences cannot imitate one.
func TestLanguagesKnowAllTheirOwnWords(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages {
		if l.QuotesAlways {
			continue
		}
		texts := [][]string{relations(l), counts(l), dates(l), times(l), reasons(l.Tag.String()), phrases(l)}
		for _, d := range wordstest.Days() {
			texts = append(texts, []string{all(t, disguised(d.Brief), l.Tag.String())})
		}
		lacking := map[string]bool{}
		named := names(l)
		for _, text := range slices.Concat(texts...) {
			for _, field := range strings.FieldsFunc(text, isBetweenWords) {
				if field == strings.ToUpper(field) { // zones, and letters for names
					continue
				}
				for _, w := range titles.Words(field) {
					lacking[w] = lacking[w] || isWord(w) && !named[w] && !slices.Contains(l.OwnWords, w)
				}
			}
		}
		maps.DeleteFunc(lacking, func(_ string, lacks bool) bool { return !lacks })
		if len(lacking) > 0 {
			t.Errorf("%s lacks as OwnWords: %s", l.Tag, strings.Join(slices.Sorted(maps.Keys(lacking)), " "))
		}
	}
}

func isBetweenWords(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}

// isWord tells words from single letters, from what has digits in it, and from the
// letters that disguise titles.
func isWord(w string) bool {
	return utf8.RuneCountInString(w) > 1 && !strings.ContainsFunc(w, func(r rune) bool { return !unicode.Is(unicode.Latin, r) })
}

// phrases returns each phrase of the language, with something given.
func phrases(l *words.Language) (said []string) {
	v := reflect.ValueOf(*l)
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			said = append(said, f.String())
		case reflect.Func:
			var args []reflect.Value
			for j := range f.Type().NumIn() {
				arg, _ := sample(f.Type().In(j), 3*i+j+11)
				args = append(args, arg)
			}
			said = append(said, f.Call(args)[0].String())
		}
	}
	return said
}

// names returns those of the days of the week and of the months: the words in which
// dates and slots differ.
func names(l *words.Language) map[string]bool {
	var said [][]string
	for month := time.January; month <= time.December; month++ {
		d := words.Date{Date: summarizer.Date{Year: 2027, Month: month, Day: int(month)*2 - 1}}
		said = append(said, titles.Words(l.OnDay(d)+" "+l.SlotDay(d.Weekday())+" "+l.SlotAt(d.Weekday(), "10:00")))
	}
	for day := range time.Saturday + 1 {
		said = append(said, titles.Words(l.OnDay(words.Date{Date: summarizer.Date{Year: 2027, Month: time.May, Day: 2 +
			int(day)}})+" "+l.SlotDay(day)+" "+l.SlotAt(day, "10:00")))
	}
	found := map[string]bool{}
	for _, w := range slices.Concat(said...) {
		found[w] = slices.ContainsFunc(said, func(s []string) bool { return !slices.Contains(s, w) })
	}
	return found
}

func TestTitlesThatImitateSentencesAreQuoted(t *testing.T) {
	t.Parallel()
	for tag, imitations := range map[string][]string{
		"en": {"ｃａｎｃｅｌｌｅｄ", "the usual Walk", "Nothing in the calendar", "Nothing new", "12 events", "Talk 1 to 40", "Dentist all day",
			"Right after Walk",
			"Monday", "Today", "tomorrow", "Call Anna tomorrow", "3 others", "3pm", "1 September", "May", "2 x Vet", "12h30 Yoga",
			"Choir called off", "Yoga postponed", "Yoga rescheduled",
			"Choir isn't happening", "Week 47", "Talk 3 at", "саnсеllеd", "Vet саlled οff", "Yoga CANCELLED", "n\u0334othing new", "𝐜𝐚𝐧𝐜𝐞𝐥𝐥𝐞𝐝",
			"Walk moved"},
		"de": {norm.NFD.String("Yoga entfällt"), "Yoga ENTFÄLLT", "Keine Termine", "dem üblichen Termin Walk", "Yoga überschneiden sich mit Walk",
			"12 events",
			"heute", "morgen", "Montag", "3 andere", "Chorprobe fällt aus", "Yoga verlegt", "Yoga gestrichen", "Yoga ausgefallen", "Tag im März",
			"17 Uhr"},
		"fr": {"Yoga n’a pas lieu", "Yoga n'a pas lieu", "Yoga nʼa pas lieu", "l’événement habituel Walk", "l'événement habituel Walk",
			"5 sur Walk", "Yoga is cancelled",
			"demain", "lundi", "17h", "Réunion reportée", "Yoga supprimée", "aujourd’hui", "hier"},
		"es": {"Nada nuevo", "el evento habitual Walk", "Yoga en lugar de Vet", "mañana", "lunes", "hoy", "Cita anulada", "Cita aplazada",
			"Cita suspendida"},
		"he": {"רופא", "האירוע בוטל"},
		"ja": {"歯医者"},
	} {
		for _, title := range imitations {
			if text := toldOf(title, tag); !strings.Contains(text, quote(title, tag)) {
				t.Errorf("%s: %q is not quoted in %q", tag, title, text)
			}
		}
	}
}

func TestOrdinaryTitlesAreNotQuoted(t *testing.T) {
	t.Parallel()
	for tag, ordinary := range map[string][]string{
		"en": {"Dentist", "Team sync", "Lunch with Noor", "Anna's concert", "Design review", "Déjeuner", "Зубной врач", "Tシャツ", "Interview 7",
			"Apollo 11", "U9 Training", "Kick-off", "Parents' evening"},
		"de": {"Zahnarzt", "Yoga", "Elternabend"},
		"fr": {"Dentiste", "Yoga", "Réunion parents-profs"},
		"es": {"Dentista", "Yoga", "Cumpleaños Ana"},
	} {
		for _, title := range ordinary {
			if text := toldOf(title, tag); !strings.Contains(text, title) || strings.Contains(text, quote(title, tag)) {
				t.Errorf("%s: %q is quoted in %q", tag, title, text)
			}
		}
	}
}

func quote(title, tag string) string {
	l := words.Speak(tag)
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(l.Quote(title))
}

// toldOf returns what is said of a day with one event.
func toldOf(title, tag string) string {
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}
	e := summarizer.Event{ID: "1", Title: title, Start: day.Start().Add(9 * time.Hour), End: day.Start().Add(10 * time.Hour)}
	b := summarizer.Brief{Day: day, Language: tag, Novel: []summarizer.Verdict{{Event: e, Novel: true, Novelty: 1}}}
	text := words.Write(facts.Of(b), plan.Plan{Lead: []int{0}, Parts: [][]int{{0}}})
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(text.Headline + "\n" + text.Body)
}
