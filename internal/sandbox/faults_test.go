package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// ways are the two transports to a sandbox.
func ways(t *testing.T, run func(t *testing.T, box *Sandbox, do func(*http.Request) (*http.Response, error))) {
	t.Run("in process", func(t *testing.T) {
		box := New()
		run(t, box, (&http.Client{Transport: box.Transport()}).Do)
	})
	t.Run("over HTTP", func(t *testing.T) {
		box := New()
		server := httptest.NewServer(checked(t, box))
		t.Cleanup(server.Close)
		run(t, box, func(r *http.Request) (*http.Response, error) {
			r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(server.URL, "http://")
			return server.Client().Do(r)
		})
	})
}

// outgoing is a request as a client sends it.
func outgoing(method, path string, pairs ...string) *http.Request {
	r := request(method, path, form(pairs...))
	r.RequestURI = ""
	return r
}

func finish(t *testing.T, answer *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestCutsHappenBeforeOrAfterTheEffect(t *testing.T) {
	for kind, effects := range map[string]int{FaultCutBefore: 0, FaultCutAfter: 1} {
		t.Run(kind, func(t *testing.T) {
			ways(t, func(t *testing.T, box *Sandbox, do func(*http.Request) (*http.Response, error)) {
				finishOK := func() { answer, err := do(outgoing("GET", appsOf)); finish(t, answer, err) }
				finishOK() // a reused connection, on which clients repeat silently
				if err := box.AddFault(Fault{Path: "/Applications", Kind: kind, Times: 2}); err != nil {
					t.Fatal(err)
				}
				box.ClearJournal()
				_, err := do(outgoing("POST", appsOf, "FriendlyName", "bot"))
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("error %v, want an unexpected EOF", err)
				}
				if _, err := do(outgoing("GET", appsOf)); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("error %v of a read, want an unexpected EOF", err)
				}
				answer, err := do(outgoing("GET", appsOf))
				if status, text := finish(t, answer, err); status != 200 || strings.Count(text, `"friendly_name":"bot"`) != effects {
					t.Fatalf("%d %s, want %d applications", status, text, effects)
				}
				statuses := []int{}
				for _, e := range box.Journal() {
					statuses = append(statuses, e.Status)
				}
				if len(statuses) != 3 || statuses[0] != 0 || statuses[1] != 0 || statuses[2] != 200 {
					t.Fatalf("the journal's statuses are %v", statuses)
				}
			})
		})
	}
}

func TestStatusFaultHitsTheNthAndNothingIsDone(t *testing.T) {
	ways(t, func(t *testing.T, box *Sandbox, do func(*http.Request) (*http.Response, error)) {
		turn(t, box, 204, "POST", "faults", `[{"method":"post","host":"api.twilio.com","path":"Applications\\.json$","nth":2,"times":1,
			"kind":"status","status":503,"headers":{"Retry-After":"1","Content-Type":"text/html"},"body":"<html>"}]`)
		want := []int{201, 503, 201}
		for i, status := range want {
			answer, err := do(outgoing("POST", appsOf, "FriendlyName", "bot"))
			got, text := finish(t, answer, err)
			if got != status {
				t.Fatalf("call %d: %d %s, want %d", i, got, text, status)
			}
			if status == 503 && (text != "<html>" || answer.Header.Get("Retry-After") != "1" || answer.Header.Get("Content-Type") != "text/html") {
				t.Fatalf("%q %v", text, answer.Header)
			}
		}
		answer, err := do(outgoing("GET", appsOf))
		if _, text := finish(t, answer, err); strings.Count(text, `"friendly_name":"bot"`) != 2 {
			t.Fatalf("the refused write took effect: %s", text)
		}
		turn(t, box, 204, "POST", "faults", `{"kind":"status","status":500,"times":-1}`)
		answer, err = do(outgoing("GET", appsOf))
		if status, text := finish(t, answer, err); status != 500 || !strings.Contains(text, `"code":20500`) {
			t.Fatalf("%d %s", status, text)
		}
		turn(t, box, 204, "DELETE", "faults", "")
		answer, err = do(outgoing("GET", appsOf))
		if status, text := finish(t, answer, err); status != 200 {
			t.Fatalf("after the faults: %d %s", status, text)
		}
	})
}

func TestDelayEndsWithTheContext(t *testing.T) {
	ways(t, func(t *testing.T, box *Sandbox, do func(*http.Request) (*http.Response, error)) {
		if err := box.AddFault(Fault{Method: "POST", Kind: FaultDelay, DelayMS: int(time.Hour / time.Millisecond)}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		delayed := inBackground(t, box, func() error {
			_, err := do(outgoing("POST", appsOf, "FriendlyName", "bot").WithContext(ctx))
			return err
		})
		cancel()
		if err := <-delayed; !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		answer, err := do(outgoing("GET", appsOf))
		if _, text := finish(t, answer, err); strings.Contains(text, `"friendly_name":"bot"`) {
			t.Fatalf("the cancelled write took effect: %s", text)
		}
	})
}

// inBackground begins a request that does not end by itself, and returns once it
// has arrived.
func inBackground(t *testing.T, box *Sandbox, run func() error) <-chan error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	for len(box.Journal()) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the request ended: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	return ended
}

