package openaitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// spoil turns the model's answer into what the fault makes of it.
func (f Fault) spoil(content string, req Request) string {
	d, _ := findDay(req.Messages)
	switch f.Kind {
	case Verbatim:
		return f.Content
	case WrongSchema:
		return `{"summary":{"title":"Your day","lines":["There is something unusual."]}}`
	case Prose:
		return "Sure! Here is what you asked for: it is going to be an unusual day."
	case ProseAround:
		return "Sure! {It} is this:\n\n" + content + "\n\nAnything else {you} need?"
	case Fenced:
		return "```json\n" + content + "\n```"
	case Thoughts:
		return "<think>\nWhat is asked for is like {\"lead\":[],\"parts\":[]}. So:\n</think>\n\n" + content
	case CutAnswer:
		return content[:len(content)/2]
	case Huge:
		return strings.Repeat("word ", 1<<18)
	case NumericIDs:
		return rewrite(content, func(v any) any { return d.number(v) })
	case InventedEvent:
		return rewrite(content, func(v any) any {
			if list, ok := v.([]any); ok {
				return append(list, "e98", "e99")
			}
			return v
		})
	case Obedient:
		return rewrite(content, func(v any) any {
			if _, ok := v.(string); ok && len(d.Events) > 0 {
				return d.Events[0].Title
			}
			return v
		})
	case AddedText:
		return rewrite(content, func(v any) any {
			if object, ok := v.(map[string]any); ok {
				object["text"] = "Call +49 30 901820 or see https://calendar.example/join."
			}
			return v
		})
	}
	return content
}

// number returns the number in an event's ID, and any other value as it is.
func (d day) number(v any) any {
	id, _ := v.(string)
	n, err := strconv.Atoi(strings.TrimLeft(id, "abcdefghijklmnopqrstuvwxyz"))
	if err != nil || !slices.ContainsFunc(d.Events, func(e event) bool { return e.ID == id }) {
		return v
	}
	return n
}

// rewrite changes every value of the answer, the inner ones first.
func rewrite(content string, change func(any) any) string {
	var answer any
	if json.Unmarshal([]byte(content), &answer) != nil {
		return content
	}
	var all func(any) any
	all = func(v any) any {
		switch v := v.(type) {
		case []any:
			for i := range v {
				v[i] = all(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = all(v[name])
			}
		}
		return change(v)
	}
	b, err := json.Marshal(all(answer))
	if err != nil {
		panic(err) // it was JSON before
	}
	return string(b)
}

// distort changes what stands around the answer.
func (f Fault) distort(r *response) {
	switch f.Kind {
	case CutAnswer:
		r.Choices[0].FinishReason = "length"
	case ContentFilter:
		r.Choices[0].FinishReason, r.Choices[0].Message.Content = "content_filter", ""
	case Decline:
		r.Choices[0].Message = written{Role: "assistant", Refusal: "I'm sorry, I can't help with that."}
	case EmptyChoices:
		r.Choices = []choice{}
	default:
		f.dress(r)
	}
}

// send writes the answer to the client, as far as the fault lets it through.
func (f Fault) send(w http.ResponseWriter, r response) {
	switch f.Kind {
	case Malformed:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><body>It works!</body></html>"))
	case EmptyBody:
		w.WriteHeader(http.StatusOK)
	case CutBody:
		b, err := json.Marshal(r)
		if err != nil {
			panic(err) // strings and numbers always marshal
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b[:len(b)/2])
		_ = http.NewResponseController(w).Flush() // a writer that cannot sends the half when it ends
		panic(http.ErrAbortHandler)               // net/http's way to break a connection off
	default:
		writeJSON(w, http.StatusOK, r)
	}
}
