package provider

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const (
	remindersSays = "Your next appointment is on Friday."
	supportSays   = "How can we help?"
)

// contacts write to and call numbers after every write to the account, each time as
// another contact, and keep what they hear.
type contacts struct {
	next  http.Handler
	box   *sandbox.Sandbox
	lines []string // phone numbers

	mu    sync.Mutex
	count int
	heard map[string][]string // by number and channel, each answer once
}

func (c *contacts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		c.next.ServeHTTP(w, r)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next.ServeHTTP(w, r)
	c.reach()
}

func (c *contacts) reach() {
	for _, phone := range c.lines {
		for _, channel := range []string{"messaging", "voice"} {
			c.count++
			answer, err := c.box.Inbound(sandbox.Inbound{To: phone, From: fmt.Sprintf("+1305%07d", c.count), Channel: channel, Body: "hello"})
			said := "silence"
			switch {
			case err != nil:
				said = err.Error()
			case len(answer.Answers) > 0:
				said = answer.Answers[0].Text
			}
			if at := phone + " " + channel; !slices.Contains(c.heard[at], said) {
				c.heard[at] = append(c.heard[at], said)
			}
		}
	}
}

// during carries out what is done and returns what was heard from before its first write to
// its last; and what is heard after it. Numbers are written in any order: one that is
// written first is heard in its old state only before it.
func (c *contacts) during(do func()) (meanwhile, after map[string][]string) {
	c.heard = map[string][]string{}
	c.reach()
	do()
	meanwhile, c.heard = c.heard, map[string][]string{}
	c.reach()
	return meanwhile, c.heard
}

// americanAccount is an account of the United States as the Console makes it: 20 numbers
// in a Messaging Service that answers for the bot `reminders`, 20 in one that defers to
// them, which answer for the bot `support`, and Twilio's placeholders where nobody set a
// webhook.
func americanAccount(w *world) (reminders, support []string) {
	w.t.Helper()
	for _, sid := range w.numberSIDs() {
		if err := w.box.ReleaseNumber(sid); err != nil {
			w.t.Fatal(err)
		}
	}
	urls := map[string]string{}
	for name, says := range map[string]string{"reminders": remindersSays, "support": supportSays} {
		made := w.call(http.MethodPost, studioBase, map[string]string{"FriendlyName": name, "Status": "published", "Definition": marshal(sayer(says))})
		urls[name] = field(made, "webhook_url")
	}
	buy := func(phone, sms, voice string) string {
		if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number": %q, "sms_url": %q, "voice_url": %q}`, phone, sms, voice)); err != nil {
			w.t.Fatal(err)
		}
		return phone
	}
	for i := range 20 {
		reminders = append(reminders, buy(fmt.Sprintf("+12125550%d", 201+i), "https://demo.twilio.com/welcome/sms/reply", "https://demo.twilio.com/welcome/voice/"))
		support = append(support, buy(fmt.Sprintf("+14155550%d", 201+i), urls["support"], urls["support"]))
	}
	w.addService(fmt.Sprintf(`"sid": "MG00000000000000000000000000000001", "inbound_request_url": %q, %s`, urls["reminders"], answering), reminders...)
	w.addService(`"sid": "MG00000000000000000000000000000002", `+deferring, support...)
	return reminders, support
}

// sayer is a flow that says the same to messages and calls.
func sayer(text string) map[string]any {
	at := map[string]any{"x": 0, "y": 0}
	return map[string]any{
		"description": "Made in the Console", "initial_state": "Trigger", "flags": map[string]any{"allow_concurrent_calls": true},
		"states": []any{
			map[string]any{"name": "Trigger", "type": "trigger", "properties": map[string]any{"offset": at}, "transitions": []any{
				map[string]any{"event": "incomingMessage", "next": "send"}, map[string]any{"event": "incomingCall", "next": "say"},
				map[string]any{"event": "incomingConversationMessage"}, map[string]any{"event": "incomingRequest"}, map[string]any{"event": "incomingParent"},
			}},
			map[string]any{"name": "send", "type": "send-message", "transitions": []any{map[string]any{"event": "sent"}, map[string]any{"event": "failed"}}, "properties": map[string]any{
				"offset": at, "from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": text,
			}},
			map[string]any{"name": "say", "type": "say-play", "transitions": []any{map[string]any{"event": "audioComplete"}}, "properties": map[string]any{"offset": at, "say": text, "loop": 1}},
		},
	}
}

