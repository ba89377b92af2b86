package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Whose: bash, zsh or fish."`
}

// shellScripts have a shell ask the program what may come next. The program is the
// one on the line that is typed, wherever it lies.
var shellScripts = map[string]string{
	"bash": `_foreday() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _foreday foreday
`,
	"zsh": `#compdef foreday
_foreday() {
  local -a found
  found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _foreday foreday
`,
	"fish": `complete -c foreday -a '(set -l line (commandline -opc); $line[1] complete -- $line[2..] (commandline -ct) 2>/dev/null)'
`,
}

// Run prints the script.
func (c *completionCmd) Run(out console) error {
	_, err := io.WriteString(out.stdout, shellScripts[c.Shell])
	return err
}

// completeCmd is what the scripts ask.
type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words so far, the last of which is being typed."`
}

// Run prints what may stand where the last word does, one a line.
func (c *completeCmd) Run(k *kong.Kong, out console) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, candidate := range candidates(k.Model.Node, words) {
		fmt.Fprintln(out.stdout, candidate)
	}
	return nil
}

// candidates returns what may stand where the last of the words does.
func candidates(node *kong.Node, words []string) []string {
	typed := ""
	if n := len(words); n > 0 {
		words, typed = words[:n-1], words[n-1]
	}
	top := node
	var open *kong.Flag // the flag whose value is being typed
	for _, word := range words {
		child := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == word })
		switch {
		case open != nil:
			open = nil
		case strings.HasPrefix(word, "-"):
			open = flagOf(node, word)
		case child >= 0:
			node = node.Children[child]
		}
	}
	if node.Name == "help" && node.Parent == top {
		node = top
	}
	var all []string
	switch {
	case open != nil:
		all = open.EnumSlice()
	case strings.HasPrefix(typed, "-"):
		for _, flag := range slices.Concat(node.AllFlags(true)...) {
			all = append(all, "--"+flag.Name)
		}
	default:
		for _, child := range node.Children {
			if !child.Hidden {
				all = append(all, child.Name)
			}
		}
		for _, argument := range node.Positional {
			all = append(all, argument.EnumSlice()...)
		}
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" || !strings.HasPrefix(s, typed) })
}

// flagOf returns the flag that a word names, if its value comes in the next word.
func flagOf(node *kong.Node, word string) *kong.Flag {
	for _, flag := range slices.Concat(node.AllFlags(false)...) {
		if "--"+flag.Name == word && !flag.IsBool() {
			return flag
		}
	}
	return nil
}
