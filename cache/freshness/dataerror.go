package freshness

import (
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// IsWrongType reports whether a key holds a value of another kind. It knows what scripts meet too,
// which the embedded Redis tells in words of its own.
func IsWrongType(err error) bool {
	var answer redis.Error
	return redis.HasErrorPrefix(err, "WRONGTYPE") || errors.As(err, &answer) && strings.Contains(answer.Error(), ": WRONGTYPE ")
}

// IsDataError reports whether Redis failed at what is kept of one user, as a key of
// the wrong type, and will fail again. Anything else is taken for an outage.
func IsDataError(err error) bool {
	if IsWrongType(err) || errors.Is(err, errReply) {
		return true
	}
	var answer redis.Error
	if !errors.As(err, &answer) || !strings.HasPrefix(answer.Error(), "ERR ") || !strings.Contains(answer.Error(), " script") {
		return false
	}
	// Older servers wrap what a command in a script met into an error of their own.
	for _, outage := range []string{"OOM ", "READONLY ", "MISCONF ", "NOREPLICAS ", "NOPERM "} {
		if strings.Contains(err.Error(), outage) {
			return false
		}
	}
	return true
}
