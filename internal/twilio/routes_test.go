package twilio

import "testing"

func TestWhereRequestsGo(t *testing.T) {
	ie := Resolved{Region: "ie1", Edge: "dublin"}
	tests := []struct {
		name, asked string
		in          Resolved
		url, host   string
	}{
		{"Twilio", "https://api.twilio.com/a?b=c", Resolved{}, "https://api.twilio.com/a?b=c", "api.twilio.com"},
		{"a region", "https://api.twilio.com/a", ie, "https://api.dublin.ie1.twilio.com/a", "api.dublin.ie1.twilio.com"},
		{"a region named already", "https://api.sydney.au1.twilio.com/a", ie, "https://api.sydney.au1.twilio.com/a", "api.sydney.au1.twilio.com"},
		{"a host of two labels", "https://channels.autopilot.twilio.com/a", ie, "https://channels.autopilot.twilio.com/a", "channels.autopilot.twilio.com"},
		{"api_url", "https://api.twilio.com/a?b=c", Resolved{APIURL: "http://127.0.0.1:8080"}, "http://127.0.0.1:8080/a?b=c", "api.twilio.com"},
		{"api_url with a path", "https://api.twilio.com/a%2Fb", Resolved{APIURL: "https://x.test/twilio/"}, "https://x.test/twilio/a%2Fb", "api.twilio.com"},
		{"api_url and a region", "https://api.twilio.com/a", Resolved{Region: "ie1", Edge: "dublin", APIURL: "http://127.0.0.1:8080"}, "http://127.0.0.1:8080/a", "api.dublin.ie1.twilio.com"},
		{"api_url, Autopilot", "https://autopilot.twilio.com/v1/a", Resolved{APIURL: "http://[::1]:8080"}, "http://[::1]:8080/v1/a", "autopilot.twilio.com"},
		{"autopilot_url", "https://autopilot.twilio.com/v1/a", Resolved{AutopilotURL: "https://bots.test/x"}, "https://bots.test/x/v1/a", "bots.test"},
		{"autopilot_url, its channels", "https://channels.autopilot.twilio.com/v1/a", Resolved{AutopilotURL: "https://bots.test"}, "https://bots.test/v1/a", "bots.test"},
		{"autopilot_url, another product", "https://api.twilio.com/a", Resolved{AutopilotURL: "https://bots.test"}, "https://api.twilio.com/a", "api.twilio.com"},
		{"both", "https://autopilot.twilio.com/a", Resolved{APIURL: "https://x.test", AutopilotURL: "https://bots.test"}, "https://bots.test/a", "bots.test"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, s := play(t, func(config *Config) { config.Resolved = test.in }, ok(`{"sid":"FW1"}`))
			if err := c.Do(t.Context(), "GET", test.asked, nil, nil); err != nil {
				t.Fatal(err)
			}
			if sent := s.seen[0]; sent.url != test.url || sent.host != test.host {
				t.Errorf("it asked %s of %s", sent.url, sent.host)
			}
		})
	}
}
