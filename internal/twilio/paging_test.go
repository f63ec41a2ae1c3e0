package twilio

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	studio "github.com/twilio/twilio-go/rest/studio/v2"
)

func TestEachPage(t *testing.T) {
	const list = "https://studio.twilio.com/v2/Flows?PageSize=2"
	failed := errors.New("failed")
	tests := []struct {
		name  string
		links []string
		asked []string
		fail  string
	}{
		{"one page", []string{""}, []string{"/"}, ""},
		{"three pages", []string{list + "&Page=1&PageToken=a", "/v2/Flows?Page=2&PageToken=b%2F1", ""}, []string{"/", "1/a", "2/b/1"}, ""},
		{"a token alone", []string{list + "&PageToken=a", ""}, []string{"/", "/a"}, ""},
		{"neither page nor token", []string{list}, []string{"/"}, "neither"},
		{"an endless list", []string{list + "&Page=1", list + "&Page=2", list + "&Page=1"}, []string{"/", "1/", "2/"}, "never ends"},
		{"no URL", []string{":"}, []string{"/"}, "not a URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			err := EachPage(func(page, token string) (string, error) {
				asked = append(asked, page+"/"+token)
				if len(asked) > len(test.links) {
					return "", failed
				}
				return test.links[len(asked)-1], nil
			})
			if !reflect.DeepEqual(asked, test.asked) {
				t.Errorf("it asked for %q", asked)
			}
			if (err != nil) != (test.fail != "") || err != nil && !strings.Contains(err.Error(), test.fail) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestNextPageElsewhereIsRefused(t *testing.T) {
	tests := []struct {
		name, next string
		in         Resolved
		ok         bool
	}{
		{"the list itself", "https://studio.twilio.com/v2/Flows?Page=1", Resolved{}, true},
		{"the list itself, shouted", "https://STUDIO.twilio.com/v2/Flows?Page=1", Resolved{}, true},
		{"the list in its region", "https://studio.dublin.ie1.twilio.com/v2/Flows?Page=1", Resolved{Region: "ie1", Edge: "dublin"}, true},
		{"the list at api_url", "https://x.test/t/v2/Flows?Page=1", Resolved{APIURL: "https://x.test/t"}, true},
		{"the list behind api_url", "https://studio.twilio.com/v2/Flows?Page=1", Resolved{APIURL: "https://x.test/t"}, true},
		{"a path alone", "/v2/Flows?Page=1", Resolved{}, true},
		{"another host", "https://evil.test/v2/Flows?Page=1", Resolved{}, false},
		{"another host without a scheme", "//evil.test/v2/Flows?Page=1", Resolved{}, false},
		{"another port", "https://studio.twilio.com:8443/v2/Flows?Page=1", Resolved{}, false},
		{"another product", "https://api.twilio.com/v2/Flows?Page=1", Resolved{}, false},
		{"another list", "https://studio.twilio.com/v2/Other?Page=1", Resolved{}, false},
		{"another path", "/v2/Flows/FW1?Page=1", Resolved{}, false},
	}
	for _, test := range tests {
		for _, body := range []string{`{"flows":[],"meta":{"next_page_url":%q}}`, `{"flows":[],"next_page_uri":%q}`} {
			t.Run(test.name, func(t *testing.T) {
				c, s := play(t, func(config *Config) { config.Resolved = test.in }, ok(fmt.Sprintf(body, test.next)), ok(`{"flows":[],"meta":{"next_page_url":null}}`))
				_, err := studio.NewApiService(c.Requests(t.Context())).PageFlow(&studio.ListFlowParams{}, "", "")
				if (err == nil) != test.ok {
					t.Errorf("the error is %v", err)
				}
				if s.calls() != 1 {
					t.Errorf("%d requests were sent", s.calls())
				}
			})
		}
	}
}
