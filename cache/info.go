package cache

import (
	"context"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Info is what a server says of itself in answer to INFO, by field, and its Addr.
type Info struct {
	Addr   string
	Fields map[string]string
}

// Infos asks each master for its INFO.
func Infos(ctx context.Context, client redis.UniversalClient) ([]Info, error) {
	return askMasters(ctx, client, func(ctx context.Context, node *redis.Client) (Info, error) {
		text, err := node.Info(ctx).Result()
		if err != nil {
			return Info{}, fmt.Errorf("ask Redis for its INFO: %w", err)
		}
		info := Info{Addr: node.Options().Addr, Fields: make(map[string]string)}
		if !strings.Contains(info.Addr, ":") { // it is found through Sentinels
			info.Addr = "the master"
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				info.Fields[name] = value
			}
		}
		return info, nil
	})
}

// InfoField finds one field of an answer to INFO, "" if it is not there.
func InfoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}
