// Package api gives apps the cache over HTTP.
//
//	GET  /v1/users/{user}/summaries/{date}   a day's summary; date is YYYY-MM-DD or a word such as "today"
//	GET  /v1/users/{user}/summaries          those of so many days, by from and days
//	GET  /v1/users/{user}/settings           what the user wants otherwise than usual
//	PUT  /v1/users/{user}/settings           sets that, as one JSON object
//	POST /v1/events                          messages for the stream, as a JSON object or an array of them
//	GET  /openapi.json                       all this for programs to read
//	GET  /healthz                            the process is alive
//	GET  /readyz                             it can serve, perhaps with less than everything
//	GET  /metrics                            for Prometheus
//
// A request passes the middleware (middleware.go: its line in the log, a panic), the
// guard (guard.go: the token, or the machine it comes from) and the path's user and date
// (address.go). What its Cache-Control wants becomes options of the [cache.Reader]
// (caching.go). The answer carries Age, an ETag of the content, for which 304 is given, and always
// Cache-Control: private, no-cache: a summary ends when an event arrives, and not after a time, so
// clients may keep it and must ask each time. A summary that cannot be had is a 503 with
// Retry-After, or what problems.go says of the error. Of several days, each has a summary or
// a problem. Fields of a posted message, and parameters of a query, that are ignored though nearly
// one that is read, are named in Foreday-Ignored-Fields.
//
// Where a summary came from stands in Cache-Status (RFC 9211). What goes wrong
// is told as a problem document (RFC 9457), which names the field and the value
// where there is one, and says what to do; what happened inside stays in the log.
//
// With Config.Token set, everything under /v1 wants it as a bearer token, and so does
// /metrics but with Config.OpenMetrics. Without, the server is meant to listen on loopback,
// and answers only programs of this machine: package guard says how it tells. The other three
// answer everybody. No page of another site may read answers: there are no CORS headers.
//
// The package knows neither the stream nor the job queue: publishing is a
// function that the program hands in.
package api
