package openai_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
)

// Whatever the server's habit, the plan is the model's, and the habit costs at most one
// more call, once.
func TestServersOfAllHabitsPlan(t *testing.T) {
	t.Parallel()
	want, err := setup(t).Plan(t.Context(), busy)
	if err != nil {
		t.Fatal(err)
	}
	for _, habit := range openaitest.Habits() {
		t.Run(string(habit), func(t *testing.T) {
			t.Parallel()
			seed := 7
			p := setup(t, func(c *openai.Config) { c.Seed, c.ReasoningEffort = &seed, "low" })
			p.server.Inject(openaitest.Fault{Kind: habit})
			for i := range 3 {
				made, err := p.Plan(t.Context(), busy)
				if err != nil || !reflect.DeepEqual(made, want) {
					t.Fatalf("plan %d: %+v, %v; want %+v", i+1, made, err, want)
				}
			}
			calls := 3
			if strings.HasPrefix(string(habit), "refuse_") && p.server.Counts().Faulted > 0 || habit == openaitest.Reasoning {
				calls = 4
			}
			if n := p.server.Counts().Requests; n != calls {
				t.Errorf("%d calls for 3 plans, want %d", n, calls)
			}
		})
	}
}

func TestWhatIsRefusedIsLeftOutOrReplaced(t *testing.T) {
	t.Parallel()
	seed := 7
	for name, c := range map[string]struct {
		refuses []openaitest.FaultKind
		calls   int
		sent    func(openaitest.Request) bool // in the last request
	}{
		"max_tokens": {[]openaitest.FaultKind{openaitest.RefuseMaxTokens}, 2,
			func(r openaitest.Request) bool {
				return r.MaxTokens == 0 && r.MaxCompletionTokens > 0 && r.Temperature != nil
			}},
		"both limits": {[]openaitest.FaultKind{openaitest.RefuseMaxTokens, openaitest.RefuseMaxCompletionTokens}, 3,
			func(r openaitest.Request) bool { return r.MaxTokens+r.MaxCompletionTokens == 0 }},
		"temperature": {[]openaitest.FaultKind{openaitest.RefuseTemperature}, 2,
			func(r openaitest.Request) bool { return r.Temperature == nil && r.MaxTokens > 0 }},
		"json_schema": {[]openaitest.FaultKind{openaitest.RefuseJSONSchema}, 2,
			func(r openaitest.Request) bool { return r.ResponseFormat.Type == "json_object" }},
		"all JSON": {[]openaitest.FaultKind{openaitest.RefuseJSONSchema, openaitest.RefuseJSONObject}, 3,
			func(r openaitest.Request) bool { return r.ResponseFormat == nil }},
		"everything": {[]openaitest.FaultKind{openaitest.RefuseMaxTokens, openaitest.RefuseMaxCompletionTokens, openaitest.RefuseTemperature,
			openaitest.RefuseSeed, openaitest.RefuseReasoningEffort, openaitest.RefuseJSONSchema, openaitest.RefuseJSONObject}, 8,
			func(r openaitest.Request) bool {
				return r.MaxTokens+r.MaxCompletionTokens == 0 && r.Temperature == nil && r.Seed == nil && r.ReasoningEffort == "" &&
					r.ResponseFormat == nil
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := setup(t, func(c *openai.Config) { c.Seed, c.ReasoningEffort = &seed, "low" })
			for _, kind := range c.refuses {
				p.server.Inject(openaitest.Fault{Kind: kind})
			}
			for range 2 {
				if _, err := p.Plan(t.Context(), busy); err != nil {
					t.Fatal(err)
				}
			}
			requests := p.server.Requests()
			if last := requests[len(requests)-1]; len(requests) != c.calls+1 || !c.sent(last) {
				t.Errorf("%d calls for 2 plans, want %d; the last is %+v", len(requests), c.calls+1, last)
			}
		})
	}
}

