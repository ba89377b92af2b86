package google

import (
	"context"

	"golang.org/x/oauth2"
)

// scope is all that is ever asked for: to read calendars and settings.
const scope = "https://www.googleapis.com/auth/calendar.readonly"

// Access knows with which token each user's calendar is read. Implementations
// must be safe for concurrent use, and keep tokens themselves: it is asked before
// every request.
//
// Its errors are summarizer.ErrAccess where the user has given no access or taken
// it back. Their texts end up in logs and must not hold tokens or anything personal.
type Access interface {
	Token(ctx context.Context, user string) (*oauth2.Token, error)
}

// Keeper is implemented by an Access that keeps tokens.
type Keeper interface {
	// Forget is called when Google has turned the token down, and drops it if it
	// is still the user's.
	Forget(user string, token *oauth2.Token)
	// Refused is called when Google has turned down the token that came after one
	// was forgotten, too: the user has taken access back, whoever gave the token
	// out has not noticed, and there is no sense in asking for more of them.
	Refused(ctx context.Context, user string, token *oauth2.Token)
}

// FixedToken reads every user's calendar with the one token: for trials, and
// for the calendar of the token's owner only.
func FixedToken(token string) Access { return fixed{&oauth2.Token{AccessToken: token}} }

type fixed struct{ token *oauth2.Token }

func (f fixed) Token(context.Context, string) (*oauth2.Token, error) { return f.token, nil }
