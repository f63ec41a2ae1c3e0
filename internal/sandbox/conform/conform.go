// Package conform checks requests and answers against Twilio's own OpenAPI
// documents. It is for tests: of the sandbox, which must answer as Twilio would,
// and of its clients.
package conform

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Checker collects violations of the documents. It is safe for concurrent use.
type Checker struct {
	documents []document
	passed    sync.Map // by digest, valid exchanges: two of three are repetitions

	mu     sync.Mutex
	errors []error
}

// document is one OpenAPI document of one host.
type document struct {
	host   string
	router routers.Router
}

// ErrNoDocuments is the error of New for a directory without OpenAPI documents;
// tests skip on it.
var ErrNoDocuments = errors.New("there are no OpenAPI documents")

// New reads every OpenAPI document (*.json) of a directory. Checkers on one
// directory share what was read: reading takes longer than most tests.
func New(dir string) (*Checker, error) {
	shared, _ := read.LoadOrStore(dir, sync.OnceValues(func() ([]document, error) { return documents(dir) }))
	all, err := shared.(func() ([]document, error))()
	if err != nil {
		return nil, err
	}
	return &Checker{documents: all}, nil
}

// read has, by directory, a function that returns its documents.
var read sync.Map

func documents(dir string) ([]document, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoDocuments)
	}
	all := make([]document, len(files))
	for i, file := range files {
		if all[i], err = newDocument(file); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

func newDocument(file string) (document, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return document{}, err
	}
	if len(doc.Servers) == 0 {
		return document{}, errors.New("it names no server")
	}
	server, err := url.Parse(doc.Servers[0].URL)
	if err != nil {
		return document{}, err
	}
	typeForms(doc)
	nullPackages(doc)
	router, err := gorillamux.NewRouter(doc)
	return document{host: server.Host, router: router}, err
}

// Errors returns the violations so far, in order.
func (c *Checker) Errors() []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]error(nil), c.errors...)
}

// Middleware checks every request next takes and every answer it gives. A
// request that next refused may violate the document; one that it accepted may not. A
// connection that next cuts is not checked, nor are the sandbox's own calls
// below /_sandbox/.
func (c *Checker) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_sandbox" || strings.HasPrefix(r.URL.Path, "/_sandbox/") {
			next.ServeHTTP(w, r)
			return
		}
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		answer := &tee{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		if answer.status == 0 {
			return
		}
		sum := digest(r, body, answer)
		if _, ok := c.passed.Load(sum); ok {
			return
		}
		if err := c.check(r, body, answer); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.errors = append(c.errors, fmt.Errorf("%s %s%s, answered %d: %w", r.Method, r.Host, r.URL.Path, answer.status, err))
			return
		}
		c.passed.Store(sum, struct{}{})
	})
}

// digest is a hash of everything that check reads.
func digest(r *http.Request, body []byte, answer *tee) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s\n%d %s\n%d %d\n", r.Method, r.Host, r.URL, answer.status, answer.Header().Get("Content-Type"), len(body), answer.body.Len())
	_ = r.Header.Write(h) // a hash returns no error
	h.Write(body)
	h.Write(answer.body.Bytes())
	return [sha256.Size]byte(h.Sum(nil))
}

// tee keeps a copy of the answer.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(text []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(text)
	return t.ResponseWriter.Write(text)
}

// Unwrap lets a handler hijack the connection.
func (t *tee) Unwrap() http.ResponseWriter { return t.ResponseWriter }
