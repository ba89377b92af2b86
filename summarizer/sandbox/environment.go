package sandbox

import "foreday/summarizer/google/googletest"

// ModelName is the name of the model that is none.
const ModelName = "stand-in"

// Environment returns the settings, as "NAME=value", that point a process at the
// stand-ins at the address.
func Environment(url string) []string {
	return []string{
		"GOOGLE_CALENDAR_ENDPOINT=" + url,
		"FOREDAY_TOKEN_URL=" + url + "/broker",
		"GOOGLE_OAUTH_CLIENT_ID=sandbox",
		"GOOGLE_AUTH_ENDPOINT=" + url + googletest.AuthPath,
		"GOOGLE_TOKEN_ENDPOINT=" + url + googletest.TokenPath,
		"OPENAI_BASE_URL=" + url + "/v1",
		"OPENAI_API_KEY=sandbox",
		"OPENAI_MODEL=" + ModelName,
	}
}
