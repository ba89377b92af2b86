//go:build ignore

// gen_zones writes zones.txt: the zones that Go knows, and what Windows calls them.
// Its argument is windowsZones.xml of Debian's package unicode-cldr-core, version 41,
// which is under Unicode's licence, which lets anybody use and share it.
package main

import (
	"archive/zip"
	"cmp"
	"errors"
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
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen_zones.go windowsZones.xml")
	}
	lines, err := ianaNames()
	cldr, err2 := os.ReadFile(os.Args[1])
	if err := errors.Join(err, err2); err != nil {
		log.Fatal(err)
	}
	windows, shown := map[string]string{}, map[string]string{}
	for _, m := range windowsZone.FindAllStringSubmatch(html.UnescapeString(string(cldr)), -1) {
		zone := cmp.Or(renamed[m[2]], renamed[m[3]], m[3])
		shown[m[1]], windows[m[2]] = zone, zone
	}
	for _, table := range []map[string]string{windows, shown} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			lines = append(lines, name+"\t"+table[name])
		}
	}
	text := "# Written by gen_zones.go: the zones that Go knows, and those that a name of Windows stands for.\n" +
		strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile("zones.txt", []byte(text), 0o644); err != nil {
		log.Fatal(err)
	}
}

// windowsZone is a name of Windows and the zone that it stands for in territory 001,
// the world. What Windows shows for it is in a comment only.
var windowsZone = regexp.MustCompile(`<!-- \(UTC[^)]*\) (.*) -->\s*<mapZone other="([^"]*)" territory="001" type="([^"]*)"`)

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

// renamed are the names of today of zones that CLDR keeps under an old one, and what
// newer versions of CLDR say of two names of Windows.
var renamed = map[string]string{
	"America/Buenos_Aires": "America/Argentina/Buenos_Aires", "America/Godthab": "America/Nuuk",
	"America/Indianapolis": "America/Indiana/Indianapolis", "Asia/Calcutta": "Asia/Kolkata",
	"Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon", "Europe/Kiev": "Europe/Kyiv",

	"Central Asia Standard Time": "Asia/Bishkek", "Mountain Standard Time (Mexico)": "America/Mazatlan",
}
