package api

import (
	_ "embed"
	"net/http"
)

// openAPI describes what is served. The tests hold every answer to it.
//
//go:embed openapi.json
var openAPI []byte

func describeAPI(w http.ResponseWriter, _ *http.Request) error {
	writeBody(w, "application/json", http.StatusOK, openAPI)
	return nil
}
