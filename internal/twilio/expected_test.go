package twilio

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Numbers on sale have no SIDs.
func TestAnswerOfNumbersOnSaleThatLacksThemIsAnError(t *testing.T) {
	t.Parallel()
	const of = "/2010-04-01/Accounts/" + testAccount + "/AvailablePhoneNumbers"
	for path, answers := range map[string]struct{ good, bad []string }{
		of + "/US/Local.json": {
			[]string{`{"available_phone_numbers":[]}`, `{"available_phone_numbers":[{"phone_number":"+12125550101"}]}`},
			[]string{`{}`, `{"available_phone_numbers":null}`, `{"available_phone_numbers":[{}]}`, `{"available_phone_numbers":[{"sid":"PN1"}]}`, `{"local":[]}`},
		},
		of + "/US.json": {[]string{`{"subresource_uris":{}}`}, []string{`{}`, `{"sid":"US"}`, `[]`}},
	} {
		for _, answer := range answers.good {
			if missing := expect(http.MethodGet, "api.twilio.com", path).missing([]byte(answer)); missing != "" {
				t.Errorf("%s: %s lacks %s", path, answer, missing)
			}
		}
		for _, answer := range answers.bad {
			if expect(http.MethodGet, "api.twilio.com", path).missing([]byte(answer)) == "" {
				t.Errorf("%s: %s is taken for an answer", path, answer)
			}
		}
	}
}

// What this package and the engines read, with a good answer to each.
func TestAnswerThatLacksWhatItMustHaveIsAnError(t *testing.T) {
	t.Parallel()
	const (
		api       = "https://api.twilio.com/2010-04-01/Accounts/" + testAccount
		studio    = "https://studio.twilio.com/v2/Flows"
		messaging = "https://messaging.twilio.com/v1/Services"
		autopilot = "https://autopilot.twilio.com/v1/Assistants"
		meta      = `"meta":{"next_page_url":null}`
	)
	for url, lists := range map[string]string{
		api + "/IncomingPhoneNumbers.json":            "incoming_phone_numbers",
		api + "/Applications.json":                    "applications",
		messaging:                                     "services",
		messaging + "/MG1/PhoneNumbers":               "phone_numbers",
		studio:                                        "flows",
		studio + "/FW1/Executions":                    "executions",
		autopilot:                                     "assistants",
		autopilot + "/UA1/Tasks":                      "tasks",
		autopilot + "/UA1/Tasks/UD1/Fields":           "fields",
		autopilot + "/UA1/Tasks/UD1/Samples":          "samples",
		autopilot + "/UA1/FieldTypes":                 "field_types",
		autopilot + "/UA1/FieldTypes/UB1/FieldValues": "field_values",
		autopilot + "/UA1/ModelBuilds":                "model_builds",
		autopilot + "/UA1/Webhooks":                   "webhooks",
		api + "/IncomingPhoneNumbers/PN1.json":        "",
		api + "/Applications/AP1.json":                "",
		messaging + "/MG1":                            "",
		studio + "/FW1":                               "",
		studio + "/FW1/Revisions/1":                   "",
		studio + "/FW1/Revisions/LatestPublished":     "",
		autopilot + "/UA1":                            "",
		autopilot + "/a-name":                         "",
		autopilot + "/UA1/Tasks/UD1":                  "",
		autopilot + "/UA1/ModelBuilds/UG1":            "",
	} {
		t.Run(strings.TrimPrefix(url, "https://"), func(t *testing.T) {
			t.Parallel()
			good := []string{`{"sid":"XX1"}`}
			bad := []string{`{}`, `null`, `[]`, `{"sid":null}`, `{"sid":""}`, `{"code":20404,"message":"not here","status":404}`}
			if lists != "" {
				good = []string{`{"` + lists + `":[],` + meta + `}`, `{"` + lists + `":[{"sid":"XX1"}],` + meta + `}`}
				bad = append(bad, `{"sid":"XX1"}`, `{`+meta+`}`, `{"`+lists+`":null,`+meta+`}`, `{"`+lists+`":{},`+meta+`}`,
					`{"`+lists+`":[{}],`+meta+`}`, `{"`+lists+`":[null],`+meta+`}`, `{"other":[],`+meta+`}`)
				if !strings.HasPrefix(url, api) {
					bad = append(bad, `{"`+lists+`":[]}`, `{"`+lists+`":[],"meta":null}`)
				}
			}
			for _, body := range good {
				c, _ := play(t, nil, ok(body))
				if err := c.Do(t.Context(), http.MethodGet, url, nil, new(any)); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			}
			for _, body := range bad {
				c, _ := play(t, nil, ok(body))
				err := c.Do(t.Context(), http.MethodGet, url, nil, new(any))
				var e *Error
				if !errors.As(err, &e) || !strings.Contains(err.Error(), "GET "+e.Path) || errors.Is(err, bot.ErrNotFound) || errors.Is(err, bot.ErrUncertain) {
					t.Errorf("%s: %v", body, err)
				}
			}
		})
	}
	// A sub-resource of Autopilot holds a document and has no SID of its own.
	for _, resource := range []string{"/UA1/Defaults", "/UA1/StyleSheet", "/UA1/Tasks/UD1/Actions"} {
		for body, good := range map[string]bool{`{"data":{}}`: true, `{}`: false, `{"data":null}`: true, `{"sid":"UA1"}`: false} {
			c, _ := play(t, nil, ok(body))
			if err := c.Do(t.Context(), http.MethodGet, autopilot+resource, nil, new(any)); (err == nil) != good {
				t.Errorf("%s %s: %v", resource, body, err)
			}
		}
	}
	// The same holds for what twilio-go reads, and a write may have happened all the same.
	c, _ := play(t, nil, ok(`{}`), ok(`{}`), ok(`{}`))
	if _, err := NewNumbers(c).List(t.Context()); err == nil {
		t.Error("a list of numbers without its rows is taken for an empty one")
	}
	if _, err := NewServices(c).List(t.Context()); err == nil {
		t.Error("a list of services without its rows is taken for an empty one")
	}
	if err := c.Do(t.Context(), http.MethodPost, studio, nil, new(any)); !errors.Is(err, bot.ErrUncertain) {
		t.Errorf("a write says %v", err)
	}
}
