package main

import (
	"errors"
	"fmt"
	"io/fs"
)

// usageError is a mistake in the settings or the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// wrongUsage makes an error one of usage.
func wrongUsage(err error) error { return &usageError{err} }

// badSetting names a setting, its value and what is wrong with it.
func badSetting(name, value, problem string) error {
	return wrongUsage(fmt.Errorf("%s %q: %s", name, value, problem))
}

// reason leaves out the operation and the file, which the message names already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
