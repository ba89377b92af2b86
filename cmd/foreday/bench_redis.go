package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"foreday/cache"
)

// ownRedis is a redis-server that a bench starts for itself, and may kill.
type ownRedis struct {
	ctx  context.Context
	args []string
	dir  string
	url  string
	cmd  *exec.Cmd // nil while it is down
}

// startOwnRedis starts a redis-server with more arguments than the usual, and
// returns when it answers. It ends with ctx.
func startOwnRedis(ctx context.Context, args ...string) (*ownRedis, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, errors.New("there is no redis-server on the PATH: a bench measures a real Redis; install redis-server")
	}
	dir, err := os.MkdirTemp("", "foreday-bench")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	r := &ownRedis{ctx: ctx, dir: dir, url: fmt.Sprintf("redis://127.0.0.1:%d", port)}
	r.args = append([]string{"--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--unixsocket", filepath.Join(dir, "redis.sock"),
		"--save", "", "--dir", dir, "--loglevel", "warning"}, args...)
	if err := r.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return r, nil
}

// start starts the server, again after kill, and returns when it answers.
func (r *ownRedis) start() error {
	r.cmd = exec.CommandContext(r.ctx, "redis-server", r.args...)
	if err := r.cmd.Start(); err != nil {
		r.cmd = nil
		return fmt.Errorf("start redis-server: %w", err)
	}
	client, err := cache.Connect(r.url)
	if err != nil {
		return err
	}
	defer client.Close()
	for range 500 {
		if client.Ping(r.ctx).Err() == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.kill()
	return errors.New("redis-server was started and does not answer")
}

// kill ends the server with SIGKILL, if it runs.
func (r *ownRedis) kill() {
	if r.cmd == nil {
		return
	}
	r.cmd.Process.Kill()
	r.cmd.Wait()
	r.cmd = nil
}

func (r *ownRedis) close() {
	r.kill()
	os.RemoveAll(r.dir)
}
