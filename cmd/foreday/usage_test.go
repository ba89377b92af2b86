package main

import (
	"net"
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/terminal"
)

// nowhere is a port on which nothing listens.
const nowhere = "127.0.0.1:1"

func TestABadSettingEndsTheProgramWithStatus2AndOneLineThatNamesIt(t *testing.T) {
	t.Parallel()
	redis := "REDIS_URL=redis://" + nowhere
	broker := "FOREDAY_TOKEN_URL=http://" + nowhere + "/broker"
	client := "GOOGLE_OAUTH_CLIENT_ID=app"
	for name, c := range map[string]struct {
		env  env
		args string
		want []string
	}{
		"Redis's scheme": {env{"REDIS_URL=http://ann:s3cret@host", broker}, "worker",
			[]string{"REDIS_URL", "http://ann:***@host", "redis"}},
		"no Redis":                {env{broker}, "worker", []string{"REDIS_URL", "set it"}},
		"no Redis for get":        {nil, "get u1", []string{"REDIS_URL", "set it"}},
		"empty counts as not set": {env{"REDIS_URL=", broker}, "api", []string{"REDIS_URL is not set"}},
		"a sandbox not sourced":   {nil, "get u1", []string{"REDIS_URL is not set", "up --sandbox", "--env-file", "`source`"}},
		"length that is none":     {env{"FOREDAY_SUMMARY_TTL=abc"}, "demo", []string{"FOREDAY_SUMMARY_TTL", `"abc"`, "1h30m"}},
		"length without unit":     {env{"FOREDAY_COOLDOWN=5"}, "demo", []string{"FOREDAY_COOLDOWN", `"5"`, "90s"}},
		"length of nothing":       {env{"FOREDAY_SUMMARY_TTL=0s"}, "demo", []string{"FOREDAY_SUMMARY_TTL", `"0s"`, "1s or more"}},
		"length below nothing":    {env{"FOREDAY_STALE_TTL=-1h"}, "demo", []string{"FOREDAY_STALE_TTL", "-1h0m0s"}},
		"length by flag":          {nil, "demo --summary-ttl=1ms", []string{"FOREDAY_SUMMARY_TTL", `"1ms"`}},
		"routine":                 {env{"FOREDAY_ROUTINE_TTL=1s"}, "demo", []string{"FOREDAY_ROUTINE_TTL", `"1s"`, "1m or more"}},
		"cooldown":                {env{"FOREDAY_COOLDOWN=2h"}, "demo", []string{"FOREDAY_COOLDOWN", `"2h0m0s"`, "1h"}},
		"zone":                    {env{"FOREDAY_TIMEZONE=Mars/Phobos"}, "demo", []string{"FOREDAY_TIMEZONE", "Mars/Phobos", "Europe/Berlin"}},
		"replicas":                {env{"FOREDAY_WAIT_REPLICAS=-1"}, "demo", []string{"FOREDAY_WAIT_REPLICAS", `"-1"`, "0 (none)"}},
		"replicas in the process": {env{"FOREDAY_WAIT_REPLICAS=1"}, "up --sandbox", []string{"FOREDAY_WAIT_REPLICAS", "REDIS_URL"}},
		"wait for replicas":       {env{"FOREDAY_WAIT_TIMEOUT=1m"}, "demo", []string{"FOREDAY_WAIT_TIMEOUT", `"1m0s"`, "1ms to 1s"}},
		"zone by flag":            {nil, "demo --timezone Local", []string{"--timezone", `"Local"`}},
		"days":                    {env{"FOREDAY_REFRESH_DAYS=-1"}, "demo", []string{"FOREDAY_REFRESH_DAYS", `"-1"`, "0 to 60"}},
		"days that are no number": {env{"FOREDAY_REFRESH_DAYS=two"}, "demo", []string{"FOREDAY_REFRESH_DAYS", `"two"`}},
		"number out of reach": {env{"FOREDAY_GOOGLE_RPM=99999999999999999999"}, "demo",
			[]string{"FOREDAY_GOOGLE_RPM", "99999999999999999999"}},
		"limit":                 {env{"FOREDAY_OPENAI_TPM=-3"}, "up", []string{"FOREDAY_OPENAI_TPM", `"-3"`}},
		"port":                  {env{"PORT=99999"}, "up", []string{"PORT", `"99999"`, "65535"}},
		"port of a worker":      {env{"PORT=99999", redis, broker}, "worker", []string{"PORT", `"99999"`}},
		"witness's time":        {env{redis, broker}, "witness --for=-1s", []string{"--for", `"-1s"`, "15m"}},
		"port of a witness":     {env{"PORT=99999", redis, broker}, "witness", []string{"PORT", `"99999"`}},
		"one in how many":       {env{"FOREDAY_WITNESS_ONE_IN=-1", redis, broker}, "worker", []string{"FOREDAY_WITNESS_ONE_IN", `"-1"`}},
		"port of the dashboard": {env{"PORT=-1", redis}, "dashboard", []string{"PORT", `"-1"`}},
		"port of the sandbox":   {nil, "sandbox --port 70000", []string{"--port", `"70000"`}},
		"port to come back to":  {nil, "connect u1 --port 70000", []string{"--port", `"70000"`}},
		"key":                   {env{"FOREDAY_KEY=c2hvcnQ="}, "demo", []string{"FOREDAY_KEY", "32"}},
		"key that is no base64": {env{"FOREDAY_KEY=*hunter2*"}, "up", []string{"FOREDAY_KEY", "32 bytes in base64", "head -c 32"}},
		"level":                 {env{"LOG_LEVEL=loud"}, "demo", []string{"LOG_LEVEL", `"loud"`, "debug, info"}},
		"format":                {env{"LOG_FORMAT=xml"}, "up", []string{"LOG_FORMAT", `"xml"`, "json"}},
		"date":                  {nil, "demo --date 2026-02-30", []string{"--date", `"2026-02-30"`, "YYYY-MM-DD"}},
		"date of get":           {env{redis}, "get u1 23.11.2026", []string{"date", `"23.11.2026"`, "YYYY-MM-DD"}},
		"date of explain":       {nil, "explain --ics x.ics --date tomorow", []string{"--date", `"tomorow"`, "YYYY-MM-DD", "tomorrow"}},
		"date before computers": {nil, "demo --date 1066-10-14", []string{"--date", "1066-10-14", "1972-01-01"}},
		"two ways to the calendars": {env{"GOOGLE_ACCESS_TOKEN=s3cret", broker, redis}, "worker",
			[]string{"GOOGLE_ACCESS_TOKEN", "FOREDAY_TOKEN_URL", "one of them"}},
		"no way to the calendars": {env{redis}, "worker", []string{"FOREDAY_TOKEN_URL", "GOOGLE_APPLICATION_CREDENTIALS",
			"GOOGLE_OAUTH_CLIENT_ID", "GOOGLE_ACCESS_TOKEN", "sandbox"}},
		"no way for up":      {nil, "up", []string{"FOREDAY_TOKEN_URL", "up --sandbox", "source sandbox.env"}},
		"no way for explain": {nil, "explain --user u1", []string{"FOREDAY_TOKEN_URL", "up --sandbox", "source sandbox.env"}},
		"broker": {env{"FOREDAY_TOKEN_URL=ftp://ann:s3cret@host", redis}, "worker",
			[]string{"FOREDAY_TOKEN_URL", "ftp://ann:***@host"}},
		"query of the broker": {env{"FOREDAY_TOKEN_URL=http://host/t?key=s3cret#s3cret", redis}, "worker",
			[]string{"FOREDAY_TOKEN_URL", "http://host/t?***"}},
		"key file that is missing": {env{"GOOGLE_APPLICATION_CREDENTIALS=/no/such.json"}, "up",
			[]string{"GOOGLE_APPLICATION_CREDENTIALS", "/no/such.json", "no such file"}},
		"key file that is none": {env{"GOOGLE_APPLICATION_CREDENTIALS=testdata/community.ics"}, "up",
			[]string{"GOOGLE_APPLICATION_CREDENTIALS", "community.ics", "service account"}},
		"no client to connect":     {nil, "connect u1", []string{"GOOGLE_OAUTH_CLIENT_ID", "client ID", "sandbox"}},
		"connecting without a key": {env{client, redis}, "connect u1", []string{"FOREDAY_KEY", "not set", "/dev/urandom"}},
		"reading without a key":    {env{client, redis}, "get u1", []string{"FOREDAY_KEY", "not set", "/dev/urandom"}},
		"whom to connect":          {env{client}, "connect a{b}", []string{"user", `"a{b}"`}},
		"no place for tokens":      {env{client}, "connect u1", []string{"FOREDAY_TOKEN_DIR", "REDIS_URL"}},
		"place for tokens": {env{client, "FOREDAY_TOKEN_DIR=testdata/community.ics"}, "connect u1",
			[]string{"FOREDAY_TOKEN_DIR", "community.ics"}},
		"disconnecting without a key": {env{client, redis}, "disconnect u1", []string{"FOREDAY_KEY", "not set", "/dev/urandom"}},
		"whom to disconnect":          {nil, "disconnect a{b}", []string{"user", `"a{b}"`}},
		"page of consent":             {env{client, "GOOGLE_AUTH_ENDPOINT=consent"}, "connect u1", []string{"GOOGLE_AUTH_ENDPOINT", `"consent"`}},
		"no patience":                 {env{client}, "connect u1 --wait 0s", []string{"--wait", `"0s"`}},
		"calendar's address":          {env{"GOOGLE_CALENDAR_ENDPOINT=calendar"}, "up", []string{"GOOGLE_CALENDAR_ENDPOINT", `"calendar"`}},
		"model's address": {env{"OPENAI_BASE_URL=localhost:11434"}, "demo",
			[]string{"OPENAI_BASE_URL", `"localhost:11434"`, "https://"}},
		"a colon in a name": {env{"FOREDAY_DASHBOARD_USER=an:n", "FOREDAY_DASHBOARD_PASSWORD=x", redis}, "dashboard",
			[]string{"FOREDAY_DASHBOARD_USER", `"an:n"`, "colon"}},
		"half a login":          {env{"FOREDAY_DASHBOARD_USER=ann", redis}, "dashboard", []string{"FOREDAY_DASHBOARD_PASSWORD", "both"}},
		"stream":                {env{"FOREDAY_STREAM= x", redis, broker}, "worker", []string{"FOREDAY_STREAM", `" x"`}},
		"part of a bench":       {nil, "bench quota --part all", []string{"--part", `"all"`, "outage"}},
		"bench without picture": {nil, "bench idle --report a.svg", []string{"--report", `"a.svg"`, "FILE.html"}},
		"day without latency":   {nil, "bench report --part day", []string{"--part", `"day"`, "latency"}},
		"bench to nowhere":      {nil, "bench novelty --report /nowhere/a.html", []string{"--report", `"/nowhere/a.html"`}},
		"bench too short":       {nil, "bench quota --for 30s", []string{"--for", `"30s"`, "1m30s"}},
		"flag":                  {nil, "demo --frobnicate", []string{"--frobnicate", "demo --help"}},
		"command":               {nil, "frobnicate", []string{"frobnicate", "foreday --help"}},
		"argument":              {nil, "demo extra", []string{"extra", "demo --help"}},
		"missing argument":      {nil, "get", []string{"<user>", "get --help"}},
		"user":                  {env{redis}, "get a{b}", []string{"user", `"a{b}"`, "brace"}},
		"user of why":           {env{redis}, "why a{b}", []string{"user", `"a{b}"`, "brace"}},
		"date of why":           {env{redis}, "why u1 someday", []string{"date", `"someday"`, "YYYY-MM-DD"}},
		"user of explain":       {env{broker}, "explain --user a{b}", []string{"user", `"a{b}"`}},
		"publish without flags": {env{redis}, "publish", []string{"--type", "--user"}},
		"type": {env{redis}, "publish --type event.exploded --user u1",
			[]string{"--type", "event.exploded", "event.created"}},
		"event": {env{redis}, "publish --type event.created --user u1", []string{"--event", "missing"}},
		"zone's offset": {env{redis}, "publish --type event.created --user u1 --event e " +
			"--start 2026-11-23T15:00:00+99:00 --end 2026-11-23T16:00:00+01:00",
			[]string{"--start", "+99:00"}},
		"end before start": {env{redis}, "publish --type event.created --user u1 --event e " +
			"--start 2026-11-23T15:00:00Z --end 2026-11-23T14:00:00Z",
			[]string{"--end", "2026-11-23T14:00:00Z", "before"}},
		"span before": {env{redis}, "publish --type event.deleted --user u1 --event e --start 2026-11-23 --end 2026-11-24 " +
			"--was-start 2026-11-22 --was-end 2026-11-23", []string{"--was-start", "event.updated"}},
		"trace": {env{redis}, "publish --type calendar.changed --user u1 --traceparent 00-0-0-01",
			[]string{"--traceparent", `"00-0-0-01"`, "W3C"}},
		"exporter of traces": {env{redis, "OTEL_TRACES_EXPORTER=zipkin"}, "worker", []string{"OTEL_TRACES_EXPORTER", "zipkin", "otlp"}},
		"collector": {env{redis, "OTEL_EXPORTER_OTLP_ENDPOINT=ann:secret@collector:4317"}, "worker",
			[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "***"}},
		"protocol of traces": {env{redis, "OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, "worker",
			[]string{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"}},
		"sampler": {env{redis, "OTEL_TRACES_EXPORTER=otlp", "OTEL_TRACES_SAMPLER=sometimes"}, "worker",
			[]string{"OTEL_TRACES_SAMPLER", "sometimes", "traceidratio"}},
		"share of traces": {env{redis, "OTEL_TRACES_EXPORTER=otlp", "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=2"}, "worker",
			[]string{"OTEL_TRACES_SAMPLER_ARG", `"2"`, "0 to 1"}},
		"resource of traces": {env{redis, "OTEL_TRACES_EXPORTER=otlp", "OTEL_RESOURCE_ATTRIBUTES=nonsense"}, "worker",
			[]string{"OTEL_RESOURCE_ATTRIBUTES", `"nonsense"`}},
		"nobody to explain":      {nil, "explain", []string{"--ics", "--user"}},
		"too much to explain":    {nil, "explain --user u1 --ics x.ics", []string{"--user", "--ics"}},
		"file that is missing":   {nil, "demo --ics /no/such.ics", []string{"--ics", `"/no/such.ics"`, "no such file"}},
		"file that is a folder":  {nil, "explain --ics testdata", []string{"--ics", `"testdata"`, "folder"}},
		"threshold":              {env{redis}, "users set u1 --threshold 1.5", []string{"--threshold", `"1.5"`, "0 (everything"}},
		"threshold of nothing":   {env{redis}, "users set u1 --threshold high", []string{"--threshold", `"high"`, "0.4"}},
		"calendar in two lists":  {env{redis}, "users set u1 --include a --exclude a", []string{"--exclude", `"a"`, "one of the two"}},
		"user with settings":     {env{redis}, "users get a{b}", []string{"user", `"a{b}"`}},
		"number of users":        {nil, "sandbox --users 0", []string{"--users", `"0"`}},
		"fraction":               {nil, "sandbox --google-faults 2", []string{"--google-faults", `"2"`}},
		"kind of fault":          {nil, "sandbox --openai-fault-kind shy", []string{`"shy"`, "overloaded"}},
		"file without a name":    {nil, "explain --ics=", []string{"--ics", `""`, "stdin"}},
		"file of another kind":   {nil, "explain --ics ftp://host/x.ics", []string{"--ics", "ftp://host/x.ics", "https://"}},
		"comma in a file's name": {nil, "demo --ics /no/such,one.ics", []string{`"/no/such,one.ics"`}},
		"days of get":            {env{redis}, "get u1 --days 0", []string{"--days", `"0"`, "62"}},
		"which dead letters":     {env{redis}, "dead replay", []string{"--all", "--reason"}},
		"files without sandbox":  {env{broker}, "up --ics x.ics", []string{"--ics", "--sandbox"}},
		"near command":           {nil, "dmeo", []string{"dmeo", `"demo"`}},
		"near flag":              {nil, "demo --jsno", []string{"--jsno", `"--json"`}},
		"shell":                  {nil, "completion tcsh", []string{"tcsh", "bash"}},
		"help of nothing":        {nil, "help frobnicate", []string{"frobnicate"}},
		"password by flag":       {nil, "get u1 --redis-url redis://ann:s3cret@host", []string{"--redis-url", "ann:***@host", "REDIS_URL"}},
		"password in a list":     {nil, "get u1 --redis-url=host1:1,redis://:s3cret@host2:2", []string{"--redis-url", "REDIS_URL"}},
		"delay":                  {nil, "sandbox --google-delay=-1s", []string{"--google-delay", `"-1s"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := foreday(t, c.env, strings.Fields(c.args)...)
			r.wantOneLine(t, exitUsage, c.want...)
			for _, secret := range []string{"s3cret", "hunter2", "c2hvcnQ"} {
				if strings.Contains(r.stderr, secret) {
					t.Errorf("a secret is shown: %s", r.stderr)
				}
			}
		})
	}
}

func TestWhatCannotBeDoneEndsWithStatus1AndOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	server := redistest.Start(t)
	away, broker := "REDIS_URL=redis://ann:s3cret@"+nowhere, "FOREDAY_TOKEN_URL=http://"+nowhere+"/broker"
	for name, c := range map[string]struct {
		env  env
		args string
		want []string
	}{
		"no Redis for demo":       {env{away}, "demo", []string{"REDIS_URL", "start it"}},
		"no Redis to publish to":  {env{away}, "publish --type calendar.changed --user u1", []string{"REDIS_URL", "start it"}},
		"no Redis to look into":   {env{away}, "why u1", []string{"REDIS_URL", "ann:***@", "start it"}},
		"no Redis to get from":    {env{away}, "get u1", []string{"REDIS_URL", "ann:***@", "start it"}},
		"port of the API":         {env{"REDIS_URL=" + server.URL(), "PORT=" + port, "LOG_LEVEL=error"}, "api", []string{port, "PORT"}},
		"port of the dashboard":   {env{"REDIS_URL=" + server.URL(), "PORT=" + port}, "dashboard", []string{port, "PORT"}},
		"port of up":              {env{broker, "PORT=" + port, "LOG_LEVEL=error"}, "up", []string{port, "PORT"}},
		"port of the sandbox":     {nil, "sandbox --port " + port, []string{port, "--port"}},
		"empty file":              {nil, "demo --ics testdata/empty.ics", []string{"--ics", "empty.ics", "empty", "export"}},
		"file of something else":  {nil, "explain --ics testdata/nocalendar.ics", []string{"nocalendar.ics", "VCALENDAR"}},
		"calendar without events": {nil, "sandbox --ics testdata/noevents.ics", []string{"noevents.ics", "no events"}},
		"dead letter to replay":   {env{"REDIS_URL=" + server.URL()}, "dead replay 1-1", []string{`"1-1"`, "dead list"}},
		"dead letter to drop":     {env{"REDIS_URL=" + server.URL()}, "dead drop UNKNOWN", []string{`"UNKNOWN"`, "dead list"}},
		"address of a calendar":   {nil, "explain --ics http://" + nowhere + "/s3cret.ics", []string{nowhere, "download"}},
		"calendar on stdin":       {nil, "explain --ics -", []string{"--ics", `"-"`, "empty"}},
		"no broker":               {env{broker}, "explain --user u1", []string{nowhere}},
		"no broker for get":       {env{broker}, "get u1", []string{nowhere}},
		"no Redis to connect": {env{away, "GOOGLE_OAUTH_CLIENT_ID=app", "FOREDAY_KEY=" + key}, "connect u1",
			[]string{"REDIS_URL", "start it"}},
		"nobody to disconnect": {env{"FOREDAY_TOKEN_DIR=" + t.TempDir() + "/tokens"}, "disconnect u1",
			[]string{"u1 has not connected", "tokens"}},
		"port to come back to": {env{"GOOGLE_OAUTH_CLIENT_ID=app", "FOREDAY_TOKEN_DIR=" + t.TempDir() + "/tokens"},
			"connect u1 --port " + port, []string{port, "--port"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := foreday(t, c.env, strings.Fields(c.args)...)
			r.wantOneLine(t, exitFail, c.want...)
			if strings.Contains(r.stderr, "s3cret") {
				t.Errorf("the password is shown: %s", r.stderr)
			}
		})
	}
}

func TestHelpFitsTheTerminalAndNamesEverySetting(t *testing.T) {
	t.Parallel()
	all := mustDo(t, nil).stdout
	if got := mustDo(t, nil, "--help").stdout; got != all {
		t.Errorf("foreday alone and foreday --help differ:\n%s", got)
	}
	var everything strings.Builder
	everything.WriteString(all)
	everything.WriteString(mustDo(t, nil, "help", "settings").stdout)
	for _, command := range []string{"demo", "up", "worker", "api", "dashboard", "sandbox", "publish", "get", "why", "users", "explain",
		"connect", "disconnect", "doctor", "dead", "bench", "witness"} {
		if !strings.Contains(all, "\n  "+command+" ") {
			t.Errorf("foreday --help does not list %s", command)
		}
		everything.WriteString(mustDo(t, nil, command, "--help").stdout)
	}
	text := everything.String()
	wantNarrow(t, text)
	for _, setting := range strings.Fields(`REDIS_URL FOREDAY_STREAM FOREDAY_GROUP FOREDAY_SUMMARY_TTL FOREDAY_STALE_TTL
		FOREDAY_ROUTINE_TTL FOREDAY_REFRESH_DAYS FOREDAY_COOLDOWN FOREDAY_TIMEZONE GOOGLE_CALENDAR_ENDPOINT
		GOOGLE_APPLICATION_CREDENTIALS GOOGLE_ACCESS_TOKEN FOREDAY_TOKEN_URL GOOGLE_TOKEN_ENDPOINT GOOGLE_AUTH_ENDPOINT
		GOOGLE_OAUTH_CLIENT_ID GOOGLE_OAUTH_CLIENT_SECRET FOREDAY_TOKEN_DIR OPENAI_API_KEY
		OPENAI_BASE_URL OPENAI_MODEL FOREDAY_OPENAI_RPM FOREDAY_OPENAI_TPM FOREDAY_GOOGLE_RPM FOREDAY_GOOGLE_USER_RPM
		FOREDAY_WITNESS FOREDAY_WITNESS_ONE_IN FOREDAY_OPEN_METRICS
		FOREDAY_LLM_DAILY_TOKENS FOREDAY_KEY FOREDAY_API_TOKEN FOREDAY_DASHBOARD_USER FOREDAY_DASHBOARD_PASSWORD
		PORT LOG_LEVEL LOG_FORMAT`) {
		if !strings.Contains(text, setting) {
			t.Errorf("no --help names %s", setting)
		}
	}
}

// wantNarrow checks that no line is wider than a terminal.
func wantNarrow(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := terminal.Columns(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
