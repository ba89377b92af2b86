package google

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"foreday/summarizer"
	"foreday/summarizer/loggable"
	"foreday/summarizer/retryafter"
)

const (
	// tokenTimeout bounds the asking for one token.
	tokenTimeout = 5 * time.Second
	// maxTokenBody bounds the answer.
	maxTokenBody = 64 << 10
	// maxExpiresIn is a day, in seconds: beyond it, a token is asked for again
	// anyway.
	maxExpiresIn = 24 * 60 * 60
)

// Broker asks the app's own token broker: GET {brokerURL}/{user}, the user
// percent-encoded, is answered by a JSON object with access_token and expiry
// (RFC 3339, or expires_in in seconds). 403 and 404 mean that the user has
// given no access, which refusals remembers for a minute; nil remembers nothing.
// Timeout bounds one request, and is 5 seconds if 0; now is the clock, time.Now if nil.
func Broker(brokerURL string, refusals Refusals, timeout time.Duration, now func() time.Time) (Access, error) {
	base, err := httpURL(brokerURL)
	if err != nil {
		return nil, fmt.Errorf("token broker: %w", err)
	}
	now = clockOr(now)
	b := broker{base: strings.TrimSuffix(base.String(), "/"), client: tokenClient(timeout), now: now}
	return newTokens("broker", refusals, now, b.fetch), nil
}

type broker struct {
	base   string
	client *http.Client
	now    func() time.Time
}

func (b broker) fetch(ctx context.Context, user string) (*oauth2.Token, error) {
	if problem := summarizer.UserProblem(user); problem != "" {
		return nil, &Error{Op: "ask broker", User: user, Kind: Rejected, Err: errors.New("the user ID " + problem)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/"+url.PathEscape(user), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, b.refusal(user, res)
	}
	return b.read(res.Body)
}

func (b broker) read(body io.Reader) (*oauth2.Token, error) {
	var token oauth2.Token
	if err := json.NewDecoder(io.LimitReader(body, maxTokenBody)).Decode(&token); err != nil {
		return nil, loggable.Wire(err)
	}
	if s := token.ExpiresIn; token.Expiry.IsZero() && s > 0 {
		token.Expiry = b.now().Add(time.Duration(min(s, maxExpiresIn)) * time.Second)
	}
	return &token, nil
}

// refusal classifies a broker's answer other than 200. Its body is not read:
// what it says is the app's own business.
func (b broker) refusal(user string, res *http.Response) *Error {
	e := &Error{
		Op: "ask broker", User: user, Kind: Temporary,
		RetryAfter: retryafter.Of(res.Header, b.now()),
		Err:        fmt.Errorf("HTTP %d", res.StatusCode),
	}
	switch code := res.StatusCode; {
	case code == http.StatusForbidden, code == http.StatusNotFound:
		e.Kind = NoAccess
	case code != http.StatusTooManyRequests && code != http.StatusRequestTimeout && code < 500:
		e.Hint = "check FOREDAY_TOKEN_URL and what the broker expects"
	}
	return e
}

// tokenClient returns a client for token endpoints.
func tokenClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Transport: discreet{defaultTransport()}, Timeout: cmp.Or(timeout, tokenTimeout), CheckRedirect: noRedirect,
	}
}

// discreet is a RoundTripper whose errors hold nothing of the request or answer.
type discreet struct{ base http.RoundTripper }

func (d discreet) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := d.base.RoundTrip(req)
	loggable.Redirect(res)
	return res, loggable.Wire(err)
}

// httpURL reads the address of an HTTP server.
func httpURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		shown := u.Redacted() // nothing, if it cannot be told where a password is
		if i := strings.IndexAny(shown, "?#"); i >= 0 {
			shown = shown[:i+1] + "***" // there may be another
		}
		return nil, fmt.Errorf("%q is not an address: write it like https://example.com/path, without ? and #", shown)
	}
	return u, nil
}
