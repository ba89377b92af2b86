package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
)

// WriterPath is where a user's name is appended to get a token that may write, as JSON
// with an access_token. The broker's may only read.
const WriterPath = "/writer/"

// Server is the two stand-ins, which serve until Close.
type Server struct {
	Google *googletest.Server
	Model  *openaitest.Server
	URL    string

	server *http.Server
}

// Start listens on a port of loopback, 0 for a free one.
func Start(port int, g googletest.Config, m openaitest.Config) (*Server, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("listen for the stand-ins: %w: choose another --port", err)
	}
	s := &Server{Google: googletest.New(g), Model: openaitest.New(m), URL: "http://" + listener.Addr().String()}
	mux := http.NewServeMux()
	mux.Handle("/", s.Google)
	mux.Handle("/v1/", s.Model)
	mux.HandleFunc("GET "+WriterPath+"{user}", s.serveWriter)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) // ends with Close
	return s, nil
}

// Close ends the server, and requests that are under way.
func (s *Server) Close() { s.server.Close() }

// ServeHTTP answers as the server at URL does, for those who serve it elsewhere as well.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.Handler.ServeHTTP(w, r) }

func (s *Server) serveWriter(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	if !s.Google.HasUser(user) {
		http.Error(w, "no such user", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// Who went away gets none.
	_ = json.NewEncoder(w).Encode(map[string]string{"access_token": s.Google.Token(user)})
}
