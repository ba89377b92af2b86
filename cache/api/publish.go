package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"foreday/summarizer"
)

// publishTimeout bounds how long messages may take to get on the stream.
const publishTimeout = 5 * time.Second

const (
	maxMessages = 1000    // in one request
	maxBatch    = 1 << 20 // bytes of it, unpacked
)

// publish puts messages on the stream: all of the request, or none if one is wrong.
func (a *api) publish(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, maxBatch)
	if err != nil {
		return err
	}
	messages, several, err := messagesOf(body)
	if err != nil {
		return err
	}
	if ignored := nearMisses(messages, a.cfg.Fields); ignored != "" {
		w.Header().Set(ignoredHeader, ignored)
	}
	inTraceOf(r, messages)
	ctx, cancel := context.WithTimeout(r.Context(), publishTimeout)
	defer cancel()
	ids, err := a.cfg.Publish(ctx, messages)
	var wrong *summarizer.FieldError
	switch {
	case errors.As(err, &wrong):
		p := fieldProblem(wrong, http.StatusUnprocessableEntity)
		if several {
			p = p.about(wrong.Message)
		}
		return p
	case err != nil:
		return redisAway(fmt.Errorf("publish messages: %w", err), ", and the messages may not be on the stream. Sent twice, they do no harm")
	}
	w.Header().Set("Cache-Control", "no-store")
	if several {
		writeJSON(w, "application/json", http.StatusAccepted, publishedAll{ids})
		return nil
	}
	writeJSON(w, "application/json", http.StatusAccepted, published{ids[0]})
	return nil
}

// inTraceOf gives messages the trace of the request, if it is in one, unless they name
// their own.
func inTraceOf(r *http.Request, messages []map[string]any) {
	const name = "traceparent" // of the header and of the field
	header := r.Header.Get(name)
	if header == "" {
		return
	}
	for _, m := range messages {
		if m[name] == nil {
			m[name] = header
		}
	}
}

type published struct {
	ID string `json:"id"`
}

type publishedAll struct {
	IDs []string `json:"ids"`
}

// messagesOf reads one message, or several in an array.
func messagesOf(body []byte) (messages []map[string]any, several bool, err error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	first, _ := dec.Token()
	switch first {
	case json.Delim('{'):
		m, err := onlyObject(dec)
		return []map[string]any{m}, false, err
	case json.Delim('['):
		messages, err = array(dec)
		return messages, true, err
	}
	return nil, false, badBody("is neither a JSON object nor an array of them; send a message, or several in an array")
}

// array reads the rest of an array of objects whose bracket was read.
func array(dec *json.Decoder) (messages []map[string]any, err error) {
	for dec.More() {
		if len(messages) == maxMessages {
			return nil, newProblem(http.StatusRequestEntityTooLarge,
				fmt.Sprintf("The array holds more than %d messages; send at most so many at a time.", maxMessages))
		}
		if first, err := dec.Token(); err != nil {
			return nil, notJSON(dec).about(len(messages))
		} else if first != json.Delim('{') {
			return nil, badBody(fmt.Sprintf("holds something else than a JSON object at index %d; send one there",
				len(messages))).about(len(messages))
		}
		m, p := object(dec)
		if p != nil {
			return nil, p.about(len(messages))
		}
		messages = append(messages, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, notJSON(dec)
	}
	if len(messages) == 0 {
		return nil, badBody("holds no message; send at least one in the array")
	}
	if p := atEnd(dec); p != nil {
		return nil, p
	}
	return messages, nil
}
