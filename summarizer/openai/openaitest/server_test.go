package openaitest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"go.uber.org/goleak"

	"foreday/summarizer/openai/openaitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const question = `{"events":[{"id":"e1","title":"Dentist"},{"id":"e2","title":"Team sync"}],` +
	`"facts":[{"id":"f1","kind":"first_time","of":"e1"},{"id":"f2","kind":"cancelled","of":"e2"},{"id":"f3","kind":"busier"}]}`

// bundle is a server with the real client in front of it.
type bundle struct {
	*openaitest.Server
	*openai.Client
	listener *httptest.Server
}

func setup(t *testing.T, c openaitest.Config, key string) bundle {
	t.Helper()
	server := openaitest.New(c)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	config := openai.DefaultConfig(key)
	config.BaseURL = listener.URL + "/v1"
	config.HTTPClient = listener.Client()
	return bundle{server, openai.NewClientWithConfig(config), listener}
}

func request(maxTokens int) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{Model: "gpt-4o-mini", MaxCompletionTokens: maxTokens, Messages: []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: "Write."},
		{Role: openai.ChatMessageRoleUser, Content: question},
	}}
}

func withSchema(r openai.ChatCompletionRequest, schema string) openai.ChatCompletionRequest {
	r.ResponseFormat = &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "day", Schema: json.RawMessage(schema), Strict: true},
	}
	return r
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func TestTheAnswerFitsWhateverSchemaIsAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"texts": {`{"type":"object","properties":{"headline":{"type":"string"},"lines":{"type":"array","items":{"type":"object",
			"properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}}},
			"required":["headline","lines"],"additionalProperties":false}`,
			`{"headline":"Your day","lines":[{"text":"Dentist"},{"text":"Team sync"}]}`},
		"lists of IDs": {`{"type":"object","properties":{
			"lead":{"type":"array","items":{"type":"string","enum":["e1","e2"]}},
			"parts":{"type":"array","items":{"type":"array","items":{"type":"string","enum":["e1","e2","f1","f2","f3"]}}}},
			"required":["lead","parts"],"additionalProperties":false}`,
			`{"lead":["e2","e1"],"parts":[["e1","f1"],["e2","f2"],["f3"]]}`},
		"only what is allowed": {`{"type":"object","properties":{"parts":{"type":"array","items":{"type":"object",
			"properties":{"ids":{"type":"array","items":{"type":"string","enum":["e1","f2"]}}},"required":["ids"],"additionalProperties":false}}},
			"required":["parts"],"additionalProperties":false}`,
			`{"parts":[{"ids":["e1"]},{"ids":["f2"]}]}`},
		"other types": {`{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"integer"},"c":{"enum":["x","y"]},
			"d":{"anyOf":[{"type":"null"},{"type":"string"}]},"e":{"const":7}},"required":["a","b","c","d","e"],"additionalProperties":false}`,
			`{"a":false,"b":2,"c":"x","d":null,"e":7}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, openaitest.Config{}, "any")
			resp, err := b.CreateChatCompletion(t.Context(), withSchema(request(500), c.schema))
			if err != nil {
				t.Fatal(err)
			}
			if got := resp.Choices[0].Message.Content; got != c.want || resp.Choices[0].FinishReason != openai.FinishReasonStop {
				t.Errorf("got\n%s (%s)\nwant\n%s", got, resp.Choices[0].FinishReason, c.want)
			}
			u := resp.Usage
			if u.PromptTokens == 0 || u.CompletionTokens != openaitest.Tokens(c.want) || u.TotalTokens != u.PromptTokens+u.CompletionTokens {
				t.Errorf("usage is %+v", u)
			}
			if id := resp.Header().Get("X-Request-Id"); !strings.HasPrefix(id, "req_") {
				t.Errorf("the request's ID is %q", id)
			}
		})
	}
}

func TestWithoutASchemaTheExampleInThePromptIsFollowed(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	r := request(500)
	for instructions, want := range map[string]string{
		`Answer like {"lead":["e7"],"parts":[["e7","f9"]]}.`: `{"lead":["e2","e1"],"parts":[["e1","f1"],["e2","f2"],["f3"]]}`,
		"Write a poem {in verse}.":                           "There are 2 events.",
	} {
		r.Messages[0].Content = instructions
		resp, err := b.CreateChatCompletion(t.Context(), r)
		if err != nil || resp.Choices[0].Message.Content != want {
			t.Errorf("%s: %+v, %v; want %s", instructions, resp.Choices, err, want)
		}
	}
}

func TestParametersAreRefusedOnlyWhereTheyAre(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	b.Inject(openaitest.Fault{Kind: openaitest.RefuseMaxCompletionTokens})
	_, err := b.CreateChatCompletion(t.Context(), request(100))
	var refused *openai.APIError
	if !errors.As(err, &refused) || refused.HTTPStatusCode != 400 {
		t.Errorf("with the parameter: %v", err)
	}
	if _, err := b.CreateChatCompletion(t.Context(), request(0)); err != nil {
		t.Errorf("without the parameter: %v", err)
	}
}

func TestReasoningUsesUpTheTokensAllowed(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	b.Inject(openaitest.Fault{Kind: openaitest.Reasoning, Tokens: 300})
	for allowed, want := range map[int]openai.FinishReason{200: openai.FinishReasonLength, 400: openai.FinishReasonStop} {
		resp, err := b.CreateChatCompletion(t.Context(), request(allowed))
		if err != nil || resp.Choices[0].FinishReason != want || resp.Usage.CompletionTokens > allowed {
			t.Errorf("%d tokens: %+v, %v; want it to finish for %s", allowed, resp, err, want)
		}
	}
}

func TestWhatOpenAIRefusesIsRefused(t *testing.T) {
	t.Parallel()
	c := openaitest.Config{Key: "right", Models: []string{"gpt-4o-mini"}}
	for name, a := range map[string]struct {
		key    string
		change func(*openai.ChatCompletionRequest)
		status int
		code   any
	}{
		"a wrong key":      {"wrong", func(*openai.ChatCompletionRequest) {}, 401, "invalid_api_key"},
		"no key":           {"", func(*openai.ChatCompletionRequest) {}, 401, "invalid_api_key"},
		"an unknown model": {"right", func(r *openai.ChatCompletionRequest) { r.Model = "gpt-none" }, 404, "model_not_found"},
		"no message":       {"right", func(r *openai.ChatCompletionRequest) { r.Messages = nil }, 400, ""},
		"a schema that is not strict": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`)
		}, 400, ""},
		"a schema with an optional property": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}`)
		}, 400, ""},
		"a schema with a hole": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"type":"object","properties":{"a":null},"required":["a"],"additionalProperties":false}`)
		}, 400, ""},
		"a choice among nothing": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"type":"array","items":{"type":"string","enum":[]}}`)
		}, 400, ""},
		"an array of nothing": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"type":"array"}`)
		}, 400, ""},
		"a schema that refers to itself for ever": {"right", func(r *openai.ChatCompletionRequest) {
			*r = withSchema(*r, `{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}`)
		}, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, c, a.key)
			r := request(100)
			a.change(&r)
			_, err := b.CreateChatCompletion(t.Context(), r)
			var refused *openai.APIError
			if !errors.As(err, &refused) || refused.HTTPStatusCode != a.status || refused.Code != a.code {
				t.Errorf("got %v (%+v), want status %d, code %v", err, refused, a.status, a.code)
			}
			if n := b.Counts().Answered; n != 0 {
				t.Errorf("%d were answered", n)
			}
		})
	}
}

