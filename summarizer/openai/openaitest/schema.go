package openaitest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// schema is the part of JSON Schema that json_schema answers may use. Its
// properties keep the order they were written in, as answers have to.
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

// strict checks what strict mode demands: each object closed, and all of its
// properties required.
func (s *schema) strict(defs map[string]*schema) error { return s.strictAt(defs, 0) }

func (s *schema) strictAt(defs map[string]*schema, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("the schema is nested deeper than %d levels", maxDepth)
	}
	s, err := s.resolve(defs)
	if err != nil {
		return err
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

// sentence is a line of text and what it speaks of.
type sentence struct {
	text   string
	events []string
}

// filler fills a schema with what the writer has to say.
type filler struct {
	defs      map[string]*schema
	headline  sentence
	sentences []sentence
}

// fill returns a value that fits the schema: under a property of that name, for
// the sentence that is being said.
func (f filler) fill(s *schema, name string, says sentence, depth int) any {
	s, err := s.resolve(f.defs)
	if err != nil || depth > 2*maxDepth {
		return nil
	}
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0:
		return f.fill(s.AnyOf[0], name, says, depth+1)
	}
	if name == "headline" {
		says = f.headline
	}
	switch s.kind() {
	case "object":
		object := make(map[string]any)
		for name, p := range s.Properties {
			object[name] = f.fill(p, name, says, depth+1)
		}
		return object
	case "array":
		return f.list(s, says, depth)
	case "string":
		return says.text
	case "integer", "number":
		return len(says.events)
	case "boolean":
		return len(says.events) > 0
	}
	return nil
}

// list is an array: of event IDs inside a sentence, of sentences outside.
func (f filler) list(s *schema, says sentence, depth int) any {
	list := []any{}
	items, err := s.Items.resolve(f.defs)
	if err != nil {
		return list
	}
	if items.kind() == "string" && says.text != "" {
		for _, id := range says.events {
			list = append(list, id)
		}
		return list
	}
	for _, line := range f.sentences {
		list = append(list, f.fill(items, "", line, depth+1))
	}
	return list
}

func (f filler) json(s *schema) string {
	b, err := json.Marshal(f.fill(s, "", sentence{}, 0))
	if err != nil {
		panic(err) // maps, slices, strings and numbers always marshal
	}
	return string(b)
}
