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
	Stream              bool            `json:"stream"`
	N                   int             `json:"n"`
}

// Message is one turn of the conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
	Refusal string `json:"refusal,omitempty"`
}

// ResponseFormat asks for an answer by a schema.
type ResponseFormat struct {
	Type       string `json:"type"`
	JSONSchema *struct {
		Name   string  `json:"name"`
		Schema *schema `json:"schema"`
		Strict bool    `json:"strict"`
	} `json:"json_schema"`
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
	Message      Message `json:"message"`
	FinishReason string  `json:"finish_reason"`
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

// promptTokens counts the conversation and the few tokens that go around each
// message.
func (r Request) promptTokens() int {
	n := 3
	for _, m := range r.Messages {
		n += 4 + Tokens(m.Content)
	}
	return n
}

// allowed is the most tokens that the answer may have.
func (r Request) allowed() int { return max(r.MaxTokens, r.MaxCompletionTokens) }
