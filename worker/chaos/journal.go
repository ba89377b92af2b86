package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// journal is the story of a soak, a line each, for whoever has to find out why
// a promise was broken: what was done, what the workers said, what was seen.
type journal struct {
	mu   sync.Mutex
	file *os.File
}

func openJournal(dir string) (*journal, error) {
	file, err := os.Create(filepath.Join(dir, "journal.log"))
	if err != nil {
		return nil, err
	}
	return &journal{file: file}, nil
}

// clock is how the journal tells the time, in UTC.
const clock = "15:04:05.000"

// note adds a line. A journal that cannot be written to costs nobody anything.
func (j *journal) note(who, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintf(j.file, "%s %-9s %s\n", time.Now().UTC().Format(clock), who, fmt.Sprintf(format, args...))
}

func (j *journal) close() { j.file.Close() }
