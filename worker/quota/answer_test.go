package quota

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestWhatIsLeftOfALimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		left, reset string
		want        int // -1 is that nothing is said
		whole       time.Duration
	}{
		{"3", "6m0s", 3, 6 * time.Minute},
		{"0", "12ms", 0, 12 * time.Millisecond},
		{"7", "1.5", 7, 1500 * time.Millisecond},
		{"0", "1795413660", 0, time.Minute},
		{"0", "1795499999", -1, 0},
		{"", "1s", -1, 0},
		{"-1", "1s", -1, 0},
		{"3", "", -1, 0},
		{"many", "1s", -1, 0},
	} {
		h := http.Header{}
		h.Set("x-ratelimit-remaining-tokens", c.left)
		h.Set("x-ratelimit-reset-tokens", c.reset)
		got, want := remainingOf(h, "tokens", time.Unix(1_795_413_600, 0)), &left{c.want, millis(c.whole)}
		if c.want < 0 {
			want = nil
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q, %q: got %v, want %v", c.left, c.reset, got, want)
		}
	}
}

func TestTokensAreEstimatedOnTheSafeSide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body     string
		atLeast  int
		atMost   int
		whatever string
	}{
		{`{"max_tokens":300,"messages":[{"content":"` + strings.Repeat("word ", 400) + `"}]}`, 800, 1000, "input and output"},
		{`{"max_completion_tokens":300}`, 300, 330, "the newer name"},
		{`{"max_tokens":100,"n":3}`, 300, 330, "several answers"},
		{`{}`, unboundedCompletion, unboundedCompletion + 10, "no bound"},
		{`not json`, unboundedCompletion, unboundedCompletion + 10, "not understood"},
		{`{"max_tokens":999999999999}`, maxTokens, maxTokens + 100, "absurd"},
	} {
		if got := estimateTokens([]byte(c.body)); got < c.atLeast || got > c.atMost {
			t.Errorf("%s: got %d, want %d to %d", c.whatever, got, c.atLeast, c.atMost)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(429, `{"error":{"code":"insufficient_quota"}}`, "5", "3")
	f.Add(403, `{"error":{"errors":[{"reason":"rateLimitExceeded"}]}}`, "-1e9", "1")
	f.Add(200, `{"usage":{"prompt_tokens":1e99,"completion_tokens":-4}}`, "", "9999999999999999999")
	f.Fuzz(func(t *testing.T, status int, body, after, left string) {
		h := http.Header{}
		h.Set("Retry-After", after)
		h.Set("X-Ratelimit-Remaining-Requests", left)
		h.Set("X-Ratelimit-Reset-Requests", after)
		resp := &http.Response{StatusCode: status, Header: h}
		for _, read := range []func(*http.Response, []byte, time.Time) answer{readGoogle, readOpenAI} {
			a := read(resp, []byte(body), time.Unix(0, 0))
			if a.Hold < 0 || a.hold() > maxHold {
				t.Errorf("hold of %v", a.hold())
			}
			if used := a.prompt + a.completion; used < 0 || used > 2*maxTokens {
				t.Errorf("usage of %d", used)
			}
		}
	})
}
