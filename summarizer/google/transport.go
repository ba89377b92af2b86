package google

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"foreday/summarizer/loggable"
)

// maxBody bounds one answer, unpacked: 2,500 events, all with the longest
// titles Google takes, stay below it.
const maxBody = 16 << 20

type userKey struct{}

// asUser returns a context whose requests are made with the user's token.
func asUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

// besideKey is of the context of a request that is made beside another of the same user's,
// which finds out whether a token is turned down for good: else each would cost two.
type besideKey struct{}

// errTurnedDown is what such a request then fails with. It is no news about the user.
var errTurnedDown = errors.New("the token was turned down, and another request finds out whether the next one is taken")

// bearer gives each request the token of the user its context names, and
// bounds the answer. It is for requests without a body, which can be sent twice.
type bearer struct {
	access Access
	base   http.RoundTripper
}

// RoundTrip sends the request. A token that is turned down may only have been
// kept for too long: it is forgotten, and if the Access then has another one,
// the request is sent once more. If that does not help, the Access is told.
func (b bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	user, ok := req.Context().Value(userKey{}).(string)
	if !ok {
		return nil, errors.New("the request's context names no user")
	}
	token, err := b.access.Token(req.Context(), user)
	if err != nil {
		return nil, err
	}
	res, err := b.send(req, token)
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		return res, err
	}
	if req.Context().Value(besideKey{}) != nil {
		res.Body.Close()
		return nil, errTurnedDown
	}
	keeper, ok := b.access.(Keeper)
	if !ok {
		return res, nil
	}
	keeper.Forget(user, token)
	another, err := b.access.Token(req.Context(), user)
	if err != nil {
		res.Body.Close()
		return nil, err
	}
	if another.AccessToken != token.AccessToken {
		res.Body.Close()
		if res, err = b.send(req, another); err != nil || res.StatusCode != http.StatusUnauthorized {
			return res, err
		}
		keeper.Forget(user, another)
	}
	keeper.Refused(req.Context(), user, another)
	return res, nil
}

func (b bearer) send(req *http.Request, token *oauth2.Token) (*http.Response, error) {
	authorized := req.Clone(req.Context())
	token.SetAuthHeader(authorized)
	if user, ok := req.Context().Value(userKey{}).(string); ok && token.Extra(sharedAccount) == true {
		query := authorized.URL.Query()
		query.Set("quotaUser", quotaUser(user))
		authorized.URL.RawQuery = query.Encode()
	}
	res, err := b.base.RoundTrip(authorized)
	if err != nil {
		return nil, loggable.Wire(err)
	}
	res.Body = http.MaxBytesReader(nil, res.Body, bodyLimit(req.Context()))
	return res, nil
}

// noRedirect keeps tokens from being sent wherever a redirect points.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// defaultTransport is http.DefaultTransport with enough connections kept to
// read several calendars at once, and of its own, so that it can be closed.
func defaultTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	t.ResponseHeaderTimeout = 20 * time.Second
	return t
}
