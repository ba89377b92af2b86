package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// documentedGain compares the gain that the README tells with the one of this run. They may
// differ as machines do, tenfold at most.
func documentedGain(readme string, a *acceptance) (string, error) {
	row := gainRow.FindStringSubmatch(readme)
	if row == nil {
		return "", errors.New("README.md has no row of bench report that says how many times a hit is faster")
	}
	told, err := strconv.ParseFloat(strings.ReplaceAll(row[1], ",", ""), 64)
	if err != nil {
		return "", err
	}
	result, err := a.benches[latencyAndDay]()
	if err != nil {
		return "", err
	}
	figure := fmt.Sprintf("%s times a hit is told; %s in this run", row[1], result.Fill("{no_cache_vs_hit}"))
	if seen := result.Metrics["no_cache_vs_hit"]; seen < told/10 || seen > told*10 {
		return figure, errors.New("they differ more than tenfold: measure again, and put it into README.md")
	}
	return figure, nil
}

var gainRow = regexp.MustCompile(`\| p50 of a miss, and of a summary made without a cache \|[^|]*\| ([\d,]+) times a hit \|`)

// strategyTopics are what the owner asked to be told.
var strategyTopics = []string{
	"Key", "Time to live", "Invalidation", "Refresh ahead", "Fallbacks", "Rate limits", "Monitoring", "Cluster", "Measured gain",
}

// documentedStrategy checks that each topic is there, with a link to a section that exists.
func documentedStrategy(readme string, _ *acceptance) (string, error) {
	_, section, found := strings.Cut(readme, "\n## Caching strategy\n")
	if !found {
		return "", errors.New(`README.md has no section "Caching strategy"`)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	anchors := map[string]bool{}
	for _, heading := range headings.FindAllStringSubmatch(readme, -1) {
		anchors[anchor(heading[1])] = true
	}
	var wrong []string
	for _, topic := range strategyTopics {
		row := regexp.MustCompile(`(?m)^\| ` + topic + ` \|.*\(#([^)]+)\).*$`).FindStringSubmatch(section)
		if row == nil || !anchors[row[1]] {
			wrong = append(wrong, topic)
		}
	}
	if len(wrong) > 0 {
		return "", fmt.Errorf("not told, or without a link to a section that there is: %s", strings.Join(wrong, ", "))
	}
	return fmt.Sprintf("%d topics, each with a link to its section", len(strategyTopics)), nil
}

var (
	headings   = regexp.MustCompile(`(?m)^##+ (.*)$`)
	notAnchors = regexp.MustCompile(`[^\p{L}\d -]`)
)

// anchor is what a heading is linked by.
func anchor(heading string) string {
	return strings.ReplaceAll(notAnchors.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}
