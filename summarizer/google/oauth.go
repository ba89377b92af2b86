package google

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// OAuth is the app, as Google knows it, that users let read their calendars.
// ClientID is required.
type OAuth struct {
	ClientID     string
	ClientSecret string           // "" if the client has none
	AuthURL      string           // of the page of consent; "" is Google's
	TokenURL     string           // of the token endpoint; "" is Google's
	Now          func() time.Time // the clock; time.Now if nil
}

// Validate reports what keeps the app from working.
func (o OAuth) Validate() error {
	if o.ClientID == "" {
		return errors.New("oauth client: no client ID is set")
	}
	if _, err := httpURL(o.config().Endpoint.AuthURL); err != nil {
		return fmt.Errorf("page of consent: %w", err)
	}
	if _, err := httpURL(o.config().Endpoint.TokenURL); err != nil {
		return fmt.Errorf("token endpoint: %w", err)
	}
	return nil
}

func (o OAuth) config() *oauth2.Config {
	return &oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, Scopes: []string{scope},
		Endpoint: oauth2.Endpoint{
			AuthURL:   cmp.Or(o.AuthURL, google.Endpoint.AuthURL),
			TokenURL:  cmp.Or(o.TokenURL, google.Endpoint.TokenURL),
			AuthStyle: oauth2.AuthStyleInParams, // trying them out would cost a request
		},
	}
}

// refresh asks for a new access token, and perhaps a new refresh token beside it.
func (o OAuth) refresh(ctx context.Context, client *http.Client, refreshToken string) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, client)
	token, err := o.config().TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	var refusal *oauth2.RetrieveError
	if errors.As(err, &refusal) && refusalCode(refusal) == "unauthorized_client" {
		return nil, &Error{Op: "refresh", Kind: Rejected, Err: err,
			Hint: "check GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET: the client may not use this grant"}
	}
	return token, err
}
