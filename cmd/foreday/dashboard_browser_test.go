//go:build browser

package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"foreday/cache/redistest"
)

// These are read before TestMain clears the environment.
var (
	chromium    = os.Getenv("CHROMIUM")            // another than the one on the PATH
	screenshots = os.Getenv("FOREDAY_SCREENSHOTS") // folder to keep them in, to look at
)

// browser is a Chromium that notes whom it talks to and what goes wrong.
type browser struct {
	ctx      context.Context
	mu       sync.Mutex
	requests []string
	problems []string
}

// newBrowser starts the Chromium of CHROMIUM, or the one on the PATH.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true), chromedp.UserDataDir(t.TempDir()),
	)
	if chromium != "" {
		options = append(options, chromedp.ExecPath(chromium))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	b := &browser{}
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithListener(b.note))
	t.Cleanup(cancel)
	// The first call starts the browser, which lives as long as its context.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int]("1")); err != nil {
		t.Fatalf("start Chromium (CHROMIUM names another than the one on the PATH): %v", err)
	}
	b.ctx, cancel = context.WithTimeout(ctx, 3*patience)
	t.Cleanup(cancel)
	return b
}

func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.problems = append(b.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			b.problems = append(b.problems, "console.error")
		}
	}
}

// shows opens a page and waits until it shows all of texts.
func (b *browser) shows(t *testing.T, page string, texts ...string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(page)); err != nil {
		t.Fatalf("open %s: %v", page, err)
	}
	eventually(t, func() string {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if err != nil {
			t.Fatalf("read %s: %v", page, err)
		}
		for _, want := range texts {
			if !strings.Contains(text, want) {
				return page + " lacks " + want + ":\n" + text
			}
		}
		return ""
	})
}

// picture saves what the page looks like.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	dir := screenshots
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheDashboardLooksRightInABrowserAndTalksToThisMachineOnly(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	sandbox := startSandbox(t, "--users", "1")
	up := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "PORT=0", "FOREDAY_COOLDOWN=1h"), "up")
	serving := up.says(t, `"dashboard":`)
	dashboard, api := addressIn(t, serving, "dashboard"), addressIn(t, serving, "api")
	// One job because of a message; one because somebody reads a day that is not
	// made ahead; and one that waits for the cooldown.
	today := publishToday(t, server, "u1")
	if got := get(t, api+"/users/u1/summaries/"+today.AddDays(40).String()); got.StatusCode != http.StatusOK {
		t.Fatalf("the summary was answered with %s", got.Status)
	}
	b := newBrowser(t)

	b.shows(t, dashboard, "Queue Size", "foreday:read", "foreday:refresh")
	b.picture(t, "queues")
	publishToday(t, server, "u1")
	b.shows(t, dashboard+"queues/foreday:refresh?status=scheduled", "Active", "Pending", "u1 "+today.String())
	b.picture(t, "queue")
	b.shows(t, dashboard+"servers", "foreday:read")
	b.picture(t, "servers")
	b.shows(t, dashboard+"redis", server.Addr())

	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) < 10 {
		t.Errorf("the browser asked for %d things only: %q", len(b.requests), b.requests)
	}
	for _, request := range b.requests {
		if u, err := url.Parse(request); err != nil || u.Scheme != "data" && !strings.HasPrefix(dashboard, u.Scheme+"://"+u.Host+"/") {
			t.Errorf("the page asked for %.200s", request)
		}
	}
	for _, problem := range b.problems {
		t.Errorf("the browser complained: %s", problem)
	}
}
