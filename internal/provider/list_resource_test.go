package provider

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
)

// queryAll lists everything that can be listed.
const queryAll = `
list "twiliobot_assistant" "bot" {
  provider = twiliobot
  limit    = 1000
}
list "twiliobot_phone_number_binding" "number" {
  provider = twiliobot
  limit    = 1000
}
list "twiliobot_messaging_service_binding" "service" {
  provider = twiliobot
}
list "twiliobot_suspension" "suspended" {
  provider = twiliobot
}
list "twiliobot_phone_number" "owned" {
  provider = twiliobot
  limit    = 1000
}
`

// What terraform query generates is all that its reader has: it must be valid unchanged, and
// import everything without a change.
func TestQueryGeneratesWhatImportsTheAccountAsItIs(t *testing.T) {
	t.Parallel()
	needCLI(t)
	if !cliAtLeast("1.14.0") {
		t.Skip("list resources came with Terraform 1.14; TestListSaysWhatAnImportReads lists without a CLI")
	}
	const fourth, fifth = "+12025550143", "+12025550144"
	w := newWorld(t, quick())
	w.own(fourth)
	w.own(fifth)
	service := w.addService(answering)
	made := newFolder(t, w.config(
		studioFlow("flows", echo("Hello.")), onStudio("compiled", tableSchema(), `routing = "exact"`), assistant("clinic", sampleSchema(2), `friendly_name = "The clinic"`), hosted("greeter"),
		bound("flows", "flows", ukNumber), bound("compiled", "compiled", otherNumber), bound("clinic", "clinic", usNumber),
		bound("greeter", "greeter", fourth, `channels = ["messaging", "voice"]`, `friendly_name = "Front desk"`),
		bound("fifth_messages", "flows", fifth), bound("fifth_calls", "greeter", fifth, `channels = ["voice"]`),
		fmt.Sprintf("resource \"twiliobot_messaging_service_binding\" \"desk\" {\n  messaging_service_sid = %q\n  assistant_sid = twiliobot_assistant.compiled.sid\n}\n", service),
		"resource \"twiliobot_suspension\" \"flows\" {\n  assistant_sid = twiliobot_assistant.flows.sid\n  depends_on = [twiliobot_phone_number_binding.flows, twiliobot_phone_number_binding.fifth_messages]\n}\n",
	))
	made.run("apply", "-input=false", "-auto-approve")

	reader := newFolder(t, w.config())
	reader.write("all.tfquery.hcl", queryAll)
	reader.run("query", "-generate-config-out=gen.tf")
	content, err := os.ReadFile(filepath.Join(reader.path, "gen.tf"))
	if err != nil {
		t.Fatal(err)
	}
	// What stands in jsonencode is the bot's own content.
	config := regexp.MustCompile(`(?s)jsonencode\(.*?\n  \}\)`).ReplaceAllString(string(content), "jsonencode()")
	config = regexp.MustCompile(`(?s)import \{.*?\n\}`).ReplaceAllString(config, "")
	if unneeded := regexp.MustCompile(`.*(= null|= false|overwrite|= \["messaging"\]|on_destroy|phone_number_sid|"POST"|_mode|friendly_name += "(flows|compiled|clinic|greeter)").*`).FindAllString(config, -1); unneeded != nil {
		t.Errorf("the configuration says %q:\n%s", unneeded, config)
	}
	if !strings.Contains(config, `= "Front desk"`) {
		t.Errorf("the label that a person gave is lost:\n%s", config)
	}
	writes := len(w.writes())
	if out := reader.run("apply", "-input=false", "-auto-approve"); !inOrder("17 imported, 0 added, 0 changed, 0 destroyed").MatchString(out) {
		t.Errorf("the generated configuration changes something:\n%s", out)
	}
	if more := w.writes()[writes:]; len(more) > 0 {
		t.Errorf("the import writes %q", more)
	}
	reader.settled()
}

