package main

import (
	"fmt"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

type versionCmd struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

// Run prints the version.
func (c *versionCmd) Run(out console) error {
	b := wiring.ReadBuild()
	if c.JSON {
		return terminal.PrintJSON(out.stdout, b)
	}
	_, err := fmt.Fprintf(out.stdout, "foreday %s (%s, %s)\n", b.Version, b.Go, b.Platform)
	return err
}
