package provider

import (
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/conform"
)

// checker checks requests and answers against Twilio's OpenAPI documents, where they
// are beside the repository. It is read once: the documents are large.
var checker = sync.OnceValues(func() (*conform.Checker, error) {
	return conform.New(filepath.Join("..", "..", "..", "shared", "openapi"))
})

var sayOnce sync.Once

// conforming checks every request of a test and every answer to it against Twilio's
// documents.
func conforming(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	documents, err := checker()
	if errors.Is(err, conform.ErrNoDocuments) {
		sayOnce.Do(func() {
			t.Log("Twilio's OpenAPI documents are not beside the repository: requests and answers are not checked against them")
		})
		return next
	}
	if err != nil {
		t.Fatal(err)
	}
	return documents.Middleware(next)
}

// broken lists the violations of the documents in the whole run.
func broken() []error {
	documents, err := checker()
	if err != nil {
		return nil
	}
	return documents.Errors()
}
