package openai

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"foreday/summarizer/plan"
)

// Whatever a server sends and a model writes, what comes of it are indexes of the day,
// each once.
func FuzzAnswer(f *testing.F) {
	const good = `{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}`
	for _, seed := range []string{
		good, "```json\n" + good + "\n```", "<think>{</think>" + good, good[:20], `{"lead":[2,"3"],"parts":{"events":[1.5,-1,1e99]}}`,
		`{"choices":[{"message":{"content":[{"type":"text","text":"{}"},"x",7]},"finish_reason":7}],"usage":{"prompt_tokens":-1}}`,
		`{"error":{"code":{"a":1},"type":"x","param":["seed"]}}`, `{"error":"max_tokens"}`, `[[[[`, "\x00\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		if made, ok := three.read(sent); ok {
			checkPlan(t, made)
		}
		told := newFailure(&http.Response{StatusCode: http.StatusBadRequest}, []byte(sent))
		new(habits).learn(told, fields{"seed": json.RawMessage("7")})
		completion, err := readCompletion(&http.Response{StatusCode: http.StatusOK}, []byte(sent))
		if err != nil {
			return
		}
		if u := completion.Usage; len(completion.Choices) != 1 || u.PromptTokens < 0 || u.CompletionTokens < 0 {
			t.Errorf("%q is read as %+v", sent, completion)
		}
		if _, err := json.Marshal(completion); err != nil {
			t.Errorf("%q cannot be passed on: %v", sent, err)
		}
	})
}

func checkPlan(t *testing.T, made plan.Plan) {
	t.Helper()
	for _, indexes := range []struct {
		of   []int
		most int
	}{{made.Lead, len(three.Events)}, {made.Events(), len(three.Events)}, {made.Facts, len(three.Facts)}} {
		slices.Sort(indexes.of)
		if n := len(indexes.of); n > 0 && (indexes.of[0] < 0 || indexes.of[n-1] >= indexes.most || len(slices.Compact(indexes.of)) != n) {
			t.Errorf("%+v has indexes %v of %d", made, indexes.of, indexes.most)
		}
	}
}
