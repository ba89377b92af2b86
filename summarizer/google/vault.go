package google

import (
	"context"
	"time"
)

// Vault keeps one secret for each user, for all processes alike: what the user
// granted, as bytes that mean nothing to it. Whoever sees where it lies must not
// be able to read it, or to pass one user's off as another's. Implementations
// must be safe for concurrent use, and the texts of their errors must hold
// neither users nor secrets.
type Vault interface {
	// Load returns the user's secret and the name of its version, which is ""
	// if there is none.
	Load(ctx context.Context, user string) (secret []byte, version string, err error)
	// Store puts the secret in place of whatever is there.
	Store(ctx context.Context, user string, secret []byte) error
	// Swap puts the secret in place of the version, and returns the name of the
	// new one. If another version is there by now it changes nothing, and returns
	// "". When it fails, either may be the case.
	Swap(ctx context.Context, user, version string, secret []byte) (next string, err error)
	// Delete removes the user's secret, and reports whether there was one. Whoever swaps
	// it meanwhile finds another version.
	Delete(ctx context.Context, user string) (there bool, err error)
	// Lease gives the caller, alone among all processes, the right to renew the
	// user's secret, or returns nil if somebody has it. It ends when release is
	// called, when its holder has died, or at the latest after life; so it keeps
	// others from doing work twice, and Swap keeps what they do right.
	Lease(ctx context.Context, user string, life time.Duration) (release func(), err error)
}
