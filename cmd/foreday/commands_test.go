package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
	"foreday/summarizer/openai/openaitest"
)

// visibleCommands are the commands that people use, with their parents.
func visibleCommands(t *testing.T) []*kong.Node {
	t.Helper()
	var cli commands
	parser, err := kong.New(&cli, options(t.Context(), console{}, false)...)
	if err != nil {
		t.Fatal(err)
	}
	var all []*kong.Node
	var visit func(*kong.Node)
	visit = func(n *kong.Node) {
		for _, child := range n.Children {
			if !child.Hidden {
				all = append(all, child)
				visit(child)
			}
		}
	}
	visit(parser.Model.Node)
	return all
}

func TestHelpOfACommandShowsItsOwnFlagsAndTwoExamples(t *testing.T) {
	t.Parallel()
	for _, node := range visibleCommands(t) {
		path := strings.Fields(strings.TrimPrefix(node.FullPath(), "foreday "))
		t.Run(strings.Join(path, " "), func(t *testing.T) {
			t.Parallel()
			help := mustDo(t, nil, append(path, "--help")...).stdout
			if again := mustDo(t, nil, append([]string{"help"}, path...)...).stdout; again != help && path[0] != "help" {
				t.Errorf("help %s and %[1]s --help differ:\n%s", strings.Join(path, " "), again)
			}
			_, shown, _ := strings.Cut(help, "\nExamples:\n")
			if n := strings.Count(shown, "\n  "); n < 1 {
				t.Errorf("no two examples:\n%s", help)
			}
			if strings.Contains(help, "FOREDAY_COOLDOWN") || strings.Contains(help, "--redis-url") {
				t.Errorf("settings are shown:\n%s", help)
			}
			if strings.Contains(help, "FLOAT-64") {
				t.Errorf("a type of Go's is shown:\n%s", help)
			}
			if strings.Join(path, " ") == "sandbox event" && strings.Contains(help, "--port") {
				t.Errorf("it listens nowhere:\n%s", help)
			}
			wantNarrow(t, help)
			all := mustDo(t, nil, append(path, "--help", "--all")...).stdout
			if strings.Contains(help, "help settings.") && len(all) <= len(help)-len("Settings are left out:") {
				t.Errorf("--all shows no more:\n%s", all)
			}
		})
	}
}

func TestTheExamplesOfHelpCanBeTyped(t *testing.T) {
	t.Parallel()
	for command, lines := range examples {
		for _, line := range lines {
			words := shellWords(line)
			for len(words) > 0 && words[0] != "foreday" {
				words = words[1:] // variables, and what the line is given to
			}
			if len(words) == 0 {
				t.Errorf("%s: no foreday in %q", command, line)
				continue
			}
			args := asFlags(words[1:])
			nowhere := console{stdout: io.Discard, stderr: io.Discard}
			parser, err := kong.New(commandLine(args), append(options(t.Context(), nowhere, false), kong.Exit(func(int) {}))...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args); err != nil && args[len(args)-1] != "--help" {
				t.Errorf("%s: %q: %v", command, line, err)
			}
		}
	}
}

// shellWords splits a line into words, as far as examples need it.
func shellWords(line string) []string {
	line, _, _ = strings.Cut(line, "   ")
	line, _, _ = strings.Cut(line, " > ")
	line = strings.NewReplacer("<(", "", ")", "").Replace(line)
	var words []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}

func TestTheVersionIsPrinted(t *testing.T) {
	t.Parallel()
	version := mustDo(t, nil, "version").stdout
	if !strings.HasPrefix(version, "foreday ") || !strings.Contains(version, "go1.") {
		t.Errorf("the version is %q", version)
	}
	if got := mustDo(t, nil, "--version").stdout; got != version {
		t.Errorf("--version prints %q", got)
	}
	var b wiring.Build
	if err := json.Unmarshal([]byte(mustDo(t, nil, "version", "--json").stdout), &b); err != nil || b.Version == "" {
		t.Errorf("%v: %+v", err, b)
	}
}

