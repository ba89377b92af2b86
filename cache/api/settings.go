package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"foreday/cache/freshness"
	"foreday/summarizer"
)

// settingsTimeout bounds how long reading or keeping settings may take.
const settingsTimeout = 5 * time.Second

// maxSettings is the longest body with settings that is read, in bytes.
const maxSettings = 256 << 10

// settings answers with what a user wants otherwise than usual.
func (a *api) settings(w http.ResponseWriter, r *http.Request) error {
	user, err := userOf(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), settingsTimeout)
	defer cancel()
	prefer, err := a.cfg.Preferences(ctx, user)
	switch {
	case errors.Is(err, freshness.ErrUnreadable):
		return newProblem(http.StatusInternalServerError,
			"The user's settings were sealed with another key, or are damaged: set them again with PUT.").
			of("unreadable-settings", "Settings cannot be read").because(err)
	case err != nil:
		return redisAway(err, "")
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, "application/json", http.StatusOK, prefer)
	return nil
}

// setSettings replaces a user's settings, and answers with them.
func (a *api) setSettings(w http.ResponseWriter, r *http.Request) error {
	user, err := userOf(r)
	if err != nil {
		return err
	}
	fields, err := readFields(w, r, maxSettings)
	if err != nil {
		return err
	}
	prefer, err := preferencesOf(fields)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), settingsTimeout)
	defer cancel()
	err = a.cfg.SetPreferences(ctx, user, prefer)
	var wrong *summarizer.FieldError
	switch {
	case errors.As(err, &wrong):
		return fieldProblem(wrong, http.StatusUnprocessableEntity)
	case err != nil:
		return redisAway(err, ", and the settings may not be in force. Sent twice, they do no harm")
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, "application/json", http.StatusOK, prefer)
	return nil
}

const notText = "is not a string; send one, or null for what the calendar says"

// preferencesOf reads what the body said. A field that is left out is as usual.
func preferencesOf(fields map[string]any) (p summarizer.Preferences, err error) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case "include":
			p.Include, err = calendarsOf(name, fields[name])
		case "exclude":
			p.Exclude, err = calendarsOf(name, fields[name])
		case "threshold":
			var threshold float64
			threshold, err = valueOf[float64](name, fields[name], "is not a number; send one from 0 to 1, or null for the usual")
			if fields[name] != nil {
				p.Threshold = &threshold
			}
		case "language":
			p.Language, err = valueOf[string](name, fields[name], notText)
		case "clock":
			p.Clock, err = valueOf[string](name, fields[name], notText)
		default:
			err = wrongType(name, fields[name], "is no setting; there are include, exclude, threshold, language and clock")
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func calendarsOf(name string, value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, wrongType(name, value, "is not a list; send the IDs of calendars, as strings in a list")
	}
	ids := make([]string, len(list))
	for i, v := range list {
		if ids[i], ok = v.(string); !ok {
			return nil, wrongType(name, v, "is not a string; send the ID of a calendar")
		}
	}
	return ids, nil
}

// valueOf reads a value of one type; null is the zero one, which is as usual.
func valueOf[T any](name string, value any, problem string) (T, error) {
	v, ok := value.(T)
	if !ok && value != nil {
		return v, wrongType(name, value, problem)
	}
	return v, nil
}

func wrongType(field string, value any, problem string) error {
	text, ok := value.(string)
	if !ok {
		b, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("show field %s: %w", field, err)
		}
		text = string(b)
	}
	return fieldProblem(&summarizer.FieldError{Field: field, Value: text, Problem: problem}, http.StatusUnprocessableEntity)
}
