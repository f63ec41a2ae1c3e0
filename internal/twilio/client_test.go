package twilio

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	studio "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestFormsAndQueriesArriveUndamaged(t *testing.T) {
	odd := "bot v1.2 10.0.0.1 & Co = 50% +ü\n"
	tests := []struct {
		name, method, url string
		form              url.Values
		query, body       url.Values
	}{
		{"a write", "POST", flowURL, url.Values{"Name": {odd}, "Event": {"a", "b"}}, url.Values{}, url.Values{"Name": {odd}, "Event": {"a", "b"}}},
		{"an empty write", "POST", flowURL, nil, url.Values{}, url.Values{}},
		{"a cleared field", "POST", flowURL, url.Values{"SmsUrl": {""}}, url.Values{}, url.Values{"SmsUrl": {""}}},
		{"a read", "GET", flowsURL, url.Values{"Name": {odd}}, url.Values{"Name": {odd}}, url.Values{}},
		{"a read with a query and no form", "GET", flowsURL + "?Page=1&PageToken=x.1", nil, url.Values{"Page": {"1"}, "PageToken": {"x.1"}}, url.Values{}},
		{"a read with a query and an empty form", "GET", flowsURL + "?Page=1", url.Values{}, url.Values{"Page": {"1"}}, url.Values{}},
		{"a read with both", "GET", flowsURL + "?Page=1&A=1", url.Values{"A": {"2"}}, url.Values{"Page": {"1"}, "A": {"2"}}, url.Values{}},
		{"a removal", "DELETE", flowURL, url.Values{"A": {"b.1"}}, url.Values{"A": {"b.1"}}, url.Values{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, s := play(t, nil, ok(`{"sid":"FW1"}`))
			if err := c.Do(t.Context(), test.method, test.url, test.form, nil); err != nil {
				t.Fatal(err)
			}
			sent := s.seen[0]
			u, _ := url.Parse(sent.url)
			body, _ := url.ParseQuery(sent.body)
			if !reflect.DeepEqual(u.Query(), test.query) || !reflect.DeepEqual(body, test.body) {
				t.Errorf("query %v, body %v", u.Query(), body)
			}
			if test.method == "POST" && sent.header.Get("Content-Type") != formType {
				t.Errorf("Content-Type is %q", sent.header.Get("Content-Type"))
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	c, s := play(t, nil, ok(`{"sid":"FW1"}`))
	if err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sent := http.Request{Header: s.seen[0].header}
	if user, password, _ := sent.BasicAuth(); user != testAccount || password != testToken {
		t.Errorf("credentials are %q, %q", user, password)
	}
	if agent := sent.Header.Get("User-Agent"); agent != "terraform-provider-twiliobot/1.2.3 (Terraform/1.14.0) twilio-go/1.31.0" {
		t.Errorf("User-Agent is %q", agent)
	}
}

func TestNoCredentialsMeansNoAuthorization(t *testing.T) {
	c, s := play(t, func(config *Config) { config.Resolved = Resolved{} }, ok(`{"sid":"FW1"}`))
	if err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if header, sent := s.seen[0].header["Authorization"]; sent {
		t.Errorf("it sent %q", header)
	}
}

func TestGeneratedClient(t *testing.T) {
	t.Setenv("TWILIO_REGION", "ie1")
	t.Setenv("TWILIO_EDGE", "dublin")
	c, s := play(t, nil, ok(`{"sid":"FW1","revision":3}`), twilioError(404, 20404), answer{status: 204})
	api := studio.NewApiService(c.Requests(t.Context()))
	flow, err := api.FetchFlow("FW1")
	if err != nil || *flow.Sid != "FW1" || flow.Revision != 3 {
		t.Fatalf("%v, %v", flow, err)
	}
	if s.seen[0].url != "https://studio.twilio.com/v2/Flows/FW1" {
		t.Errorf("it asked %s: the environment got into it", s.seen[0].url)
	}
	_, err = api.FetchFlow("FW1")
	if e := (*Error)(nil); !errors.As(err, &e) || e.Code != 20404 || !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("the error is %T %v", err, err)
	}
	if err := api.DeleteFlow("FW1"); err != nil {
		t.Error(err)
	}
	// An empty SID is the address of the list, which must not pass for a flow.
	if _, err := api.FetchFlow(""); err == nil || s.calls() != 3 {
		t.Errorf("an empty SID was sent: %v", err)
	}
}

func TestRedirectIsRefused(t *testing.T) {
	var elsewhere atomic.Int32
	var target string
	c, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			elsewhere.Add(1)
			return
		}
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}, nil)
	target = server.URL + "/elsewhere"
	for _, method := range []string{"GET", "POST", "DELETE"} {
		err := c.Do(t.Context(), method, flowURL, nil, nil)
		if e := (*Error)(nil); !errors.As(err, &e) || e.HTTPStatus != 307 || !strings.Contains(err.Error(), "redirect") {
			t.Errorf("%s: %v", method, err)
		}
	}
	if elsewhere.Load() > 0 {
		t.Errorf("it was followed %d times", elsewhere.Load())
	}
}

func TestOnlyTwilioIsAsked(t *testing.T) {
	c, s := play(t, nil, ok(`{"sid":"FW1"}`))
	for _, each := range []string{
		"https://example.com/v2/Flows", "http://studio.twilio.com/v2/Flows", "https://eviltwilio.com/v2/Flows",
		"https://studio.twilio.com.example.com/v2", "https://studio.twilio.com/v2/Flows/", "https://studio.twilio.com/v2/../v1",
		"https://api.twilio.com/2010-04-01/Accounts//Calls.json", "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls/.json",
		"/v2/Flows", "https://studio.twilio.com/%zz",
	} {
		if err := c.Do(t.Context(), "GET", each, nil, nil); err == nil {
			t.Errorf("%s was asked", each)
		}
	}
	if s.calls() > 0 {
		t.Errorf("%d requests were sent", s.calls())
	}
}

func TestConfigIsChecked(t *testing.T) {
	tests := map[string]func(*Config){
		"retries":         func(c *Config) { c.MaxRetries = -1 },
		"timeout":         func(c *Config) { c.RequestTimeout = -time.Second },
		"in flight":       func(c *Config) { c.MaxInFlight = -1 },
		"region alone":    func(c *Config) { c.Region = "ie1" },
		"http":            func(c *Config) { c.APIURL = "http://twilio.example.com" },
		"http, Autopilot": func(c *Config) { c.AutopilotURL = "http://192.0.2.1" },
		"credentials":     func(c *Config) { c.APIURL = "https://user:pass@example.com" },
		"no URL":          func(c *Config) { c.APIURL = "twilio.example.com" },
		"query":           func(c *Config) { c.APIURL = "https://example.com/?a=b" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			config := Config{Resolved: testResolved()}
			change(&config)
			if _, err := New(config); err == nil {
				t.Error("it was accepted")
			} else if strings.Contains(err.Error(), "pass") {
				t.Errorf("it shows a password: %v", err)
			}
		})
	}
}

func TestPasswordIsNeverPrinted(t *testing.T) {
	config := Config{Resolved: testResolved()}
	var b bytes.Buffer
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&b, format, config.Resolved)
		fmt.Fprintf(&b, format, config)
		fmt.Fprintf(&b, format, &config.Resolved)
	}
	if strings.Contains(b.String(), testToken) {
		t.Errorf("it is in %s", b.String())
	}
}
