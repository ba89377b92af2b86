package cache

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Lack is a command that Redis would not carry out for this client.
type Lack struct {
	Command int  // its place among those that were asked about
	Unknown bool // Redis does not have it; otherwise the client's user lacks the rights
}

// Lacks returns those of the commands, each with its arguments, that Redis would not carry
// out; of a cluster, that any master would not. None of them is carried out: they are put
// into transactions that are discarded, in which Redis looks at rights as usual.
func Lacks(ctx context.Context, client redis.UniversalClient, commands [][]any) ([]Lack, error) {
	answers, err := askMasters(ctx, client, func(ctx context.Context, node *redis.Client) ([]Lack, error) {
		return lacks(ctx, node, commands)
	})
	all := make(map[int]Lack)
	for _, l := range slices.Concat(answers...) {
		all[l.Command] = l
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Lack) int { return a.Command - b.Command }), err
}

func lacks(ctx context.Context, node *redis.Client, commands [][]any) (found []Lack, err error) {
	conn := node.Conn()
	defer conn.Close()
	if err := conn.Do(ctx, "MULTI").Err(); err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err) // what comes now would be carried out
	}
	replies := make([]*redis.Cmd, len(commands))
	_, _ = conn.Pipelined(ctx, func(p redis.Pipeliner) error { // each has an error of its own
		for i, command := range commands {
			replies[i] = p.Do(ctx, command...)
		}
		return nil
	})
	if err := conn.Do(ctx, "DISCARD").Err(); err != nil {
		return nil, fmt.Errorf("discard a transaction: %w", err)
	}
	for i, reply := range replies {
		switch err := reply.Err(); {
		case err == nil:
		case CodeOf(explain(err)) == "redis-no-permission":
			found = append(found, Lack{Command: i})
		case strings.Contains(err.Error(), "unknown command"):
			found = append(found, Lack{i, true})
		}
	}
	return found, nil
}
