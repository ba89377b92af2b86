package google

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Revoke has Google end what the user granted: the access tokens of it as well. It reports
// false if the vault holds nothing of the user. What is in the vault stays. A grant that has
// ended already is no error.
func (o OAuth) Revoke(ctx context.Context, vault Vault, user string) (there bool, err error) {
	secret, version, err := vault.Load(ctx, user)
	if err != nil {
		return true, err
	}
	if version == "" {
		return false, nil
	}
	grant, err := decodeGrant(secret)
	if err != nil {
		return true, err
	}
	return true, o.revoke(ctx, grant.Refresh)
}

// revoke posts a token to the revocation endpoint (RFC 7009), which lies beside the token
// endpoint.
func (o OAuth) revoke(ctx context.Context, token string) error {
	at, err := url.Parse(o.config().Endpoint.TokenURL)
	if err != nil {
		return fmt.Errorf("token endpoint: %w", err)
	}
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at.JoinPath("..", "revoke").String(), form)
	if err != nil {
		return fmt.Errorf("revoke a grant: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := tokenClient(refreshTimeout).Do(req)
	if err != nil {
		return fmt.Errorf("revoke a grant: %w", err)
	}
	defer res.Body.Close()
	var answer struct {
		Error string `json:"error"`
	}
	if res.StatusCode == http.StatusOK {
		return nil
	}
	if json.NewDecoder(io.LimitReader(res.Body, maxTokenAnswer)).Decode(&answer) == nil && answer.Error == "invalid_token" {
		return nil
	}
	return fmt.Errorf("revoke a grant: the revocation endpoint answered with status %d%s", res.StatusCode, code(answer.Error))
}

// maxTokenAnswer bounds what is read of an answer.
const maxTokenAnswer = 64 << 10
