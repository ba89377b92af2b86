package quota

import (
	"encoding/json"
	"net/http"
	"time"

	"foreday/summarizer/loggable"
)

// readOpenAI tells what an answer of an OpenAI-compatible service says about
// its limits and about the tokens it took.
func readOpenAI(resp *http.Response, body []byte, now time.Time) answer {
	a := answer{outcome: outcomeOf(resp.StatusCode)}
	a.LeftRequests, a.LeftTokens = remainingOf(resp.Header, "requests", now), remainingOf(resp.Header, "tokens", now)
	var said struct {
		Usage struct {
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
		} `json:"usage"`
		Error struct {
			Code any    `json:"code"`
			Type string `json:"type"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil {
		if u := said.Usage; u.Prompt >= 0 && u.Completion >= 0 {
			a.prompt, a.completion = min(u.Prompt, maxTokens), min(u.Completion, maxTokens)
		}
		a.reason = loggable.Code(said.Error.Type)
		if said.Error.Code == insufficientQuota || said.Error.Type == insufficientQuota {
			a.outcome, a.reason, a.NoCredit = exhausted, insufficientQuota, true
		}
	}
	a.readRetryAfter(resp, now)
	return a
}

const insufficientQuota = "insufficient_quota"

// Without a bound in the request, a completion is taken to be this long.
const unboundedCompletion = 1024

// estimateTokens returns how many tokens a completion may take: the input, at
// four bytes a token with a tenth for safety, and all the output it allows.
// Services count the allowed output too when they judge whether to let it in.
func estimateTokens(body []byte) int {
	var asked struct {
		MaxTokens           int `json:"max_tokens"`
		MaxCompletionTokens int `json:"max_completion_tokens"`
		N                   int `json:"n"`
	}
	output := unboundedCompletion
	if json.Unmarshal(body, &asked) == nil {
		if m := max(asked.MaxTokens, asked.MaxCompletionTokens); m > 0 {
			output = min(m, maxTokens)
		}
		output *= min(max(asked.N, 1), 128)
	}
	return len(body)*11/40 + 1 + output
}

// maxTokens bounds what a request or an answer can claim.
const maxTokens = 1 << 24
