package main

import (
	"context"
	"math/rand/v2"
	"time"

	"foreday/cache/redistest"
)

// redisServer is the real server, killed and restarted.
type redisServer struct {
	*redistest.Server
	journal *journal
	outages []outage
}

type outage struct{ began, ended time.Time }

func startRedis(dir string, j *journal) (*redisServer, error) {
	s, err := redistest.Launch(dir, redistest.WithAppendOnly())
	if err != nil {
		return nil, err
	}
	return &redisServer{Server: s, journal: j}, nil
}

// killAgainAndAgain kills the server and restarts it after a moment.
func (s *redisServer) killAgainAndAgain(ctx context.Context, random *rand.Rand) error {
	for calm := between(random, 4*time.Second, 9*time.Second); pause(ctx, calm); calm = between(random, 10*time.Second, 30*time.Second) {
		o := outage{began: time.Now()}
		s.Crash()
		s.journal.note("redis", "KILLED")
		pause(ctx, between(random, 200*time.Millisecond, 3*time.Second))
		if err := s.Relaunch(); err != nil {
			return err
		}
		o.ended = time.Now()
		s.journal.note("redis", "restarted")
		s.outages = append(s.outages, o)
	}
	return nil
}
