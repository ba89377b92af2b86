package bench

import (
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/terminal"
)

// figure is a row of what a bench prints for people. A metric's name in braces stands
// for its value. A row of which a metric was not measured is left out.
type figure struct {
	name   string // as the README's table has it
	seen   string
	beside string // the yardstick of the same run, or what is wanted
}

// figures are the rows of each bench, in the README's order.
var figures = map[string][]figure{
	"ingest": {
		{"messages/s over 100 users, applied and enqueued", "{hot100_per_s}", "{raw_drain_per_s} for XREADGROUP and XACK alone: {hot100_ratio}"},
		{"the same over 1,000 users", "{hot1000_per_s}", "{hot1000_ratio} of the same"},
		{"every message for another user", "{distinct_per_s}", "{per_event_per_s} with one asynq job for each message: {distinct_vs_per_event}"},
	},
	"freshness": {
		{"XADD to the fresh copy, idle, p50 and p99", "{idle_p50_ms} and {idle_p99_ms} ms",
			"{per_event_default_idle_p50_ms} ms with asynq as it comes"},
		{"at 1,000 messages/s over 200 users, p50 and p99", "{busy_p50_ms} and {busy_p99_ms} ms", ""},
	},
	"ahead": {
		{"reads that hit, of those who read daily; of the first of a day", "{hit_ratio}; {hit_ratio_first}",
			"{on_demand_hit_ratio} when summaries are made on demand"},
		{"refreshes for each copy that anybody read", "{refreshes_per_copy_read}", "{refreshes_vs_on_demand} for each on demand"},
		{"the fullest minute over the average one", "{peak_minute_ratio}", "wanted: 2 at most"},
		{"reads that would wait for a limit of twice the average calls a minute", "{limited_reads}",
			"{least_limit_ratio} of the average is the least under which none would; wanted: 0"},
	},
	"idle": {
		{"commands a second that a worker with nothing to do sends to Redis, those of scripts counted", "{commands_per_s}", "wanted: 40 at most"},
		{"of one core, for a worker with nothing to do", "{cpu_percent} %", "wanted: 1 at most"},
		{"published to the fresh copy, by one of the two idle workers, p50 and p99",
			"{pick_up_p50_ms} and {pick_up_p99_ms} ms", "wanted: 15 and 40 at most"},
	},
	"coalesce": {
		{"model calls for 5,000 edits in bursts", "{model_calls}", "{lower_bound} for one who knows the future: {model_calls_ratio}"},
	},
	"novelty": {
		{"F1 on novel", "{f1}", "{f1_reference} by the simple rules"},
		{"moved or renamed ones noticed: of series, and without series information",
			"{moved_found_series} of {moved_planted_series}, {moved_found} of {moved_planted}", ""},
	},
	"writing": {
		{"tokens put to a model and back, for one of 300 days", "{tokens_in_per_day} and {tokens_out_per_day}",
			"{tokens_in_per_day_before} and {tokens_out_per_day_before} when the model wrote the text itself: " +
				"{tokens_in_ratio} and {tokens_out_ratio}"},
		{"planned by the model, over 18 habits of servers; calls for a summary", "{planned_by_model}; {calls_per_summary}", "1 at best"},
		{"facts, plan and words of a day without a model", "{words_ms_per_day} ms", "wanted: 0.2 at most"},
	},
	"outage": {
		{"200 reads/s through Redis killed, paused, behind a lossy network, and full: answered; stale given as fresh",
			"{answered}; {stale_as_fresh}", "wanted: 1; 0"},
		{"p99 of all; Redis in use again after its return", "{p99_ms} ms; {recovered_s} s",
			"{generating_ms} ms to make a summary; wanted: 2 s at most"},
		{"memory and goroutines afterwards, of those before", "{rss_ratio}, {goroutines_ratio}", "wanted: about 1"},
	},
	"quota": {
		{"calls over a limit, of 4 worker processes with ten times too much to do", "{violations}", "wanted: 0"},
		{"used of what the windows allow: requests, tokens", "{utilisation_requests}, {utilisation_tokens}", "1 at best"},
		{"trips to Redis and spurious wakeups for each job, deferred ones included", "{limiter_trips_per_job}, {wakeups_in_vain_per_job}", ""},
		{"Redis killed for 30 s: calls over a limit; used meanwhile; full use after its return",
			"{outage_violations}; {outage_utilisation}; within {recovered_s} s", ""},
		{"calls lost with 20 killed workers, of those they held; for how long", "{kills_lost_calls} of {kills_held}; {leaked_for_s} s", ""},
	},
	"fairness": {
		{"p95 wait of 50 quiet users beside one with 100 times the load", "{crowded_p95_wait_with_s} s",
			"{crowded_p95_wait_without_s} s without: {quiet_p95_ratio}"},
	},
	"reads": {
		{"a hit through Redis, decoded, p50", "{hit_us} µs", "{get_us} µs for GET and json.Unmarshal: {hit_p50_ratio}"},
		{"the first that a process reads of a copy, p50", "{first_hit_us} µs", "{first_hit_p50_ratio} of the same"},
		{"a hit in the process, p50", "{local_hit_us} µs", "{local_vs_get} times as fast as the GET"},
		{"allocations of a hit; of one in the process", "{hit_allocs}; {local_hit_allocs}", "{get_allocs} of the GET"},
		{"from a returned publish until none of 4 processes gives the old copy as fresh, p99",
			"{local_staleness_p99_ms} ms", "wanted: 50 at most"},
		{"a hit over HTTP by 32 connections, p50", "{http_ms} ms",
			"{bare_http_ms} ms for a handler that writes what a GET gave it: {http_vs_bare}"},
		{"such hits/s", "{http_per_s}", "{bare_http_per_s} for the same handler: {http_throughput_vs_bare}"},
		{"today over HTTP, p50 and hits/s", "{http_today_vs_bare} and {http_today_throughput_vs_bare}", "of the same handler"},
		{"a summary made without a cache, p50", "{no_cache_ms} ms", "{no_cache_vs_hit} times a hit"},
	},
	"report": {
		{"p50 of a hit in the process, of one through Redis, of a stale summary", "{local_p50_us}, {hit_p50_us} and {stale_p50_us} µs",
			"{get_p50_us} µs for GET and json.Unmarshal"},
		{"p50 of a miss, and of a summary made without a cache", "{miss_p50_ms} and {no_cache_p50_ms} ms",
			"{no_cache_vs_hit} times a hit"},
		{"of a day's requests to Google and to the model, and of its tokens, saved",
			"{day_google_requests_saved}, {day_model_requests_saved} and {day_model_tokens_saved}",
			"of {day_google_requests_without}, {day_model_requests_without} and {day_model_tokens_without}"},
		{"through Redis killed, paused, behind a lossy network, and full: answered; stale given as fresh; p99",
			"{answered}; {stale_as_fresh}; {p99_ms} ms", "{generating_ms} ms to make a summary"},
	},
	"stampede": {
		{"generations for 1,000 readers of a cold summary, in 4 processes; answered", "{generations}; {answered}", "wanted: 1; 1"},
		{"the same with Redis away", "{generations_redis_away}; {answered_redis_away}", "wanted: 1 a process; 1"},
	},
	"scale": {
		{"a first hit of one of 1,000 summaries, p99; of one of 1,000,000", "{hit_p99_us_1000} and {hit_p99_us_1000000} µs",
			"{hit_p99_ratio} at the worst of three sizes, {get_p99_ratio} for a bare GET; wanted: 1.2 at most"},
		{"renewals/s, of the same", "{renewals_per_s_1000} and {renewals_per_s_1000000}",
			"{renewals_ratio} times fewer at the worst, {gets_ratio} for bare GETs; likewise"},
		{"messages/s, each for another user", "{messages_per_s_1000} and {messages_per_s_1000000}",
			"{messages_ratio} times fewer at the worst; likewise"},
		{"memory of Redis for one summary, both copies and all beside but the routine", "{bytes_per_summary} bytes",
			"{bytes_per_summary_ratio} times its JSON; wanted: 2.8 at most"},
		{"memory of Redis for the routine of a year of 1,000 events", "{bytes_per_routine} bytes",
			"{bytes_of_largest_routine} in the longest; wanted: 3,000 at most"},
	},
	"hostile": {
		{"under the worst attack of other users: XADD to the fresh copy, p99", "{innocent_p99_ms} ms", "wanted: 1,000 at most"},
		{"the longest command of Redis", "{redis_blocked_ms} ms", "wanted: 50 at most"},
		{"memory of a process", "{rss_mb} MB", "wanted: 300 at most"},
		{"a hit, p99", "{hit_p99_ms} ms", "wanted: 20 at most"},
	},
}

