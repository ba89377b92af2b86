package api

import (
	stdlog "log"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// Server returns a server of the handler that slow and greedy clients cannot
// wear down. It leaves 90 s for an answer, more than Config.Timeout allows by
// default. What net/http itself has to say goes to the log.
func Server(addr string, h http.Handler, log zerolog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          stdlog.New(log, "", 0),
	}
}
