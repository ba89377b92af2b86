// Package sandbox serves stand-ins for Google Calendar and for a model, both on one
// loopback port: those of the commands sandbox, up --sandbox, demo and explain, and
// those that benches, the soak and tests run a deployment against. They are
// [foreday/summarizer/google/googletest] and [foreday/summarizer/openai/openaitest], which
// speak the real protocols: everything else reaches them through the real clients.
//
// A process is pointed at them by the settings that [Environment] returns.
package sandbox
