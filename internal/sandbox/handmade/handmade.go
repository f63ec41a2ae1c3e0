// Package handmade fills a sandbox with an account that was configured by hand, in the Console
// and by scripts, for as long as such accounts are: what an adoption has to cope with.
package handmade

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// What there is of each, all numbers being among the Numbers.
const (
	Numbers    = 400
	Bots       = 30
	Split      = 80 // with different bots for messages and calls
	InServices = 40
	ByGET      = 20 // of those in services, whose webhooks are called by GET
	// Beside the bots that a resource can hold whole.
	NeverPublished = 1
	Refused        = 4 // whose content the provider's rules refuse
	Free           = 5
	External       = 5
	Dangling       = 3
	Elsewhere      = 5 // whose calls another system answers, and whose messages a bot

	// Services that answer with a bot; one more defers to its numbers.
	AnsweringServices = 3
	// Messages and Calls are the numbers whose own webhooks lead to a bot of the account.
	Messages = Numbers - InServices - Free - External - Dangling
	Calls    = Numbers - Free - External - Dangling - Elsewhere
)

// Fill replaces what the starter account of a sandbox has. It makes the same whenever it is
// called, but for the SIDs and the dates.
func Fill(box *sandbox.Sandbox) error {
	return fill(&client{box: box})
}

func fill(c *client) error {
	owned, err := c.call(http.MethodGet, numbersPath, nil)
	if err != nil {
		return err
	}
	rows, _ := owned["incoming_phone_numbers"].([]any)
	for _, row := range rows {
		row, _ := row.(map[string]any)
		sid, _ := row["sid"].(string)
		if err := c.box.ReleaseNumber(sid); err != nil {
			return err
		}
	}
	bots, err := c.bots()
	if err != nil {
		return err
	}
	if err := c.numbers(bots); err != nil {
		return err
	}
	return c.age()
}

// client calls a sandbox as the starter account.
type client struct{ box *sandbox.Sandbox }

const (
	apiBase     = "https://api.twilio.com/2010-04-01/Accounts/" + sandbox.StarterAccountSID
	numbersPath = apiBase + "/IncomingPhoneNumbers.json?PageSize=1000"
	autopilot   = "https://autopilot.twilio.com/v1/Assistants"
	studio      = "https://studio.twilio.com/v2/Flows"
)

func (c *client) call(method, address string, form map[string]string) (answer map[string]any, err error) {
	values := url.Values{}
	for name, value := range form {
		values.Set(name, value)
	}
	request, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.box.Transport().RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s %s: %s: %s", method, address, response.Status, body)
	}
	if len(body) == 0 {
		return nil, nil
	}
	return answer, json.Unmarshal(body, &answer)
}

// create makes an object and returns its SID.
func (c *client) create(address string, form map[string]string) (sid string, err error) {
	answer, err := c.call(http.MethodPost, address, form)
	if err != nil {
		return "", err
	}
	sid, _ = answer["sid"].(string)
	return sid, nil
}

// made is a bot that numbers can be pointed at.
type made struct {
	sid, name string
	// answers are the fields of a number that answers for the bot, without their prefix.
	answers func(channel string) map[string]string
}

