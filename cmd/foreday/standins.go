package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
)

// standIns are a Google Calendar and a model on one loopback port. They speak
// the real protocols: everything else reaches them through the real clients.
type standIns struct {
	google *googletest.Server
	model  *openaitest.Server
	url    string
	server *http.Server
}

// standInModel is the name of the model that is none.
const standInModel = "stand-in"

// startStandIns listens on a port of loopback, 0 for a free one.
func startStandIns(port int, g googletest.Config, m openaitest.Config) (*standIns, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("listen for the stand-ins: %w: choose another --port", err)
	}
	s := &standIns{google: googletest.New(g), model: openaitest.New(m), url: "http://" + listener.Addr().String()}
	mux := http.NewServeMux()
	mux.Handle("/", s.google)
	mux.Handle("/v1/", s.model)
	mux.HandleFunc("GET "+writerPath+"{user}", s.serveWriter)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) // ends with Close
	return s, nil
}

func (s *standIns) close() { s.server.Close() }

// pagesOfFiles bounds the pages that are read of a stand-in's calendar: it costs nobody
// but the one who gave the file, and may be far larger than Google's.
const pagesOfFiles = 1000

// writerPath is where a user's name is appended to get a token that may write. The
// broker's may only read.
const writerPath = "/writer/"

func (s *standIns) serveWriter(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	if !s.google.HasUser(user) {
		http.Error(w, "no such user", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(writerToken{s.google.Token(user)}) // who went away gets none
}

type writerToken struct {
	Access string `json:"access_token"`
}

// useGoogle points the Google settings at the stand-in.
func (s *standIns) useGoogle(g *GoogleSettings) {
	*g = GoogleSettings{GoogleEndpoint: s.url, TokenURL: s.url + "/broker", TokenEndpoint: s.url + "/token", pages: pagesOfFiles}
}

func (s *standIns) useModel(m *ModelSettings) {
	*m = ModelSettings{BaseURL: s.url + "/v1", Model: standInModel, APIKey: "sandbox"}
}
