package openaitest

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// day is what the model finds in the prompt.
type day struct {
	Total   int     `json:"total_events"`
	Unusual int     `json:"unusual_events"`
	Events  []event `json:"events"`
}

type event struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	When     string `json:"when"`
	Starts   string `json:"starts"`
	Calendar string `json:"calendar"`
	Reason   string `json:"reason"`
	Status   string `json:"status"`
}

// What the model makes of what it is told about lengths.
const (
	listed        = 3    // events that the headline names
	maxListing    = 150  // characters of their titles
	maxSentences  = 8    // events that get a sentence
	maxCharacters = 1060 // of all of these sentences
)

// write is the model: the answer to a conversation, by its schema if it has one.
func write(req Request) string {
	d, _ := findDay(req.Messages)
	headline := d.headline()
	sentences := d.sentences()
	if req.ResponseFormat == nil || req.ResponseFormat.JSONSchema == nil {
		lines := []string{headline.text}
		for _, s := range sentences {
			lines = append(lines, s.text)
		}
		return strings.Join(lines, "\n")
	}
	format := req.ResponseFormat.JSONSchema
	return filler{defs: format.Schema.Defs, headline: headline, sentences: sentences}.json(format.Schema)
}

// findDay returns the day that the first message with events describes, or an
// empty day.
func findDay(messages []Message) (day, bool) {
	for _, m := range messages {
		var d day
		if m.Role == "user" && json.Unmarshal([]byte(m.Content), &d) == nil && len(d.Events) > 0 {
			return d, true
		}
	}
	return day{}, false
}

func (d day) headline() sentence {
	switch named := d.named(); {
	case len(d.Events) == 0:
		return sentence{text: "There is nothing to say."}
	case d.Unusual == 1:
		return d.Events[0].alone()
	case len(named) == 0:
		return d.Events[0].sentence()
	default:
		return d.listing(named)
	}
}

// named returns the first few events that a list may name: those that take
// place and have a title that leaves room for others.
func (d day) named() []event {
	var named []event
	left := maxListing
	for _, e := range d.Events {
		size := utf8.RuneCountInString(e.Title) + 4
		if e.Status != "cancelled" && len(named) < listed && size <= left {
			named = append(named, e)
			left -= size
		}
	}
	return named
}

// listing is a headline that names some of several events.
func (d day) listing(named []event) sentence {
	var says sentence
	var titles []string
	for _, e := range named {
		titles = append(titles, "“"+e.Title+"”")
		says.events = append(says.events, e.ID)
	}
	if more := d.Unusual - len(named); more > 0 {
		titles = append(titles, fmt.Sprintf("%d more", more))
	}
	last := len(titles) - 1
	says.text = fmt.Sprintf("%s unusual things: %s and %s.", capital(d.Unusual), strings.Join(titles[:last], ", "), titles[last])
	return says
}

// alone is a headline about the only unusual event.
func (e event) alone() sentence {
	says := "“" + e.Title + "”"
	if e.Starts != "" {
		says += " at " + e.Starts
	} else {
		says += " (" + e.When + ")"
	}
	if e.Status == "cancelled" {
		says += " is cancelled:"
	} else {
		says += " is"
	}
	return sentence{says + " the one unusual thing.", []string{e.ID}}
}

func (d day) sentences() []sentence {
	var s []sentence
	left := maxCharacters
	for _, e := range d.Events[:min(len(d.Events), maxSentences)] {
		says := e.sentence()
		if left -= utf8.RuneCountInString(says.text) + 1; left < 0 {
			break
		}
		s = append(s, says)
	}
	if others := d.Total - d.Unusual; others > 1 && len(s) > 0 {
		s = append(s, sentence{text: fmt.Sprintf("The other %d events are routine.", others)})
	} else if others == 1 && len(s) > 0 {
		s = append(s, sentence{text: "The other event is routine."})
	}
	return s
}

func (e event) sentence() sentence {
	says := "“" + e.Title + "”"
	if e.Status != "" {
		says += " is " + e.Status
	} else {
		says += " is in your calendar"
		if e.Calendar != "" {
			says += " “" + e.Calendar + "”"
		}
	}
	says += " (" + e.When + ")"
	if e.Reason != "" {
		says += ": " + e.Reason
	}
	return sentence{says + ".", []string{e.ID}}
}

func capital(n int) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}
