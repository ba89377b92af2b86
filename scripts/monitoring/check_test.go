// Package monitoring holds what Prometheus and Grafana need to watch foreday: alert rules
// and a dashboard. Its test reads them as Prometheus does. That their metrics exist is for
// a test of the program to say.
package monitoring

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// rules are a file of rules, with what we use of it.
type rules struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr string
			For         model.Duration
			Labels      struct{ Severity string }
			Annotations struct{ Summary string }
		}
	}
}

// command is one to type, as a summary names it.
var command = regexp.MustCompile("`foreday [a-z]+[^`]*`")

func TestTheRulesAreSuchThatPrometheusReadsThem(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var all rules
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		t.Fatal(err)
	}
	// Those functions of Prometheus's templates that are used here.
	functions := template.FuncMap{}
	for _, name := range []string{"humanize", "humanizeDuration", "humanizePercentage"} {
		functions[name] = func(v float64) string { return "much" }
	}
	seen := map[string]bool{}
	for _, group := range all.Groups {
		for _, r := range group.Rules {
			if r.Alert == "" || seen[r.Alert] {
				t.Errorf("alert %q is without a name, or there twice", r.Alert)
			}
			seen[r.Alert] = true
			labels := parse(t, r.Alert, r.Expr)
			if r.Labels.Severity != "page" && r.Labels.Severity != "ticket" {
				t.Errorf("%s: its severity is %q", r.Alert, r.Labels.Severity)
			}
			if !command.MatchString(r.Annotations.Summary) {
				t.Errorf("%s: its summary does not say what to run: %s", r.Alert, r.Annotations.Summary)
			}
			said, err := template.New(r.Alert).Funcs(functions).Option("missingkey=error").
				Parse("{{$labels := .Labels}}{{$value := .Value}}" + r.Annotations.Summary)
			if err == nil {
				err = said.Execute(&bytes.Buffer{}, map[string]any{"Labels": labels, "Value": 1.0})
			}
			if err != nil {
				t.Errorf("%s: %v", r.Alert, err)
			}
		}
	}
	if len(seen) == 0 {
		t.Error("there are no rules")
	}
}

// parse reads an expression, and returns the labels that its result keeps.
func parse(t *testing.T, name, expr string) map[string]string {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(strings.ReplaceAll(expr, "$__rate_interval", "5m"))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return nil
	}
	labels := map[string]string{}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if sum, ok := node.(*parser.AggregateExpr); ok {
			for _, label := range sum.Grouping {
				labels[label] = "some"
			}
		}
		return nil
	})
	return labels
}

func TestTheDashboardIsSuchThatGrafanaReadsIt(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID    string
		Panels []struct {
			ID                       int
			Title, Description, Type string
			GridPos                  struct{ X, Y, W, H int }
			Targets                  []struct{ Expr, RefID, LegendFormat string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || len(board.Panels) == 0 {
		t.Fatal("there is no panel, or no ID of the dashboard")
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	legend := regexp.MustCompile(`\{\{(\w+)\}\}`)
	for _, p := range board.Panels {
		if p.Title == "" || p.Description == "" || p.Type == "" || len(p.Targets) == 0 || ids[p.ID] {
			t.Errorf("panel %d, %q, lacks something, or is there twice", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%q lies over %q, or beside the page", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			labels := parse(t, p.Title, target.Expr)
			for _, label := range legend.FindAllStringSubmatch(target.LegendFormat, -1) {
				if labels[label[1]] == "" {
					t.Errorf("%q names the label %s, which %s does not keep", p.Title, label[1], target.Expr)
				}
			}
		}
	}
}
