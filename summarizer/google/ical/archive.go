package ical

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"foreday/summarizer/google/recur"
)

// maxFiles bounds the calendars in an archive.
const maxFiles = 200

// ErrNoCalendars says that an archive holds no .ics file.
var ErrNoCalendars = errors.New("the archive holds no .ics file")

// ReadAll reads an .ics file, or a .zip archive with some in it, which is what Google
// exports; what it is given tells, not the name. Each calendar has a name: its own, or
// else its file's, without the ending. Options.MaxBytes bounds the archive, and all
// that is in it together. A file in an archive that is no calendar is noted with the
// first that is one. Its other errors are those of Read, and ErrNoCalendars.
func ReadAll(r io.Reader, name string, opt Options) ([]*Calendar, error) {
	limit := cmp.Or(opt.MaxBytes, defaultMaxBytes)
	b, err := readBounded(r, limit)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		cal, err := parseNamed(b, name, opt)
		if err != nil {
			return nil, err
		}
		return []*Calendar{cal}, nil
	}
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("read calendar: the archive cannot be opened: %w", err)
	}
	return readArchive(archive, limit, opt)
}

func parseNamed(b []byte, name string, opt Options) (*Calendar, error) {
	cal, err := parse(b, opt)
	if err != nil {
		return nil, err
	}
	if cal.Name == "" {
		base := path.Base(strings.ReplaceAll(name, `\`, "/"))
		cal.Name = strings.TrimSuffix(base, path.Ext(base))
	}
	return cal, nil
}

func readArchive(archive *zip.Reader, left int64, opt Options) ([]*Calendar, error) {
	limit := left
	files := slices.DeleteFunc(archive.File, isOther)
	switch {
	case len(files) == 0:
		return nil, fmt.Errorf("read calendar: %w", ErrNoCalendars)
	case len(files) > maxFiles:
		return nil, fmt.Errorf("read calendar: the archive holds more than %d .ics files; unzip it and give some of them", maxFiles)
	}
	var all []*Calendar
	var failed []Note
	var first error
	for _, f := range files {
		b, err := unpack(f, left)
		if errors.As(err, new(*TooLargeError)) {
			return nil, fmt.Errorf("read calendar: what is in the archive: %w", &TooLargeError{limit})
		}
		left -= int64(len(b))
		var cal *Calendar
		if err == nil {
			cal, err = parseNamed(b, f.Name, opt)
		}
		if err != nil {
			first = cmp.Or(first, fmt.Errorf("%q in the archive: %w", recur.Clip(path.Base(f.Name)), err))
			failed = append(failed, Note{Text: fmt.Sprintf("%q in the archive is left out: %v", recur.Clip(path.Base(f.Name)), err)})
			continue
		}
		all = append(all, cal)
	}
	if len(all) == 0 {
		return nil, first
	}
	all[0].Notes = append(failed, all[0].Notes...)
	return all, nil
}

// isOther tells other files from calendars, and what macOS adds to archives.
func isOther(f *zip.File) bool {
	return !strings.EqualFold(path.Ext(f.Name), ".ics") || strings.HasPrefix(path.Base(f.Name), "._")
}

func unpack(f *zip.File, most int64) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, errors.New("it has a password")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readBounded(r, most)
}

func readBounded(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read calendar: %w", &TooLargeError{limit})
	}
	return b, nil
}
