package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/redis/go-redis/v9"

	"foreday/cmd/foreday/internal/terminal"
)

// kept looks at all that is in Redis.
func (d *deployment) kept(ctx context.Context) (string, error) {
	return searchAll(ctx, d.client, documentedKeys(d.accepted.readme))
}

// copies are the keys of summaries, which alone hold titles.
var copies = regexp.MustCompile(`^foreday:\{[^}]*\}:(summary|stale):`)

// searchAll reads each key with its value. It is an error if something else than what is
// documented is kept, a title elsewhere than in a summary, or what was planted anywhere.
func searchAll(ctx context.Context, client redis.UniversalClient, documented []*regexp.Regexp) (string, error) {
	keys, titles, size := 0, 0, 0
	var wrong []error
	scan := client.Scan(ctx, 0, "*", 1000).Iterator()
	for scan.Next(ctx) {
		key := scan.Val()
		value, err := valueOf(ctx, client, key)
		if err != nil {
			return "", err
		}
		keys, size = keys+1, size+len(value)
		known := false
		for _, d := range documented {
			known = known || d.MatchString(key)
		}
		named := terminal.VisibleText(key)
		if !known {
			wrong = append(wrong, fmt.Errorf("%s is not in README's table of keys", named))
		}
		if strings.Contains(value, planted) {
			wrong = append(wrong, fmt.Errorf("%s holds a description, a place or a guest", named))
		}
		if strings.Contains(value, plantedTitle) {
			titles++
			if !copies.MatchString(key) {
				wrong = append(wrong, fmt.Errorf("%s holds a title, and is no summary", named))
			}
		}
	}
	if err := scan.Err(); err != nil {
		return "", err
	}
	if titles == 0 {
		wrong = append(wrong, errors.New("no summary holds the title that was planted: nothing was seen"))
	}
	return fmt.Sprintf("%d keys, %d kB: titles in %d summaries and nowhere else; no description, place, guest; no key undocumented",
		keys, (size+999)/1000, titles), errors.Join(wrong...)
}

// valueOf is all that a key holds, as text. (DUMP would compress it.)
func valueOf(ctx context.Context, client redis.UniversalClient, key string) (string, error) {
	kind, err := client.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	var value any
	switch kind {
	case "string":
		value, err = client.Get(ctx, key).Result()
	case "hash":
		value, err = client.HGetAll(ctx, key).Result()
	case "list":
		value, err = client.LRange(ctx, key, 0, -1).Result()
	case "set":
		value, err = client.SMembers(ctx, key).Result()
	case "zset":
		value, err = client.ZRangeWithScores(ctx, key, 0, -1).Result()
	case "stream":
		value, err = client.XRange(ctx, key, "-", "+").Result()
	case "none": // ended meanwhile
		return "", nil
	default:
		return "", fmt.Errorf("%s is of a kind that is not known: %s", terminal.VisibleText(key), kind)
	}
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return fmt.Sprint(value), err
}

// documentedKeys are the patterns of README's table of keys. What is in capitals stands for
// anything, and so does an asterisk.
func documentedKeys(readme string) (all []*regexp.Regexp) {
	_, section, _ := strings.Cut(readme, "\n## Keys\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(section, -1) {
		for _, key := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			pattern := regexp.QuoteMeta(strings.ReplaceAll(key[1], "…", "*"))
			pattern = regexp.MustCompile(`HOST:PID|USER|DATE|\\\*`).ReplaceAllString(pattern, ".*")
			all = append(all, regexp.MustCompile("^"+pattern+"$"))
		}
	}
	return all
}
