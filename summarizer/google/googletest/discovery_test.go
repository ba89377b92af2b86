package googletest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"
)

// discovery is what Google's own description of the API says, as far as it is
// checked here.
type discovery struct {
	Parameters map[string]json.RawMessage
	Schemas    map[string]schema
	Resources  map[string]struct{ Methods map[string]apiMethod }
}

type apiMethod struct {
	ID         string
	HTTPMethod string
	Path       string
	Parameters map[string]struct{ Location string }
	Response   struct {
		Ref string `json:"$ref"`
	}
}

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 string
	Format               string
	Enum                 []string
	Default              string
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties *schema
}

// described reads the discovery document that comes with the real client.
var described = sync.OnceValues(func() (*discovery, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module of the client: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "calendar", "v3", "calendar-api.json"))
	if err != nil {
		return nil, err
	}
	var d discovery
	return &d, json.Unmarshal(b, &d)
})

func discoveryDocument(t *testing.T) *discovery {
	t.Helper()
	d, err := described()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMethodsAndTheirParametersAreThoseOfTheDiscoveryDocument(t *testing.T) {
	t.Parallel()
	d := discoveryDocument(t)
	for _, m := range googletest.Methods() {
		resource, name, _ := strings.Cut(m.Name, ".")
		want, ok := d.Resources[resource].Methods[name]
		if !ok || want.HTTPMethod != m.Verb || want.Path != m.Path {
			t.Errorf("%s is %s %s, want %s %s", m.Name, m.Verb, m.Path, want.HTTPMethod, want.Path)
		}
		for _, p := range m.Params {
			if want.Parameters[p].Location != "query" {
				t.Errorf("%s takes %q, which it has not", m.Name, p)
			}
		}
		for p, about := range want.Parameters {
			if about.Location == "query" && !slices.Contains(m.Params, p) && p != "eventLabelVersion" {
				t.Errorf("%s does not take %q", m.Name, p)
			}
		}
	}
	for _, p := range googletest.CommonParams() {
		if _, ok := d.Parameters[p]; !ok {
			t.Errorf("every method takes %q, which none has", p)
		}
	}
}

// conforming checks every answer of the stand-in against the discovery document
// on its way to the client.
func conforming(t *testing.T, next http.Handler) http.Handler {
	d := discoveryDocument(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if m := d.method(r); m != nil && answer.Code == http.StatusOK && m.Response.Ref != "" {
			var body any
			if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
				t.Errorf("%s answers with no JSON: %v", m.ID, err)
			}
			for _, fault := range d.check(schema{Ref: m.Response.Ref}, body, m.Response.Ref) {
				t.Errorf("%s: %s", m.ID, fault)
			}
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = bytes.NewReader(answer.Body.Bytes()).WriteTo(w) // a client that went away is not our trouble
	})
}

// method returns the method that a request is for, nil if it is for none.
func (d *discovery) method(r *http.Request) *apiMethod {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/calendar/v3/")
	if !ok {
		return nil
	}
	for _, resource := range d.Resources {
		for _, m := range resource.Methods {
			pattern := "^" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(m.Path, "[^/]+") + "$"
			if m.HTTPMethod == r.Method && regexp.MustCompile(pattern).MatchString(path) {
				return &m
			}
		}
	}
	return nil
}

// check returns what of v is not as the schema says.
func (d *discovery) check(s schema, v any, where string) []string {
	if s.Ref != "" {
		s = d.Schemas[s.Ref]
	}
	wrong := func(format string, args ...any) []string {
		return []string{where + " " + fmt.Sprintf(format, args...)}
	}
	switch v := v.(type) {
	case map[string]any:
		return d.checkObject(s, v, where)
	case []any:
		if s.Type != "array" {
			return wrong("is a list, want %s", s.Type)
		}
		var faults []string
		for i, item := range v {
			faults = append(faults, d.check(*s.Items, item, fmt.Sprintf("%s[%d]", where, i))...)
		}
		return faults
	case string:
		return checkString(s, v, where)
	case bool:
		if s.Type != "boolean" {
			return wrong("is a boolean, want %s", s.Type)
		}
	case float64:
		if s.Type != "integer" && s.Type != "number" {
			return wrong("is a number, want %s", s.Type)
		}
	default:
		return wrong("is %v", v)
	}
	return nil
}

func (d *discovery) checkObject(s schema, v map[string]any, where string) []string {
	var faults []string
	for name, value := range v {
		property, ok := s.Properties[name]
		switch {
		case ok:
			faults = append(faults, d.check(property, value, where+"."+name)...)
		case s.AdditionalProperties != nil:
			faults = append(faults, d.check(*s.AdditionalProperties, value, where+"."+name)...)
		default:
			faults = append(faults, where+" has no "+name)
		}
	}
	return faults
}

func checkString(s schema, v, where string) []string {
	if s.Type != "string" {
		return []string{fmt.Sprintf("%s is the string %q, want %s", where, v, s.Type)}
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return []string{fmt.Sprintf("%s is %q, want one of %q", where, v, s.Enum)}
	}
	if strings.HasSuffix(where, ".kind") && s.Default != v {
		return []string{fmt.Sprintf("%s is %q, want %q", where, v, s.Default)}
	}
	layout := map[string]string{"date": time.DateOnly, "date-time": time.RFC3339}[s.Format]
	if _, err := time.Parse(layout, v); layout != "" && err != nil {
		return []string{fmt.Sprintf("%s is %q, want a %s", where, v, s.Format)}
	}
	return nil
}
