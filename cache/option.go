package cache

import (
	"time"

	"foreday/summarizer"
)

// Option is what a reader wants otherwise than usual.
type Option func(*wish)

type wish struct {
	limited  bool // to maxAge
	maxAge   time.Duration
	choosy   bool // about stale copies: none older than maxStale
	maxStale time.Duration
	cached   bool
}

// Fresh waits for a summary that is fetched from now on, whatever there is: whoever has
// changed a calendar reads their own writes, published or not. It waits for as long as ReaderConfig.Wait
// says; then it returns what there is, whose FetchedAt says how old that is.
func Fresh() Option { return MaxAge(0) }

// MaxAge is Fresh if the fresh copy was fetched longer ago.
func MaxAge(d time.Duration) Option { return func(w *wish) { w.limited, w.maxAge = true, d } }

// MaxStale takes no stale copy that was fetched longer ago. Instead of one that is
// older, it waits like somebody for whom there is none.
func MaxStale(d time.Duration) Option { return func(w *wish) { w.choosy, w.maxStale = true, d } }

// OnlyCached takes what is in the cache, fresh or stale, and never waits: without
// either, Get returns ErrNotCached.
func OnlyCached() Option { return func(w *wish) { w.cached = true } }

func wishOf(options []Option) wish {
	if len(options) == 0 {
		return wish{} // without the memory that options are given a pointer to
	}
	var w wish
	for _, o := range options {
		o(&w)
	}
	return w
}

// takes reports whether a fresh copy is fresh enough.
func (w wish) takes(s *summarizer.Summary) bool {
	return !w.limited || w.cached || w.maxAge > 0 && time.Since(s.FetchedAt) <= w.maxAge
}

// takesStale reports whether a stale copy may be given, if there is one.
func (w wish) takesStale(s *summarizer.Summary) bool {
	switch {
	case s == nil:
		return false
	case w.cached && !w.choosy:
		return true
	case w.limited:
		return false
	}
	return !w.choosy || time.Since(s.FetchedAt) <= w.maxStale
}
