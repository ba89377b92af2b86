package google_test

import (
	"errors"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

// Two jobs want the settings of one user, which Google takes long to tell.
func TestWhoHoldsAPlaceWaitsNotLongForWhatAnotherAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{}, func(c *google.Config) { c.Timeout = 3 * time.Second })
	b.google.AddUser("ada@example.org", nil)
	b.google.Inject(googletest.Fault{Method: "settings.list", Delay: time.Hour})
	ctx := summarizer.HoldingPlace(t.Context())
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := b.source.Settings(ctx, "ada@example.org")
			ended <- err
		}()
	}
	began := time.Now()
	var wait summarizer.Deferred
	if err := <-ended; !errors.As(err, &wait) || !errors.Is(err, summarizer.ErrTemporary) || time.Since(began) > 2*time.Second {
		t.Errorf("the one who waits for the other got %v after %v, want to be put off soon", err, time.Since(began))
	}
	if err := <-ended; errors.As(err, &wait) || !errors.Is(err, summarizer.ErrTemporary) {
		t.Errorf("the one who asks got %v, want a time limit", err)
	}
}
