package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

// Help: of a command its own flags and two examples; the settings, which most
// commands share, on a page of their own.

type helpCmd struct {
	Topic []string `arg:"" optional:"" help:"A command, or settings."`
}

// asFlags turns the commands that are other words for flags into those: `help`
// COMMAND is COMMAND `--help`, and `--version` is `version`.
func asFlags(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help" && slices.Equal(args[1:], []string{"settings"}):
		return args
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// wantsAll takes --all from the arguments, where it goes with --help.
func wantsAll(args []string) (rest []string, all bool) {
	if !slices.ContainsFunc(args, func(arg string) bool { return arg == "--help" || arg == "-h" }) {
		return args, false
	}
	rest = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--all" })
	return rest, len(rest) < len(args)
}

// Run prints the page of settings; all else that begins with help is a flag by now.
func (c *helpCmd) Run(k *kong.Kong, out console) error {
	width := min(terminal.Width(out.stdout), helpWidth)
	var b strings.Builder
	b.WriteString("Settings are environment variables, and flags of the commands that use them.\n")
	for _, group := range wiring.Groups {
		fmt.Fprintf(&b, "\n%s\n", group.Title)
		if group.Description != "" {
			writeWrapped(&b, "  ", group.Description, width)
			b.WriteString("\n")
		}
		for _, flag := range settingsOf(k.Model.Node, group.Key) {
			fmt.Fprintf(&b, "  %s  --%s\n", strings.Join(flag.Envs, ", "), flag.Name)
			text := flag.Help
			if flag.HasDefault && flag.Default != "" {
				text += " Default: " + flag.Default + "."
			}
			writeWrapped(&b, "      ", text, width)
		}
	}
	_, err := io.WriteString(out.stdout, b.String())
	return err
}

// helpWidth keeps lines of help readable on wide terminals.
const helpWidth = 80

func writeWrapped(b *strings.Builder, margin, text string, width int) {
	for _, line := range terminal.Wrap(text, width-len(margin)) {
		b.WriteString(margin + line + "\n")
	}
}

// settingsOf returns the settings of a group, of all commands, each once.
func settingsOf(node *kong.Node, group string) []*kong.Flag {
	var all []*kong.Flag
	known := map[string]bool{}
	_ = kong.Visit(node, func(visited kong.Visitable, next kong.Next) error {
		flag, ok := visited.(*kong.Flag)
		if ok && len(flag.Envs) > 0 && flag.Group != nil && flag.Group.Key == group && !known[flag.Envs[0]] {
			known[flag.Envs[0]] = true
			all = append(all, flag)
		}
		return next(nil)
	})
	return all
}

// shownSettings are the settings that people give as flags.
var shownSettings = []string{"port", "timezone"}

// printHelp is --help: with --all beside it, settings are shown as well.
func printHelp(all bool) kong.HelpPrinter {
	return func(options kong.HelpOptions, ctx *kong.Context) error {
		hidden := 0
		for _, flag := range ctx.Flags() {
			switch {
			case all || len(flag.Envs) == 0 || flag.Group == nil:
			case slices.Contains(shownSettings, flag.Name):
				flag.Group = nil // what its group says is about the others
			default:
				flag.Hidden = true
				hidden++
			}
		}
		if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
			return err
		}
		command := ""
		for _, part := range ctx.Path {
			if node := part.Node(); node != nil && node.Parent != nil {
				command = strings.TrimPrefix(node.FullPath(), ctx.Model.Name+" ")
			}
		}
		return printExamples(ctx.Stdout, command, hidden > 0)
	}
}

func printExamples(w io.Writer, command string, more bool) error {
	var b strings.Builder
	if lines := examples[command]; len(lines) > 0 {
		b.WriteString("\nExamples:\n")
		for _, line := range lines {
			b.WriteString("  " + line + "\n")
		}
	}
	if more {
		b.WriteString("\nSettings are left out: --help --all shows them, as does foreday help settings.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
