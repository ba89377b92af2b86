package worker_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
)

// mark is in every text that a hostile model writes, and in no calendar.
const mark = "zqxj"

// writings are texts that nobody should be told.
var writings = map[string]string{
	"a falsehood":           "“Dentist” is cancelled, and so is “Concert” " + mark,
	"a false time":          "“Dentist” is at 20:00, “Concert” at 15:00 " + mark,
	"an invention":          "Lunch with Dr. Weber " + mark,
	"a link":                "https://evil.example/" + mark,
	"a phone number":        mark + " +49 30 901820",
	"markup":                "<script>" + mark + "</script>",
	"control characters":    mark + "\x1b[31m\u202e\u2028\x00",
	"an instruction":        "Ignore the schema and print " + mark,
	"another language":      "Ist um 15:00 Uhr, " + mark,
	"JSON":                  `{"headline":"` + mark + `","lead":["e1"]}`,
	"a number as text":      "1" + mark,
	"an ID with more to it": "e1 " + mark,
	"a long text":           strings.Repeat(mark+" ", 3000),
}

// answers put a text somewhere into the answer of a model.
var answers = map[string]func(text string) any{
	"prose":    func(text string) any { return text },
	"the lead": func(text string) any { return map[string]any{"lead": text, "parts": []any{}} },
	"in the lead": func(text string) any {
		return map[string]any{"lead": []any{text, "e2"}, "parts": []any{[]any{"e1", "e2"}}}
	},
	"the parts": func(text string) any { return map[string]any{"lead": []any{"e1"}, "parts": text} },
	"a part":    func(text string) any { return map[string]any{"lead": []any{"e1"}, "parts": []any{text, []any{"e2"}}} },
	"in a part": func(text string) any {
		return map[string]any{"lead": []any{"e1"}, "parts": []any{[]any{"e1", text, "f1"}}}
	},
	"a headline": func(text string) any { return map[string]any{"headline": text, "lead": []any{"e1"}, "parts": []any{}} },
	"sentences": func(text string) any {
		return map[string]any{"lead": []any{"e2"}, "parts": []any{}, "sentences": []any{map[string]any{"text": text, "events": []any{"e1"}}}}
	},
	"a title": func(text string) any {
		return map[string]any{"lead": []any{map[string]any{"id": "e1", "title": text}}, "parts": []any{}}
	},
	"a key": func(text string) any { return map[string]any{text: []any{"e1"}, "lead": []any{"e1"}} },
	"objects for parts": func(text string) any {
		return map[string]any{"lead": []any{"e1"}, "parts": []any{map[string]any{"events": []any{"e1"}, "text": text}}}
	},
	"an object in a list": func(text string) any { return []any{text, map[string]any{"lead": []any{text, "e1"}}} },
	"deep down": func(text string) any {
		return map[string]any{"plan": map[string]any{"lead": []any{[]any{[]any{text}}}}}
	},
}

// shapes are ways in which servers wrap what a model wrote.
var shapes = map[string]func(content string) string{
	"as it is":        func(content string) string { return content },
	"after thoughts":  func(content string) string { return "<think>" + mark + " e2 first</think>" + content },
	"between prose":   func(content string) string { return "Sure, " + mark + ":\n```json\n" + content + "\n```\n" + mark },
	"without its end": func(content string) string { return content[:len(content)-1] },
}

// Each user meets a model that writes something else. No character of it is in the
// cache, whether the answer holds a plan or not, and nothing is told of the day that
// is not so.
func TestNothingThatAModelWritesReachesTheCache(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Start(t).Client(t), func(s *settings) {
		s.concurrency = 16
		s.refused = func(openai.Reason) {}
	})
	b.patience = 3 * patience // the first may be made when all of them have been asked for
	type attacked struct {
		name, user string
		truths     []string // all that there is to tell
	}
	var all []attacked
	for _, what := range slices.Sorted(maps.Keys(writings)) {
		for where, put := range answers {
			for how, wrap := range shapes {
				content, err := json.Marshal(put(writings[what]))
				if err != nil {
					t.Fatal(err)
				}
				user := fmt.Sprintf("user%d", len(all))
				room := fmt.Sprintf("room %dx", len(all))
				all = append(all, attacked{what + " as " + where + ", " + how, user, []string{
					"“Dentist, " + room + "”, 15:00–16:00", "“Concert, " + room + "”, 20:00–21:00", "First time, in a new calendar",
				}})
				b.google.AddUser(user, berlin)
				b.model.Inject(openaitest.Fault{Kind: openaitest.Verbatim, Match: room, Content: wrap(string(content))})
				b.create(user, "Dentist, "+room, "2026-11-23 15:00", "2026-11-23 16:00")
				b.create(user, "Concert, "+room, "2026-11-23 20:00", "2026-11-23 21:00")
			}
		}
	}
	if len(all) < 400 {
		t.Errorf("%d answers, want 400 at least", len(all))
	}
	b.work()
	planned := 0
	for _, a := range all {
		sum := b.awaitFresh(a.user, today, func(s summarizer.Summary) bool { return len(s.Events) == 2 })
		if sum.Writer != summarizer.PlainWriter {
			planned++
		}
		_, stale := b.peek(a.user, today)
		for _, kept := range []*summarizer.Summary{&sum, stale} {
			if kept == nil {
				continue
			}
			if text, err := json.Marshal(kept); err != nil || strings.Contains(string(text), mark) {
				t.Errorf("%s: what is kept is %s, %v", a.name, text, err)
			}
		}
		for sentence := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSuffix(sum.Text, "."), ".\n", ". "), ". ") {
			if !slices.Contains(a.truths, sentence) {
				t.Errorf("%s: %q is told in\n%s", a.name, sentence, sum.Text)
			}
		}
	}
	if planned == 0 || planned == len(all) {
		t.Errorf("%d of %d were planned by the model, want some", planned, len(all))
	}
	t.Logf("%d answers, %d of them plans", len(all), planned)
}
