package bench

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// thisMachine is what measured, in a line. What the system does not tell is left out.
func thisMachine() string {
	parts := []string{fmt.Sprint(runtime.NumCPU(), " CPUs")}
	if model := valueIn("/proc/cpuinfo", "model name"); model != "" {
		parts[0] += " (" + model + ")"
	}
	var kilobytes float64
	if _, err := fmt.Sscan(valueIn("/proc/meminfo", "MemTotal"), &kilobytes); err == nil {
		parts = append(parts, fmt.Sprintf("%.0f GB of memory", kilobytes/(1<<20)))
	}
	return strings.Join(append(parts, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version()), ", ")
}

// valueIn returns the first value of that name in a file of "name: value" lines, "" if there is none.
func valueIn(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
