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
const DefaultModel, DefaultTimeout = "gpt-4o-mini", time.Minute

// Config says which model plans, and how.
type Config struct {
	// APIKey is sent as a bearer token. It may be empty if BaseURL is set.
	APIKey string
	// BaseURL is that of an OpenAI-compatible API, with its version:
	// "http://localhost:11434/v1". Empty means OpenAI's own.
	BaseURL string
	Model   string // the model's name there; empty means DefaultModel
	// Transport carries the requests; nil means http.DefaultTransport. Quotas, retries
	// and metrics belong there. Its errors are found in those of Plan by errors.As.
	Transport http.RoundTripper
	// Timeout bounds the wait for one answer, with all the waiting and retrying that
	// Transport does; zero means DefaultTimeout. A Plan may take it twice.
	Timeout time.Duration
	// MaxTokens bounds the answer, reasoning included. Zero bounds it by what the
	// day needs, and by more once the model turns out to need it.
	MaxTokens       int
	ReasoningEffort string           // how hard the model should think, in the server's words: "low"; empty leaves it to the model
	Seed            *int             // asks for the same answer each time; nil leaves it out
	Now             func() time.Time // the clock by which a rate limit's end is told; nil means time.Now
	// Refused is told why, once for each answer that was not accepted, and Usage the
	// tokens of each answer, accepted or not, as the server counted them. Nil is
	// allowed. Both must be safe for concurrent use.
	Refused func(Reason)
	Usage   func(ctx context.Context, prompt, completion int)
}

func (c Config) withDefaults() Config {
	c.Model = cmp.Or(c.Model, DefaultModel)
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
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
		return errors.New("OPENAI_API_KEY is not set: set it, or OPENAI_BASE_URL to a server that needs none, or neither to plan without a model")
	case strings.ContainsFunc(c.APIKey, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' }):
		return errors.New("OPENAI_API_KEY holds a space, a line break or another character that no key has: copy it again")
	case c.Timeout < 0:
		return fmt.Errorf("timeout of the model is %v: it must be above zero", c.Timeout)
	case c.MaxTokens < 0:
		return fmt.Errorf("FOREDAY_LLM_MAX_TOKENS is %d: it must be above zero", c.MaxTokens)
	}
	switch u, err := url.Parse(c.BaseURL); {
	case c.BaseURL == "":
		return nil
	case err != nil:
		return errors.New("OPENAI_BASE_URL is not a URL: it must look like http://localhost:11434/v1")
	case u.User != nil:
		return errors.New("OPENAI_BASE_URL holds a user or password: put the key into OPENAI_API_KEY")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("OPENAI_BASE_URL is %q: it must look like http://localhost:11434/v1", c.BaseURL)
	}
	return nil
}
