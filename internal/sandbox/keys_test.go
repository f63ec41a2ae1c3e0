package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
)

// asKey sends a request with a key of the knob.
func asKey(t *testing.T, s *Sandbox, knob, method, target string, pairs ...string) (int, map[string]any) {
	t.Helper()
	var key Credentials
	if err := json.Unmarshal([]byte(turn(t, s, 200, "POST", "keys", knob)), &key); err != nil {
		t.Fatal(err)
	}
	r := request(method, target, form(pairs...))
	r.SetBasicAuth(key.APIKeySID, key.APIKeySecret)
	return answerOf(t, checked(t, s), r)
}

func TestKeyMayDoWhatItIsGranted(t *testing.T) {
	s := predictable()
	flow := newFlow(t, s, "greeter", "published")
	flowURL := studioFlowsURL + "/" + flow
	for name, test := range map[string]struct {
		knob, method, target string
		form                 []string
		status               int
		code                 float64
		permission           string
	}{
		"standard":              {`{}`, "GET", addressesURL, nil, 200, 0, ""},
		"granted":               {`{"permissions":["studio/flows/list"]}`, "GET", studioFlowsURL, nil, 200, 0, ""},
		"read does not list":    {`{"permissions":["studio/flows/read"]}`, "GET", studioFlowsURL, nil, 401, 70051, "twilio/studio/flows/list"},
		"list does not read":    {`{"permissions":["studio/flows/list"]}`, "GET", flowURL, nil, 401, 70051, "twilio/studio/flows/read"},
		"all of a resource":     {`{"permissions":["studio/flows/*"]}`, "GET", flowURL, nil, 200, 0, ""},
		"all of a product":      {`{"permissions":["studio/*"]}`, "GET", flowURL + "/Executions", nil, 200, 0, ""},
		"another product":       {`{"permissions":["studio/*"]}`, "GET", numbersOf, nil, 401, 70051, "twilio/phone-numbers/active-numbers/list"},
		"validate":              {`{"permissions":["studio/flows/*"]}`, "POST", studioFlowsURL + "/Validate", []string{"FriendlyName", "x"}, 401, 70051, "twilio/studio/flows.validate/update"},
		"create":                {`{"permissions":["voice/twiml.apps/list"]}`, "POST", appsOf, []string{"FriendlyName", "x"}, 401, 70051, "twilio/voice/twiml.apps/create"},
		"created":               {`{"permissions":["voice/twiml.apps/create"]}`, "POST", appsOf, []string{"FriendlyName", "x"}, 201, 0, ""},
		"update":                {`{"permissions":["studio/flows/read"]}`, "POST", flowURL, []string{"Status", "draft"}, 401, 70051, "twilio/studio/flows/update"},
		"delete":                {`{"permissions":["studio/flows/read"]}`, "DELETE", flowURL, nil, 401, 70051, "twilio/studio/flows/delete"},
		"members":               {`{"permissions":["messaging/services/*"]}`, "GET", servicesURL + "/MG1/ChannelSenders", nil, 401, 70051, "twilio/messaging/services.channelsenders/list"},
		"senders":               {`{"permissions":["messaging/whatsapp-senders/list"]}`, "GET", sendersURL + "?Channel=rcs", nil, 200, 0, ""},
		"not grantable":         {`{"permissions":["*"]}`, "GET", addressesURL, nil, 401, 70051, ""},
		"everything else":       {`{"permissions":["*"]}`, "GET", sipDomainsOf, nil, 200, 0, ""},
		"one product away":      {`{"refuses":["messaging/*"]}`, "GET", servicesURL, nil, 401, 70051, "twilio/messaging/services/list"},
		"the others stay":       {`{"refuses":["messaging/*"]}`, "GET", addressesURL, nil, 200, 0, ""},
		"conversations away":    {`{"refuses":["conversations/*"]}`, "GET", addressesURL, nil, 401, 70051, "twilio/conversations/addresses/list"},
		"one permission away":   {`{"refuses":["studio/flows/list"]}`, "GET", flowURL, nil, 200, 0, ""},
		"forbidden":             {`{"refuses":["studio/*"],"status":403}`, "GET", flowURL, nil, 403, 20403, ""},
		"accounts for no key":   {`{"permissions":["*"]}`, "GET", starterPath + ".json", nil, 401, 20003, ""},
		"restricted to nothing": {`{"permissions":[]}`, "GET", numbersOf, nil, 401, 70051, "twilio/phone-numbers/active-numbers/list"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := asKey(t, s, test.knob, test.method, test.target, test.form...)
			if message, _ := body["message"].(string); status != test.status || test.code != 0 && body["code"] != test.code || !strings.Contains(message, test.permission) {
				t.Errorf("%d %v", status, body)
			}
		})
	}
	for _, wrong := range []string{`{"permissions":["studio/flow/list"]}`, `{"refuses":["sms"]}`, `{"status":404}`, `{"sid":"SK1"}`, `[]`} {
		turn(t, s, 400, "POST", "keys", wrong)
	}
	turn(t, s, 404, "POST", "keys", `{"account_sid":"AC1"}`)
}

// Each call of the API has a name that a key can be refused by.
func TestEveryRouteHasAPermission(t *testing.T) {
	for name, host := range New().hosts {
		for _, r := range host.routes {
			if permission := r.needs(); strings.Count(permission, "/") != 2 {
				t.Errorf("%s: %s %s needs the permission %q", name, r.method, r.pattern, permission)
			}
		}
	}
}
