package terminal

import (
	"encoding/json"
	"io"
	"strings"
	"time"
)

// PrintJSON writes one object for programs, and for people who look at it.
func PrintJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(Visible{w})
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// Duration leaves out the zeroes at the end of 1h0m0s.
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
