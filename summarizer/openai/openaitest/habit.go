package openaitest

import (
	"bytes"
	"net/http"
	"strings"
)

// Habits of servers and models other than the original. Each was met in public reports.
const (
	FinishEOS      FaultKind = "finish_eos"       // finish_reason "eos"
	FinishEOSToken FaultKind = "finish_eos_token" // finish_reason "eos_token"
	FinishNull     FaultKind = "finish_null"      // finish_reason null
	ContentParts   FaultKind = "content_parts"    // content is a list of parts, of which one is thoughts
	ThoughtsOnly   FaultKind = "thoughts_only"    // the answer is in reasoning_content
	Thoughts       FaultKind = "thoughts"         // <think>…</think> before the answer
	Fenced         FaultKind = "fenced"           // the answer in a Markdown fence
	ProseAround    FaultKind = "prose_around"     // prose before and after the answer
	NumericIDs     FaultKind = "numeric_ids"      // events' IDs without their letter
	Reasoning      FaultKind = "reasoning"        // Fault.Tokens of the output are spent before the answer

	// Parameters that are refused if the request has them.
	RefuseMaxTokens           FaultKind = "refuse_max_tokens"
	RefuseMaxCompletionTokens FaultKind = "refuse_max_completion_tokens"
	RefuseTemperature         FaultKind = "refuse_temperature"
	RefuseSeed                FaultKind = "refuse_seed"
	RefuseReasoningEffort     FaultKind = "refuse_reasoning_effort"
	RefuseJSONSchema          FaultKind = "refuse_json_schema"
	RefuseJSONObject          FaultKind = "refuse_json_object"
	RefuseReferences          FaultKind = "refuse_references" // $ref and $defs in a schema
)

// Habits lists those of servers and models that do answer.
func Habits() []FaultKind {
	return []FaultKind{
		FinishEOS, FinishEOSToken, FinishNull, ContentParts, ThoughtsOnly, Thoughts, Fenced, ProseAround, NumericIDs, Reasoning,
		RefuseMaxTokens, RefuseMaxCompletionTokens, RefuseTemperature, RefuseSeed, RefuseReasoningEffort, RefuseJSONSchema, RefuseJSONObject,
		RefuseReferences,
	}
}

// refusable says which requests have what a kind refuses.
var refusable = map[FaultKind]func(Request) bool{
	RefuseMaxTokens:           func(r Request) bool { return r.MaxTokens > 0 },
	RefuseMaxCompletionTokens: func(r Request) bool { return r.MaxCompletionTokens > 0 },
	RefuseTemperature:         func(r Request) bool { return r.Temperature != nil },
	RefuseSeed:                func(r Request) bool { return r.Seed != nil },
	RefuseReasoningEffort:     func(r Request) bool { return r.ReasoningEffort != "" },
	RefuseJSONSchema:          func(r Request) bool { return r.format() == "json_schema" },
	RefuseJSONObject:          func(r Request) bool { return r.format() == "json_object" },
	RefuseReferences: func(r Request) bool {
		return r.format() == "json_schema" && bytes.Contains(r.ResponseFormat.JSONSchema.Schema, []byte(`"$ref"`))
	},
}

// refuseParameter answers in the words of the servers that do so.
func (f Fault) refuseParameter(w http.ResponseWriter) bool {
	e := apiError{Type: "invalid_request_error"}
	name, ok := strings.CutPrefix(string(f.Kind), "refuse_")
	switch f.Kind {
	case RefuseJSONSchema:
		e.Message = "This response_format type is unavailable now"
	case RefuseJSONObject:
		e.Message = "'response_format.type' must be 'json_schema' or 'text'"
	case RefuseReferences:
		e.Message = "Failed to build a grammar: $ref is not supported"
	case RefuseMaxTokens:
		e.Param, e.Code = &name, "unsupported_parameter"
		e.Message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
	case RefuseTemperature:
		e.Param, e.Code = &name, "unsupported_value"
		e.Message = "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported."
	default:
		e.Message = "Unrecognized request argument supplied: " + name
	}
	if ok {
		writeError(w, http.StatusBadRequest, e)
	}
	return ok
}

// spends returns how many tokens the model thinks for before it answers.
func (f Fault) spends() int {
	switch {
	case f.Kind != Reasoning:
		return 0
	case f.Tokens > 0:
		return f.Tokens
	}
	return 1000
}

// dress puts the answer into the form that the habit has.
func (f Fault) dress(r *response) {
	c := &r.Choices[0]
	content, _ := c.Message.Content.(string)
	switch f.Kind {
	case FinishEOS:
		c.FinishReason = "eos"
	case FinishEOSToken:
		c.FinishReason = "eos_token"
	case FinishNull:
		c.FinishReason = nil
	case ContentParts:
		c.Message.Content = []map[string]any{
			{"type": "thinking", "thinking": []map[string]any{{"type": "text", "text": "Perhaps {}?"}}},
			{"type": "text", "text": content[:len(content)/2]}, {"type": "text", "text": content[len(content)/2:]},
		}
	case ThoughtsOnly:
		c.Message.Content, c.Message.ReasoningContent = nil, content
	}
}
