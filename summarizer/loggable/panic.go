package loggable

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// Recovered, when deferred, turns a panic into an error that is Safe: it says where the
// panic was and, as what panics may hold the data it was about, of its value only what the
// runtime says, or else its type.
func Recovered(err *error) {
	if p := recover(); p != nil {
		*err = panicked{"panic: " + whatPanicked(p) + " in " + whence()}
	}
}

type panicked struct{ text string }

func (p panicked) Error() string { return p.text }
func (p panicked) SafeToLog()    {}

func whatPanicked(value any) string {
	var known runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &known) {
		return known.Error()
	}
	return fmt.Sprintf("of type %T", value)
}

// maxFrames is how many calls up from where it happened are told.
const maxFrames = 8

// whence names the calls that led to the panic, the last first.
func whence() string {
	calls := make([]uintptr, 64)
	frames := runtime.CallersFrames(calls[:runtime.Callers(3, calls)]) // without Callers, whence and Recovered
	var lines []string
	for more := true; more && len(lines) < maxFrames; {
		var f runtime.Frame
		if f, more = frames.Next(); f.File != "" && !strings.HasPrefix(f.Function, "runtime.") {
			lines = append(lines, fmt.Sprintf("%s/%s:%d", filepath.Base(filepath.Dir(f.File)), filepath.Base(f.File), f.Line))
		}
	}
	return strings.Join(lines, " < ")
}
