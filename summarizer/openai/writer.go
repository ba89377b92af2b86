package openai

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	openai "github.com/sashabaranov/go-openai"

	"foreday/summarizer"
	"foreday/summarizer/plain"
)

// Writer writes summaries through a model. It is safe for concurrent use.
type Writer struct {
	config   Config
	client   *openai.Client
	settings openai.ChatCompletionRequest // what all requests share
	version  string
}

var _ summarizer.Writer = (*Writer)(nil)

// New returns a Writer. Its errors name the setting that is wrong. It does not
// call the model.
func New(c Config) (*Writer, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	client := openai.DefaultConfig(c.APIKey)
	if c.BaseURL != "" {
		client.BaseURL = c.BaseURL
	}
	client.HTTPClient = &http.Client{Transport: bounded{c.Transport}}
	w := &Writer{config: c, client: openai.NewClientWithConfig(client), settings: settings(c)}
	w.version = version(w.settings)
	return w, nil
}

// Name returns "openai:" and the model's name.
func (w *Writer) Name() string { return "openai:" + w.config.Model }

// Version changes with the model, its settings and the prompt.
func (w *Writer) Version() string { return w.version }

func version(settings openai.ChatCompletionRequest) string {
	b, err := json.Marshal([]any{settings, systemPrompt, plain.Writer{}.Version()})
	if err != nil {
		panic(err) // strings, numbers and a constant schema always marshal
	}
	sum := sha256.Sum256(b)
	return fmt.Sprintf("openai:%s/%x", settings.Model, sum[:8])
}

// Write asks the model for the text, once more if the first answer is not
// acceptable, and returns text only that check vouches for. A brief without
// novel events is worded by package plain and costs no call.
//
// Errors are *Error if a call failed, a summarizer.Putoff as well if a rate
// limit was the reason, and *Refused if the answers were not acceptable. None
// holds anything of the calendar.
func (w *Writer) Write(ctx context.Context, b summarizer.Brief) (summarizer.Text, error) {
	if len(b.Novel) == 0 {
		text, err := plain.Writer{}.Write(ctx, b)
		text.Writer = summarizer.PlainWriter
		return text, err
	}
	p := newPrompt(b)
	talk := []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: systemPrompt},
		{Role: openai.ChatMessageRoleUser, Content: p.json()},
	}
	text, first, err := w.attempt(ctx, p, talk)
	if err != nil || first == nil {
		return text, err
	}
	if first.final() {
		return summarizer.Text{}, &Refused{w.op(), first.reason}
	}
	text, second, err := w.attempt(ctx, p, append(talk, first.repair()...))
	switch {
	case err != nil && ctx.Err() == nil:
		// The repair could not be asked for. That is no reason to come back
		// and pay for the same refused answer again.
		return summarizer.Text{}, &Refused{w.op(), first.reason}
	case err != nil:
		return summarizer.Text{}, err
	case second != nil:
		return summarizer.Text{}, &Refused{w.op(), second.reason}
	}
	return text, nil
}

// attempt asks once. The answer is either text or a refusal.
func (w *Writer) attempt(ctx context.Context, p prompt, talk []openai.ChatCompletionMessage) (summarizer.Text, *refusal, error) {
	content, refused, err := w.ask(ctx, talk)
	if err != nil {
		return summarizer.Text{}, nil, err
	}
	var text summarizer.Text
	if refused == nil {
		text, refused = judge(p, content)
	}
	if refused != nil {
		w.config.Refused(refused.reason)
		return summarizer.Text{}, refused, nil
	}
	return text, nil, nil
}

func (w *Writer) op() string { return "write summary with " + w.config.Model }

// judge turns what the model wrote into text, or says why not.
func judge(p prompt, content string) (summarizer.Text, *refusal) {
	a, err := parse(content)
	if err != nil {
		return summarizer.Text{}, &refusal{reason: NotSchema, content: content, advice: []string{err.Error()}}
	}
	text, flaws := check(p, a)
	if len(flaws) == 0 {
		return text, nil
	}
	r := &refusal{reason: flaws[0].reason, content: content}
	for _, f := range flaws {
		r.advice = append(r.advice, f.advice)
	}
	return summarizer.Text{}, r
}
