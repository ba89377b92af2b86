package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file that only its owner can read, all at once: whoever opens it
// finds the whole of it.
func writeFile(name, content string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// printJSON writes one object for programs, and for people who look at it.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(visible{w})
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
