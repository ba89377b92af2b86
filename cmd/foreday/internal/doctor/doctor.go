// Package doctor looks a deployment over: its Redis, the stream and its groups, the
// queues, the key that all processes hold, and the ways to the calendars and the model.
// Each [Finding] is one thing that was looked at: whether it is well, what was found, and
// what to do about it.
//
// Looking changes nothing that others see: one key is written, to see whether it can be, and
// ends after a minute. It costs Redis a few dozen commands, Google two requests if a
// user is named, and the model one small completion, all within the limits that the
// processes share.
package doctor

import (
	"context"
	"fmt"
	"time"

	"foreday/cmd/foreday/internal/wiring"
)

// Level says how a thing is.
type Level string

// The levels. Something must be done about what is Wrong.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Wrong   Level = "wrong"
	Skipped Level = "skipped" // it was not looked at
)

// Finding is one thing that was looked at.
type Finding struct {
	Check string `json:"check"`
	Level Level  `json:"level"`
	Found string `json:"found"`
	Cure  string `json:"cure,omitempty"` // what to do
}

// Patient is what is looked over.
type Patient struct {
	System   *wiring.System
	Settings wiring.SystemSettings
	User     string // whose calendar to read; "" for nobody's
}

// Look looks everything over. It blocks for as long as what it asks may take to answer,
// half a minute at most.
func (p Patient) Look(ctx context.Context) []Finding {
	e := &examination{Patient: p, client: p.System.Client}
	e.settings()
	e.redis(ctx)
	e.google(ctx)
	e.model(ctx)
	return e.findings
}

func (e *examination) add(level Level, check, found, cure string) {
	e.findings = append(e.findings, Finding{check, level, found, cure})
}

func (e *examination) ok(check, format string, args ...any) {
	e.add(OK, check, fmt.Sprintf(format, args...), "")
}

// settings says what is set up at all. That no value is wrong was seen when they were read.
func (e *examination) settings() {
	s := e.Settings
	if s.RedisURL == "" {
		e.add(Warning, "settings", "REDIS_URL is not set: demo and up bring their own, and what they keep is gone when they end",
			"set it to your Redis, such as redis://localhost:6379")
		return
	}
	e.ok("settings", "calendars: %s; model: %s", s.GoogleSettings.Kind(), s.ModelSettings.Kind())
}

// ago says a length of time as people do.
func ago(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

// counted says how many there are: "1 job", "2 jobs".
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
