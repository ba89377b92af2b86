package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest/sample"
	"foreday/worker/processtest"
)

// What is planted in each user's calendar. The title is told in summaries, and the rest
// must be nowhere in Redis.
const (
	plantedTitle = "Kestrel rehearsal"
	planted      = "zq8planted" // in description, place, and the address of a guest
)

// doctor has foreday look at itself.
func (d *deployment) doctor(ctx context.Context) (string, error) {
	out, err := d.accepted.foreday(ctx, d.env, "doctor", "--json")
	var said struct {
		Well     bool
		Findings []struct{ Check, Level, Found string }
	}
	if json.Unmarshal(out, &said) != nil || err == nil && !said.Well {
		return "", errors.Join(errors.New("it could not be understood"), err)
	}
	return fmt.Sprintf("%d things looked at, nothing that must be done", len(said.Findings)), err
}

// readTwice reads each user's day twice: the second is to be a hit.
func (d *deployment) readTwice(ctx context.Context) (string, error) {
	var first, second []time.Duration
	hits := 0
	for n := 1; n <= people; n++ {
		one, err := d.get(ctx, sample.User(n))
		if err != nil {
			return "", err
		}
		two, err := d.get(ctx, sample.User(n))
		if err != nil {
			return "", err
		}
		first, second = append(first, one.took), append(second, two.took)
		if two.cached == "hit" {
			hits++
		}
	}
	figure := fmt.Sprintf("%d of %d second reads are hits: p50 %s, against %s for the first",
		hits, people, shown(processtest.Percentile(second, .5)), shown(processtest.Percentile(first, .5)))
	if hits < people {
		return figure, errors.New("each should be one")
	}
	return figure, nil
}

// edit creates an event for each user. Nobody may be given the copy of before as a hit, and
// the new one is to come.
func (d *deployment) edit(ctx context.Context) (string, error) {
	var took []time.Duration
	day, stale := summarizer.DateOf(time.Now().UTC()), 0
	for n := 1; n <= people; n++ {
		start := time.Date(day.Year, day.Month, day.Day, 14, 0, 0, 0, time.UTC)
		if err := d.create(ctx, sample.User(n), &calendar.Event{
			Summary: plantedTitle, Description: planted, Location: planted,
			Attendees: []*calendar.EventAttendee{{Email: planted + "@example.com", DisplayName: planted}},
		}, start); err != nil {
			return "", err
		}
		published := time.Now()
		if err := d.until(ctx, sample.User(n), func(got answer) (bool, error) {
			has := strings.Contains(got.summary.Text, plantedTitle)
			if got.cached == "hit" && !has {
				stale++
			}
			return has && got.cached == "hit", nil
		}); err != nil {
			return "", fmt.Errorf("%s's new summary: %w", sample.User(n), err)
		}
		took = append(took, time.Since(published))
	}
	figure := fmt.Sprintf("%d events; the old copy given as fresh %d times; the new one after %s, %s at most",
		people, stale, shown(processtest.Percentile(took, .5)), shown(slices.Max(took)))
	if stale > 0 {
		return figure, errors.New("it never may be")
	}
	return figure, nil
}

// lifetimes reads the times to live of all copies back.
func (d *deployment) lifetimes(ctx context.Context) (string, error) {
	var figures []string
	for _, kind := range []struct {
		name, pattern string
		most          time.Duration
	}{{"fresh", "foreday:{*}:summary:*", summaryTTL}, {"stale", "foreday:{*}:stale:*", staleTTL}} {
		keys, err := d.client.Keys(ctx, kind.pattern).Result() // a deployment of our own, and small
		if err != nil {
			return "", err
		}
		age := time.Since(d.began)
		if len(keys) < people {
			return "", fmt.Errorf("%d %s copies are in Redis: %d at least should be", len(keys), kind.name, people)
		}
		for _, key := range keys {
			ttl, err := d.client.PTTL(ctx, key).Result()
			if err != nil {
				return "", err
			}
			if ttl > kind.most || ttl < kind.most-age-time.Second {
				return "", fmt.Errorf("%s has %v left, %v after the start", terminal.VisibleText(key), ttl, age.Round(time.Second))
			}
		}
		figures = append(figures, fmt.Sprintf("%d %s copies end within %s", len(keys), kind.name, terminal.Duration(kind.most)))
	}
	return strings.Join(figures, ", "), nil
}

// counts compares the API's counts of reads with our own.
func (d *deployment) counts(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.api+"/metrics", nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	var figures []string
	for _, result := range []string{"hit", "stale", "miss", "bypass"} {
		counted := 0
		if m := regexp.MustCompile(`foreday_cache_reads_total\{result="` + result + `"\} (\d+)`).FindSubmatch(body); m != nil {
			counted, _ = strconv.Atoi(string(m[1]))
		}
		if counted != d.read[result] {
			err = errors.Join(err, fmt.Errorf("readers had %d of %s, and the metrics say %d", d.read[result], result, counted))
		}
		figures = append(figures, fmt.Sprintf("%s %d", result, counted))
	}
	if d.read["hit"] == 0 || d.read["miss"] == 0 {
		err = errors.Join(err, errors.New("there were not both hits and misses"))
	}
	return strings.Join(figures, ", ") + ": the same", err
}

// withoutRedis kills Redis and reads on.
func (d *deployment) withoutRedis(ctx context.Context) (string, error) {
	d.redis.Crash()
	bypassed := 0
	var took []time.Duration
	for n := 1; n <= latecomer; n++ {
		got, err := d.get(ctx, sample.User(n))
		if err != nil {
			return "", errors.Join(err, d.redis.Relaunch())
		}
		if got.cached == "bypass" {
			bypassed++
		}
		took = append(took, got.took)
	}
	if err := d.redis.Relaunch(); err != nil {
		return "", err
	}
	back := time.Now()
	if err := d.until(ctx, sample.User(1), func(got answer) (bool, error) { return got.cached == "hit", nil }); err != nil {
		return "", fmt.Errorf("a hit, once Redis was back: %w", err)
	}
	figure := fmt.Sprintf("%d of %d answered without it, in %s at most; hits again %s after its return",
		bypassed, latecomer, shown(slices.Max(took)), shown(time.Since(back)))
	if bypassed < latecomer {
		return figure, errors.New("each should be")
	}
	return figure, nil
}

// shown is a time as people read it.
func shown(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
