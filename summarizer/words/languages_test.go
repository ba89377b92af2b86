package words_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/words"
)

// A new language is written down field by field: this says which ones are left.
func TestNoLanguageLacksAnything(t *testing.T) {
	t.Parallel()
	optional := map[string]bool{"RightToLeft": true, "QuotesAlways": true, "OwnWords": true, "Space": true}
	for _, l := range words.Languages {
		v := reflect.ValueOf(*l)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && !optional[name] {
				t.Errorf("%s lacks %s", l.Tag, name)
			}
		}
		if !l.QuotesAlways && len(l.OwnWords) == 0 {
			t.Errorf("%s lacks OwnWords: without, titles can be taken for parts of its sentences", l.Tag)
		}
	}
}

func TestReadersAreServedInTheirLanguage(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"": "en", "en": "en", "en_GB": "en", "en-US": "en", "tlh": "en", "not a tag": "en", "\xff": "en",
		"pt-BR": "en", "ar": "en", "de": "de", "de-AT": "de", "de_CH": "de", "gsw": "de", "fr": "fr", "fr-CA": "fr", "es": "es", "es-419": "es",
		"es-MX": "es", "ja": "ja", "ja-JP": "ja", "iw": "he", "he": "he", "he-IL": "he"} {
		if got := words.Speak(tag).Tag.String(); got != want {
			t.Errorf("%q is served in %s, want %s", tag, got, want)
		}
	}
}

// A phrase that loses a name, a time or a number is easily written, and hard to see in
// a language that one does not read.
func TestEachPhraseHoldsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	agreesOnly := map[string]bool{"IsCancelled": true, "Overlapping": true} // their number only tells the plural
	for _, l := range words.Languages {
		v := reflect.ValueOf(*l)
		for i := range v.NumField() {
			f, name := v.Field(i), v.Type().Field(i).Name
			if f.Kind() != reflect.Func {
				continue
			}
			var args []reflect.Value
			var given []string
			for j := range f.Type().NumIn() {
				arg, shown := sample(f.Type().In(j), 3*i+j+11)
				if _, number := arg.Interface().(int); number && agreesOnly[name] {
					shown = nil
				}
				args, given = append(args, arg), append(given, shown...)
			}
			phrase := f.Call(args)[0].String()
			for _, want := range given {
				if !strings.Contains(phrase, want) {
					t.Errorf("%s: %s = %q, which does not hold %q", l.Tag, name, phrase, want)
				}
			}
		}
	}
}

// sample returns a value of the type, and what a phrase must hold that is given it.
func sample(t reflect.Type, n int) (reflect.Value, []string) {
	shown := strconv.Itoa(n)
	switch reflect.Zero(t).Interface().(type) {
	case string:
		return reflect.ValueOf("X" + shown), []string{"X" + shown}
	case []string:
		return reflect.ValueOf([]string{"X" + shown, "Y", "Z"}), []string{"X" + shown, "Y", "Z"}
	case int:
		return reflect.ValueOf(n), []string{shown}
	case words.Clock:
		return reflect.ValueOf(words.Clock{Hour: 15, Minute: n % 60}), []string{"15:" + strconv.Itoa(100 + n%60)[1:]}
	case words.Date:
		return reflect.ValueOf(words.Date{Date: summarizer.Date{Year: 2027, Month: time.March, Day: 11 + n%20}}), []string{strconv.Itoa(11 +
			n%20)}
	}
	return reflect.Zero(t), nil // weekdays and rhythms, whose words are the language's own
}
