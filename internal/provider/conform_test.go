package provider

import (
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/conform"
)

// checker holds requests and answers against Twilio's OpenAPI documents, where they
// are beside the project. It is read once: the documents are large.
var checker = sync.OnceValues(func() (*conform.Checker, error) {
	return conform.New(filepath.Join("..", "..", "..", "shared", "openapi"))
})

var sayOnce sync.Once

// conforming sees to it that every request of a test and every answer to it is as
// Twilio's documents have it.
func conforming(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	documents, err := checker()
	if errors.Is(err, conform.ErrNoDocuments) {
		sayOnce.Do(func() {
			t.Log("Twilio's OpenAPI documents are not beside the project: requests and answers are not held against them")
		})
		return next
	}
	if err != nil {
		t.Fatal(err)
	}
	return documents.Middleware(next)
}

// broken lists what broke a document in the whole run.
func broken() []error {
	documents, err := checker()
	if err != nil {
		return nil
	}
	return documents.Errors()
}
