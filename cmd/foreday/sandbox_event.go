package main

import (
	"bytes"
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
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer/sandbox"
)

// sandboxRoot is where `up --sandbox` serves the stand-ins, beside the API.
const sandboxRoot = "/sandbox"

type sandboxEventCmd struct {
	User     string `arg:"" help:"In whose calendar."`
	Title    string `arg:"" help:"What the event is called."`
	Start    string `required:"" placeholder:"TIME" help:"@help_sandbox_event_start"`
	End      string `placeholder:"TIME" help:"When it ends; an hour or a day later if not given."`
	Calendar string `default:"primary" help:"The calendar's ID."`
	Publish  bool   `help:"Publish it, too: to the stream of REDIS_URL, or without one through the API beside the sandbox."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
	At       string `name:"at" env:"GOOGLE_CALENDAR_ENDPOINT" placeholder:"URL" help:"@help_sandbox_event_at"`

	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
	Port                  int `env:"PORT" default:"8080" hidden:"" help:"Where up --sandbox listens."`
	wiring.TokenSettings  `embed:"" group:"HTTP"`
}

// sandboxEvent is what --json prints.
type sandboxEvent struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Start     string `json:"start"`
	End       string `json:"end"`
	Published string `json:"published,omitempty"` // the message's ID
}

// Validate is called by the parser.
func (c *sandboxEventCmd) Validate() error {
	if err := errors.Join(wiring.ValidURL("GOOGLE_CALENDAR_ENDPOINT", c.At), wiring.ValidPort("PORT", c.Port)); err != nil {
		return err
	}
	if strings.TrimSpace(c.Title) == "" {
		return fmt.Errorf("title %q: say what the event is called", c.Title)
	}
	if c.Publish && c.RedisURL == "" && c.At != "" && !strings.HasSuffix(c.At, sandboxRoot) {
		return errors.New("--publish: set REDIS_URL to the Redis whose stream the workers read")
	}
	return nil
}

// Run creates the event, publishes it if that is wanted, and prints its ID.
func (c *sandboxEventCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
	}
	if c.At == "" {
		c.At = fmt.Sprintf("http://localhost:%d%s", c.Port, sandboxRoot)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	created, err := c.create(ctx)
	if err != nil {
		return err
	}
	result := sandboxEvent{
		ID: created.Id, Title: created.Summary,
		Start: created.Start.Date + created.Start.DateTime, End: created.End.Date + created.End.DateTime,
	}
	if c.Publish {
		if result.Published, err = c.publish(ctx, result); err != nil {
			return fmt.Errorf("event %s was created, but not published: %w", result.ID, err)
		}
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, result)
	}
	_, err = fmt.Fprintln(out.stdout, result.ID)
	return err
}

// create inserts the event through Google's API, with a token that may write.
func (c *sandboxEventCmd) create(ctx context.Context) (*calendar.Event, error) {
	var token struct {
		Access string `json:"access_token"`
	}
	if err := c.call(ctx, http.MethodGet, c.At+sandbox.WriterPath+url.PathEscape(c.User), nil, &token); err != nil {
		return nil, err
	}
	api, err := calendarAPI(ctx, c.At, token.Access)
	if err != nil {
		return nil, err
	}
	zone := time.UTC
	setting, err := api.Settings.Get("timezone").Context(ctx).Do()
	if err == nil {
		zone, err = time.LoadLocation(setting.Value)
	}
	if err != nil {
		return nil, fmt.Errorf("where %s lives: %w", c.User, err)
	}
	start, end, err := spanOf(c.Start, c.End, zone, time.Now())
	if err != nil {
		return nil, err
	}
	event := &calendar.Event{Summary: c.Title, Start: start.google(), End: end.google()}
	created, err := api.Events.Insert(c.Calendar, event).Context(ctx).Do()
	var refused *googleapi.Error
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("create an event in calendar %q of %s: %s", c.Calendar, c.User, refused.Message)
	}
	return created, err
}

// calendarAPI returns Google's client of the stand-in at the address.
func calendarAPI(ctx context.Context, url, token string) (*calendar.Service, error) {
	return calendar.NewService(ctx, option.WithEndpoint(url+"/calendar/v3/"),
		option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})))
}

// publish tells of the event as an app does, and returns the message's ID.
func (c *sandboxEventCmd) publish(ctx context.Context, e sandboxEvent) (string, error) {
	fields := map[string]any{
		"type": string(events.EventCreated), "user": c.User, "calendar": c.Calendar, "event": e.ID, "start": e.Start, "end": e.End,
	}
	if c.RedisURL == "" {
		var answer struct {
			ID string `json:"id"`
		}
		err := c.call(ctx, http.MethodPost, strings.TrimSuffix(c.At, sandboxRoot)+"/v1/events", fields, &answer)
		return answer.ID, err
	}
	m, err := events.Parse(fields)
	if err != nil {
		return "", err
	}
	client, err := c.RedisSettings.Connect(ctx)
	if err != nil {
		return "", err
	}
	defer client.Close()
	return events.NewPublisher(client, events.PublisherConfig{Stream: c.Stream}).Publish(ctx, m)
}

// call sends a request to the sandbox or to the API beside it.
func (c *sandboxEventCmd) call(ctx context.Context, method, address string, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.APIToken != "" && method == http.MethodPost {
		request.Header.Set("Authorization", "Bearer "+c.APIToken)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no sandbox answers at %s: start `foreday up --sandbox`, or say where it is with --at", wiring.WithoutPassword(c.At))
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", method, address, err)
	case response.StatusCode == http.StatusNotFound && method == http.MethodGet && strings.HasPrefix(string(said), "no such user"):
		return wiring.BadSetting("user", c.User, "the sandbox has no such user: its made-up ones are u1, u2 and so on")
	case response.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%s %s answers %s: set FOREDAY_API_TOKEN to the API's", method, address, response.Status)
	case response.StatusCode/100 != 2:
		return fmt.Errorf("%s %s answers %s: is it a sandbox? start `foreday up --sandbox`, or say where it is with --at",
			method, address, response.Status)
	}
	if err := json.Unmarshal(said, answer); err != nil {
		return fmt.Errorf("%s %s: no sandbox answers like this: %w", method, address, err)
	}
	return nil
}
