package main

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"foreday/cache/redistest"
)

const deployed = "../../scripts/deploy/"

// manifests are what is used here of those for Kubernetes.
type manifests struct {
	settings map[string]string // of all
	pods     map[string]pod    // by their names
}

type pod struct {
	Grace      int `yaml:"terminationGracePeriodSeconds"`
	Containers []struct {
		Args           []string
		ReadinessProbe probe `yaml:"readinessProbe"`
		LivenessProbe  probe `yaml:"livenessProbe"`
	}
}

type probe struct {
	Get struct{ Path string } `yaml:"httpGet"`
}

func readManifests(t *testing.T) manifests {
	t.Helper()
	file, err := os.Open(deployed + "kubernetes/foreday.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m := manifests{pods: map[string]pod{}}
	for decoder := yaml.NewDecoder(file); ; {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
			Data     map[string]string
			Spec     struct{ Template struct{ Spec pod } }
		}
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return m
		} else if err != nil {
			t.Fatal(err)
		}
		switch object.Kind {
		case "ConfigMap":
			m.settings = object.Data
		case "Deployment":
			m.pods[object.Metadata.Name] = object.Spec.Template.Spec
		}
	}
}

// longestStop is how long a process may take to stop, as README.md has it.
const longestStop = 10 * time.Second

func TestWhatKubernetesStartsIsReady(t *testing.T) {
	t.Parallel()
	server, sandbox := redistest.Start(t), startSandbox(t, "--users", "1")
	m := readManifests(t)
	if len(m.pods) != 3 || len(m.settings) == 0 {
		t.Fatalf("there are %d pods and %d settings", len(m.pods), len(m.settings))
	}
	known := mustDo(t, nil, "help", "settings").stdout
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_API_TOKEN=s3cret", "FOREDAY_DASHBOARD_USER=ann",
		"FOREDAY_DASHBOARD_PASSWORD=s3cret")
	for name, value := range m.settings {
		if e = e.with(name + "=" + value); name != "GOMEMLIMIT" && !strings.Contains(known, name) {
			t.Errorf("%s is no setting", name)
		}
	}
	for name, pod := range m.pods {
		port := freePort(t)
		p := start(t, e.with("PORT="+port), pod.Containers[0].Args...)
		p.says(t, `"serving"`)
		for path, probe := range map[string]probe{"/healthz": pod.Containers[0].LivenessProbe, "/readyz": pod.Containers[0].ReadinessProbe} {
			if got := get(t, "http://127.0.0.1:"+port+probe.Get.Path); got.StatusCode != http.StatusOK || probe.Get.Path != path {
				t.Errorf("%s: %s of it: %s %s", name, probe.Get.Path, got.Status, got.body)
			}
		}
		p.stop(t)
		if grace := time.Duration(pod.Grace) * time.Second; grace < 2*longestStop {
			t.Errorf("%s has %v to stop", name, grace)
		}
	}
}