func TestBashCompletesCommandsFlagsAndWhatTheyTake(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("bash is needed: install it")
	}
	dir := t.TempDir()
	linkProgram(t, filepath.Join(dir, "foreday"))
	for line, want := range map[string]string{
		"foreday sand":               "sandbox",
		"foreday sandbox e":          "event",
		"foreday completion ":        "bash zsh fish",
		"foreday get u1 --fr":        "--fresh",
		"foreday dead ":              "list replay drop",
		"foreday help set":           "",
		"foreday connect --browser ": "auto always never",
		dir + "/foreday vers":        "version",
	} {
		const script = `eval "$(foreday completion bash)"
			COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]}-1))
			_foreday; echo "${COMPREPLY[*]}"`
		cmd := exec.Command(bash, "--norc", "-c", script, "bash", line)
		cmd.Env = asForeday.with("PATH=" + dir + ":" + os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%q is completed with %q, want %q (%v)", line, got, want, err)
		}
	}
}

// linkProgram makes the test's binary the program under this name.
func linkProgram(t *testing.T, name string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
}

func TestTheTableFitsWidthsFromNarrowToWideAndItsHeadingsAreWhole(t *testing.T) {
	t.Parallel()
	args := []string{"explain", "--ics", "testdata/wide.ics", "--date", "2026-06-16"}
	lines := map[int]int{}
	for _, width := range []int{20, 40, 60, 80, 200} {
		out := mustDo(t, env{fmt.Sprintf("COLUMNS=%d", width)}, args...).stdout
		lines[width] = strings.Count(out, "\n")
		for line := range strings.Lines(out) {
			if n := terminal.Columns(strings.TrimRight(line, "\n")); n > width && width >= 40 {
				t.Errorf("%d columns of %d: %s", n, width, line)
			}
		}
		if width >= 80 && !regexp.MustCompile(`(?m)^novelty +when +title +why$`).MatchString(out) {
			t.Errorf("the headings are not whole at %d:\n%s", width, out)
		}
	}
	if lines[200] > lines[80] || lines[80] > lines[40] {
		t.Errorf("a wider terminal is not made use of: %v lines by width", lines)
	}
	short := mustDo(t, nil, "explain", "--ics", "testdata/short.ics", "--date", "2026-06-16").stdout
	if !regexp.MustCompile(`(?m)^novelty +when +title +why$`).MatchString(short) {
		t.Errorf("the headings are not whole over short titles:\n%s", short)
	}
}

func TestCalendarsComeFromAddressesStdinAndFilesOfAnyName(t *testing.T) {
	t.Parallel()
	held, err := os.ReadFile("testdata/community.ics")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/private-s3cret/basic.ics":
			_, _ = w.Write(held) // its client sees what is missing
		case "/private-s3cret/none.ics":
			_, _ = io.WriteString(w, "BEGIN:VCALENDAR\nEND:VCALENDAR\n") // as above
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "mine, and yours.ics")
	if err := os.WriteFile(file, held, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{file, server.URL + "/private-s3cret/basic.ics"} {
		if out := mustDo(t, nil, "explain", "--ics", from, "--date", "2026-06-17").stdout; !strings.Contains(out, "Summer festival") {
			t.Errorf("%s: it was not read:\n%s", from, out)
		}
	}
	cmd := program(t.Context(), nil, "explain", "--ics", "-", "--date", "2026-06-17")
	cmd.Stdin = strings.NewReader(string(held))
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Summer festival") {
		t.Errorf("stdin was not read: %v\n%s", err, out)
	}
	if story := mustDo(t, nil, "demo", "--ics", server.URL+"/private-s3cret/basic.ics").stdout; strings.Contains(story, "s3cret") {
		t.Errorf("the secret address is shown:\n%s", story)
	}
	for path, want := range map[string][]string{
		"/page": {"a page", "download"}, "/private-s3cret/other.ics": {"403", "download"}, "/private-s3cret/none.ics": {"no events", "export"},
	} {
		r := foreday(t, nil, "explain", "--ics", server.URL+path)
		r.wantOneLine(t, exitFail, want...)
		if strings.Contains(r.stderr, "s3cret") {
			t.Errorf("the secret address is shown: %s", r.stderr)
		}
	}
}

// What programs hand on as webcal is fetched over HTTPS.
func TestCalendarsComeFromWebcalAddresses(t *testing.T) {
	t.Parallel()
	held, err := os.ReadFile("testdata/community.ics")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(held) // its client sees what is missing
	}))
	t.Cleanup(server.Close)
	known := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(known, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	_, host, _ := strings.Cut(server.URL, "://")
	for _, scheme := range []string{"webcal", "WEBCALS"} {
		out := mustDo(t, env{"SSL_CERT_FILE=" + known}, "explain", "--ics", scheme+"://"+host+"/x.ics", "--date", "2026-06-17").stdout
		if !strings.Contains(out, "Summer festival") {
			t.Errorf("%s: it was not read:\n%s", scheme, out)
		}
	}
}

