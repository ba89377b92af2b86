package main

import (
	"context"
	"math/rand/v2"
	"time"

	"foreday/cache/redistest"
)

// redisServer is the real server, killed and restarted, whose clock is wrong.
type redisServer struct {
	*redistest.Server
	journal *journal
	outages []outage
	steps   []time.Duration // of its clock
}

// maxOffset bounds how far the server's clock is from everybody else's.
const maxOffset = time.Minute

type outage struct{ began, ended time.Time }

func startRedis(dir string, j *journal) (*redisServer, error) {
	s, err := redistest.Launch(dir, redistest.WithAppendOnly(), redistest.WithClock(maxOffset))
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

// stepAgainAndAgain lets the server's clock step, back and forward.
func (s *redisServer) stepAgainAndAgain(ctx context.Context, random *rand.Rand) error {
	offset := maxOffset
	for calm := between(random, 2*time.Second, 5*time.Second); pause(ctx, calm); calm = between(random, 5*time.Second, 15*time.Second) {
		next := between(random, -maxOffset, maxOffset)
		if err := s.StepClock(next); err != nil {
			return err
		}
		s.journal.note("redis", "its clock steps by %v, and is ahead by %v", next-offset, next)
		s.steps = append(s.steps, next-offset)
		offset = next
	}
	return nil
}
