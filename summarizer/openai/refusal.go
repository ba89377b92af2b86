package openai

import (
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// refusal is an answer that was not accepted.
type refusal struct {
	reason  Reason
	content string   // what the model wrote, if anything
	advice  []string // what it should do about it
}

// final reports whether the model would only say the same again.
func (r *refusal) final() bool {
	return r.reason == Filtered || r.reason == Declined || r.reason == Oversized
}

// maxQuoted bounds, in bytes, how much of a refused answer is shown to the model.
const maxQuoted = 4096

// repair returns what to add to the conversation so that the model does better.
// It is empty if nothing of the answer could be read: then the same is asked
// again.
func (r *refusal) repair() []openai.ChatCompletionMessage {
	if len(r.advice) == 0 {
		return nil
	}
	content := r.content
	if len(content) > maxQuoted {
		content = strings.ToValidUTF8(content[:maxQuoted], "") + "…"
	}
	advice := "That answer was refused:\n- " + strings.Join(r.advice, "\n- ") + "\nAnswer again, for the same day, by the same rules."
	return []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleAssistant, Content: content},
		{Role: openai.ChatMessageRoleUser, Content: advice},
	}
}
