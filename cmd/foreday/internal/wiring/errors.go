package wiring

import (
	"errors"
	"fmt"
	"io/fs"
)

// UsageError is a mistake in the settings or the command line.
type UsageError struct{ err error }

// Error is that of the error it is made of.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns the error it is made of.
func (e *UsageError) Unwrap() error { return e.err }

// WrongUsage makes an error one of usage.
func WrongUsage(err error) error { return &UsageError{err} }

// BadSetting names a setting, its value and what is wrong with it.
func BadSetting(name, value, problem string) error {
	return WrongUsage(fmt.Errorf("%s %q: %s", name, value, problem))
}

// Reason leaves out the operation and the file, which the message names already.
func Reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