func TestTooManyInFlightGetTheEdgesError(t *testing.T) {
	ways(t, func(t *testing.T, box *Sandbox, do func(*http.Request) (*http.Response, error)) {
		turn(t, box, 204, "POST", "faults", `[{"max_in_flight":1,"headers":{"Retry-After":"2"}},
			{"method":"GET","path":"Applications","kind":"delay","delay_ms":3600000}]`)
		ctx, cancel := context.WithCancel(t.Context())
		slow := inBackground(t, box, func() error {
			_, err := do(outgoing("GET", appsOf).WithContext(ctx))
			return err
		})
		answer, err := do(outgoing("GET", numbersOf))
		status, text := finish(t, answer, err)
		if status != 429 || !strings.Contains(text, `"moreInfo":`) || !strings.Contains(text, `"code":20429`) || answer.Header.Get("Retry-After") != "2" {
			t.Errorf("%d %s %v", status, text, answer.Header)
		}
		cancel()
		if err := <-slow; err == nil {
			t.Error("a cancelled request succeeded")
		}
		journal := box.Journal()
		if journal[0].InFlight != 1 || journal[1].InFlight != 2 {
			t.Errorf("in flight: %d, %d", journal[0].InFlight, journal[1].InFlight)
		}
	})
}

func TestStaleReadsAnswerFromThePast(t *testing.T) {
	now := start
	box := New(WithClock(func() time.Time { return now }))
	h := checked(t, box)
	number := numberPathOf(t, h, "+447700900123")
	now = now.Add(time.Minute)
	must(t, h, 200, "POST", number, form("FriendlyName", "new"))
	app := starterPath + "/Applications/" + must(t, h, 201, "POST", appsOf, form("FriendlyName", "bot"))["sid"].(string) + ".json"
	turn(t, h, 204, "POST", "faults", `{"kind":"stale","delay_ms":5000,"times":-1}`)

	if got := must(t, h, 200, "GET", number, nil)["friendly_name"]; got != "+447700900123" {
		t.Errorf("an update is visible at once: %q", got)
	}
	must(t, h, 404, "GET", app, nil)
	if got := column(t, must(t, h, 200, "GET", appsOf, nil), "applications", "sid"); len(got) != 0 {
		t.Errorf("a creation is listed at once: %v", got)
	}
	must(t, h, 200, "POST", app, form("FriendlyName", "bot2")) // writes are never stale
	now = now.Add(5 * time.Second)
	if got := must(t, h, 200, "GET", number, nil)["friendly_name"]; got != "new" {
		t.Errorf("an update is not visible after the lag: %q", got)
	}
	must(t, h, 200, "GET", app, nil)

	box.ClearFaults()
	turn(t, h, 200, "POST", "settings", `{"read_lag_ms":5000}`)
	must(t, h, 204, "DELETE", app, nil)
	must(t, h, 200, "GET", app, nil)
	now = now.Add(5 * time.Second)
	must(t, h, 404, "GET", app, nil)
}

func TestFaultsWithoutSenseAreRefused(t *testing.T) {
	box := New()
	for _, body := range []string{
		`{}`, `{"kind":"melt"}`, `{"kind":"status"}`, `{"kind":"status","status":99}`, `{"kind":"delay"}`, `{"kind":"stale"}`,
		`{"kind":"cut_after","path":"("}`, `{"kind":"cut_after","pth":"x"}`, `[{"kind":"cut_after"},{"kind":"melt"}]`, `nothing`,
	} {
		if got := turn(t, box, 400, "POST", "faults", body); !strings.Contains(got, "error") {
			t.Errorf("%s: %s", body, got)
		}
	}
	must(t, box, 200, "GET", numbersOf, nil) // and none of them is in force
}

func TestListLosesItsList(t *testing.T) {
	for kind, want := range map[string]string{FaultWithoutList: "absent", FaultNullList: "null", FaultErrorBody: "error"} {
		t.Run(kind, func(t *testing.T) {
			s := predictable()
			newService(t, s, `{"friendly_name":"pool"}`)
			if err := s.AddFault(Fault{Kind: kind, Times: -1, Path: "IncomingPhoneNumbers.json$|Services$"}); err != nil {
				t.Fatal(err)
			}
			for target, key := range map[string]string{numbersOf: "incoming_phone_numbers", servicesURL: "services"} {
				body := must(t, s, 200, "GET", target, nil)
				got := "rows"
				switch rows, has := body[key]; {
				case body["code"] == 20500.0 && body["status"] == 500.0 && !has:
					got = "error"
				case !has:
					got = "absent"
				case rows == nil:
					got = "null"
				}
				if got != want {
					t.Errorf("%s: %s, want %s: %v", target, got, want, body)
				}
			}
			must(t, s, 200, "GET", appsOf, nil)
		})
	}
	s := predictable()
	if err := s.AddFault(Fault{Kind: FaultWithoutList, Times: -1}); err != nil {
		t.Fatal(err)
	}
	if body := must(t, s, 404, "GET", starterPath+"/Applications/AP1.json", nil); body["code"] != 20404.0 {
		t.Errorf("an error lost something: %v", body)
	}
	if err := s.AddFault(Fault{Kind: FaultErrorBody, Status: 200}); err == nil {
		t.Error("an error of status 200 was taken")
	}
}