// Readers copy the examples into a file beside their configuration.
func TestEveryListExampleIsQueried(t *testing.T) {
	t.Parallel()
	needCLI(t)
	if !cliAtLeast("1.14.0") {
		t.Skip("list resources came with Terraform 1.14; TestFiltersOfLists lists without a CLI")
	}
	b, _ := crowded(t)
	f := newFolder(t, b.w.config())
	err := fs.WalkDir(examples.Files, "list-resources", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(examples.Files, name)
		f.write(path.Base(path.Dir(name))+".tfquery.hcl", string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out := f.run("query")
	for _, kind := range []string{"twiliobot_messaging_service_binding.all", "twiliobot_suspension.all", "twiliobot_phone_number.voice"} {
		if !strings.Contains(out, "list."+kind) {
			t.Errorf("nothing is listed by %s:\n%s", kind, out)
		}
	}
}

// listedObject is a result of a list, over the protocol.
type listedObject struct {
	name            string
	identity, state map[string]tftypes.Value
}

// list lists the objects of a resource, as Terraform does; with is the configuration.
func (p *wire) list(typeName string, with map[string]tftypes.Value, include bool, limit int64) (all []listedObject, warnings []string, err error) {
	p.t.Helper()
	server, config := p.server.(tfprotov6.ListResourceServer), p.value(p.schema.ListResourceSchemas[typeName], with)
	validated, err := server.ValidateListResourceConfig(p.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := said(validated.Diagnostics); err != nil {
		return nil, nil, err
	}
	stream, err := server.ListResource(p.t.Context(), &tfprotov6.ListResourceRequest{TypeName: typeName, Config: config, IncludeResource: include, Limit: limit})
	if err != nil {
		p.t.Fatal(err)
	}
	identities, err := p.server.GetResourceIdentitySchemas(p.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	for result := range stream.Results {
		if err := said(result.Diagnostics); err != nil {
			return all, warnings, err
		}
		for _, each := range result.Diagnostics {
			warnings = append(warnings, each.Summary+": "+each.Detail)
		}
		if result.Identity == nil || result.Identity.IdentityData == nil {
			continue
		}
		one := listedObject{name: result.DisplayName, identity: unpacked(p.t, result.Identity.IdentityData, identities.IdentitySchemas[typeName].ValueType())}
		if result.Resource != nil {
			one.state = unpacked(p.t, result.Resource, p.schema.ResourceSchemas[typeName].ValueType())
		}
		all = append(all, one)
	}
	return all, warnings, nil
}

func unpacked(t *testing.T, dynamic *tfprotov6.DynamicValue, kind tftypes.Type) (attributes map[string]tftypes.Value) {
	t.Helper()
	value, err := dynamic.Unmarshal(kind)
	if err == nil {
		err = value.As(&attributes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return attributes
}

func namesOf(all []listedObject) (names []string) {
	for _, each := range all {
		names = append(names, each.name)
	}
	return names
}

// generated is the configuration that Terraform generates from a state.
func (p *wire) generated(typeName string, state map[string]tftypes.Value) map[string]tftypes.Value {
	p.t.Helper()
	s := p.schema.ResourceSchemas[typeName]
	resp, err := p.server.GenerateResourceConfig(p.t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: typeName, State: p.value(s, state)})
	p.sound(err, resp.Diagnostics)
	given := unpacked(p.t, resp.Config, s.ValueType())
	maps.DeleteFunc(given, func(_ string, value tftypes.Value) bool { return value.IsNull() })
	return given
}

func TestGeneratedConfigurationSaysWhatIsNoDefault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.made()
	p := newWire(t, w)
	if !p.schema.ServerCapabilities.GenerateResourceConfig {
		t.Error("Terraform is not told that the provider generates configuration")
	}
	for typeName, by := range map[string]string{
		"twiliobot_assistant": "sid", "twiliobot_phone_number_binding": "phone_number_sid", "twiliobot_messaging_service_binding": "messaging_service_sid", "twiliobot_phone_number": "sid",
	} {
		sid := map[string]string{"sid": made["AP"], "phone_number_sid": made["PN"], "messaging_service_sid": made["MG"]}[by]
		if typeName == "twiliobot_phone_number" {
			sid = made["PN"]
		}
		state, _ := p.imported(typeName, by, sid)
		got := slices.Sorted(maps.Keys(p.generated(typeName, state)))
		want := map[string][]string{
			"twiliobot_assistant":                 {"unique_name", "webhooks"},
			"twiliobot_phone_number_binding":      {"assistant_sid", "channels", "friendly_name", "phone_number"},
			"twiliobot_messaging_service_binding": {"assistant_sid", "messaging_service_sid"},
			"twiliobot_phone_number":              {"phone_number"},
		}[typeName]
		if !slices.Equal(got, want) {
			t.Errorf("%s is generated with %q, want %q", typeName, got, want)
		}
	}
	// A label that is a bot's name, or the number itself, follows the bot and says nothing.
	for _, label := range []string{"concierge", "clinic", "(202) 555-0142"} {
		w.setNumber(usNumber, map[string]string{"FriendlyName": label})
		p := newWire(t, w)
		state, _ := p.imported("twiliobot_phone_number_binding", "phone_number_sid", made["PN"])
		if given := p.generated("twiliobot_phone_number_binding", state); !given["friendly_name"].IsNull() {
			t.Errorf("the label %q is generated", label)
		}
	}
}
