package main

import (
	"strconv"
	"strings"
)

// streamID is the ID of a stream's entry.
type streamID struct{ ms, seq uint64 }

func parseStreamID(s string) streamID {
	ms, seq, _ := strings.Cut(s, "-")
	var id streamID
	id.ms, _ = strconv.ParseUint(ms, 10, 64)
	id.seq, _ = strconv.ParseUint(seq, 10, 64)
	return id
}

func (a streamID) after(b streamID) bool {
	return a.ms > b.ms || a.ms == b.ms && a.seq > b.seq
}
