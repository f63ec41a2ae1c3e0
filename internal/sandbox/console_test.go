package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// atConsole is the status and the body of a request to the console.
func atConsole(t *testing.T, h http.Handler, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8421"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestConsoleIsForItsOwnPage(t *testing.T) {
	const fault = `{"kind":"cut_before"}`
	for _, c := range []struct {
		what, method, path string
		status             int
		header             []string
	}{
		{"the page", "GET", "/console", 200, nil},
		{"the page by its name", "GET", "/console", 200, []string{"Host", "localhost:8421"}},
		{"the page by IPv6", "GET", "/console", 200, []string{"Host", "[::1]:8421"}},
		{"a name that leads here", "GET", "/console", 403, []string{"Host", "rebound.example.com:8421"}},
		{"reading under such a name", "GET", "/console/messages?to=+12025550142", 403, []string{"Host", "rebound.example.com"}},
		{"its own page", "POST", "/console/faults", 204, []string{"Origin", "http://127.0.0.1:8421", "Sec-Fetch-Site", "same-origin"}},
		{"under such a name", "POST", "/console/faults", 403, []string{"Host", "rebound.example.com", "Origin", "http://rebound.example.com", "Sec-Fetch-Site", "same-origin"}},
		{"another site", "POST", "/console/faults", 403, []string{"Origin", "https://example.com", "Sec-Fetch-Site", "cross-site"}},
		{"another site in an old browser", "POST", "/console/faults", 403, []string{"Origin", "https://example.com"}},
		{"another port", "POST", "/console/faults", 403, []string{"Origin", "http://127.0.0.1:3000", "Sec-Fetch-Site", "same-site"}},
		{"another site deletes", "DELETE", "/console/faults", 403, []string{"Origin", "https://example.com"}},
		{"a form", "POST", "/console/faults", 415, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"at Twilio's host", "GET", "/console", 401, []string{"Host", "api.twilio.com"}},
		{"the root in a browser", "GET", "/", 303, []string{"Accept", "text/html,*/*"}},
		{"the root of another client", "GET", "/", 401, nil},
		{"the root at Twilio's host", "GET", "/", 401, []string{"Host", "api.twilio.com", "Accept", "text/html"}},
		{"the root under such a name", "GET", "/", 403, []string{"Host", "rebound.example.com", "Accept", "text/html"}},
		{"the page with a slash", "GET", "/console/", 303, nil},
		{"a file beside the page", "GET", "/console/console.go", 404, nil},
	} {
		s := New()
		status, body := atConsole(t, s, c.method, c.path, fault, c.header...)
		if status != c.status {
			t.Errorf("%s: %d %s", c.what, status, body)
		}
		if faults, _ := s.faults.list(); len(faults) > 0 != (c.status == 204) {
			t.Errorf("%s: the faults are %v", c.what, faults)
		}
	}
}

func TestKnobsAreNotForOtherNames(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://rebound.example.com:8421/_sandbox/journal", nil)
	w := httptest.NewRecorder()
	New().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a page under a name that leads here may read the journal: %d", w.Code)
	}
}

// The starter's credentials are known to everybody.
func TestAPIIsNotForPagesOfOthers(t *testing.T) {
	const mozilla = "Mozilla/5.0 (X11)"
	for _, c := range []struct {
		what, method, host string
		status             int
		header             []string
	}{
		{"a client", "GET", "127.0.0.1:8421", 200, nil},
		{"a client under another name", "GET", "sandbox.test:8421", 200, nil},
		{"a browser", "GET", "localhost:8421", 200, []string{"User-Agent", mozilla, "Sec-Fetch-Site", "none"}},
		{"a name that leads here", "GET", "rebound.example.com:8421", 403, []string{"User-Agent", mozilla}},
		{"writing under such a name", "POST", "rebound.example.com", 403, []string{"Origin", "http://rebound.example.com"}},
		{"a form of another site", "POST", "127.0.0.1:8421", 403, []string{"Origin", "https://example.com", "Sec-Fetch-Site", "cross-site"}},
		{"such a form in an old browser", "POST", "127.0.0.1:8421", 403, []string{"Origin", "null"}},
	} {
		s := New()
		r := httptest.NewRequest(c.method, "http://"+c.host+"/2010-04-01/Accounts/"+StarterAccountSID+"/Applications.json", strings.NewReader("FriendlyName=theirs"))
		r.SetBasicAuth(StarterAccountSID, StarterAuthToken)
		r.Header.Set("Content-Type", formType)
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status || len(must(t, s, 200, "GET", appsOf, nil)["applications"].([]any)) > 0 {
			t.Errorf("%s: %d %s", c.what, w.Code, w.Body)
		}
	}
}

