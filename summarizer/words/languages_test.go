package words_test

import (
	"reflect"
	"testing"

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
	for tag, want := range map[string]string{"": "en", "en": "en", "en_GB": "en", "en-US": "en", "tlh": "en", "not a tag": "en", "\xff": "en"} {
		if got := words.Speak(tag).Tag.String(); got != want {
			t.Errorf("%q is served in %s, want %s", tag, got, want)
		}
	}
}
