package wiring

import (
	"strings"

	"github.com/alecthomas/kong"
)

// HelpTexts puts texts in the place of those help tags that name one, as "@name". (Kong's
// own variables would do the same. But it copies all of them for each flag, which takes
// longer than everything else at the start of a command.)
func HelpTexts(texts map[string]string) kong.Option {
	fill := func(help *string) {
		if name, named := strings.CutPrefix(*help, "@"); named {
			if text, ok := texts[name]; ok {
				*help = text
			}
		}
	}
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
			switch n := node.(type) {
			case *kong.Application:
				fill(&n.Help)
			case *kong.Node:
				fill(&n.Help)
			case *kong.Value:
				fill(&n.Help)
			case *kong.Flag:
				fill(&n.Help)
			}
			return next(nil)
		})
	})
}

// settingsHelp is what --help says of the settings whose tags would be too long with it.
var settingsHelp = map[string]string{
	"help_redis_url": "Redis: redis://, rediss://, redis+sentinel://, redis+cluster:// or a comma list of nodes. TLS takes " +
		"?ssl_ca_certs=FILE and ssl_certfile=FILE&ssl_keyfile=FILE.",
	"help_stale_ttl":         "How long an old summary is kept for readers who prefer it to none.",
	"help_local_hits":        "Serve hits from this process; word of a change may take a moment, and less than a second.",
	"help_refresh_days":      "Days, from today on, that are regenerated ahead of any reader.",
	"help_routine_ttl":       "How long a learnt routine is used before it is learnt anew.",
	"help_zone":              "Time zone of users whose calendar names none; UTC if not set.",
	"help_language":          "Language of users whose calendar's settings name none: " + Languages() + "; en if not set.",
	"help_google_endpoint":   "Address of the Calendar API, if not Google's.",
	"help_credentials":       "Key of a service account that impersonates users.",
	"help_token_url":         "Token broker of your own: GET URL/USER gives access_token and expiry.",
	"help_client_id":         "OAuth client with which users connect, if none of the other ways is set.",
	"help_auth_endpoint":     "Address of the OAuth page of consent, if not Google's.",
	"help_token_endpoint":    "Address of the OAuth token endpoint, if not Google's.",
	"help_token_dir":         "Where tokens of connected users are kept without REDIS_URL; in the user's configuration directory if not set.",
	"help_base_url":          "Address of an OpenAI-compatible API, with its version.",
	"help_max_tokens":        "Most tokens of an answer, reasoning included; 0 for what the day needs.",
	"help_effort":            "How much a reasoning model is to reason: minimal, low, medium or high; what it does by itself if not set.",
	"help_daily_tokens":      "Tokens a day for one user; beyond them, summaries are written without a model.",
	"help_concurrency":       "Refreshes that one worker runs at once, and as many again for readers who wait; 0 for eight for each CPU.",
	"help_wait_replicas":     "Replicas that must confirm what a message changed before it is acknowledged.",
	"help_wait_timeout":      "How long they may take; a message that was not confirmed is applied again.",
	"help_witness_one_in":    "Of how many fresh summaries one is drawn for a witness to compare with its calendar; 0 for none.",
	"help_log_format":        "json or console; console on a terminal if not given.",
	"help_dashboard_actions": "Let those who log in to the dashboard pause queues, deal with dead letters and have summaries made anew.",
}