// school is a file with the timetable of a school: 5,000 lessons, each of them every week
// without end.
func school(t *testing.T) (file string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\nSUMMARY:Lesson %[1]d\nDTSTART:202601%02dT%02d%02d00Z\nDURATION:PT45M\n"+
			"RRULE:FREQ=WEEKLY\nEND:VEVENT\n",
			i, 5+i%5, 8+i/5%10, i/50%60)
	}
	b.WriteString("END:VCALENDAR\n")
	file = filepath.Join(t.TempDir(), "school.ics")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// No limit of Google's is in the way of a file, nor told of.
func TestThousandsOfEndlessSeriesAreRead(t *testing.T) {
	t.Parallel()
	x, stderr := explainICS(t, school(t), "2026-06-16", "UTC")
	if len(x.Events) != 1000 || stderr != "" {
		t.Errorf("%d events are listed of 1000, and it says %q", len(x.Events), stderr)
	}
	for _, e := range x.Events {
		if e.Novel {
			t.Fatalf("what takes place every week is novel: %+v", e)
		}
	}
	t.Run("nothing false is told of a history that is cut", func(t *testing.T) {
		if strings.Contains(x.Headline+" "+x.Text, "more than any Tuesday") {
			t.Errorf("every Tuesday has 1000 lessons, and it says %q", x.Headline)
		}
		for _, e := range x.Events {
			if strings.Contains(e.Reason, "last on 13 January") {
				t.Fatalf("it was there last week, and it says %q of %s", e.Reason, e.Title)
			}
		}
	})
}

// Who asks for JSON gets it of whatever ends with a result.
func TestEveryCommandThatPrintsAResultPrintsItAsJSON(t *testing.T) {
	t.Parallel()
	without := strings.Fields("up worker api dashboard sandbox serve completion help") // they stay up, or print what is no data
	for _, node := range visibleCommands(t) {
		if len(node.Children) > 0 && node.DefaultCmd == nil || slices.Contains(without, node.Name) {
			continue
		}
		if flag := flagNamed(node, "json"); flag == nil || !flag.IsBool() {
			t.Errorf("%s has no --json", node.FullPath())
		}
	}
}

func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			if flag.Name == name {
				return flag
			}
		}
	}
	return nil
}

func TestADayWithNothingSaysWhereThereIsSomething(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ args, want string }{
		"after the last": {
			"--ics testdata/latin1.ics --date 2030-01-01", "the last event in this file is on 2026-06-16: try --date 2026-06-16",
		},
		"before the first": {
			"--ics testdata/latin1.ics --date 2001-01-01", "the first event in this file is on 2026-06-16: try --date 2026-06-16",
		},
		"in several files": {
			"--ics testdata/latin1.ics --ics testdata/short.ics --date 2026-06-17", "the last event in these files is on 2026-06-16",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range []string{"demo", "explain"} {
				r := mustDo(t, nil, append([]string{command}, strings.Fields(c.args)...)...)
				if !strings.Contains(r.stderr, c.want) {
					t.Errorf("%s says %q, want %q", command, r.stderr, c.want)
				}
			}
		})
	}
	if r := mustDo(t, nil, "explain", "--ics", "testdata/latin1.ics", "--date", "2026-06-16"); r.stderr != "" {
		t.Errorf("of a day with something it says %q", r.stderr)
	}
}

func TestACalendarWithoutAZoneIsSaidToBeShownInUTC(t *testing.T) {
	t.Parallel()
	const calendar = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260616T000000Z\n" +
		"SUMMARY:Visit\nDTSTART:20260616T150000\nDTEND:20260616T160000\nEND:VEVENT\nEND:VCALENDAR\n"
	file := filepath.Join(t.TempDir(), "bare.ics")
	if err := os.WriteFile(file, []byte(calendar), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"demo", "explain"} {
		args := []string{command, "--ics", file, "--date", "2026-06-16"}
		if r := mustDo(t, nil, args...); !strings.Contains(r.stderr, "in UTC: choose another with --timezone") ||
			strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%s says %q", command, r.stderr)
		}
		if r := mustDo(t, nil, append(args, "--timezone", "Europe/Berlin")...); r.stderr != "" {
			t.Errorf("%s is told the zone and says %q", command, r.stderr)
		}
	}
}

