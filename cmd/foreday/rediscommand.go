package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/redis/go-redis/v9"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

type redisCmd struct {
	wiring.RedisSettings `embed:"" group:"Redis"`
	JSON                 bool     `name:"json" help:"Print the answer as JSON; given before the command."`
	Command              []string `arg:"" passthrough:"" help:"A command of Redis and its arguments, as redis-cli takes them."`
}

// Run sends one command to the Redis of REDIS_URL, which redis-cli cannot do of all that
// may be there: Clusters, Sentinels, authorities and certificates.
func (c *redisCmd) Run(ctx context.Context, out console) error {
	client, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	words := make([]any, len(c.Command))
	for i, word := range c.Command {
		words[i] = word
	}
	reply, err := client.Do(ctx, words...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, reply)
	}
	printReply(out.stdout, "", reply)
	return nil
}

// printReply prints what Redis answered, one value a line, and what a list holds deeper by
// two columns.
func printReply(w io.Writer, margin string, reply any) {
	list, ok := reply.([]any)
	if !ok {
		if reply == nil {
			reply = "(nil)"
		}
		fmt.Fprintln(w, margin+terminal.VisibleText(fmt.Sprint(reply)))
		return
	}
	for _, held := range list {
		deeper := margin
		if _, ok := held.([]any); ok {
			deeper += "  "
		}
		printReply(w, deeper, held)
	}
}
