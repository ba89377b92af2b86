package worker

import (
	"fmt"
	"regexp"
	"time"

	"github.com/rs/zerolog"
)

// asynqLogger writes asynq's own lines through zerolog.
type asynqLogger struct{ log, outages zerolog.Logger }

// newAsynqLogger keeps asynq, each part of which complains of each try while Redis is
// away, to one line of that and to a few others in a while.
func newAsynqLogger(log zerolog.Logger) *asynqLogger {
	const while = 30 * time.Second
	return &asynqLogger{
		log:     log.Sample(&zerolog.BurstSampler{Burst: 2, Period: while}),
		outages: log.Sample(&zerolog.BurstSampler{Burst: 1, Period: while}),
	}
}

// redisTrouble finds in a line of asynq's what Redis, or the way to it, said. Of an
// error, asynq's lines hold the text alone.
var redisTrouble = regexp.MustCompile(`(?s)\b(?:UNKNOWN|INTERNAL_ERROR): redis [a-z ]+ error: (?:[A-Za-z]+ failed: )?(.+)`)

// write logs a line, in plain words if it is about Redis.
func (l *asynqLogger) write(level zerolog.Level, args []any) {
	text := fmt.Sprint(args...)
	if found := redisTrouble.FindStringSubmatch(text); found != nil {
		l.outages.Warn().Str(zerolog.ErrorFieldName, found[1]).Msg("job queue is held up, and keeps trying")
		return
	}
	l.log.WithLevel(level).Msg(text)
}

// Debug implements asynq.Logger.
func (l *asynqLogger) Debug(args ...any) { l.write(zerolog.DebugLevel, args) }

// Info implements asynq.Logger.
func (l *asynqLogger) Info(args ...any) { l.write(zerolog.InfoLevel, args) }

// Warn implements asynq.Logger.
func (l *asynqLogger) Warn(args ...any) { l.write(zerolog.WarnLevel, args) }

// Error implements asynq.Logger.
func (l *asynqLogger) Error(args ...any) { l.write(zerolog.ErrorLevel, args) }

// Fatal implements asynq.Logger. The process goes on.
func (l *asynqLogger) Fatal(args ...any) { l.write(zerolog.ErrorLevel, args) }
