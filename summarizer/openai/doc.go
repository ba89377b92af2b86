// Package openai plans summaries through an OpenAI-compatible model, by way of
// github.com/sashabaranov/go-openai. It is a client and nothing else: what is true of
// a day is found by package facts, and told in words by others.
//
//	facts.Day ─► question ─► transport ─► server ─► transport ─► answer ─► plan.Plan
//
// A model chooses among the IDs of the day's events and facts (question.go), by a
// schema that allows for nothing else. Its answer is read as leniently as can be
// (answer.go), since no character of it reaches anybody: whatever does not name
// something of the day is passed over. So a title that is an instruction can at most
// change an order, and an invention has no effect.
//
// An answer cut off by its bound of tokens is asked for once more, with a larger one, which
// is remembered, unless the bound is set. One that holds no plan is [*Refused], for which,
// as for a call that failed, summarizer.Fallback writes by the rules of package plan: the
// summary is Degraded, and the next refresh asks the model again. A rate limit is a
// summarizer.Deferred, which that does not cover for: a job is tried again when the limit
// allows, and has the rules write what readers are given until then.
//
// Servers differ in what they take and in how they answer. What one refuses is learnt
// from its error, left out and remembered (transport.go), instead of guessed from a
// model's name; answers of all shapes are brought into one (response.go).
package openai