func (w *world) numberSIDs() (sids []string) {
	w.t.Helper()
	rows, _ := w.call(http.MethodGet, apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", nil)["incoming_phone_numbers"].([]any)
	for _, row := range rows {
		sids = append(sids, field(row.(map[string]any), "sid"))
	}
	return sids
}

// The guide's first example on an account of 40 numbers, by the guide's own files: import,
// rename, suspension with a notice, and back.
func TestTheAmericanAccount(t *testing.T) {
	t.Parallel()
	files := guideFiles(t, "who-answers.md.tmpl")
	w := newWorld(t)
	reminders, support := americanAccount(w)
	people := &contacts{next: w.server.Config.Handler, box: w.box, lines: []string{reminders[0], reminders[19], support[0], support[19]}}
	w.server.Config.Handler = people
	// all is what is heard on each line when the service, its numbers' calls and the other
	// numbers say these.
	all := func(messages, calls, other []string) map[string][]string {
		heard := map[string][]string{}
		for i, phone := range people.lines {
			heard[phone+" messaging"], heard[phone+" voice"] = messages, calls
			if i > 1 {
				heard[phone+" messaging"], heard[phone+" voice"] = other, other
			}
		}
		return heard
	}
	hears := func(what string, got, want map[string][]string) {
		t.Helper()
		for line, answers := range want {
			if !slices.Equal(got[line], answers) {
				t.Errorf("%s: %s hears %q, want %q", what, line, got[line], answers)
			}
		}
	}
	their, ours := []string{remindersSays}, []string{supportSays}

	f := newFolder(t, w.config())
	f.write("versions.tf", files["versions.tf"])
	f.write("main.tf", w.config(files["who.tf"]))
	out := f.run("apply", "-input=false", "-auto-approve")
	if !inOrder(`"reminders (FW`, `"numbers" = 20`, `"messaging_service MG00000000000000000000000000000001"`, `"live"`, `"support (FW`, `"routes" = []`, reminders[0], `"calls" = "none"`, `"messages" = "reminders"`).MatchString(out) {
		t.Errorf("the outputs say otherwise:\n%s", out)
	}

	f.write("main.tf", w.config(files["imports.tf"]))
	f.run("plan", "-input=false", "-generate-config-out=bots.tf")
	edit := func(name, old, replacement string) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(f.path, name))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(old)
		if n := len(found.FindAll(content, -1)); n != 1 {
			t.Fatalf("%s has %d of %s:\n%s", name, n, old, content)
		}
		f.write(name, found.ReplaceAllString(string(content), replacement))
	}
	edit("bots.tf", `(assistant_sid +=) "FW[0-9a-f]{32}"`, "${1} twiliobot_assistant.reminders.sid")
	f.write("numbers.tf", files["numbers.tf"])
	for list, numbers := range map[string][]string{"reminders": reminders, "support": support} {
		edit("numbers.tf", `(?m)^(  `+list+` += toset\().*\)$`, `${1}["`+strings.Join(numbers, `", "`)+`"])`)
	}
	apply := func(what, counts string) (meanwhile, after map[string][]string) {
		t.Helper()
		return people.during(func() {
			if out := f.run("apply", "-input=false", "-auto-approve"); !strings.Contains(out, counts) {
				t.Errorf("%s: not %q:\n%s", what, counts, out)
			}
			if out, err := f.try("plan", "-input=false", "-detailed-exitcode"); err != nil {
				t.Errorf("%s: the plan after it is not empty: %v\n%s", what, err, out)
			}
		})
	}
	_, after := apply("import", "23 imported, 20 added, 0 changed, 0 destroyed")
	hears("imported", after, all(their, their, ours))

	edit("bots.tf", `(unique_name +=) "reminders"`, `${1} "appointments"`)
	edit("bots.tf", `(unique_name +=) "support"`, `${1} "helpdesk"`)
	meanwhile, after := apply("rename", "0 added, 43 changed, 0 destroyed")
	hears("while renamed", meanwhile, all(their, their, ours))
	hears("renamed", after, all(their, their, ours))

	const notice = "We are closed until Monday."
	closed := []string{notice}
	f.write("suspension.tf", files["suspension.tf"])
	meanwhile, after = apply("suspension", "2 added, 0 changed, 0 destroyed")
	hears("while suspended", meanwhile, all([]string{remindersSays, notice}, []string{remindersSays, notice}, []string{supportSays, notice}))
	hears("suspended", after, all(closed, closed, closed))

	if err := os.Remove(filepath.Join(f.path, "suspension.tf")); err != nil {
		t.Fatal(err)
	}
	meanwhile, after = apply("resume", "0 added, 0 changed, 2 destroyed")
	hears("while resumed", meanwhile, all([]string{notice, remindersSays}, []string{notice, remindersSays}, []string{notice, supportSays}))
	hears("resumed", after, all(their, their, ours))
}
