package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/run"
)

func TestFileKeepsTheAccount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	number := numberPathOf(t, first, "+447700900123")
	must(t, first, 200, "POST", number, form("FriendlyName", "kept"))
	if _, err := first.ChangeSettings(`{"application_clears_url":true}`); err != nil {
		t.Fatal(err)
	}
	second, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := must(t, second, 200, "GET", number, nil)["friendly_name"]; got != "kept" {
		t.Fatalf("friendly_name %q", got)
	}
	if settings, err := second.Settings(); err != nil || !settings.ApplicationClearsURL {
		t.Fatalf("%+v %v", settings, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the file's mode is %o", mode)
	}
	if text := readFile(t, path); !strings.Contains(text, "\n  \"version\": 1") || !strings.Contains(text, "\n      \"friendly_name\": \"kept\"") {
		t.Errorf("the file is not readable:\n%s", text)
	}
}

func TestReadsAndRefusedWritesLeaveTheFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	box, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	number := numberPathOf(t, box, "+447700900123")
	must(t, box, 200, "GET", numbersOf, nil)
	must(t, box, 400, "POST", number, form("FriendlyName", ""))
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Fatal("the file was written")
	}
}

func TestTwoOnOneFileLoseNoWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	const each = 20
	var group sync.WaitGroup
	for opener := range 2 {
		box, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for i := range each {
				status, body := send(t, box, "POST", appsOf, form("FriendlyName", fmt.Sprintf("bot-%d-%d", opener, i)))
				if status != http.StatusCreated {
					t.Errorf("%d %v", status, body)
				}
			}
		})
	}
	group.Wait()
	box, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	page := must(t, box, 200, "GET", appsOf+"?PageSize=1000", nil)
	if got := len(column(t, page, "applications", "sid")); got != 2*each {
		t.Fatalf("%d applications, want %d", got, 2*each)
	}
}

func TestDamagedFilesAreNamed(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":        {"", "no sandbox file, or a damaged one"},
		"cut off":      {`{"version": 1, "accounts": [`, "a damaged one"},
		"no version":   {`{}`, "it has no version"},
		"version 2":    {`{"version": 2}`, "newer version"},
		"unknown kind": {`{"version": 1, "conversations": []}`, `it holds "conversations"`},
		"unknown key":  {`{"version": 1, "accounts": [{"seq":1,"sid":"AC1","mood":"good"}]}`, `unknown field "mood"`},
		"twice":        {`{"version": 1, "accounts": [{"seq":1,"sid":"AC1"},{"seq":2,"sid":"AC1"}]}`, "AC1 occurs twice"},
		"no sid":       {`{"version": 1, "accounts": [{"seq":1}]}`, "no sid"},
		"wrong type":   {`{"version": 1, "settings": 3}`, "settings"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v, want the file's name and %q in it", err, tc.want)
			}
			if readFile(t, path) != tc.text {
				t.Fatal("the file was changed")
			}
		})
	}
}

func TestFolderThatDoesNotExistIsNamed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	if _, err := Open(filepath.Join(folder, "twilio.sandbox.json")); err == nil || !strings.Contains(err.Error(), "there is no folder "+folder+":") {
		t.Errorf("error %v, want the folder's name in it", err)
	}
}

func TestFileAndJournalHoldNoSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	box, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := box.AddAccount("sub", StarterAccountSID)
	if err != nil {
		t.Fatal(err)
	}
	r := request("POST", "/2010-04-01/Accounts/"+secrets.AccountSID+"/Applications.json",
		form("FriendlyName", secrets.AuthToken, "SmsUrl", "https://user:hunter2@example.com", "AuthToken", "opensesame"))
	r.SetBasicAuth(secrets.AccountSID, secrets.AuthToken)
	answerOf(t, box, r)
	journal := turn(t, box, 200, "GET", "journal", "")
	if !strings.Contains(journal, redacted) || !strings.Contains(journal, "example.com") {
		t.Errorf("the journal lacks the request: %s", journal)
	}
	file := readFile(t, path)
	for _, secret := range []string{secrets.AuthToken, secrets.APIKeySecret, StarterAuthToken, StarterAPIKeySecret, "hunter2", "opensesame"} {
		if strings.Contains(journal, secret) {
			t.Errorf("the journal holds %q", secret)
		}
		if strings.Contains(file, secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
}

func TestJournalHoldsNoPartOfAPassword(t *testing.T) {
	for name, send := range map[string]func(s *Sandbox){
		"an @ in it": func(s *Sandbox) {
			send(t, s, "POST", appsOf, form("FriendlyName", "x", "SmsUrl", "https://user:pass@hunter2@example.com/"))
		},
		"a body that is not a form": func(s *Sandbox) {
			r := request("POST", appsOf, nil)
			r.Header.Set("Content-Type", "application/json")
			r.Body = io.NopCloser(strings.NewReader(`{"AuthToken":"hunter2"}`))
			if status, _ := answerOf(t, s, r); status != 422 {
				t.Errorf("JSON is answered with %d", status)
			}
		},
		"a URL that no bot can call": func(s *Sandbox) {
			s.traffic.failed(*callFailed(t, s, "http://user:pass/hunter2@example.com/"), start)
		},
		"an error with a URL": func(s *Sandbox) {
			s.traffic.failed(run.Problemf(11205, "http://user:hunter2@example.com/ is gone"), start)
		},
		"a URL on another machine": func(s *Sandbox) {
			s.traffic.failed(*callFailed(t, s, "http://user:hunter2@example.com/?auth_token=hunter2"), start)
		},
	} {
		s := predictable()
		send(s)
		journal := turn(t, s, 200, "GET", "journal", "")
		if strings.Contains(journal, "hunter2") || !strings.Contains(journal, `"method":`) {
			t.Errorf("%s: %s", name, journal)
		}
	}
}

// callFailed is the problem of a bot that calls a refused URL.
func callFailed(t *testing.T, s *Sandbox, target string) *run.Problem {
	t.Helper()
	_, problem := s.web(StarterAccountSID)(t.Context(), run.Request{Method: "POST", URL: target})
	if problem == nil {
		t.Fatalf("%s was called", target)
	}
	return problem
}
