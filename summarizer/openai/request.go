package openai

import (
	"context"
	"errors"
	"io"
	"net/url"

	openai "github.com/sashabaranov/go-openai"
)

// temperature is low, since the same day should read the same. Zero would be
// left out of the request by the client and mean 1.
const temperature = 0.2

// settings returns what all requests share. Models that reason before they
// answer take no temperature; the client knows which these are.
func settings(c Config) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{
		Model:               c.Model,
		Temperature:         temperature,
		MaxCompletionTokens: c.MaxTokens,
		Seed:                c.Seed,
		ResponseFormat: &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "summary", Schema: answerSchema, Strict: true},
		},
	}
	if openai.NewReasoningValidator().Validate(r) != nil {
		r.Temperature = 0
	} else if c.BaseURL != "" {
		r.MaxCompletionTokens = 0
		//lint:ignore SA1019 servers other than OpenAI's may know the limit by its old name only
		r.MaxTokens = c.MaxTokens
	}
	return r
}

// ask puts the conversation to the model and returns what it wrote.
func (w *Writer) ask(ctx context.Context, talk []openai.ChatCompletionMessage) (string, *refusal, error) {
	callCtx, cancel := context.WithTimeout(ctx, w.config.Timeout)
	defer cancel()
	request := w.settings
	request.Messages = talk
	resp, err := w.client.CreateChatCompletion(callCtx, request)
	if err != nil {
		if reason, ok := unreadable(err); ok && callCtx.Err() == nil {
			return "", &refusal{reason: reason}, nil
		}
		return "", nil, w.classify(err, resp.Header())
	}
	w.config.Usage(ctx, resp.Usage.PromptTokens, resp.Usage.CompletionTokens)
	return written(resp)
}

// written returns what the model wrote, if it came to an end with it.
func written(resp openai.ChatCompletionResponse) (string, *refusal, error) {
	if len(resp.Choices) == 0 {
		return "", &refusal{reason: Empty}, nil
	}
	choice := resp.Choices[0]
	content := choice.Message.Content
	refuse := func(r Reason, advice ...string) (string, *refusal, error) {
		return "", &refusal{reason: r, content: content, advice: advice}, nil
	}
	switch {
	case choice.FinishReason == openai.FinishReasonContentFilter:
		return refuse(Filtered)
	case choice.Message.Refusal != "":
		return refuse(Declined)
	case choice.FinishReason == openai.FinishReasonLength:
		return refuse(Cut, "it was cut off for its length: write fewer and shorter sentences")
	case content == "":
		return refuse(Empty)
	case choice.FinishReason != openai.FinishReasonStop:
		return refuse(Unreadable)
	}
	return content, nil, nil
}

// unreadable reports whether err says that the server answered "200 OK" and then
// sent something that is no answer.
func unreadable(err error) (Reason, bool) {
	var connection *url.Error
	status, _ := statusOf(err)
	switch {
	case status != 0, errors.As(err, &connection): // whatever is inside of these
		return "", false
	case errors.Is(err, errOversized):
		return Oversized, true
	case errors.Is(err, io.EOF):
		return Empty, true
	case isDecoding(err):
		return Unreadable, true
	}
	return "", false
}
