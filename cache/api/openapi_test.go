package api_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"foreday/cache"
	"foreday/cache/api"
)

// described routes requests as the document says that they are.
var described = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI())
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// foretold holds an answer to the document: its status, its headers and its body.
// So every answer of every test is one that the document tells of.
func foretold(t *testing.T, r *http.Request, res *http.Response, body []byte) {
	t.Helper()
	router, err := described()
	if err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	// gorillamux looks at the path only; whose server it is does not matter.
	at := &http.Request{Method: r.Method, URL: &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath}, Header: r.Header}
	route, params, err := router.FindRoute(at)
	if err != nil {
		return // no such path or method: a problem, which the caller looks at
	}
	if res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusRequestHeaderFieldsTooLarge || r.Method == http.MethodHead {
		return // from net/http itself, or a path that this configuration lacks
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: at, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
		t.Errorf("%s %s: %d is not as openapi.json says: %v", r.Method, r.URL.Path, res.StatusCode, err)
	}
}

func TestTheOpenAPIDocumentIsSoundAndServed(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret"})
	r := s.get("/openapi.json")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(r.body))
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("%d, %v", r.status, err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(doc.Info.Description, "no CORS headers") {
		t.Errorf("it does not say that pages of other sites cannot read answers: %s", doc.Info.Description)
	}
}

func TestPagesOfOtherSitesMayReadNothing(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret"})
	s.commit("u1", "x")
	for _, ask := range [][2]string{{"GET", path}, {"GET", "/openapi.json"}, {"POST", "/v1/events"}, {"OPTIONS", path},
		{"OPTIONS", "/v1/events"}} {
		r := s.do(ask[0], ask[1], message, "Authorization", "Bearer s3cret", "Content-Type", "application/json",
			"Origin", "https://app.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization")
		for name := range r.header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s %s: %s: %s", ask[0], ask[1], name, r.header.Get(name))
			}
		}
	}
}

func TestTheOpenAPIDocumentNamesWhatIsServedAndNothingElse(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	served := api.Served()
	for path, methods := range served {
		item := doc.Paths.Value(path)
		for _, method := range methods {
			if method != http.MethodHead && (item == nil || item.GetOperation(method) == nil) {
				t.Errorf("%s %s is served and not described", method, path)
			}
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			found := false
			for _, m := range served[path] {
				found = found || m == method
			}
			if !found {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
}
