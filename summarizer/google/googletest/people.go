package googletest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/singleflight"

	"foreday/summarizer/google/ical"
)

// Person is somebody of Config.People: where they live, and their primary calendar.
type Person struct {
	Zone     *time.Location
	Calendar *ical.Calendar
}

// keptPeople is how many made-up people are held in memory whom nobody has written
// to: what one of them takes is some hundred kilobytes.
const keptPeople = 64

// people are those of Config.People who are in memory.
type people struct {
	since  time.Time // what they hold was created then, however often they are made up
	making singleflight.Group
	order  []string // the longest in memory first; guarded by the server's mu
}

// account returns a user's account, nil if there is no such user. With write it
// stays in memory for good, as what is changed could not be made up again.
func (s *Server) account(user string, write bool) *account {
	for {
		if a := s.inMemory(user, write); a != nil || s.config.People == nil {
			return a
		}
		a, _, _ := s.people.making.Do(user, func() (any, error) { return s.makeUp(user), nil })
		if a := a.(*account); a == nil || !write {
			return a
		}
	}
}

func (s *Server) inMemory(user string, write bool) *account {
	if !write {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.accounts[user]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[user]
	if a != nil {
		a.kept = true
	}
	return a
}

// makeUp brings one of Config.People into memory, and lets the one go that has been
// there longest. They are made on a server of their own, so that nobody sees half of
// a calendar.
func (s *Server) makeUp(user string) *account {
	p := s.config.People(user)
	if p == nil {
		return nil
	}
	config := s.config
	config.People, config.Now = nil, func() time.Time { return s.people.since }
	alone := &Server{
		config: config, accounts: map[string]*account{}, books: map[string]*book{}, random: rand.New(rand.NewPCG(config.Seed, 0)),
	}
	alone.AddUser(user, p.Zone)
	if err := alone.Import(user, "primary", p.Calendar); err != nil {
		panic(fmt.Sprintf("googletest: the calendar made up for %s: %v", user, err)) // the program's mistake
	}
	a := alone.accounts[user]
	a.made, a.kept = alone.books[user], false
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.accounts[user]; known != nil {
		return known
	}
	s.accounts[user], s.books[user] = a, a.made
	s.people.order = append(s.people.order, user)
	if len(s.people.order) > keptPeople {
		oldest := s.people.order[0]
		s.people.order = s.people.order[1:]
		if !s.accounts[oldest].kept {
			delete(s.accounts, oldest)
			delete(s.books, oldest)
		}
	}
	return a
}
