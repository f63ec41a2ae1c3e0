// Package twiliotest is a Twilio account for the tests of the engines: a sandbox of its
// own, a Client that reaches it in process, and another client of the same account.
//
// A test runs in a bubble of testing/synctest: waiting costs no time. Each call of the
// Client can be cut, or have something happen before or after it, so that every
// interleaving with another client can be written down.
package twiliotest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/conform"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Account is an account on a sandbox of its own.
type Account struct {
	*testing.T
	Box *sandbox.Sandbox
	// Client is a client of the account that repeats no call.
	Client *twilio.Client

	calls    *calls
	next     http.RoundTripper // to the sandbox, past the hooks
	deviates bool
}

// Run runs a test with an account, in a bubble in which time passes only while everything
// waits. Requests and answers are held against Twilio's OpenAPI documents where they are
// beside the project.
func Run(t *testing.T, test func(a *Account), options ...sandbox.Option) {
	t.Helper()
	runWith(t, conforming(t), test, options...)
}

func runWith(t *testing.T, documents *conform.Checker, test func(a *Account), options ...sandbox.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box := sandbox.New(options...)
		a := &Account{T: t, Box: box, next: box.Transport()}
		if documents != nil {
			a.next = sandbox.InProcess(documents.Middleware(box))
		}
		a.calls = &calls{next: a.next}
		a.Client = a.ClientOf(sandbox.StarterAccountSID)
		test(a)
		if documents != nil && !a.deviates {
			if err := errors.Join(documents.Errors()...); err != nil {
				t.Errorf("not as Twilio's OpenAPI documents have it: %v", err)
			}
		}
	})
}

// conforming reads Twilio's OpenAPI documents; nil where there are none.
func conforming(t *testing.T) *conform.Checker {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil; _, err = os.Stat(filepath.Join(root, "go.mod")) {
		root = filepath.Dir(root)
	}
	documents, err := conform.New(filepath.Join(root, "..", "shared", "openapi"))
	if errors.Is(err, conform.ErrNoDocuments) {
		t.Log("Twilio's OpenAPI documents are not beside the project: requests and answers are not held against them")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

// ClientOf is a client of the starter account's credentials that is configured for an
// account. Its calls are counted and hooked as those of Client.
func (a *Account) ClientOf(accountSID string) *twilio.Client {
	a.Helper()
	client, err := twilio.New(twilio.Config{
		Resolved: twilio.Resolved{
			AccountSID: accountSID, Username: sandbox.StarterAccountSID, Password: sandbox.StarterAuthToken,
			CredentialAccountSID: sandbox.StarterAccountSID, Source: "a test",
		},
		Version:   "test",
		Transport: a.calls,
	})
	if err != nil {
		a.Fatal(err)
	}
	return client
}

// Later lets time pass.
func (a *Account) Later(d time.Duration) {
	a.Helper()
	select {
	case <-time.After(d):
	case <-a.Context().Done():
		a.Fatal(a.Context().Err())
	}
}

// Deviate says that the sandbox is made to answer in a way that Twilio's documents do not
// have.
func (a *Account) Deviate() { a.deviates = true }

// Setting changes settings of the sandbox, as a JSON object.
func (a *Account) Setting(fields string) {
	a.Helper()
	if _, err := a.Box.ChangeSettings(fields); err != nil {
		a.Fatal(err)
	}
}

// Fault makes the sandbox fail from here on.
func (a *Account) Fault(f sandbox.Fault) {
	a.Helper()
	if err := a.Box.AddFault(f); err != nil {
		a.Fatal(err)
	}
}

// Form is a form of names and values in turn.
func Form(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// KindOf is the kind of the problem in an error's chain; empty where it has none.
func KindOf(err error) bot.Kind {
	var problem *bot.Problem
	if errors.As(err, &problem) {
		return problem.Kind
	}
	return ""
}

// Fetch is what another client of the account reads at an address.
func (a *Account) Fetch(address string) map[string]any {
	a.Helper()
	return a.send(http.MethodGet, address, nil)
}

// Post is a write of another client: the console, another tool. It returns the answer.
func (a *Account) Post(address string, pairs ...string) map[string]any {
	a.Helper()
	return a.send(http.MethodPost, address, Form(pairs...))
}

// Remove is a deletion by another client.
func (a *Account) Remove(address string) {
	a.Helper()
	a.send(http.MethodDelete, address, nil)
}

// Rows is a list that another client reads, of at most 1,000 rows.
func (a *Account) Rows(address, key string) []map[string]any {
	a.Helper()
	list, ok := a.Fetch(address + "?PageSize=1000")[key].([]any)
	if !ok {
		a.Fatalf("%s has no list %s", address, key)
	}
	rows := make([]map[string]any, len(list))
	for i, each := range list {
		rows[i], _ = each.(map[string]any)
	}
	return rows
}

// Texts is one field of each row of a list, in Twilio's order.
func Texts(rows []map[string]any, field string) []string {
	texts := []string{}
	for _, row := range rows {
		text, _ := row[field].(string)
		texts = append(texts, text)
	}
	return texts
}

func (a *Account) send(method, address string, form url.Values) map[string]any {
	a.Helper()
	request, err := http.NewRequestWithContext(a.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		a.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
	answer, err := a.next.RoundTrip(request)
	if err != nil {
		a.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		a.Fatal(err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		a.Fatalf("%s %s: %d: %s", method, address, answer.StatusCode, content)
	}
	fields := map[string]any{}
	if len(content) > 0 {
		if err := json.Unmarshal(content, &fields); err != nil {
			a.Fatalf("%s %s: %v: %s", method, address, err, content)
		}
	}
	return fields
}
