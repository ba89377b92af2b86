package quota

import "fmt"

// Limits are what may be used of the upstream services, by all workers
// together. They are of the sliding kind: no minute, wherever it starts, holds
// more. They may be set below what the service grants. 0 is no limit.
type Limits struct {
	GoogleRPM     int // requests a minute to Google Calendar
	GoogleUserRPM int // the same, on behalf of one user
	OpenAIRPM     int // requests a minute to the model
	OpenAITPM     int // tokens a minute, prompt and completion together
	// UserDailyTokens is how many tokens may be used on behalf of one user in
	// a day of UTC.
	UserDailyTokens int
}

func (l Limits) validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"GoogleRPM", l.GoogleRPM}, {"GoogleUserRPM", l.GoogleUserRPM},
		{"OpenAIRPM", l.OpenAIRPM}, {"OpenAITPM", l.OpenAITPM},
		{"UserDailyTokens", l.UserDailyTokens},
	} {
		if f.value < 0 {
			return fmt.Errorf("quota: %s is %d: want 0 for no limit, or more", f.name, f.value)
		}
	}
	return nil
}

// bounds are the limits of one API, in the form that every API has.
type bounds struct {
	Requests     int `json:"requests"` // a minute
	UserRequests int `json:"user"`     // a minute, for one user
	Tokens       int `json:"tokens"`   // a minute
	DailyTokens  int `json:"daily"`    // a day of UTC, for one user
}

func (l Limits) google() bounds {
	return bounds{Requests: l.GoogleRPM, UserRequests: l.GoogleUserRPM}
}

func (l Limits) openAI() bounds {
	return bounds{Requests: l.OpenAIRPM, Tokens: l.OpenAITPM, DailyTokens: l.UserDailyTokens}
}
