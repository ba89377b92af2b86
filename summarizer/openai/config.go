package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Defaults of a Config.
const (
	DefaultModel     = "gpt-4o-mini"
	DefaultTimeout   = time.Minute
	DefaultMaxTokens = 900
)

// Config says which model writes, and how.
type Config struct {
	// APIKey is sent as a bearer token. It may be empty for a server of one's
	// own, that is if BaseURL is set.
	APIKey string
	// BaseURL is that of an OpenAI-compatible API, with its version:
	// "http://localhost:11434/v1". Empty means OpenAI's own.
	BaseURL string
	// Model is the model's name there; empty means DefaultModel.
	Model string
	// Transport carries the requests; nil means http.DefaultTransport. Quotas,
	// retries and metrics belong there. Its errors are found by errors.As in
	// those of Write, a summarizer.Putoff among them.
	Transport http.RoundTripper
	// Timeout bounds one call of the model, with all the waiting and retrying
	// that Transport does; zero means DefaultTimeout. A Write makes two calls
	// at most.
	Timeout time.Duration
	// MaxTokens bounds the answer; zero means DefaultMaxTokens.
	MaxTokens int
	// Seed asks a model that honours it to answer the same each time; nil leaves it out.
	Seed *int
	// Now is the clock by which a rate limit's end is told; nil means time.Now.
	Now func() time.Time
	// Refused is told why, once for each answer that was not accepted; a
	// repaired one included. Nil is allowed. It must be safe for concurrent use.
	Refused func(Reason)
	// Usage is told the tokens of each answer, accepted or not, as the server
	// counted them. Nil is allowed. It must be safe for concurrent use.
	Usage func(ctx context.Context, prompt, completion int)
}

func (c Config) withDefaults() Config {
	c.Model = cmp.Or(c.Model, DefaultModel)
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.MaxTokens = cmp.Or(c.MaxTokens, DefaultMaxTokens)
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Refused == nil {
		c.Refused = func(Reason) {}
	}
	if c.Usage == nil {
		c.Usage = func(context.Context, int, int) {}
	}
	return c
}

// validate names the setting and its value, but never the key's.
func (c Config) validate() error {
	switch {
	case c.APIKey == "" && c.BaseURL == "":
		return errors.New("OPENAI_API_KEY is not set: set it, or OPENAI_BASE_URL to a server that needs none, or neither to write without a model")
	case strings.ContainsFunc(c.APIKey, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }):
		return errors.New("OPENAI_API_KEY holds a space, a line break or another character that no key has: copy it again")
	case c.Timeout < 0:
		return fmt.Errorf("timeout of the model is %v: it must be above zero", c.Timeout)
	case c.MaxTokens < 0:
		return fmt.Errorf("most tokens of an answer are %d: it must be above zero", c.MaxTokens)
	}
	return validateBaseURL(c.BaseURL)
}

func validateBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return errors.New("OPENAI_BASE_URL is not a URL: it must look like http://localhost:11434/v1")
	case u.User != nil:
		return errors.New("OPENAI_BASE_URL holds a user or password: put the key into OPENAI_API_KEY")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("OPENAI_BASE_URL is %q: it must look like http://localhost:11434/v1", base)
	}
	return nil
}
