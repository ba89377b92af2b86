package bench

import (
	"errors"
	"os"

	"foreday/cache/redistest"
)

// ownRedis is a redis-server that a bench starts for itself, and may kill.
type ownRedis struct {
	*redistest.Server
	dir string
}

// startOwnRedis starts a redis-server in a directory of its own.
func startOwnRedis(opts ...redistest.Option) (*ownRedis, error) {
	dir, err := os.MkdirTemp("", "foreday-bench")
	if err != nil {
		return nil, err
	}
	server, err := redistest.Launch(dir, opts...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &ownRedis{server, dir}, nil
}

func (r *ownRedis) close() {
	r.Crash()
	os.RemoveAll(r.dir)
}
