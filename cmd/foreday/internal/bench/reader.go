package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Readings are what a reader saw.
type Readings struct {
	Took    []time.Duration `json:"took"`
	NotHits int             `json:"not_hits"` // answered otherwise, or not at all
}

// ReadInTurn reads the summaries at the addresses, one after the other, until ctx ends.
func ReadInTurn(ctx context.Context, perSecond int, urls []string) Readings {
	client := &http.Client{Timeout: hostilePatience}
	seen := Readings{Took: []time.Duration{}}
	for i := 0; ctx.Err() == nil; i++ {
		next := time.Now().Add(time.Second / time.Duration(perSecond))
		took, cached, _, err := readSummary(ctx, client, urls[i%len(urls)])
		if ctx.Err() != nil {
			break
		}
		seen.Took = append(seen.Took, took)
		if err != nil || !strings.Contains(cached, "hit") {
			seen.NotHits++
		}
		sleep(ctx, time.Until(next))
	}
	return seen
}

// readInProcess has a process of its own read the addresses until ctx ends: in that of
// the bench, it would wait for the stand-ins, which serve whole calendars there.
func readInProcess(ctx context.Context, perSecond int, urls []string) (seen Readings, err error) {
	program, err := os.Executable()
	if err != nil {
		return seen, err
	}
	reader := exec.Command(program, append([]string{"bench-reader", fmt.Sprintf("--per-second=%d", perSecond)}, urls...)...)
	stdin, err := reader.StdinPipe()
	if err != nil {
		return seen, err
	}
	context.AfterFunc(ctx, func() { stdin.Close() })
	said, err := reader.Output()
	if err != nil {
		return seen, fmt.Errorf("the reader of hits: %w", err)
	}
	if err := json.Unmarshal(said, &seen); err != nil {
		return seen, fmt.Errorf("what the reader of hits saw: %w", err)
	}
	return seen, nil
}

// readSummary reads one summary. It returns what Cache-Status says, and the status of an
// answer, 0 if there was none, with an error unless that is 200.
func readSummary(ctx context.Context, client *http.Client, url string) (took time.Duration, cached string, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", 0, err
	}
	began := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return time.Since(began), "", 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	took = time.Since(began)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", url, res.Status)
	}
	return took, res.Header.Get("Cache-Status"), res.StatusCode, err
}
