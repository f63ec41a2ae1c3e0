package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func TestAddressesOthersCanReachAreRefused(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1"} {
		if listener, err := listenLoopback(t.Context(), address); err == nil {
			listener.Close()
			t.Errorf("%s was accepted", address)
		} else if !strings.Contains(err.Error(), "127.0.0.1:8421") {
			t.Errorf("%s: the error does not say what to give: %v", address, err)
		}
	}
}

func TestPortInUseIsSaidWithAWayOut(t *testing.T) {
	first, err := listenLoopback(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if second, err := listenLoopback(t.Context(), first.Addr().String()); err == nil {
		second.Close()
		t.Error("two listen on one port")
	} else if !strings.Contains(err.Error(), "give another port, or 0 for a free one") {
		t.Errorf("the error does not say what to give: %v", err)
	}
}

func TestServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, filepath.Join(t.TempDir(), "twilio.sandbox.json"), false, "127.0.0.1:0", writer)
		writer.Close()
	}()
	greeting := make([]byte, 4096)
	n, err := reader.Read(greeting)
	if err != nil {
		t.Fatalf("no greeting: %v, %v", err, <-done)
	}
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).Find(greeting[:n])
	r, err := http.NewRequest(http.MethodGet, string(base)+"/2010-04-01/Accounts/"+sandbox.StarterAccountSID+"/IncomingPhoneNumbers.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(sandbox.StarterAPIKeySID, sandbox.StarterAPIKeySecret)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "+12025550142") {
		t.Fatalf("%d %s %v", answer.StatusCode, text, err)
	}
	// A page of the console that is open does not keep it from stopping.
	page := regexp.MustCompile(`http://127\.0\.0\.1:\d+/console`).Find(greeting[:n])
	if page == nil {
		t.Fatalf("the greeting names no console: %s", greeting[:n])
	}
	if r, err = http.NewRequest(http.MethodGet, string(page)+"/events", nil); err != nil {
		t.Fatal(err)
	}
	events, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	if _, err := io.ReadFull(events.Body, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.ReadAll(events.Body); err != nil {
		t.Errorf("the page was cut off: %v", err)
	}
	if err := <-done; err != nil {
		t.Fatalf("stopping: %v", err)
	}
}
