package openaitest

import (
	"encoding/json"
	"net/http"
)

// Request is a chat completion as it was asked for, as far as the server looks
// at it.
type Request struct {
	Model               string          `json:"model"`
	Messages            []Message       `json:"messages"`
	ResponseFormat      *ResponseFormat `json:"response_format"`
	MaxTokens           int             `json:"max_tokens"`
	MaxCompletionTokens int             `json:"max_completion_tokens"`
	Temperature         *float64        `json:"temperature"`
	Seed                *int            `json:"seed"`
	ReasoningEffort     string          `json:"reasoning_effort"`
	Stream              bool            `json:"stream"`
	N                   int             `json:"n"`
}

// Message is one turn of the conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// ResponseFormat asks for an answer by a schema.
type ResponseFormat struct {
	Type       string `json:"type"`
	JSONSchema *struct {
		Name   string          `json:"name"`
		Schema json.RawMessage `json:"schema"`
		Strict bool            `json:"strict"`
	} `json:"json_schema"`
}

// format returns the format that the answer is asked for in, "" if in any.
func (r Request) format() string {
	if r.ResponseFormat == nil || r.ResponseFormat.Type == "json_schema" && r.ResponseFormat.JSONSchema == nil {
		return ""
	}
	return r.ResponseFormat.Type
}

// schema returns that of the answer, nil if there is none or it is not one.
func (r Request) schema() *schema {
	var s *schema
	if r.format() != "json_schema" || json.Unmarshal(r.ResponseFormat.JSONSchema.Schema, &s) != nil {
		return nil
	}
	return s
}

// response is the answer to a chat completion.
type response struct {
	ID                string   `json:"id"`
	Object            string   `json:"object"`
	Created           int64    `json:"created"`
	Model             string   `json:"model"`
	Choices           []choice `json:"choices"`
	Usage             usage    `json:"usage"`
	SystemFingerprint string   `json:"system_fingerprint"`
}

type choice struct {
	Index        int     `json:"index"`
	Message      written `json:"message"`
	FinishReason any     `json:"finish_reason"`
}

// written is a message of the model's, whose content servers put in several ways.
type written struct {
	Role             string `json:"role"`
	Content          any    `json:"content"`
	Refusal          string `json:"refusal,omitempty"`
	ReasoningContent string `json:"reasoning_content,omitempty"`
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

type apiError struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
}

func unknownModel(id string) apiError {
	return apiError{Type: "invalid_request_error", Code: "model_not_found",
		Message: "The model `" + id + "` does not exist or you do not have access to it."}
}

func writeError(w http.ResponseWriter, status int, e apiError) {
	writeJSON(w, status, map[string]apiError{"error": e})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only the types of this file are written, and they marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client has gone if this fails, and nobody is left to tell
}

// Tokens estimates how many tokens a text has: a quarter of its bytes, rounded
// up. Real models count differently for each language, but not far from that in
// English.
func Tokens(text string) int { return (len(text) + 3) / 4 }

// promptTokens counts the conversation, the few tokens that go around each message,
// and the schema, which a model reads as well.
func (r Request) promptTokens() int {
	n := 3
	if r.format() == "json_schema" {
		n += Tokens(string(r.ResponseFormat.JSONSchema.Schema))
	}
	for _, m := range r.Messages {
		n += 4 + Tokens(m.Content)
	}
	return n
}

// allowed is the most tokens that the answer may have.
func (r Request) allowed() int { return max(r.MaxTokens, r.MaxCompletionTokens) }
