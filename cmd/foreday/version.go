package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"foreday/cmd/foreday/internal/terminal"
)

type versionCmd struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

// build is what is known of this program.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Run prints the version.
func (c *versionCmd) Run(out console) error {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version = cmp.Or(info.Main.Version, b.Version)
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.time":
				b.Time = s.Value
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, b)
	}
	_, err := fmt.Fprintf(out.stdout, "foreday %s (%s, %s)\n", b.Version, b.Go, b.Platform)
	return err
}