func TestModelsAreListed(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{Models: []string{"a", "b"}}, "any")
	list, err := b.ListModels(t.Context())
	if err != nil || len(list.Models) != 2 || list.Models[1].ID != "b" {
		t.Errorf("ListModels = %+v, %v", list, err)
	}
	if m, err := b.GetModel(t.Context(), "a"); err != nil || m.ID != "a" {
		t.Errorf("GetModel = %+v, %v", m, err)
	}
	if _, err := b.GetModel(t.Context(), "c"); err == nil {
		t.Error("a model that there is not was found")
	}
}

func TestNoWindowHoldsMoreRequestsThanAllowed(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := setup(t, openaitest.Config{Now: now.Now, RPM: 2}, "any")
	ask := func() (openai.ChatCompletionResponse, error) { return b.CreateChatCompletion(t.Context(), request(10)) }
	for remaining := 1; remaining >= 0; remaining-- {
		resp, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		if h := resp.GetRateLimitHeaders(); h.LimitRequests != 2 || h.RemainingRequests != remaining {
			t.Errorf("the headers say %+v, want %d remaining", h, remaining)
		}
		now.advance(20 * time.Second)
	}
	resp, err := ask() // at 40 s; requests stand at 0, 20
	limited(t, err, "requests")
	if got := resp.Header().Get("Retry-After-Ms"); got != "40000" {
		t.Errorf("Retry-After-Ms is %s: the failed request counts, so the next to leave is that of 20 s, at 80 s", got)
	}
	now.advance(39999 * time.Millisecond)
	_, err = ask() // the failed one is in the window still, and now this one
	limited(t, err, "requests")
	now.advance(time.Minute)
	if _, err := ask(); err != nil {
		t.Errorf("after a quiet minute: %v", err)
	}
	if c := b.Counts(); c.Requests != 5 || c.Answered != 3 || c.LimitedRequests != 2 {
		t.Errorf("counted %+v", c)
	}
}

