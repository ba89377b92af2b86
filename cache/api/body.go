package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// readJSON reads the request's body, of so many bytes at most once it is
// unpacked.
func readJSON(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || mediaType != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		p := newProblem(http.StatusUnsupportedMediaType, "Send JSON in UTF-8, with Content-Type: application/json.")
		if r.Method == http.MethodPost {
			p = p.with("Accept-Post", "application/json")
		}
		return nil, p
	}
	packed := http.MaxBytesReader(w, r.Body, most)
	body, err := unpacked(r.Header.Values("Content-Encoding"), packed, most)
	var tooLong *http.MaxBytesError
	var p *problem
	switch {
	case errors.As(err, &p):
		return nil, p
	case errors.As(err, &tooLong), int64(len(body)) > most:
		return nil, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is longer than %d bytes; send less at a time.", most))
	case err != nil:
		return nil, badBody("was cut off").because(fmt.Errorf("read the body: %w", err))
	case !utf8.Valid(body):
		// The decoder would quietly put replacement characters in its place.
		return nil, badBody("is not UTF-8")
	}
	return body, nil
}

// unpacked reads at most a byte more than allowed, however much a small body
// unpacks to.
func unpacked(encodings []string, packed io.Reader, most int64) ([]byte, error) {
	switch strings.ToLower(strings.Join(encodings, ",")) {
	case "", "identity":
		return io.ReadAll(packed)
	case "gzip", "x-gzip":
	default:
		return nil, newProblem(http.StatusUnsupportedMediaType, "Send the JSON as it is, or once with Content-Encoding: gzip.").
			with("Accept-Encoding", "gzip")
	}
	unzip, err := gzip.NewReader(packed)
	if err != nil {
		return nil, notGzip(err)
	}
	body, err := io.ReadAll(io.LimitReader(unzip, most+1))
	if err != nil {
		return nil, notGzip(err)
	}
	return body, nil
}

func notGzip(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return err
	}
	return badBody("is not whole gzip, though Content-Encoding says so").because(fmt.Errorf("unpack the body: %w", err))
}

// readFields reads the request's body as one JSON object of so many bytes at
// most. What the fields mean is not its business; that there is no doubt about
// them is.
func readFields(w http.ResponseWriter, r *http.Request, most int64) (map[string]any, error) {
	body, err := readJSON(w, r, most)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return nil, badBody("is not a JSON object; send one")
	}
	return onlyObject(dec)
}

// onlyObject reads the rest of a JSON object whose brace was read, after which nothing
// may come.
func onlyObject(dec *json.Decoder) (map[string]any, error) {
	fields, p := object(dec)
	if p == nil {
		p = atEnd(dec)
	}
	if p != nil {
		return nil, p
	}
	return fields, nil
}

// object reads the rest of a JSON object whose brace was read. A field given twice
// is refused: which of the two another reader would take, nobody knows.
func object(dec *json.Decoder) (map[string]any, *problem) {
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
			return nil, fieldProblem(&summarizer.FieldError{Field: field, Problem: "is there twice; send it once"}, http.StatusBadRequest)
		}
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, notJSON(dec)
		}
		// The decoder quietly puts it for half a surrogate pair, as in "\ud800".
		if text, _ := value.(string); strings.ContainsRune(text, utf8.RuneError) {
			half := &summarizer.FieldError{Field: field, Value: text, Problem: "holds half a character, or U+FFFD in its place; send whole ones"}
			return nil, fieldProblem(half, http.StatusBadRequest)
		}
		fields[field] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(dec)
	}
	return fields, nil
}

// atEnd returns a problem if anything but space is left.
func atEnd(dec *json.Decoder) *problem {
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return badBody("goes on after its end; send one JSON value")
	}
	return nil
}

func notJSON(dec *json.Decoder) *problem {
	return badBody(fmt.Sprintf("is not JSON any more from about byte %d on, or is nested too deeply", dec.InputOffset()))
}

func badBody(what string) *problem {
	return newProblem(http.StatusBadRequest, "The body "+what+".")
}
