//go:build ignore

// gen_zones writes zones.txt: the zones that Go knows, and what Windows calls them.
// Its arguments are two files of Unicode's CLDR:
//
//	windowsZones.json of npm's package cldr-core, folder supplemental: the newest names
//	windowsZones.xml of Debian's package unicode-cldr-core: what Windows shows for them
//
// Both are under Unicode's licence, which lets anybody use and share them.
package main

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"html"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run gen_zones.go windowsZones.json windowsZones.xml")
	}
	zones, err := ianaNames()
	windows, err2 := windowsNames(os.Args[1])
	shown, err3 := shownNames(os.Args[2], windows)
	if err := errors.Join(err, err2, err3); err != nil {
		log.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Written by gen_zones.go: the zones that Go knows, and those that a name of Windows stands for.\n")
	for _, name := range zones {
		fmt.Fprintln(&b, name)
	}
	for _, table := range []map[string]string{windows, shown} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			fmt.Fprintf(&b, "%s\t%s\n", name, table[name])
		}
	}
	if err := os.WriteFile("zones.txt", []byte(b.String()), 0o644); err != nil {
		log.Fatal(err)
	}
}

// ianaNames lists what is in Go's own zone files.
func ianaNames() (names []string, err error) {
	archive, err := zip.OpenReader(filepath.Join(runtime.GOROOT(), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	for _, f := range archive.File {
		if !strings.HasSuffix(f.Name, "/") && f.Name != "Factory" {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

var (
	windowsZone = regexp.MustCompile(`"_other":\s*"([^"]*)",\s*"_type":\s*"([^"]*)",\s*"_territory":\s*"001"`)
	// What Windows shows is in comments only.
	shownZone = regexp.MustCompile(`<!-- \(UTC[^)]*\) (.*) -->\s*<mapZone other="([^"]*)" territory="001" type="([^"]*)"`)
)

// windowsNames maps the names of Windows to the zones of territory 001, the world.
func windowsNames(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	names := map[string]string{}
	for _, m := range windowsZone.FindAllStringSubmatch(string(text), -1) {
		names[m[1]] = cmp.Or(renamed[m[2]], m[2])
	}
	return names, err
}

// shownNames maps what Windows shows.
func shownNames(file string, windows map[string]string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	names := map[string]string{}
	for _, m := range shownZone.FindAllStringSubmatch(html.UnescapeString(string(text)), -1) {
		names[m[1]] = cmp.Or(windows[m[2]], renamed[m[3]], m[3])
	}
	return names, err
}

// renamed are the names of today of zones that CLDR keeps under an old one.
var renamed = map[string]string{
	"America/Buenos_Aires": "America/Argentina/Buenos_Aires", "America/Godthab": "America/Nuuk",
	"America/Indianapolis": "America/Indiana/Indianapolis", "Asia/Calcutta": "Asia/Kolkata",
	"Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon", "Europe/Kiev": "Europe/Kyiv",
}
