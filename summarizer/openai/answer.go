package openai

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// answer is what the model is asked to write, as answerSchema has it.
type answer struct {
	Headline  line   `json:"headline"`
	Sentences []line `json:"sentences"`
}

// line is a sentence with the IDs of the events it speaks of.
type line struct {
	Text   string   `json:"text"`
	Events []string `json:"events"`
}

// answerSchema is in the subset of JSON Schema that strict mode takes: every
// property required, none besides.
var answerSchema = json.RawMessage(`{
	"type": "object",
	"properties": {
		"headline": {"$ref": "#/$defs/line"},
		"sentences": {"type": "array", "items": {"$ref": "#/$defs/line"}}
	},
	"required": ["headline", "sentences"],
	"additionalProperties": false,
	"$defs": {
		"line": {
			"type": "object",
			"properties": {
				"text": {"type": "string"},
				"events": {"type": "array", "items": {"type": "string"}}
			},
			"required": ["text", "events"],
			"additionalProperties": false
		}
	}
}`)

var errNotSchema = errors.New("the answer is not the one JSON object that was asked for")

// parse reads an answer. Servers that do not know strict mode, and there are
// many, answer with prose, fences or fields of their own.
func parse(content string) (answer, error) {
	var a answer
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return answer{}, errNotSchema
	}
	if _, err := dec.Token(); err != io.EOF {
		return answer{}, errNotSchema
	}
	if a.Headline.Text == "" || len(a.Sentences) == 0 {
		return answer{}, errNotSchema
	}
	return a, nil
}
