package words_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

var update = flag.Bool("update", false, "write the golden files anew instead of comparing with them")

// The golden files are the specification of taste: whoever changes one reads it as a
// person does in the morning.
func TestDaysReadAsTheGoldenFilesSay(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages {
		for _, d := range wordstest.Days() {
			tag := l.Tag.String()
			t.Run(tag+"/"+d.Name, func(t *testing.T) {
				t.Parallel()
				b := d.Brief
				b.Language = tag
				text, err := words.Writer{Planner: plan.Default{}}.Write(t.Context(), b)
				if err != nil {
					t.Fatal(err)
				}
				if text.Language != tag {
					t.Errorf("Language = %q", text.Language)
				}
				wordstest.WithinLimits(t, text, facts.Of(b))
				compare(t, filepath.Join("testdata", tag, d.Name+".golden"), text.Headline+"\n\n"+text.Body+"\n")
			})
		}
	}
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant, by %s,\n%s", got, path, want)
	}
}
