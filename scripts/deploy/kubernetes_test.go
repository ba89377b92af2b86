package deploy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// published is the schema of what manifests may hold.
type published struct{ *jsonschema.Compiler }

func readPublished(t *testing.T) published {
	t.Helper()
	file, err := os.Open("kubernetes/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", text); err != nil {
		t.Fatal(err)
	}
	return published{c}
}

// check says what is wrong with objects, and returns their kinds and names.
func (p published) check(text string) (found []string, wrong error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var object map[string]any
		switch err := decoder.Decode(&object); {
		case errors.Is(err, io.EOF):
			return found, wrong
		case err != nil:
			return found, err
		}
		asJSON, err := json.Marshal(object)
		if err != nil {
			return found, err
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			return found, err
		}
		version, _ := object["apiVersion"].(string)
		kind, _ := object["kind"].(string)
		schema, err := p.Compile("schema.json#/$defs/" + strings.ReplaceAll(version, "/", "~1") + "%20" + kind)
		if err != nil {
			return found, err
		}
		wrong = errors.Join(wrong, schema.Validate(instance))
		name, _ := object["metadata"].(map[string]any)["name"].(string)
		found = append(found, kind+" "+name)
	}
}

func manifest(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("kubernetes/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestManifestsHoldOnlyWhatKubernetesKnows(t *testing.T) {
	t.Parallel()
	schema := readPublished(t)
	for name, want := range map[string]string{
		"foreday.yaml": "ConfigMap foreday, Deployment foreday-worker, PodDisruptionBudget foreday-worker, Deployment foreday-api, " +
			"PodDisruptionBudget foreday-api, Service foreday-api, Deployment foreday-dashboard, Service foreday-dashboard",
		"autoscaler.yaml": "ScaledObject foreday-worker",
	} {
		found, err := schema.check(manifest(t, name))
		if err != nil || strings.Join(found, ", ") != want {
			t.Errorf("%s holds %s: %v", name, strings.Join(found, ", "), err)
		}
	}
}

func TestAWrongManifestIsNoticed(t *testing.T) {
	t.Parallel()
	schema := readPublished(t)
	for _, wrong := range []struct{ file, is, becomes, says string }{
		{"foreday.yaml", "terminationGracePeriodSeconds", "terminationGracePeriod", "'terminationGracePeriod' not allowed"},
		{"foreday.yaml", "replicas: 2", `replicas: "2"`, "want integer"},
		{"foreday.yaml", "memory: 512Mi", "memory: 512 MB", "does not match pattern"},
		{"foreday.yaml", "  replicas: 2\n  selector:\n", "  replicas: 2\n  selectors:\n", "missing property 'selector'"},
		{"foreday.yaml", "apiVersion: apps/v1\n", "apiVersion: apps/v2\n", "apps~1v2"},
		{"foreday.yaml", "kind: Service", "kind: Service\nstatus: {}", "'status' not allowed"},
		{"autoscaler.yaml", "minReplicaCount", "minReplicas", "'minReplicas' not allowed"},
		{"autoscaler.yaml", `threshold: "1"`, "threshold: 1", "want string"},
		{"autoscaler.yaml", "type: Pods", "kind: Pods", "'kind' not allowed"},
	} {
		text := manifest(t, wrong.file)
		if !strings.Contains(text, wrong.is) {
			t.Errorf("%s does not hold %q", wrong.file, wrong.is)
		}
		_, err := schema.check(strings.ReplaceAll(text, wrong.is, wrong.becomes))
		if err == nil || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("with %q for %q: %v", wrong.becomes, wrong.is, err)
		}
	}
}
