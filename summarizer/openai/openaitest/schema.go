package openaitest

import (
	"fmt"
	"slices"
	"strings"
)

// schema is the part of JSON Schema that json_schema answers may use.
type schema struct {
	Type                 any                `json:"type"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	AdditionalProperties *bool              `json:"additionalProperties"`
	Items                *schema            `json:"items"`
	Enum                 []any              `json:"enum"`
	Const                any                `json:"const"`
	AnyOf                []*schema          `json:"anyOf"`
	Ref                  string             `json:"$ref"`
	Defs                 map[string]*schema `json:"$defs"`
}

// schemaLike returns a schema that the example fits.
func schemaLike(example any) *schema {
	switch v := example.(type) {
	case map[string]any:
		s := &schema{Type: "object", Properties: make(map[string]*schema)}
		for name, value := range v {
			s.Properties[name] = schemaLike(value)
		}
		return s
	case []any:
		s := &schema{Type: "array", Items: &schema{Type: "string"}}
		if len(v) > 0 {
			s.Items = schemaLike(v[0])
		}
		return s
	case float64:
		return &schema{Type: "number"}
	case bool:
		return &schema{Type: "boolean"}
	}
	return &schema{Type: "string"}
}

// kind returns the schema's type; of several the first.
func (s *schema) kind() string {
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		if len(t) > 0 {
			k, _ := t[0].(string)
			return k
		}
	}
	if s.Properties != nil {
		return "object"
	}
	return ""
}

// resolve follows a reference to a definition.
func (s *schema) resolve(defs map[string]*schema) (*schema, error) {
	for range 10 {
		switch {
		case s == nil:
			return nil, fmt.Errorf("a part of the schema is missing")
		case s.Ref == "":
			return s, nil
		}
		s = defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
	}
	return nil, fmt.Errorf("a reference leads nowhere")
}

// maxDepth is how deep strict schemas may be nested.
const maxDepth = 5

// strict checks what strict mode demands: each object closed, all of its properties
// required, and no enumeration empty.
func (s *schema) strict(defs map[string]*schema) error { return s.strictAt(defs, 0) }

func (s *schema) strictAt(defs map[string]*schema, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("the schema is nested deeper than %d levels", maxDepth)
	}
	s, err := s.resolve(defs)
	if err != nil {
		return err
	}
	if s.Enum != nil && len(s.Enum) == 0 {
		return fmt.Errorf("'enum' is required to hold a value")
	}
	switch s.kind() {
	case "object":
		if s.AdditionalProperties == nil || *s.AdditionalProperties {
			return fmt.Errorf("'additionalProperties' is required to be supplied and to be false")
		}
		for name, p := range s.Properties {
			if !slices.Contains(s.Required, name) {
				return fmt.Errorf("'required' is required to be an array including every key in properties; missing '%s'", name)
			}
			if err := p.strictAt(defs, depth+1); err != nil {
				return err
			}
		}
	case "array":
		return s.Items.strictAt(defs, depth+1)
	}
	return nil
}
