// Package openaitest is a local server that speaks OpenAI's wire protocol, for
// tests, demonstrations and trials without an account. It knows nothing of
// foreday's packages: programs reach it only through a real client.
//
//	POST /v1/chat/completions   not streamed, with json_schema answers
//	GET  /v1/models, /v1/models/{model}
//
// Like the original it checks the key, the model and the schema; counts requests
// and tokens over true sliding windows of 60 seconds, failed requests included;
// answers 429 with Retry-After when they are full, and says in x-ratelimit
// headers what is left. Unlike the original it does as told: Inject gives it the
// habits of other servers and models (habit.go), makes it fail, stall, lie, or write
// what an attacker would like (fault.go).
//
// Its model is deterministic. It finds the first message that is a JSON object with
// "events" that have an "id", and perhaps "facts" that are "of" one, and fills the
// schema of the request with their IDs (model.go). Without a schema it follows the
// example of JSON that the conversation gives.
package openaitest
