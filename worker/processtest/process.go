package processtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer/sandbox"
)

// Process is a program that was started. Its methods may be called at any time, by
// several goroutines.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts a command. hear is called with each line that it writes to stdout or
// stderr, one after the other, until it ends. On Linux, the process ends with the one
// that started it, even if that is killed.
func Start(cmd *exec.Cmd, hear func(line string)) (*Process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = write, write
	cmd.SysProcAttr = redistest.DieWithParent()
	err = cmd.Start()
	write.Close()
	if err != nil {
		read.Close()
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &Process{cmd: cmd, ended: make(chan struct{})}
	go p.listen(read, hear)
	return p, nil
}

func (p *Process) listen(from io.ReadCloser, hear func(line string)) {
	defer close(p.ended)
	defer from.Close()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		hear(lines.Text())
	}
	_, _ = io.Copy(io.Discard, from) // after a line too long
	_ = p.cmd.Wait()                 // its status is in State
}

// Ended returns a channel that is closed when the process has ended, and all that it
// wrote has been heard.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// State is how the process ended, nil before.
func (p *Process) State() *os.ProcessState {
	select {
	case <-p.ended:
		return p.cmd.ProcessState
	default:
		return nil
	}
}

// Signal sends a signal, and does not wait for what comes of it.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the process with SIGKILL, if it has not ended, and returns when it has.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// Stop ends the process with SIGTERM, or with SIGKILL if that takes longer than so long,
// and returns when it has ended.
func (p *Process) Stop(patience time.Duration) {
	_ = p.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.Kill()
	}
}

// PeakMemory returns the most memory that the process has held so far, in megabytes. It
// needs Linux.
func (p *Process) PeakMemory() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of a process (needs Linux): %w", err)
	}
	var kilobytes float64
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(peak, &kilobytes); err != nil {
		return 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	return kilobytes / 1024, nil
}

// CPUTime returns how long the process has had a CPU so far. It needs Linux.
func (p *Process) CPUTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the CPU time of a process (needs Linux): %w", err)
	}
	// The name before the last parenthesis may be anything; utime and stime are the 12th
	// and 13th field after it, in hundredths of a second.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var user, system time.Duration
	if _, err := fmt.Sscan(strings.Join(fields[11:13], " "), &user, &system); err != nil {
		return 0, fmt.Errorf("read the CPU time of a process: %w", err)
	}
	return (user + system) * 10 * time.Millisecond, nil
}

// Environment returns the environment of a process that uses the stand-ins at the
// address, with more settings, as "NAME=value", of which the last of a name counts.
func Environment(upstreams string, more ...string) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	return append(append(env, sandbox.Environment(upstreams)...), more...)
}