// These are the words of several servers.
func TestServersNameWhatTheyRefuseInTheirOwnWay(t *testing.T) {
	t.Parallel()
	for told, gone := range map[string]string{
		`{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":7}]}`:                          "seed",
		`{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'max_tokens')}]","type":"BadRequestError","code":400}`:         "max_tokens",
		`{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"temperature is deprecated\"}}"}}}`: "temperature",
		`{"error":{"message":"This model does not support response format ` + "`json_schema`" +
			`.","type":"invalid_request_error"}}`: "json_schema",
		`{"error":"'response_format.type' must be 'json_object' or 'text'"}`:                        "json_schema",
		`{"error":{"code":400,"message":"Failed to parse grammar","type":"invalid_request_error"}}`: "json_schema",
		`{"error":{"message":"reasoning is not supported by this model"}}`:                          "reasoning_effort",
		`max_tokens is too large`: "max_tokens",
	} {
		for _, status := range []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusOK} {
			if status == http.StatusOK && !strings.Contains(told, `{"error"`) {
				continue // nothing says that it is an error
			}
			server := openaitest.New(openaitest.Config{})
			calls := 0
			p := setupWith(t, server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls++; calls == 1 {
					w.WriteHeader(status)
					_, _ = w.Write([]byte(told))
					return
				}
				server.ServeHTTP(w, r)
			}), func(c *openai.Config) { seed := 7; c.Seed, c.ReasoningEffort = &seed, "low" })
			if _, err := p.Plan(t.Context(), busy); err != nil {
				t.Errorf("%d %s: %v", status, told, err)
				continue
			}
			r := server.Requests()[0]
			left := map[string]bool{"seed": r.Seed == nil, "max_tokens": r.MaxTokens == 0, "temperature": r.Temperature == nil,
				"json_schema": r.ResponseFormat.Type != "json_schema", "reasoning_effort": r.ReasoningEffort == ""}
			for name, out := range left {
				if out != (name == gone) {
					t.Errorf("%d %s: %s is left out: %v", status, told, name, out)
				}
			}
		}
	}
}

func TestAServerThatRefusesWhateverIsAskedIsNotAskedForEver(t *testing.T) {
	t.Parallel()
	calls := 0
	everything := "max_tokens max_completion_tokens temperature seed reasoning_effort response_format"
	p := setupWith(t, nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		http.Error(w, everything, http.StatusBadRequest)
	}))
	failure(t, p, busy)
	if first := calls; first > 6 {
		t.Errorf("the first plan made %d calls", first)
	}
	calls = 0
	var failed *openai.Error
	if err := failure(t, p, busy); !errors.As(err, &failed) || failed.Kind != openai.BadRequest || calls != 1 {
		t.Errorf("the second plan made %d calls: %v", calls, err)
	}
}

func TestWhatIsLearntServesAllWhoPlanAtTheSameTime(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.Inject(openaitest.Fault{Kind: openaitest.RefuseMaxTokens})
	p.server.Inject(openaitest.Fault{Kind: openaitest.RefuseJSONSchema})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := p.Plan(t.Context(), busy); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	last := p.server.Requests()
	if r := last[len(last)-1]; r.ResponseFormat == nil || r.ResponseFormat.Type != "json_object" || r.MaxCompletionTokens == 0 {
		t.Errorf("more is left out than was refused: %+v", r)
	}
}

func TestAModelThatReasonsIsGivenRoom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set, spends int
		want        []openai.Reason
		calls       int
	}{
		"little":             {0, 100, nil, 2},
		"much":               {0, 3000, []openai.Reason{openai.Cut}, 3},
		"more than is given": {0, 100_000, []openai.Reason{openai.Cut, openai.Cut, openai.Cut}, 3},
		"more than is set":   {500, 1000, []openai.Reason{openai.Cut, openai.Cut}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := setup(t, func(config *openai.Config) { config.MaxTokens = c.set })
			p.server.Inject(openaitest.Fault{Kind: openaitest.Reasoning, Tokens: c.spends})
			var err error
			for range 2 {
				_, err = p.Plan(t.Context(), busy)
			}
			if got := p.refused(); !slices.Equal(got, c.want) || p.server.Counts().Requests != c.calls {
				t.Errorf("refused for %v in %d calls, want %v in %d", got, p.server.Counts().Requests, c.want, c.calls)
			}
			if cut := len(c.want) > 1; cut != (err != nil) || cut && !strings.Contains(err.Error(), "FOREDAY_LLM_MAX_TOKENS") {
				t.Errorf("Plan: %v", err)
			}
		})
	}
}

func TestAWholePlanIsTakenThoughTheAnswerWasCut(t *testing.T) {
	t.Parallel()
	p := setup(t)
	p.server.Inject(openaitest.Fault{Kind: openaitest.Verbatim, Content: `{"lead":["e1"],"parts":[["e1","f1"]]}` +
		strings.Repeat("\n", 10_000)})
	if made, err := p.Plan(t.Context(), dentist); err != nil || len(made.Events()) != 1 {
		t.Errorf("Plan = %+v, %v", made, err)
	}
	p.server.Heal()
	p.server.Inject(openaitest.Fault{Kind: openaitest.CutAnswer})
	var refused *openai.Refused
	if err := failure(t, p, dentist); !errors.As(err, &refused) || refused.Reason != openai.Cut {
		t.Errorf("half a plan: %v", err)
	}
}
