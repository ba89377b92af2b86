package openaitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// spoil turns the model's answer into what the fault makes of it.
func (f Fault) spoil(content string, req Request) string {
	switch f.Kind {
	case Verbatim:
		return f.Content
	case WrongSchema:
		return `{"summary":{"title":"Your day","lines":["There is something unusual."]}}`
	case Prose:
		return "Sure! Here is the summary you asked for: it is going to be an unusual day."
	case Fenced:
		return "```json\n" + content + "\n```"
	case CutAnswer:
		return content[:len(content)/2]
	case Huge:
		return strings.Repeat("word ", 1<<18)
	case InventedEvent:
		return addToSentences(content, " You also meet Anna for lunch.")
	case PhoneNumber:
		return addToSentences(content, " Call +49 30 901820 for details.")
	case AddedLink:
		return addToSentences(content, " See https://calendar.example/join.")
	case ShiftedHour:
		return shiftHours(content)
	case Obedient:
		if d, ok := findDay(req.Messages); ok {
			return replaceText(content, d.Events[0].Title)
		}
	}
	return content
}

var textProperty = regexp.MustCompile(`"text":"(?:[^"\\]|\\.)*"`)

// addToSentences adds to each text of the answer.
func addToSentences(content, more string) string {
	return textProperty.ReplaceAllStringFunc(content, func(p string) string { return p[:len(p)-1] + more + `"` })
}

// replaceText makes every text of the answer say the same.
func replaceText(content, says string) string {
	b, err := json.Marshal(says)
	if err != nil {
		panic(err) // strings always marshal
	}
	return textProperty.ReplaceAllStringFunc(content, func(string) string { return `"text":` + string(b) })
}

var clock = regexp.MustCompile(`\b([01]\d|2[0-3]):([0-5]\d)\b`)

func shiftHours(content string) string {
	return clock.ReplaceAllStringFunc(content, func(t string) string {
		hour, _ := strconv.Atoi(t[:2])
		return fmt.Sprintf("%02d%s", (hour+1)%24, t[2:])
	})
}

// distort changes what stands around the answer.
func (f Fault) distort(r *response) {
	switch f.Kind {
	case CutAnswer:
		r.Choices[0].FinishReason = "length"
	case ContentFilter:
		r.Choices[0].FinishReason, r.Choices[0].Message.Content = "content_filter", ""
	case Decline:
		r.Choices[0].Message = Message{Role: "assistant", Refusal: "I'm sorry, I can't help with that."}
	case EmptyChoices:
		r.Choices = []choice{}
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
