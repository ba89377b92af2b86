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
// Servers differ in what they take and in how they answer. What one refuses is learnt
// from its error, left out and remembered (transport.go), instead of guessed from a
// model's name; answers of all shapes are brought into one (response.go).
package openai
