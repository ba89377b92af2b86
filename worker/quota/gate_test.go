package quota_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/worker/quota"
)

func TestACallOverTheLimitIsPutOffUntilItsTurn(t *testing.T) {
	t.Parallel()
	far := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer far.Close()
	gate, err := quota.New(quota.Config{
		Client: redistest.Mini(t).Client(t), Limits: quota.Limits{GoogleUserRPM: 2}, MaxWait: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = gate.Close() }()
	client := &http.Client{Transport: gate.Google(http.DefaultTransport)}
	get := func(user string) error {
		ctx := quota.For(t.Context(), quota.Caller{User: user, Job: "2026-11-23"})
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, far.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	for range 2 {
		if err := get("u1"); err != nil {
			t.Fatal(err)
		}
	}
	var later *quota.Later
	if err := get("u1"); !errors.As(err, &later) || time.Until(later.At) < 50*time.Second {
		t.Errorf("third call of u1: %v, want Later in about a minute", err)
	}
	if err := get("u2"); err != nil {
		t.Errorf("first call of u2: %v", err)
	}
}
