package openai

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// completion is what a server sent with a status of success, as far as it matters.
// What has another type than it should is left at zero, since servers differ.
type completion struct {
	Error   any
	Choices []struct {
		Message struct {
			Content, Refusal any
			Thoughts         any `json:"reasoning_content"`
		}
		FinishReason string `json:"finish_reason"`
	}
	Usage openai.Usage
}

// readCompletion returns the completion as the client understands it.
func readCompletion(resp *http.Response, body []byte) (out openai.ChatCompletionResponse, err error) {
	var c completion
	err = json.Unmarshal(body, &c)
	for _, choice := range c.Choices[:min(len(c.Choices), 1)] {
		finish := openai.FinishReason(choice.FinishReason)
		if finish != openai.FinishReasonLength && finish != openai.FinishReasonContentFilter {
			finish = openai.FinishReasonStop // called "eos", "eos_token" or nothing by some
		}
		out.Choices = []openai.ChatCompletionChoice{{FinishReason: finish, Message: openai.ChatCompletionMessage{
			Role: openai.ChatMessageRoleAssistant, Refusal: textOf(choice.Message.Refusal),
			// Some servers take all that a model writes for its thoughts.
			Content: cmp.Or(textOf(choice.Message.Content), textOf(choice.Message.Thoughts)),
		}}}
	}
	out.Usage.PromptTokens, out.Usage.CompletionTokens = max(c.Usage.PromptTokens, 0), max(c.Usage.CompletionTokens, 0)
	switch {
	case errors.As(err, new(*json.SyntaxError)) && len(bytes.TrimSpace(body)) > 0:
		return out, &Refused{Reason: Unreadable}
	case c.Error != nil && (out.Choices == nil || out.Choices[0].Message.Content == ""):
		return out, newFailure(resp, body)
	case out.Choices == nil:
		return out, &Refused{Reason: Empty}
	}
	return out, nil
}

// textOf returns a text that comes as such, or as a list of parts with texts.
func textOf(content any) string {
	switch v := content.(type) {
	case string:
		return v
	case []any:
		var all strings.Builder
		for _, part := range v {
			fields, _ := part.(map[string]any)
			all.WriteString(textOf(fields["text"]))
		}
		return all.String()
	}
	return ""
}

// failure is an error that a server told. Its text holds nothing of the server's,
// since some repeat the request, or part of the key.
type failure struct {
	status int
	header http.Header
	code   string // the server's word for it, as "insufficient_quota"; not to be logged
	told   string // all that it said, what it blames first; not to be logged
}

func (e *failure) Error() string { return fmt.Sprintf("HTTP %d", e.status) }

// newFailure reads a server's error, which is told in a field of that name, or at the
// top. With a status of success, the one that the error tells of counts.
func newFailure(resp *http.Response, body []byte) *failure {
	type saying struct {
		Code        any
		Type, Param string
	}
	var said struct {
		saying
		Error *saying
	}
	_ = json.Unmarshal(body, &said) // what is of another type says nothing
	blame := cmp.Or(said.Error, &said.saying)
	word, _ := blame.Code.(string)
	f := &failure{resp.StatusCode, resp.Header, cmp.Or(word, blame.Type), strings.ToLower(blame.Param + "\n" + string(body))}
	if f.status < 300 {
		if f.status, _ = strconv.Atoi(fmt.Sprint(blame.Code)); f.status < 400 {
			f.status = http.StatusInternalServerError
		}
	}
	return f
}
