package openai

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	openai "github.com/sashabaranov/go-openai"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

//go:embed prompt.txt
var systemPrompt string // the same for every day and user

const (
	form        = 1   // is raised whenever the same day is put to the model in another way
	temperature = 0.2 // is low, for the same day to read the same; 0 would be left out and mean 1
	// The tokens that an answer may take. Plans are short; the rest is for models that
	// think a little before they answer. Those that reason at length get a large budget.
	baseBudget, budgetPerEvent, largeBudget = 400, 30, 10
)

// Planner plans summaries through a model. It is safe for concurrent use.
type Planner struct {
	config  Config
	client  *openai.Client
	version string
	verbose atomic.Bool // the model needs a large budget
}

var _ plan.Planner = (*Planner)(nil)

// New returns a Planner. Its errors name the setting that is wrong. It does not
// call the model.
func New(c Config) (*Planner, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	client := openai.DefaultConfig(c.APIKey)
	if c.BaseURL != "" {
		client.BaseURL = c.BaseURL
	}
	client.HTTPClient = &http.Client{Transport: &transport{base: c.Transport, habits: habits{oldNames: c.BaseURL != ""}}}
	settings := sha256.Sum256([]byte(encode([]any{c.MaxTokens, c.ReasoningEffort, c.Seed, temperature, systemPrompt, form})))
	version := fmt.Sprintf("openai:%s/%x", c.Model, settings[:8])
	return &Planner{config: c, client: openai.NewClientWithConfig(client), version: version}, nil
}

// Name returns "openai:" and the model's name.
func (p *Planner) Name() string { return "openai:" + p.config.Model }

// Version changes with the model, its settings, the prompt and the form of questions.
func (p *Planner) Version() string { return p.version }

// Plan asks the model to plan the day: once, unless the server refuses a parameter or
// the answer is cut off where more could be asked for. Both are remembered. The plan's
// indexes are those of the day, each at most once.
//
// Errors are *Error if a call failed, a summarizer.Deferred as well if a rate limit was
// why, and *Refused if the answer holds no plan. None holds anything of the calendar.
func (p *Planner) Plan(ctx context.Context, day facts.Day) (plan.Plan, error) {
	if len(day.Events) == 0 {
		return plan.Plan{}, nil // there is nothing to choose from
	}
	q, large := newQuestion(day), p.verbose.Load()
	made, err := p.ask(ctx, q, large)
	var refused *Refused
	if errors.As(err, &refused) && refused.Reason == Cut && !large && p.config.MaxTokens == 0 {
		p.verbose.Store(true)
		return p.ask(ctx, q, true)
	}
	return made, err
}

// ask puts the question once.
func (p *Planner) ask(ctx context.Context, q question, large bool) (plan.Plan, error) {
	callCtx, cancel := context.WithTimeout(ctx, p.config.Timeout)
	defer cancel()
	resp, err := p.client.CreateChatCompletion(callCtx, p.request(q, large))
	if err != nil {
		return plan.Plan{}, p.classify(err)
	}
	p.config.Usage(ctx, resp.Usage.PromptTokens, resp.Usage.CompletionTokens)
	choice := resp.Choices[0]
	if made, ok := q.read(choice.Message.Content); ok {
		return made, nil
	}
	reason := NotSchema
	switch {
	case choice.FinishReason == openai.FinishReasonContentFilter:
		reason = Filtered
	case choice.Message.Refusal != "":
		reason = Declined
	case choice.FinishReason == openai.FinishReasonLength:
		reason = Cut
	case choice.Message.Content == "":
		reason = Empty
	}
	return plan.Plan{}, p.refuse(reason)
}

// request puts the question with all that a server may take.
func (p *Planner) request(q question, large bool) openai.ChatCompletionRequest {
	budget := baseBudget + budgetPerEvent*len(q.Events)
	if large {
		budget *= largeBudget
	}
	schema := openai.ChatCompletionResponseFormatJSONSchema{Name: "plan", Schema: q.schema(), Strict: true}
	r := openai.ChatCompletionRequest{
		Model: p.config.Model, Temperature: temperature, Seed: p.config.Seed, ReasoningEffort: p.config.ReasoningEffort,
		MaxCompletionTokens: cmp.Or(p.config.MaxTokens, budget),
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: systemPrompt},
			{Role: openai.ChatMessageRoleUser, Content: encode(q)},
		},
		ResponseFormat: &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema, JSONSchema: &schema},
	}
	if openai.NewReasoningValidator().Validate(r) != nil {
		r.Temperature = 0 // the client itself refuses it for models of some names
	}
	return r
}

func (p *Planner) refuse(r Reason) error {
	p.config.Refused(r)
	return &Refused{p.op(), r}
}

func (p *Planner) op() string { return "plan summary with " + p.config.Model }
