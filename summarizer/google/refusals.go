package google

import (
	"context"
	"time"
)

// Refusals remembers for a while who was refused access, for all processes
// alike, so that not every job asks again. Implementations must be safe for
// concurrent use.
type Refusals interface {
	// Refused reports whether the last that Refuse remembered of the user, if
	// its life is not over, was about the same thing.
	Refused(ctx context.Context, user, about string) (bool, error)
	// Refuse remembers for its life that the user was refused, and what it was
	// about, in place of what was remembered of the user before.
	Refuse(ctx context.Context, user, about string, life time.Duration) error
}

// storeTimeout bounds each look into what processes share: whoever reads a
// calendar must not wait for a Redis that hangs.
const storeTimeout = 500 * time.Millisecond

// memory is Refusals that may be nil, or away. Then nothing is remembered, which
// costs requests and nothing else.
type memory struct{ refusals Refusals }

func (m memory) have(ctx context.Context, user, about string) bool {
	if m.refusals == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	refused, err := m.refusals.Refused(ctx, user, about)
	return err == nil && refused
}

func (m memory) add(ctx context.Context, user, about string, life time.Duration) {
	if m.refusals == nil {
		return
	}
	// It is as true if the one who found out has left.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_ = m.refusals.Refuse(ctx, user, about, life)
}

// refusedLately is the error about access that is remembered as refused. A grant that was
// revoked stays so until the user grants access anew; whoever gives out tokens may have been
// given access since, and is asked again when this has ended.
const refusedLately = "access was refused a short while ago"