// bots are on three engines, ten of them assistants, twelve flows and eight applications.
func (c *client) bots() (all []made, err error) {
	for _, some := range []func() ([]made, error){c.assistants, c.flows, c.applications} {
		some, err := some()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// prefixes are what the fields of a channel begin with.
var prefixes = map[string]string{"messaging": "Sms", "voice": "Voice"}

func (c *client) assistants() (all []made, err error) {
	names := []string{"clinic", "reception", "returns", "billing", "Billing", "careers", "delivery", "warranty", "lost-and-found", "legacy-handoff"}
	for i, name := range names {
		sid, err := c.create(autopilot, map[string]string{"UniqueName": name, "FriendlyName": "The " + name + " desk"})
		if err != nil {
			return nil, err
		}
		at := autopilot + "/" + sid
		kinds, err := c.create(at+"/FieldTypes", map[string]string{"UniqueName": "department"})
		if err != nil {
			return nil, err
		}
		for _, value := range []string{"sales", "service", "parts", "accounts"} {
			if _, err := c.create(at+"/FieldTypes/"+kinds+"/FieldValues", map[string]string{"Language": "en-US", "Value": value}); err != nil {
				return nil, err
			}
		}
		tasks := []string{"greeting", "hours", "address", "department", "agent", "goodbye"}
		for _, task := range tasks {
			actions := fmt.Sprintf(`{"actions":[{"say":"This is %s of %s, number %d."},{"listen":true}]}`, task, name, i)
			if name == "legacy-handoff" && task == "agent" {
				actions = `{"actions":[{"handoff":{"channel":"voice","uri":""}}]}`
			}
			tid, err := c.create(at+"/Tasks", map[string]string{"UniqueName": task, "Actions": actions})
			if err != nil {
				return nil, err
			}
			for _, text := range []string{task, "the " + task, "tell me the " + task, "what is your " + task, task + " please"} {
				if _, err := c.create(at+"/Tasks/"+tid+"/Samples", map[string]string{"Language": "en-US", "TaggedText": text}); err != nil {
					return nil, err
				}
			}
			if task != "department" {
				continue
			}
			if _, err := c.create(at+"/Tasks/"+tid+"/Fields", map[string]string{"UniqueName": "department", "FieldType": "department"}); err != nil {
				return nil, err
			}
			if _, err := c.create(at+"/Tasks/"+tid+"/Samples", map[string]string{"Language": "en-US", "TaggedText": "connect me with {department}"}); err != nil {
				return nil, err
			}
		}
		if name == "lost-and-found" {
			// Its field was deleted, the sample that names it was not.
			if _, err := c.create(at+"/Tasks/greeting/Samples", map[string]string{"Language": "en-US", "TaggedText": "I lost my {item}"}); err != nil {
				return nil, err
			}
		}
		if _, err := c.create(at+"/ModelBuilds", map[string]string{"UniqueName": "v1"}); err != nil {
			return nil, err
		}
		greets := i%2 == 0
		all = append(all, made{sid: sid, name: name, answers: func(channel string) map[string]string {
			address := "https://channels.autopilot.twilio.com/v1/" + sandbox.StarterAccountSID + "/" + sid + "/twilio-" + channel
			if greets {
				address += "?TargetTask=greeting"
			}
			return map[string]string{"Url": address}
		}})
	}
	return all, nil
}

func (c *client) flows() (all []made, err error) {
	names := []string{"reception", "hours", "hours", "triage", "sales/north", "sales/south", "Süd: Service", "survey", "vouchers", legacyFlow, "night line", "draft of a menu"}
	for i, name := range names {
		status := "published"
		if i == len(names)-1 {
			status = "draft"
		}
		sid, err := c.create(studio, map[string]string{"FriendlyName": name, "Status": status, "Definition": definition(name, i), "CommitMessage": "from the Console"})
		if err != nil {
			return nil, err
		}
		if status == "draft" {
			continue
		}
		all = append(all, made{sid: sid, name: name, answers: func(string) map[string]string {
			return map[string]string{"Url": "https://webhooks.twilio.com/v1/Accounts/" + sandbox.StarterAccountSID + "/Flows/" + sid}
		}})
	}
	return all, nil
}

// legacyFlow is the flow that age makes one of former times.
const legacyFlow = "legacy-events"

// definition is a flow that answers, a little larger with each.
func definition(name string, size int) string {
	type object = map[string]any
	says := func(state, next string) object {
		return object{
			"name": state, "type": "send-message",
			"transitions": []object{{"event": "sent", "next": next}, {"event": "failed"}},
			"properties": object{
				"offset": object{"x": 0, "y": 200}, "service": "{{trigger.message.InstanceSid}}", "channel": "{{trigger.message.ChannelSid}}",
				"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": "This is " + state + " of " + name + ".",
			},
		}
	}
	states := []object{{
		"name": "Trigger", "type": "trigger", "properties": object{"offset": object{"x": 0, "y": 0}},
		"transitions": []object{{"event": "incomingMessage"}, {"event": "incomingCall", "next": "speak"}, {"event": "incomingConversationMessage"}, {"event": "incomingRequest"}, {"event": "incomingParent"}},
	}, {
		"name": "speak", "type": "say-play", "properties": object{"offset": object{"x": 300, "y": 200}, "say": "This is " + name + ".", "loop": 1, "language": "en-US"},
		"transitions": []object{{"event": "audioComplete"}},
	}}
	step := func(i int) string { return fmt.Sprintf("step_%d", i) }
	if name == legacyFlow {
		step = func(i int) string { return fmt.Sprintf("legacy_%d", i) }
	}
	states[0]["transitions"].([]object)[0]["next"] = step(0)
	for i := range size {
		states = append(states, says(step(i), step(i+1)))
	}
	last := says(step(size), "")
	last["transitions"] = []object{{"event": "sent"}, {"event": "failed"}}
	states = append(states, last)
	text, err := json.Marshal(object{"description": name, "states": states, "initial_state": "Trigger", "flags": object{"allow_concurrent_calls": true}})
	if err != nil {
		panic(err) // of strings and numbers
	}
	return string(text)
}

func (c *client) applications() (all []made, err error) {
	for i, name := range []string{"reception", "greeter", "greeter", "concierge", "weather", "queue", "legacy-url", "poll"} {
		base := fmt.Sprintf("https://bots.example.com/%s-%d", name, i)
		form := map[string]string{"FriendlyName": name, "SmsUrl": base + "/messages", "VoiceUrl": base + "/calls"}
		if i%3 == 1 {
			form["SmsMethod"], form["SmsFallbackUrl"], form["StatusCallback"] = "GET", "https://status.example.com/"+name, "https://status.example.com/ended"
		}
		sid, err := c.create(apiBase+"/Applications.json", form)
		if err != nil {
			return nil, err
		}
		all = append(all, made{sid: sid, name: name, answers: func(string) map[string]string { return map[string]string{"ApplicationSid": sid} }})
	}
	return all, nil
}

// numbers are four ranges that nobody has, a hundred of each.
func (c *client) numbers(bots []made) error {
	var inServices []string
	for i := range Numbers {
		phone := fmt.Sprintf("+1%d5550%03d", []int{202, 212, 303, 404}[i/100], 100+i%100)
		sid, err := c.box.AddNumber(fmt.Sprintf(`{"phone_number": %q}`, phone))
		if err != nil {
			return err
		}
		form := map[string]string{}
		answer := func(channel string, by made) {
			for name, value := range by.answers(channel) {
				form[prefixes[channel]+name] = value
			}
		}
		bot := bots[i%len(bots)]
		switch {
		case i < Split: // two bots
			answer("messaging", bot)
			answer("voice", bots[(i+7)%len(bots)])
		case i < Split+InServices: // the service answers its messages
			answer("voice", bot)
			inServices = append(inServices, phone)
		case i < Split+InServices+Free:
		case i < Split+InServices+Free+External:
			form["SmsUrl"], form["VoiceUrl"] = "https://theirs.example.com/hook?token=of-another-system", "https://theirs.example.com/call"
		case i < Split+InServices+Free+External+Dangling:
			form["SmsUrl"] = fmt.Sprintf("https://webhooks.twilio.com/v1/Accounts/%s/Flows/FW%032x", sandbox.StarterAccountSID, i)
		case i%50 == 0: // Elsewhere
			answer("messaging", bot)
			form["VoiceUrl"] = "https://theirs.example.com/call"
		default:
			answer("messaging", bot)
			answer("voice", bot)
		}
		if i >= Split && i < Split+InServices && i%(InServices/ByGET) == 0 {
			form["SmsMethod"], form["VoiceMethod"] = "GET", "GET"
		}
		for _, prefix := range prefixes {
			if i%4 == 0 && form[prefix+"Url"] != "" {
				form[prefix+"FallbackUrl"] = "https://status.example.com/" + strings.ToLower(prefix)
			}
		}
		switch i % 3 {
		case 0:
			form["FriendlyName"] = fmt.Sprintf("Store %d, front desk", i)
		case 1:
			form["FriendlyName"] = bot.name
		}
		if _, err := c.call(http.MethodPost, apiBase+"/IncomingPhoneNumbers/"+sid+".json", form); err != nil {
			return fmt.Errorf("number %s: %w", phone, err)
		}
	}
	return c.services(bots, inServices)
}

// services are four of ten numbers each: three answer with a bot, by POST or GET, and one
// defers to the webhooks of its numbers, which have none for messages.
func (c *client) services(bots []made, members []string) error {
	i := 0
	for some := range slices.Chunk(members, len(members)/4) {
		fields := map[string]any{"friendly_name": fmt.Sprintf("Campaign %d", i), "phone_numbers": some, "use_inbound_webhook_on_number": i == 3}
		if i < 3 {
			fields["inbound_request_url"] = []string{
				bots[12].answers("messaging")["Url"], bots[0].answers("messaging")["Url"], "https://bots.example.com/concierge-3/messages",
			}[i]
			fields["inbound_method"] = []string{"POST", "GET", "POST"}[i]
		}
		text, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		if _, err := c.box.AddMessagingService(string(text)); err != nil {
			return err
		}
		i++
	}
	return nil
}

// aged is what once was accepted and is not today: no client can write it any more, so that
// the stored account is edited.
var aged = map[string]string{
	// An event that the widget does not have.
	`("event": ?)"sent"(,\s*"next": ?"legacy_3")`: `$1"delivered"$2`,
	// A URL without a scheme.
	`https://bots\.example\.com/legacy-url-6/messages`: `bots.example.com/legacy-url-6/messages`,
}

func (c *client) age() error {
	contents, err := c.box.Contents(context.Background())
	if err != nil {
		return err
	}
	for _, old := range slices.Sorted(maps.Keys(aged)) {
		pattern := regexp.MustCompile(old)
		if !pattern.Match(contents) {
			return fmt.Errorf("the account has no %s", old)
		}
		contents = pattern.ReplaceAll(contents, []byte(aged[old]))
	}
	return c.box.Restore(bytes.Clone(contents))
}
