package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// maxMessage is the longest message that is read, in bytes.
const maxMessage = 16 << 10

// readFields reads the request's body as one JSON object of so many bytes at
// most. What the fields mean is not its business; that there is no doubt about
// them is.
func readFields(w http.ResponseWriter, r *http.Request, most int64) (map[string]any, error) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		p := newProblem(http.StatusUnsupportedMediaType, "Send one JSON object with Content-Type: application/json.")
		if r.Method == http.MethodPost {
			p = p.with("Accept-Post", "application/json")
		}
		return nil, p
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, newProblem(http.StatusUnsupportedMediaType, "Send the JSON object as it is, without Content-Encoding.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is longer than %d bytes; what belongs in it needs far less.", most))
	case err != nil:
		return nil, badBody("was cut off").because(fmt.Errorf("read the body: %w", err))
	case !utf8.Valid(body):
		// The decoder would quietly put replacement characters in its place.
		return nil, badBody("is not UTF-8")
	}
	return object(body)
}

// object reads a JSON object with nothing behind it. A field given twice is
// refused: which of the two another reader would take, nobody knows.
func object(body []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return nil, badBody("is not a JSON object")
	}
	fields := map[string]any{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, notJSON(dec)
		}
		field, isString := name.(string)
		if !isString {
			return nil, notJSON(dec)
		}
		if _, twice := fields[field]; twice {
			return nil, (&FieldError{Field: field, Problem: "is there twice; send it once"}).problem(http.StatusBadRequest)
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, notJSON(dec)
		}
		fields[field] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(dec)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, badBody("goes on after the JSON object")
	}
	return fields, nil
}

func notJSON(dec *json.Decoder) *problem {
	return badBody(fmt.Sprintf("is not JSON any more from about byte %d on", dec.InputOffset()))
}

func badBody(what string) *problem {
	return newProblem(http.StatusBadRequest, "The body "+what+"; send one JSON object of the fields.")
}
