//go:build browser

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/overview"
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

	b.talkedTo(t, dashboard)
}

// talkedTo checks that the browser found nothing wrong, and asked the host of that page only.
func (b *browser) talkedTo(t *testing.T, page string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) < 10 {
		t.Errorf("the browser asked for %d things only: %q", len(b.requests), b.requests)
	}
	for _, request := range b.requests {
		if u, err := url.Parse(request); err != nil || u.Scheme != "data" && !strings.HasPrefix(page, u.Scheme+"://"+u.Host+"/") {
			t.Errorf("the page asked for %.200s", request)
		}
	}
	for _, problem := range b.problems {
		t.Errorf("the browser complained: %s", problem)
	}
}

// in shows pages as a screen of that width does, dark or light.
func (b *browser) in(t *testing.T, width int64, scheme string) {
	t.Helper()
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 500}
		if _, err := cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride, size); err != nil {
			return chromedp.Void{}, err
		}
		colours := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, colours)
		return chromedp.Void{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// evaluate runs a script in the page.
func evaluate[T any](t *testing.T, b *browser, script string) T {
	t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}

func TestOperatorsWatchAndActInABrowser(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	sandbox := startSandbox(t, "--users", "1")
	up := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "PORT=0", "FOREDAY_DASHBOARD_USER=ann", "FOREDAY_DASHBOARD_PASSWORD=s3cret",
		"FOREDAY_DASHBOARD_ACTIONS=true"), "up")
	page := addressIn(t, up.says(t, `"overview":`), "overview")
	if refused := get(t, page); refused.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the login: %s", refused.Status)
	}
	b := newBrowser(t)
	b.shows(t, strings.Replace(page, "http://", "http://ann:s3cret@", 1), "oldest refresh due", "live")
	for _, width := range []int64{1400, 390} {
		for _, scheme := range []string{"light", "dark"} {
			b.in(t, width, scheme)
			b.shows(t, page, "Nothing is wrong", "live")
			if wide := evaluate[int64](t, b, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("at %d pixels the page is %d wide", width, wide)
			}
			back := evaluate[string](t, b, `getComputedStyle(document.body).backgroundColor`)
			if light := back == "rgb(255, 255, 255)"; light != (scheme == "light") {
				t.Errorf("%s, it is painted on %s", scheme, back)
			}
			b.picture(t, fmt.Sprintf("overview-%d-%s", width, scheme))
		}
	}
	// What happens shows without the page being opened anew.
	wait := func(what, script string) {
		t.Helper()
		eventually(t, func() string {
			if evaluate[bool](t, b, "document.body !== null && ("+script+")") {
				return ""
			}
			return what
		})
	}
	evaluate[int](t, b, `window.mark = 1`)
	client := server.Client(t)
	client.XAdd(t.Context(), &redis.XAddArgs{Stream: "foreday:events", Values: []string{"type", "event.created", "user", "u1"}})
	wait("the dead letter", `window.mark === 1 && document.body.innerText.includes("could not be understood or applied: 1")`)
	b.picture(t, "overview-problem")
	evaluate[bool](t, b, `document.querySelector('button[value=drop]').click() || true`)
	wait("what was done", `document.body.innerText.includes("The dead letters are gone") && document.body.innerText.includes("Nothing is wrong")`)
	if left := client.XLen(t.Context(), "foreday:dead").Val(); left != 0 {
		t.Errorf("%d dead letters are left", left)
	}
	b.talkedTo(t, page)
}

// A browser gives up a stream of events for good after any answer that is none.
func TestThePageIsLiveAgainAfterItsStreamWasRefused(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	page := overview.NewPage(overview.Config{
		Look: func(context.Context) (overview.Deployment, error) { return overview.Deployment{}, nil }, Ctx: t.Context(),
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/live") && asked.Add(1) == 1 {
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		page.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	b := newBrowser(t)
	b.shows(t, server.URL, "Nothing is wrong")
	eventually(t, func() string {
		text := evaluate[string](t, b, `document.getElementById("link").textContent`)
		if text != "live" || asked.Load() < 2 {
			return fmt.Sprintf("the page says %q, after it asked %d times for its stream", text, asked.Load())
		}
		return ""
	})
}