func TestConsolePageMayLoadNothingElse(t *testing.T) {
	w := httptest.NewRecorder()
	New().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8421/console", nil))
	policy := w.Header().Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, rule) {
			t.Errorf("the policy has no %s: %s", rule, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Error(policy)
	}
}

// shown is what the console shows.
func shown(t *testing.T, s *Sandbox) consoleView {
	t.Helper()
	st, err := s.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.newView(st).show()
}

func TestConsoleSaysWhoAnswers(t *testing.T) {
	const definition = `{"description":"","initial_state":"Trigger","states":[{"name":"Trigger","type":"trigger","properties":{},"transitions":[{"event":"incomingMessage"%s},{"event":"incomingCall"},{"event":"incomingConversationMessage"},{"event":"incomingRequest"},{"event":"incomingParent"}]}%s]}`
	const saying = `,{"name":"say","type":"send-message","transitions":[{"event":"sent"},{"event":"failed"}],"properties":{"body":"Back on Monday.","from":"{{flow.channel.address}}","to":"{{contact.channel.address}}","offset":{"x":0,"y":0}}}`
	flow := func(t *testing.T, s *Sandbox, name, status, next, states string) (sid string) {
		t.Helper()
		return must(t, s, 201, "POST", "https://studio.twilio.com/v2/Flows",
			form("FriendlyName", name, "Status", status, "Definition", fmt.Sprintf(definition, next, states)))["sid"].(string)
	}
	app := func(t *testing.T, s *Sandbox, name string, more ...string) (sid string) {
		t.Helper()
		return must(t, s, 201, "POST", appsOf, form(append([]string{"FriendlyName", name}, more...)...))["sid"].(string)
	}
	hook := func(sid string) string { return flowWebhookURL(StarterAccountSID, sid) }
	for name, c := range map[string]struct {
		set  func(t *testing.T, s *Sandbox) // the number, and more
		want string
	}{
		"nobody": {func(*testing.T, *Sandbox) {}, "silent"},
		"a flow": {func(t *testing.T, s *Sandbox) {
			point(t, s, "SmsUrl", hook(flow(t, s, "greeter", "published", "", "")))
		}, "bot greeter studio; greeter live"},
		"a draft": {func(t *testing.T, s *Sandbox) { point(t, s, "SmsUrl", hook(flow(t, s, "greeter", "draft", "", ""))) }, "dangling; greeter draft"},
		"elsewhere": {func(t *testing.T, s *Sandbox) {
			point(t, s, "SmsUrl", "https://user:hidden@example.com/in?auth_token=hidden&a=b")
		}, "external https://[redacted]@example.com/in?auth_token=[redacted]&a=b"},
		"an application": {func(t *testing.T, s *Sandbox) {
			point(t, s, "SmsApplicationSid", app(t, s, "desk", "SmsUrl", "https://example.com/in"))
		}, "bot desk application https://example.com/in; desk live"},
		"an application without URLs": {func(t *testing.T, s *Sandbox) {
			point(t, s, "SmsApplicationSid", app(t, s, "desk"))
		}, "silent; desk empty"},
		"what is gone": {func(t *testing.T, s *Sandbox) { point(t, s, "SmsUrl", hook("FW"+strings.Repeat("0", 32))) }, "dangling"},
		"suspended": {func(t *testing.T, s *Sandbox) {
			sid := flow(t, s, "greeter", "published", "", "")
			hold := flow(t, s, "suspended "+sid, "published", "", "")
			point(t, s, "SmsApplicationSid", app(t, s, "suspended "+sid, "SmsUrl", hook(hold)))
		}, "suspended greeter studio; greeter suspended"},
		"suspended with a notice": {func(t *testing.T, s *Sandbox) {
			sid := flow(t, s, "greeter", "published", "", "")
			hold := flow(t, s, "suspended "+sid, "published", `,"next":"say"`, saying)
			point(t, s, "SmsApplicationSid", app(t, s, "suspended "+sid, "SmsUrl", hook(hold)))
		}, "suspended greeter studio with a notice; greeter suspended"},
		"suspended without a flow": {func(t *testing.T, s *Sandbox) {
			sid := flow(t, s, "greeter", "published", "", "")
			point(t, s, "SmsApplicationSid", app(t, s, "suspended "+sid))
		}, "suspended greeter studio; greeter suspended"},
		"suspended by the flow of the hold": {func(t *testing.T, s *Sandbox) {
			sid := flow(t, s, "greeter", "published", "", "")
			hold := flow(t, s, "suspended "+sid, "published", "", "")
			app(t, s, "suspended "+sid, "SmsUrl", hook(hold))
			point(t, s, "SmsUrl", hook(hold))
		}, "suspended greeter studio; greeter suspended"},
		"a name like a hold's": {func(t *testing.T, s *Sandbox) {
			point(t, s, "SmsUrl", hook(flow(t, s, "suspended animation", "published", "", "")))
		}, "bot suspended animation studio; suspended animation live"},
		"an assistant without a model": {func(t *testing.T, s *Sandbox) { assistantOn(t, s, "") }, "bot tea autopilot; tea no_model"},
	} {
		t.Run(name, func(t *testing.T) {
			s := predictable()
			c.set(t, s)
			view := shown(t, s)
			i := slices.IndexFunc(view.Numbers, func(n consoleNumber) bool { return n.Address == myNumber })
			line := view.Numbers[i].Messages
			got := strings.TrimSpace(line.Status + " " + line.Name)
			if line.Engine != "" {
				got += " " + line.Engine
			}
			if line.Notice {
				got += " with a notice"
			}
			if line.URL != "" && !strings.Contains(line.URL, "twilio.com") {
				got += " " + line.URL
			}
			for _, b := range view.Bots {
				got += "; " + b.Name + " " + b.State
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// streamed are the events that a page gets.
type streamed struct {
	t    *testing.T
	body io.ReadCloser
	text *bufio.Reader
}

func watching(t *testing.T, url string) *streamed {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // an event that is not sent would be waited for
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/console/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(answer, err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return &streamed{t: t, body: answer.Body, text: bufio.NewReader(answer.Body)}
}

// next is the data of the next event of that name.
func (s *streamed) next(name string, into any) {
	s.t.Helper()
	for found := false; ; {
		line, err := s.text.ReadString('\n')
		if err != nil {
			s.t.Fatalf("waiting for %s: %v", name, err)
		}
		if found {
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), into); err != nil {
				s.t.Fatal(err)
			}
			return
		}
		found = line == "event: "+name+"\n"
	}
}

func TestConsoleIsToldWhatChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "box.json")
	s, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	page := watching(t, server.URL)
	var view consoleView
	var entries consoleEntries
	var faults []consoleFault
	page.next("state", &view)
	page.next("journal", &entries)
	page.next("faults", &faults)
	if len(view.Numbers) != 3 || view.File != file || len(entries.Entries)+len(faults) != 0 {
		t.Fatalf("%+v %+v %+v", view, entries, faults)
	}

	// Another process changes the file.
	other, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.AddNumber(`{"phone_number":"+12025550199"}`); err != nil {
		t.Fatal(err)
	}
	if page.next("state", &view); len(view.Numbers) != 4 {
		t.Errorf("%d numbers", len(view.Numbers))
	}

	if err := s.AddFault(Fault{Kind: FaultStatus, Status: 503, Times: -1}); err != nil {
		t.Fatal(err)
	}
	page.next("faults", &faults)
	must(t, s, 503, "GET", numbersOf, nil)
	page.next("journal", &entries)
	for entries.Entries[0].Status == 0 {
		page.next("journal", &entries)
	}
	if entries.Entries[0].Status != 503 || entries.Oldest != 1 {
		t.Errorf("%+v", entries)
	}
	for faults[0].Applied == 0 {
		page.next("faults", &faults)
	}
	if status, body := atConsole(t, s, "DELETE", fmt.Sprintf("/console/faults/%d", faults[0].ID), ""); status != 204 {
		t.Errorf("%d %s", status, body)
	}
	if page.next("faults", &faults); len(faults) != 0 {
		t.Errorf("%+v", faults)
	}
	if status, _ := atConsole(t, s, "DELETE", "/console/faults/1", ""); status != 404 {
		t.Errorf("a fault that is gone: %d", status)
	}
	atConsole(t, s, "DELETE", "/console/journal", "")
	if page.next("journal", &entries); entries.Oldest != 2 || len(entries.Entries) != 0 {
		t.Errorf("%+v", entries)
	}

	s.CloseConsoles()
	if rest, err := io.ReadAll(page.text); err != nil {
		t.Errorf("%s %v", rest, err)
	}
}

func TestConsoleShowsNoSecret(t *testing.T) {
	s := New()
	secrets, err := s.AddAccount("another", "")
	if err != nil {
		t.Fatal(err)
	}
	point(t, s, "SmsUrl", "http://user:hidden@127.0.0.1:1/in", "VoiceUrl", "http://127.0.0.1:1/?AccessToken=hidden")
	text := string(encodeJSON(shown(t, s)))
	status, turn := atConsole(t, s, "POST", "/console/inbound", fmt.Sprintf(`{"to":%q,"from":%q,"channel":"messaging","body":"hi"}`, myNumber, contact))
	if status != 200 || !strings.Contains(turn, `"body":"hi"`) {
		t.Errorf("%d %s", status, turn)
	}
	text += turn + string(encodeJSON(s.traffic.since(-1)))
	for _, secret := range []string{"hidden", StarterAuthToken, StarterAPIKeySecret, secrets.AuthToken, "hash"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is shown: %s", secret, text)
		}
	}
}

func BenchmarkConsoleView(b *testing.B) {
	s := New()
	for i := range 1000 {
		if _, err := s.AddNumber(fmt.Sprintf(`{"phone_number":"+1202556%04d","sms_url":%q}`, i, flowWebhookURL(StarterAccountSID, "FW"+strings.Repeat("0", 32)))); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		encodeJSON(s.newView(s.state).show())
	}
}

// A page that begins to watch is not sent every flow that was written.
func TestConsoleShowsTheBeginningOfALongParameter(t *testing.T) {
	s, long := New(), strings.Repeat("é", 100_000)
	must(t, s, 201, "POST", appsOf, form("FriendlyName", "desk", "SmsUrl", "https://example.com/?a="+long))
	entry := s.traffic.since(-1).Entries[0]
	if shown := entry.Form.Get("SmsUrl"); len(shown) > 5000 || !strings.HasSuffix(shown, " more bytes") || !utf8.ValidString(shown) || entry.Form.Get("FriendlyName") != "desk" {
		t.Errorf("%d bytes are shown: …%s", len(shown), shown[max(0, len(shown)-40):])
	}
	if kept := s.Journal()[0].Form.Get("SmsUrl"); !strings.HasSuffix(kept, long) {
		t.Error("the journal itself is cut")
	}
}
