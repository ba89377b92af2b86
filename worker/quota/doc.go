// Package quota is the one place where calls to Google Calendar and to an
// OpenAI-compatible model leave the house. It keeps all workers together within
// the limits of those services, sends each request when it may be sent, tries
// again what is worth trying again, and counts what happened.
//
// It is used as the http.RoundTripper below the real clients, so that every
// single request is limited: each page of a listing, each retry.
//
//	calendar/v3, go-openai
//	      │ http.Client
//	      ▼
//	Gate.Google / Gate.OpenAI      waits, or says *Later or *Exhausted
//	      │
//	      ▼
//	base http.RoundTripper         as near to the wire as possible: credentials
//	                               (oauth2.Transport) belong above the gate
package quota
