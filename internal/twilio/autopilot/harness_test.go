package autopilot_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const (
	assistants = "https://autopilot.twilio.com/v1/Assistants"

	assistantPath = `/Assistants/UA\w+$`
	noSID         = "UA00000000000000000000000000000000"
	flowSID       = "FW0123456789abcdef0123456789abcdef"
)

// account is an account with the engine on it.
type account struct {
	*twiliotest.Account
	autopilot.Host
}

func run(t *testing.T, test func(a account), options ...sandbox.Option) {
	t.Helper()
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) { test(account{a, autopilot.New(a.Client)}) }, options...)
}

// create creates a bot that must come to be.
func (a account) create(spec bot.Spec) bot.Bot {
	a.Helper()
	created, err := a.Create(a.Context(), spec)
	if err != nil {
		a.Fatal(err)
	}
	a.Forget()
	return created
}

// parts lists a resource of an assistant.
func (a account) parts(sid, path, key string) []map[string]any {
	a.Helper()
	return a.Rows(assistants+"/"+sid+"/"+path, key)
}

// task is the address of a task, by its name.
func task(sid, name string) string { return assistants + "/" + sid + "/Tasks/" + name }

// mustHold fails the test unless the assistant has all of the content.
func (a account) mustHold(sid string, want *schema.Schema) {
	a.Helper()
	live, err := a.Read(a.Context(), sid)
	if err != nil {
		a.Fatal(err)
	}
	if left := schema.Diff(live.Content.Schema, want); !left.Empty() {
		a.Errorf("it lacks %v", left.Summary())
	}
}

var sids = regexp.MustCompile(`\b(U[A-Z])[0-9a-f]{32}\b`)

// wrote lists what the Client wrote to an assistant, each as method and path below it,
// with prefixes in the place of SIDs; sorted, since parts are written at once.
func (a account) wrote() []string {
	wrote := []string{}
	for _, call := range a.Writes() {
		path := sids.ReplaceAllString(strings.TrimPrefix(call.Path, "/v1/Assistants/"), "$1")
		wrote = append(wrote, call.Method+" "+strings.TrimPrefix(path, "UA/"))
	}
	slices.Sort(wrote)
	return wrote
}

const document = `{
  "defaults": {"defaults": {"assistant_initiation": "task://greet", "fallback": "task://order"}},
  "styleSheet": {"style_sheet": {"voice": {"say_voice": "Polly.Joanna"}}},
  "fieldTypes": [{"uniqueName": "pizza", "values": [
    {"language": "en-US", "value": "Margherita", "synonymOf": null},
    {"language": "en-US", "value": "plain", "synonymOf": "Margherita"}
  ]}],
  "tasks": [
    {"uniqueName": "greet", "friendlyName": "Greet", "actions": {"actions": [{"say": "Hello"}, {"listen": true}]},
     "fields": [{"uniqueName": "town", "fieldType": "Twilio.CITY"}],
     "samples": [{"language": "en-US", "taggedText": "hello from {town}"}, {"language": "en-US", "taggedText": "hello", "sourceChannel": "voice"}]},
    {"uniqueName": "order", "actions": {"actions": [{"say": "Which one?"}]},
     "fields": [{"uniqueName": "which", "fieldType": "pizza"}], "samples": [{"language": "en-US", "taggedText": "a {which} please"}]}
  ]
}`

// content is the document with a change.
func content(change func(*schema.Schema)) *schema.Schema {
	parsed, err := schema.Parse([]byte(document))
	if err != nil {
		panic(err)
	}
	if change != nil {
		change(parsed)
	}
	return parsed
}

func specOf(name string, content *schema.Schema) bot.Spec {
	return bot.Spec{UniqueName: name, FriendlyName: strings.ToUpper(name[:1]) + name[1:], Content: bot.Content{Schema: content}}
}

func clinic() bot.Spec { return specOf("clinic", content(nil)) }

// small is a bot of few calls.
func small(text string) bot.Spec {
	parsed, err := schema.Parse(fmt.Appendf(nil, `{"tasks": [{"uniqueName": "greet", "actions": {"actions": [{"say": %q}]},
		"samples": [{"language": "en-US", "taggedText": %q}]}]}`, text, "please "+text))
	if err != nil {
		panic(err)
	}
	return specOf("clinic", parsed)
}

func says(text string) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"actions": [{"say": %q}]}`, text))
}
