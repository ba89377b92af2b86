package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"foreday/summarizer/loggable"
)

// exchange serves one request from end to end: the answer, the problem document
// if it came to that, and one line in the log.
func (a *api) exchange(route string, h handler, rw http.ResponseWriter, r *http.Request) {
	w, began := &recorder{ResponseWriter: rw}, time.Now()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	err := call(h, w, r)
	if err != nil && w.status == 0 {
		problemOf(err, a.cfg.Now()).write(w)
	}
	a.logLine(route, r.Method, w, time.Since(began), err)
	if w.torn {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
}

// call turns a panic of the handler into an error.
func call(h handler, w *recorder, r *http.Request) (err error) {
	whole := false
	defer func() { w.torn = w.torn || !whole && w.status != 0 }()
	defer loggable.Recovered(&err)
	err = h(w, r)
	whole = true
	return err
}

// slowHit is how long a hit takes that is worth a line by itself.
const slowHit = 100 * time.Millisecond

// logLine leaves out path, query and body: the route says what was asked, and
// nobody's data gets into the log.
func (a *api) logLine(route, method string, w *recorder, took time.Duration, err error) {
	cached := w.Header().Get("Cache-Status")
	hit := took < slowHit && strings.HasPrefix(cached, cacheName+"; hit")
	line := a.cfg.Log.WithLevel(levelOf(route, w.status, hit, err))
	if !line.Enabled() {
		return
	}
	line.Str("method", method).Str("route", route).Int("status", w.status).Dur("took_ms", took)
	if cached != "" {
		line.Str("cache", strings.TrimPrefix(cached, cacheName+"; "))
	}
	if err != nil && w.status >= 500 {
		line.Err(err)
	}
	line.Msg("request")
}

func levelOf(route string, status int, hit bool, err error) zerolog.Level {
	switch {
	case errors.Is(err, context.Canceled):
		return zerolog.InfoLevel // the reader has gone; nothing is wrong here
	case status == http.StatusInternalServerError:
		return zerolog.ErrorLevel
	case status >= 500:
		return zerolog.WarnLevel
	case hit:
		return zerolog.DebugLevel // a line would cost as much as the hit, and the metrics count them
	case !strings.Contains(route, "/v1/"):
		return zerolog.DebugLevel // probes and scrapes come every few seconds
	default:
		return zerolog.InfoLevel
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int  // 0 until something was written
	torn   bool // the handler gave up in the middle of its answer
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