// seenWidth is the column of what was seen.
const seenWidth = 14

// WriteTable prints the rows, and below them the metrics that are in none.
func (r Result) WriteTable(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, on Redis %s and %d CPUs\n", r.Bench, r.Redis, r.CPUs)
	rest := maps.Clone(r.Metrics)
	maps.DeleteFunc(rest, func(name string, _ float64) bool {
		return slices.ContainsFunc(figures[r.Bench], func(f figure) bool {
			return r.measured(f) && strings.Contains(f.seen+f.beside, "{"+name+"}")
		})
	})
	for _, row := range r.rows() {
		fmt.Fprintf(&b, "  %s\n    %s\n", row.Name, strings.TrimSpace(terminal.Pad(row.Seen, seenWidth)+"  "+row.Beside))
	}
	if len(rest) > 0 {
		b.WriteString("  more, by the names of --json\n")
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		fmt.Fprintf(&b, "    %s  %s\n", terminal.Pad(name, 32), strings.TrimSpace(shownNumber(rest[name])+" "+unitOf(name)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// row is a figure with the values that were measured.
type row struct{ Name, Seen, Beside string }

// rows are the bench's figures, but for those of which something was not measured.
func (r Result) rows() (rows []row) {
	for _, f := range figures[r.Bench] {
		if r.measured(f) {
			rows = append(rows, row{f.name, r.Fill(f.seen), r.Fill(f.beside)})
		}
	}
	return rows
}

// measured reports whether all of a figure was.
func (r Result) measured(f figure) bool {
	return !slices.ContainsFunc(inBraces.FindAllStringSubmatch(f.seen+f.beside, -1), func(m []string) bool {
		_, measured := r.Metrics[m[1]]
		return !measured
	})
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// Fill puts values in the place of metrics, which stand in the text in braces.
func (r Result) Fill(text string) string {
	return inBraces.ReplaceAllStringFunc(text, func(name string) string { return shownNumber(r.Metrics[strings.Trim(name, "{}")]) })
}

// shownNumber is a number as people write it: three digits that count, and a comma
// after the thousands.
func shownNumber(v float64) string {
	if math.Abs(v) < 100 {
		return strconv.FormatFloat(roundTo(v, 3), 'f', -1, 64)
	}
	digits := strconv.FormatFloat(math.Abs(roundTo(v, 3)), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if v < 0 {
		digits = "-" + digits
	}
	return digits
}

// roundTo keeps the first digits of a number; whole numbers below 10,000 stay whole.
func roundTo(v float64, digits int) float64 {
	if v == 0 || v == math.Trunc(v) && math.Abs(v) < 10_000 {
		return v
	}
	scale := math.Pow(10, float64(digits-1)-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// unitOf tells the unit of a metric by the end of its name.
func unitOf(name string) string {
	for _, u := range []struct{ suffix, unit string }{
		{"_per_s", "a second"}, {"_ms", "ms"}, {"_s", "s"}, {"_mb", "MB"}, {"_kb", "kB"},
	} {
		if strings.HasSuffix(name, u.suffix) {
			return u.unit
		}
	}
	return ""
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
