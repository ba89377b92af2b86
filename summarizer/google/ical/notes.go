package ical

import (
	"cmp"
	"fmt"
	"slices"
)

// Note says what of a file was not taken as it is written.
type Note struct {
	Line int    // of the file, from 1: where the event begins, or the property stands
	Text string // for a person to read; holds no title
}

// maxNotes bounds how many notes are kept; the rest is counted.
const maxNotes = 100

// notes collects what there is to say of a file.
type notes struct {
	kept []Note
	more int
}

func (n *notes) add(line int, format string, args ...any) {
	if len(n.kept) == maxNotes {
		n.more++
		return
	}
	n.kept = append(n.kept, Note{Line: line, Text: fmt.Sprintf(format, args...)})
}

// sorted returns the notes by their place in the file.
func (n *notes) sorted() []Note {
	slices.SortStableFunc(n.kept, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
	return n.kept
}
