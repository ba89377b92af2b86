package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"foreday/cmd/foreday/internal/terminal"
)

// onTerminal runs the program on a terminal of so many columns, and returns what
// appears there.
func onTerminal(t *testing.T, width int, e env, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := program(ctx, e, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	return shownBy(t, cmd, master, terminal)
}

// shownBy runs a command to its end and returns what it wrote to its terminal.
func shownBy(t *testing.T, cmd *exec.Cmd, master io.Reader, terminal io.Closer) string {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close() // the program has its own
	shown, _ := io.ReadAll(master)
	_ = cmd.Wait() // some of them are to fail
	return strings.ReplaceAll(string(shown), "\r\n", "\n")
}

func TestOnATerminalTheTableIsAsWideAndWhatIsNovelStandsOut(t *testing.T) {
	t.Parallel()
	args := []string{"explain", "--ics", "testdata/community.ics", "--date", "2026-06-17"}
	for _, width := range []int{40, 80, 200} {
		shown := onTerminal(t, width, env{"TERM=xterm"}, args...)
		if !strings.Contains(shown, "\x1b[1m* 1.00") {
			t.Errorf("at %d what is novel does not stand out:\n%s", width, shown)
		}
		widest := 0
		for line := range strings.Lines(strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(shown)) {
			widest = max(widest, terminal.Columns(strings.TrimRight(line, "\n")))
		}
		if widest > width || width == 200 && widest <= 80 {
			t.Errorf("of %d columns %d are used:\n%s", width, widest, shown)
		}
	}
}

func TestThereIsNoColourForThoseWhoWantNone(t *testing.T) {
	t.Parallel()
	for _, e := range []env{{"TERM=dumb"}, {"TERM=xterm", "NO_COLOR=1"}} {
		for _, args := range [][]string{
			{"explain", "--ics", "testdata/community.ics", "--date", "2026-06-17"}, {"demo"}, {"demo", "--frobnicate"},
		} {
			if shown := onTerminal(t, 80, e, args...); strings.Contains(shown, "\x1b[") {
				t.Errorf("%v %v is in colour:\n%q", e, args, shown)
			}
		}
	}
	if shown := onTerminal(t, 80, env{"TERM=xterm"}, "demo", "--frobnicate"); !strings.HasPrefix(shown, "\x1b[31mforeday:\x1b[0m ") {
		t.Errorf("what went wrong does not stand out: %q", shown)
	}
	if out := mustDo(t, env{"TERM=xterm"}, "demo").stdout; strings.Contains(out, "\x1b") {
		t.Errorf("a file is in colour:\n%s", out)
	}
}
