// Package api gives apps the cache over HTTP.
//
//	GET  /v1/users/{user}/summaries/{date}   a day's summary; date is YYYY-MM-DD or a word such as "today"
//	GET  /v1/users/{user}/settings           what the user wants otherwise than usual
//	PUT  /v1/users/{user}/settings           sets that, as one JSON object
//	POST /v1/events                          messages for the stream, as a JSON object or an array of them
//	GET  /openapi.json                       all this for programs to read
//	GET  /healthz                            the process is alive
//	GET  /readyz                             it can serve, perhaps with less than everything
//	GET  /metrics                            for Prometheus
//
// Where a summary came from stands in Cache-Status (RFC 9211). What goes wrong
// is told as a problem document (RFC 9457), which names the field and the value
// where there is one, and says what to do; what happened inside stays in the log.
//
// With Config.Token set, everything under /v1 and /metrics want it as a bearer
// token. Without, the server is meant to listen on loopback, and answers only
// programs of this machine: package guard says how it tells. No page of another
// site may read answers: there are no CORS headers.
//
// The package knows neither the stream nor the job queue: publishing is a
// function that the program hands in.
package api