func TestWhatSystemdStartsServes(t *testing.T) {
	t.Parallel()
	server, sandbox := redistest.Start(t), startSandbox(t, "--users", "1")
	files, _ := filepath.Glob(deployed + "systemd/*.service")
	if len(files) != 3 {
		t.Fatalf("the units are %q", files)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		port := freePort(t)
		command := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/foreday (.* )(\d+|%i)$`).FindStringSubmatch(string(text))
		stop := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(string(text))
		if command == nil || stop == nil {
			t.Fatalf("%s starts nothing, or has no time to stop", file)
		}
		p := start(t, sandbox.env.with("REDIS_URL="+server.URL()), append(strings.Fields(command[1]), port)...)
		p.says(t, `"serving"`)
		if got := get(t, "http://127.0.0.1:"+port+"/readyz"); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", file, got.Status, got.body)
		}
		p.stop(t)
		if patient, err := time.ParseDuration(stop[1] + "s"); err != nil || patient < 2*longestStop {
			t.Errorf("%s has %v to stop, %v", file, patient, err)
		}
	}
}

// The sizes that README.md works out go by these.
func TestARefreshCallsAsOftenAsTheSizesAssume(t *testing.T) {
	t.Parallel()
	server, sandbox := redistest.Start(t), startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_COOLDOWN=0s")
	worker := start(t, e.with("PORT="+freePort(t)), "worker")
	metrics := addressIn(t, worker.says(t, `"metrics":`), "metrics")
	for n, want := range []struct{ google, model string }{{"4", "1"}, {"5", "2"}} { // a new user; the same one
		mustDo(t, e, "sandbox", "event", "u1", strings.Repeat("Dentist ", n+1), "--start", "today 15:00", "--publish")
		eventually(t, func() string {
			body := get(t, metrics).body
			for _, line := range []string{
				`foreday_refreshes_total{outcome="written"} ` + want.model, "foreday_promised_refreshes 0",
				`foreday_upstream_requests_total{api="google",outcome="ok"} ` + want.google,
				`foreday_upstream_requests_total{api="openai",outcome="ok"} ` + want.model,
			} {
				if !strings.Contains(body, "\n"+line+"\n") {
					return "of refresh " + want.model + ", the metrics lack " + line
				}
			}
			return ""
		})
	}
}

// instructions are those of the container file, each as its name and the rest.
func instructions(t *testing.T) (all [][2]string) {
	t.Helper()
	text, err := os.ReadFile(deployed + "Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			all = append(all, [2]string{name, rest})
		}
	}
	return all
}

// The build is planned, not done: it would take a minute. `go test -tags image` does it.
func TestTheImageHasAllThatItsBuildNeeds(t *testing.T) {
	t.Parallel()
	source, module := t.TempDir(), "../../"
	counted := map[string]int{}
	for _, i := range instructions(t) {
		counted[i[0]]++
		if words := strings.Fields(i[1]); i[0] == "COPY" && !strings.HasPrefix(i[1], "--from=build ") {
			for _, name := range words[:len(words)-1] {
				copyInto(t, filepath.Join(source, name), module+name)
			}
		}
	}
	want := map[string]int{"FROM": 2, "WORKDIR": 1, "COPY": 8, "RUN": 2, "USER": 1, "ENV": 1, "EXPOSE": 1, "ENTRYPOINT": 1}
	if !maps.Equal(counted, want) {
		t.Errorf("its instructions are %v, not %v", counted, want)
	}
	command, binary := buildOfImage(t)
	if out, err := build(t, source, strings.Replace(command, "go build", "go build -n", 1)); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	all := instructions(t)
	for _, want := range [][2]string{{"COPY", "--from=build " + binary + " /foreday"}, {"ENTRYPOINT", `["/foreday"]`}, {"FROM", "scratch"}} {
		if !slices.Contains(all, want) {
			t.Errorf("there is no %s %s", want[0], want[1])
		}
	}
	text, err := os.ReadFile(module + "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	goes := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(text)
	if goes == nil || !slices.Contains(all, [2]string{"FROM", "docker.io/library/golang:" + string(goes[1]) + " AS build"}) {
		t.Errorf("it is not built with the Go of go.mod, %s", goes)
	}
}

// buildOfImage returns the command that builds the program, and what file it makes.
func buildOfImage(t *testing.T) (command, binary string) {
	t.Helper()
	for _, i := range instructions(t) {
		if strings.Contains(i[1], " go build ") {
			return i[1], regexp.MustCompile(` -o (\S+) `).FindStringSubmatch(i[1])[1]
		}
	}
	t.Fatal("nothing is built")
	return "", ""
}

// build runs the command as the image's build does.
func build(t *testing.T, dir, command string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=")
	return cmd.CombinedOutput()
}

func copyInto(t *testing.T, to, from string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		err = os.CopyFS(to, os.DirFS(from))
	} else {
		var text []byte
		if text, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