func TestTodayAndTomorrowStandWhereverADateDoes(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t)
	e := sandbox.env.with("REDIS_URL=" + server.URL())
	start(t, e, "worker").says(t, "worker started")
	tomorrow := summarizer.DateOf(time.Now().UTC()).AddDays(1)
	var s summarizer.Summary
	if err := json.Unmarshal([]byte(mustDo(t, e, "get", "u1", "tomorrow", "--json", "--fresh").stdout), &s); err != nil || s.Date != tomorrow {
		t.Errorf("get: %v: it is of %s, want %s", err, s.Date, tomorrow)
	}
	var several []summarizer.Summary
	all := mustDo(t, e, "get", "u1", "today", "--json", "--days", "3").stdout
	if err := json.Unmarshal([]byte(all), &several); err != nil || len(several) != 3 {
		t.Fatalf("get: %v: %d summaries", err, len(several))
	}
	if several[1].Date != tomorrow {
		t.Errorf("the second of three days from today on is %s", several[1].Date)
	}
	if d := demoOf(t, nil, "--date", "tomorrow"); d.Date != tomorrow {
		t.Errorf("demo is about %s", d.Date)
	}
	if out := mustDo(t, e, "explain", "--user", "u1", "--date", "tomorrow").stdout; !strings.Contains(out, tomorrow.String()) {
		t.Errorf("explain is about another day:\n%s", out)
	}
	var sent map[string]string
	// On a stream of its own: the worker would have trimmed the message away.
	out := mustDo(t, e.with("FOREDAY_STREAM=foreday:aside"), "publish", "--type", "event.created", "--user", "u1", "--event", "abcde",
		"--start", "today", "--end", "tomorrow", "--json").stdout
	if err := json.Unmarshal([]byte(out), &sent); err != nil || sent["id"] == "" {
		t.Fatalf("publish prints %s", out)
	}
	message := server.Client(t).XRange(t.Context(), "foreday:aside", sent["id"], sent["id"]).Val()
	if len(message) != 1 || message[0].Values["end"] != tomorrow.String() {
		t.Errorf("published was %v", message)
	}
}

// makeSummary makes u1's summary of a day, as a worker would.
func makeSummary(t *testing.T, store *freshness.Store, date summarizer.Date, headline string) {
	t.Helper()
	run, begun, err := store.Begin(t.Context(), "test", "u1", summarizer.Day{Date: date, Zone: time.UTC}, true)
	if err != nil || begun != freshness.BeginGo {
		t.Fatalf("begin: %v, %v", begun, err)
	}
	sum := summarizer.Summary{User: "u1", Date: date, Timezone: "UTC", Headline: headline, Generation: run.Gen}
	if _, err := store.Commit(t.Context(), run, sum); err != nil {
		t.Fatal(err)
	}
}

// There is no worker, and the third day's key holds something else: only of the first day is there
// a summary. It is printed, and each of the others is told with its reason.
func TestGetPrintsTheDaysThatAreThere(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	first := summarizer.DateOf(time.Now().UTC())
	client := server.Client(t)
	makeSummary(t, freshness.NewStore(client, freshness.Config{}), first, "Made before.")
	client.LPush(t.Context(), freshness.FreshKey("u1", first.AddDays(2)), "of another kind")
	r := foreday(t, env{"REDIS_URL=" + server.URL()}, "get", "u1", first.String(), "--days", "4")
	waited := fmt.Sprintf("%s, %s: no fresh summary of u1 was made in time", first.AddDays(1), first.AddDays(3))
	if r.status != exitFail || !strings.Contains(r.stdout, "Made before.") || !strings.Contains(r.stderr, waited) ||
		!strings.Contains(r.stderr, fmt.Sprintf("; %s: ", first.AddDays(2))) || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("status %d, printed\n%s\nand said %q", r.status, r.stdout, r.stderr)
	}
}

