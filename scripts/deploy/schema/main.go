// Command schema writes the JSON schema of the kinds of objects that the manifests for
// Kubernetes hold, reduced from what Kubernetes and KEDA publish. It is strict: a field that
// they do not have is an error, and so is a status, which is not for manifests.
//
//	go run ./schema > kubernetes/schema.json
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The modules that hold the published schemas. Only these files of them are read.
const (
	kubernetes = "k8s.io/kubernetes@v1.35.3"
	keda       = "github.com/kedacore/keda/v2@v2.21.0"
)

// kinds are those that manifests may hold, by their names in the schema of Kubernetes.
var kinds = map[string]string{
	"apps/v1 Deployment":            "io.k8s.api.apps.v1.Deployment",
	"policy/v1 PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
	"v1 ConfigMap":                  "io.k8s.api.core.v1.ConfigMap",
	"v1 Service":                    "io.k8s.api.core.v1.Service",
}

const (
	intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
	quantity    = "io.k8s.apimachinery.pkg.api.resource.Quantity"
	objectMeta  = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
)

// object is one of JSON.
type object = map[string]any

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run() error {
	published, err := readKubernetes()
	if err != nil {
		return err
	}
	r := reduced{published: published, defs: object{}}
	for kind, name := range kinds {
		r.take(name)
		r.defs[kind] = as(kind, r.defs[name].(object))
		delete(r.defs, name)
	}
	scaled, err := readKEDA()
	if err != nil {
		return err
	}
	const kind = "keda.sh/v1alpha1 ScaledObject"
	r.defs[kind] = as(kind, r.strict(scaled).(object))
	r.defs[kind].(object)["properties"].(object)["metadata"] = object{"$ref": "#/$defs/" + objectMeta}
	return write(r.defs)
}

// reduced is what is taken of the published definitions.
type reduced struct{ published, defs object }

// take takes a definition, and all that it refers to.
func (r reduced) take(name string) {
	if _, ok := r.defs[name]; ok {
		return
	}
	switch name {
	case intOrString:
		r.defs[name] = object{"type": []string{"integer", "string"}}
	case quantity:
		r.defs[name] = object{"type": []string{"string", "number"},
			"pattern": `^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$`}
	default:
		r.defs[name] = nil // so that it is not taken again on the way
		r.defs[name] = r.strict(r.published[name])
	}
}

// checked are the keywords that say what a manifest may hold.
var checked = strings.Fields("type properties required items additionalProperties enum anyOf pattern minimum maximum minItems")

// strict returns the schema without what is for people, and with no fields but its own.
func (r reduced) strict(schema any) any {
	from := schema.(object)
	if ref, ok := from["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		r.take(name)
		return object{"$ref": "#/$defs/" + name}
	}
	to := object{}
	for _, keyword := range checked {
		switch value := from[keyword].(type) {
		case nil:
		case object: // items, or of additional properties; or properties by their names
			if keyword != "properties" {
				to[keyword] = r.strict(value)
				continue
			}
			fields := object{}
			for name, field := range value {
				if name != "status" && name != "managedFields" {
					fields[name] = r.strict(field)
				}
			}
			to[keyword] = fields
			if _, ok := from["additionalProperties"]; !ok && from["x-kubernetes-preserve-unknown-fields"] != true {
				to["additionalProperties"] = false
			}
		default:
			to[keyword] = value
		}
	}
	return to
}

// as has a schema be of objects of one version and kind.
func as(kind string, schema object) object {
	version, kind, _ := strings.Cut(kind, " ")
	properties := schema["properties"].(object)
	properties["apiVersion"], properties["kind"] = object{"const": version}, object{"const": kind}
	schema["required"] = []string{"apiVersion", "kind", "metadata"}
	return schema
}

func readKubernetes() (object, error) {
	text, err := fileOf(kubernetes, "api/openapi-spec/swagger.json")
	if err != nil {
		return nil, err
	}
	var published struct{ Definitions object }
	if err := json.Unmarshal(text, &published); err != nil {
		return nil, err
	}
	return published.Definitions, nil
}

func readKEDA() (object, error) {
	text, err := fileOf(keda, "config/crd/bases/keda.sh_scaledobjects.yaml")
	if err != nil {
		return nil, err
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPI object `yaml:"openAPIV3Schema"`
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &definition); err != nil {
		return nil, err
	}
	return definition.Spec.Versions[0].Schema.OpenAPI, nil
}

// fileOf reads a file of a module, from the module proxy if it is not there.
func fileOf(module, name string) ([]byte, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir, cmd.Stderr = os.TempDir(), os.Stderr // outside of a module of ours, whose go.mod it would look at
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("download %s: %w\n%s", module, err, out)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("download %s: %w", module, err)
	}
	return os.ReadFile(filepath.Join(found.Dir, name))
}

// write writes one definition a line, so that differences can be read.
func write(defs object) error {
	fmt.Printf("{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n\"$comment\": %q,\n\"$defs\": {\n",
		"Generated by scripts/deploy/schema from "+kubernetes+" and "+keda+", which are under the Apache License 2.0.")
	for i, name := range slices.Sorted(maps.Keys(defs)) {
		line, err := json.Marshal(defs[name])
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Println(",")
		}
		fmt.Printf("%q: %s", name, line)
	}
	_, err := fmt.Println("}}")
	return err
}
