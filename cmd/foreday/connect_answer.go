package main

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"
)

const answerPath = "/answer"

// answers listens on loopback for a browser that comes back from a page of
// consent. The first answer counts; others are told so. Whoever comes with
// something else is turned away.
type answers struct {
	url      string
	listener net.Listener
	server   *http.Server
	isAnswer func(query url.Values) bool
	answered atomic.Bool
	first    chan *answer // never blocks: only one is sent
}

// answer is what a browser came back with. Until show is called, it waits.
type answer struct {
	query url.Values
	page  chan page
}

// page is what the browser shows in the end.
type page struct {
	Title, Text string
	status      int
}

// listenForAnswer listens on a port of loopback, 0 for a free one. Browsers wait
// until open is called.
func listenForAnswer(port int) (*answers, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w: choose another --port", err)
	}
	a := &answers{url: "http://" + listener.Addr().String() + answerPath, listener: listener, first: make(chan *answer, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+answerPath, a.serve)
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return a, nil
}

// open lets browsers in. isAnswer tells an answer by its query; it is called from
// several goroutines.
func (a *answers) open(isAnswer func(query url.Values) bool) {
	a.isAnswer = isAnswer
	go a.server.Serve(a.listener) // ends with close
}

// wait returns the first answer.
func (a *answers) wait(ctx context.Context, patience time.Duration) (*answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errNobodyAnswered)
	defer cancel()
	select {
	case first := <-a.first:
		return first, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// serve hands the answer over, and shows what comes of it.
func (a *answers) serve(w http.ResponseWriter, r *http.Request) {
	if !a.isAnswer(r.URL.Query()) {
		const text = "This is no answer to what foreday asked. Open the address that it printed last, and nothing else."
		page{"Not connected", text, http.StatusBadRequest}.write(w)
		return
	}
	if !a.answered.CompareAndSwap(false, true) {
		page{"Answered before", "foreday takes one answer only. Run foreday connect again to give another.", http.StatusConflict}.write(w)
		return
	}
	got := &answer{r.URL.Query(), make(chan page, 1)}
	a.first <- got
	select {
	case p := <-got.page:
		p.write(w)
	case <-r.Context().Done():
	}
}

// show tells the browser what came of its answer.
func (a *answer) show(user string, err error) {
	p := page{"Connected", "foreday may read the calendars of " + user + ". You can close this page.", http.StatusOK}
	if err != nil {
		p = page{"Not connected", err.Error() + ".", http.StatusBadRequest}
	}
	a.page <- p
}

var pageHTML = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}} - foreday</title>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</html>
`))

func (p page) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer") // the address holds the code
	w.WriteHeader(p.status)
	_ = pageHTML.Execute(w, p) // a browser that went away is not our trouble
}

// close stops listening, once what is being shown has been.
func (a *answers) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := a.server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		a.server.Close()
	}
}

// openBrowser tries to open the address; that it is printed as well is enough if
// it cannot.
func openBrowser(address string) {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	cmd := exec.Command(name, args...)
	if cmd.Start() == nil {
		go cmd.Wait() // so that it leaves nothing behind
	}
}