func TestNoWindowHoldsMoreTokensThanAllowed(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := setup(t, openaitest.Config{Now: now.Now, TPM: 1000}, "any")
	resp, err := b.CreateChatCompletion(t.Context(), request(900))
	if err != nil {
		t.Fatal(err)
	}
	left := 1000 - resp.Usage.TotalTokens
	if h := resp.GetRateLimitHeaders(); h.RemainingTokens != left {
		t.Errorf("%d tokens remain, want the %d that were not used", h.RemainingTokens, left)
	}
	if _, err = b.CreateChatCompletion(t.Context(), request(900)); err != nil {
		limited(t, err, "tokens")
	} else {
		t.Error("a request was let in that may use more than is left")
	}
	if _, err := b.CreateChatCompletion(t.Context(), request(100)); err != nil {
		t.Errorf("a request that fits: %v", err)
	}
	now.advance(time.Minute)
	if _, err := b.CreateChatCompletion(t.Context(), request(900)); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	_, err = b.CreateChatCompletion(t.Context(), request(2000))
	limited(t, err, "tokens")
}

func limited(t *testing.T, err error, by string) {
	t.Helper()
	var refused *openai.APIError
	if !errors.As(err, &refused) || refused.HTTPStatusCode != 429 || refused.Code != "rate_limit_exceeded" || refused.Type != by {
		t.Errorf("got %v (%+v), want it limited by %s", err, refused, by)
	}
}

func TestFaultsHitWhatTheyAreMeantFor(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	b.Inject(openaitest.Fault{Kind: openaitest.ServerError, Match: "no such text"})
	b.Inject(openaitest.Fault{Kind: openaitest.ServerError, Match: "Dentist", Times: 2})
	for i := range 3 {
		_, err := b.CreateChatCompletion(t.Context(), request(100))
		if failed := err != nil; failed != (i < 2) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	b.Inject(openaitest.Fault{Kind: openaitest.Overloaded, Fraction: 0.5})
	failed := 0
	for range 100 {
		if _, err := b.CreateChatCompletion(t.Context(), request(100)); err != nil {
			failed++
		}
	}
	if failed < 30 || failed > 70 {
		t.Errorf("%d of 100 requests failed, want about half", failed)
	}
	b.Heal()
	if _, err := b.CreateChatCompletion(t.Context(), request(100)); err != nil {
		t.Errorf("after Heal: %v", err)
	}
	if c := b.Counts(); c.Faulted != failed+2 {
		t.Errorf("%d faults counted of %d", c.Faulted, failed+2)
	}
}

func TestEveryFaultKindHasItsName(t *testing.T) {
	t.Parallel()
	for _, kind := range openaitest.FaultKinds() {
		if got, err := openaitest.ParseFaultKind(string(kind)); err != nil || got != kind {
			t.Errorf("ParseFaultKind(%q) = %v, %v", kind, got, err)
		}
	}
	if _, err := openaitest.ParseFaultKind("gremlins"); err == nil {
		t.Error("gremlins are a fault")
	}
}

func TestADelayEndsWithTheClient(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{Delay: time.Hour}, "any")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.CreateChatCompletion(ctx, request(100)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTheAnswerIsCutAtTheTokensAllowed(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	resp, err := b.CreateChatCompletion(t.Context(), request(3))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Choices[0].FinishReason != openai.FinishReasonLength || resp.Usage.CompletionTokens > 3 {
		t.Errorf("got %q with %d tokens", resp.Choices[0].FinishReason, resp.Usage.CompletionTokens)
	}
}

func TestRubbishIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	for path, want := range map[string]int{
		"/v1/chat/completions": http.StatusBadRequest,
		"/v1/embeddings":       http.StatusNotFound,
	} {
		for _, body := range []string{"", "{", "[]", `{"messages":7}`, strings.Repeat("[", 10_000)} {
			resp, err := b.listener.Client().Post(b.listener.URL+path, "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if resp.Body.Close() != nil || resp.StatusCode != want {
				t.Errorf("POST %s %.20q: %d, want %d", path, body, resp.StatusCode, want)
			}
		}
	}
}

func TestPromptsAreKeptButNotWithoutEnd(t *testing.T) {
	t.Parallel()
	b := setup(t, openaitest.Config{}, "any")
	for range 300 {
		if _, err := b.CreateChatCompletion(t.Context(), request(100)); err != nil {
			t.Fatal(err)
		}
	}
	kept := b.Requests()
	if len(kept) != 256 || kept[0].Messages[1].Content != question {
		t.Errorf("%d requests were kept", len(kept))
	}
}
