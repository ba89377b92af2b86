package loggable_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"foreday/summarizer/loggable"
)

func TestAPanicSaysWhereItWasAndNotWhatItWasAbout(t *testing.T) {
	t.Parallel()
	none := 0
	for name, c := range map[string]struct {
		do   func()
		says string
	}{
		"a text":          {func() { panic("Dentist with " + canary) }, "of type string"},
		"an error":        {func() { panic(fmt.Errorf("no such user: %s", canary)) }, "of type *errors.errorString"},
		"the runtime's":   {func() { _ = []int{1}[none+1] }, "index out of range [1] with length 1"},
		"an error inside": {func() { panic(fmt.Errorf("%s: %w", canary, errors.New(canary))) }, "of type *fmt.wrapError"},
	} {
		err := func() (err error) {
			defer loggable.Recovered(&err)
			c.do()
			return nil
		}()
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), " in loggable/panic_test.go:") ||
			strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "\n") || loggable.Text(err) != err.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := func() (err error) {
		defer loggable.Recovered(&err)
		return errors.ErrUnsupported
	}(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("without a panic: %v", err)
	}
}