// Redis counts how often it was sent something: once for a round trip.
func TestGetReadsAWeekInAsManyRoundTripsAsADay(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	e := env{"REDIS_URL=" + server.URL()}
	client := server.Client(t)
	store := freshness.NewStore(client, freshness.Config{})
	first := summarizer.DateOf(time.Now().UTC())
	for n := range 7 {
		makeSummary(t, store, first.AddDays(n), fmt.Sprint("Day ", n))
	}
	sent := func() (n int) {
		t.Helper()
		_, text, _ := strings.Cut(client.Info(t.Context(), "stats").Val(), "total_reads_processed:")
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	trips := func(days string) int {
		t.Helper()
		before := sent()
		var read []summarizer.Summary
		out := mustDo(t, e, "get", "u1", "today", "--json", "--days", days).stdout
		if days == "7" && (json.Unmarshal([]byte(out), &read) != nil || len(read) != 7 || read[6].Headline != "Day 6") {
			t.Errorf("a week is\n%s", out)
		}
		return sent() - before
	}
	trips("1") // Redis learns the script
	// Some are sent in the background, now and then: for a day the most count, for a week the fewest.
	day, week := trips("1"), trips("7")
	for tries := 0; tries < 5 && week > day; tries++ {
		day, week = max(day, trips("1")), min(week, trips("7"))
	}
	if week > day {
		t.Errorf("a week was read in %d round trips, a day in %d", week, day)
	}
}

func TestTheDemoCountsTheCallsOfARealModel(t *testing.T) {
	t.Parallel()
	model := httptest.NewServer(openaitest.New(openaitest.Config{}))
	t.Cleanup(model.Close)
	e := env{"OPENAI_BASE_URL=" + model.URL + "/v1", "OPENAI_API_KEY=key"}
	if d := demoOf(t, e); d.Upstream.OpenAI == 0 {
		t.Errorf("the model was asked %d times", d.Upstream.OpenAI)
	}
	story := mustDo(t, e, "demo").stdout
	if strings.Contains(story, "stand-ins answer") || strings.Contains(story, "model 0 times") {
		t.Errorf("the story is about another model:\n%s", story)
	}
}

// Many shells have a key for OpenAI, and nobody who tries stand-ins means to pay, or to send
// titles anywhere.
func TestAKeyThatAShellHappensToHaveIsNotSpentOnStandIns(t *testing.T) {
	t.Parallel()
	e := env{"OPENAI_API_KEY=key", "PORT=0"}
	r := mustDo(t, e, "demo")
	if !strings.Contains(r.stderr, "OPENAI_API_KEY is left aside") ||
		!strings.Contains(r.stdout, "a local stand-in that speaks OpenAI's protocol") {
		t.Errorf("the demo says\n%s%s", r.stderr, r.stdout)
	}
	up := start(t, e, "up", "--sandbox")
	if said := up.says(t, `"message":"settings"`); !strings.Contains(said, `"writer":"stand-in at http://127.0.0.1:`) {
		t.Errorf("up --sandbox says %s", said)
	}
	if !strings.Contains(up.output(), "OPENAI_API_KEY is left aside") {
		t.Errorf("up --sandbox says nothing of the key:\n%s", up.output())
	}
}

func TestDeadLettersAreReplayedAndDroppedByReasonOrAll(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client, e := server.Client(t), env{"REDIS_URL=" + server.URL()}
	for _, reason := range []string{"field start: no offset", "field user is missing", "field end: no Offset"} {
		client.XAdd(t.Context(), xadd("foreday:dead", "type", "event.created", "dead_reason", reason))
	}
	var r deadResult
	if err := json.Unmarshal([]byte(mustDo(t, e, "dead", "replay", "--reason", "offset", "--json").stdout), &r); err != nil || r.Done != 2 {
		t.Errorf("%v: %+v", err, r)
	}
	if n := client.XLen(t.Context(), "foreday:events").Val(); n != 2 {
		t.Errorf("%d messages were put back, want 2", n)
	}
	mustDo(t, e, "dead", "drop", "--all")
	if n := client.XLen(t.Context(), "foreday:dead").Val(); n != 0 {
		t.Errorf("%d dead letters are left", n)
	}
	mustDo(t, e, "dead", "drop", "--all") // nothing to do is no failure
}

func TestTheDateOfADayIsTakenInItsZone(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var today, tomorrow dayFlag
	if today.UnmarshalText([]byte("today")) != nil || tomorrow.UnmarshalText([]byte("Tomorrow")) != nil {
		t.Fatal("a word is not known")
	}
	for got, want := range map[string]string{
		today.of(late, time.UTC).String(): "2026-11-23", today.of(late, berlin).String(): "2026-11-24",
		tomorrow.of(late, berlin).String(): "2026-11-25", dayFlag{}.of(late, time.UTC).String(): "2026-11-23",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
