package google

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// Consent is the asking of one user, once, for access to their calendars: an
// authorisation code grant with PKCE (RFC 7636). The user opens Address in a
// browser, which is then sent to the redirect address with the answer in its
// query.
type Consent struct {
	app      OAuth
	config   *oauth2.Config
	account  string
	state    string
	verifier string
}

// Ask begins asking. The redirect address is one of loopback on which somebody
// listens (RFC 8252). Account suggests a Google account on the page, by its mail
// address; "" suggests none.
func (o OAuth) Ask(redirect, account string) *Consent {
	config := o.config()
	config.RedirectURL = redirect
	return &Consent{app: o, config: config, account: account, state: rand.Text(), verifier: oauth2.GenerateVerifier()}
}

// Address is that of the page on which the user is asked. Google gives a refresh
// token only to who asks for access offline, and with certainty only if the user
// is made to consent anew.
func (c *Consent) Address() string {
	options := []oauth2.AuthCodeOption{
		oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"), oauth2.S256ChallengeOption(c.verifier),
	}
	if c.account != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", c.account))
	}
	return c.config.AuthCodeURL(c.state, options...)
}

// Answers reports whether the query is an answer to this asking. What is not may be
// anybody's: whoever can make the user's browser, or another on the machine, open
// the redirect address.
func (c *Consent) Answers(query url.Values) bool {
	return subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(c.state)) == 1
}

// Grant turns the answer into what the user granted, by asking the token
// endpoint. An answer works once. Errors are of Kind NoAccess if the user said no.
func (c *Consent) Grant(ctx context.Context, answer url.Values) (Grant, error) {
	if !c.Answers(answer) {
		return Grant{}, consentError(Rejected, "the answer is not to the question that was asked: its state is wrong",
			"open the address that was printed last, and nothing else")
	}
	if answer.Has("error") {
		return Grant{}, notGranted(answer.Get("error"))
	}
	if answer.Get("code") == "" {
		return Grant{}, consentError(Rejected, "the answer holds neither a code nor an error", "check GOOGLE_AUTH_ENDPOINT")
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, tokenClient(0))
	token, err := c.config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(c.verifier))
	if err != nil {
		return Grant{}, c.exchangeError(err)
	}
	granted, told := token.Extra("scope").(string)
	switch {
	case told && !slices.Contains(strings.Fields(granted), scope):
		return Grant{}, consentError(NoAccess, "the user did not tick the box for the calendars", "connect again and tick it")
	case token.RefreshToken == "":
		return Grant{}, consentError(Rejected, "the answer holds no refresh token, so access would end within the hour",
			"remove the app's access at https://myaccount.google.com/connections and connect again")
	}
	grant := Grant{ID: rand.Text(), Client: c.app.ClientID}
	return grant.with(token, clockOr(c.app.Now)()), nil
}

func notGranted(reason string) *Error {
	if reason == "access_denied" {
		return consentError(NoAccess, "access was denied on the page of consent", "connect again and allow it")
	}
	return consentError(Rejected, "the page of consent answered with an error"+code(reason),
		"check GOOGLE_OAUTH_CLIENT_ID, and the app's consent screen")
}

// exchangeError says what is wrong with a code, which is not what is wrong with
// the same answer of the token endpoint at other times.
func (c *Consent) exchangeError(err error) *Error {
	e := newError("consent", "", "", err, clockOr(c.app.Now)())
	var refusal *oauth2.RetrieveError
	if errors.As(err, &refusal) && e.Kind != Temporary && e.Kind != OverQuota {
		e.Kind, e.Hint = Rejected, "connect again; if that does not help, check GOOGLE_OAUTH_CLIENT_ID, GOOGLE_OAUTH_CLIENT_SECRET and "+
			"GOOGLE_TOKEN_ENDPOINT"
	}
	return e
}

func consentError(kind Kind, problem, hint string) *Error {
	return &Error{Op: "consent", Kind: kind, Err: errors.New(problem), Hint: hint}
}
