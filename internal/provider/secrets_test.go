package provider

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// planted are the secrets of a URL: those of the configuration and those of another
// client.
var planted = []string{"S3CRETUSER", "S3CRETPW", "S3CRETQUERY", "S3CRETFRAGMENT"}

// secretURL is a URL with every kind of secret in it. It is shown as shownSecretURL.
func secretURL(host string) string {
	return "https://S3CRETUSER:S3CRETPW@" + host + "/in?token=S3CRETQUERY#S3CRETFRAGMENT"
}

func shownSecretURL(host string) string { return "https://…@" + host + "/in?…#…" }

// readAll reads every data source and returns their values that are not sensitive.
func (s *stack) readAll() string {
	s.w.t.Helper()
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	var said []string
	for typeName, given := range map[string]map[string]tftypes.Value{
		"twiliobot_phone_numbers": nil, "twiliobot_deployed_bots": nil, "twiliobot_assistant": {"unique_name": str("hosted")},
	} {
		schema := p.schema.DataSourceSchemas[typeName]
		read, err := p.server.ReadDataSource(s.w.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: p.value(schema, given)})
		p.sound(err, read.Diagnostics)
		value, err := read.State.Unmarshal(schema.ValueType())
		if err != nil {
			s.w.t.Fatal(err)
		}
		said = append(said, plain(s.w.t, schema.Block.Attributes, value)...)
	}
	return strings.Join(said, "\n")
}

// plain is the texts of a value whose attributes are not sensitive.
func plain(t *testing.T, attributes []*tfprotov6.SchemaAttribute, value tftypes.Value) []string {
	t.Helper()
	var texts []string
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	members := map[string]tftypes.Value{}
	if err := value.As(&members); err != nil {
		t.Fatal(err)
	}
	for _, attribute := range attributes {
		member := members[attribute.Name]
		switch {
		case attribute.Sensitive:
		case attribute.NestedType == nil:
			texts = append(texts, fmt.Sprintf("%s = %v", attribute.Name, member))
		case attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			texts = append(texts, plain(t, attribute.NestedType.Attributes, member)...)
		default:
			var elements []tftypes.Value
			if err := member.As(&elements); err != nil {
				t.Fatal(err)
			}
			for _, element := range elements {
				texts = append(texts, plain(t, attribute.NestedType.Attributes, element)...)
			}
		}
	}
	return texts
}

// remembered is the state and private state of the resources, except the webhooks
// of the configuration.
func (s *stack) remembered() string {
	s.w.t.Helper()
	p, err := s.provider()
	if err != nil {
		s.w.t.Fatal(err)
	}
	var all []string
	for _, address := range slices.Sorted(maps.Keys(s.states)) {
		had := s.states[address]
		attributes := p.attributes(had.kind, had.state)
		delete(attributes, "webhooks")
		all = append(all, fmt.Sprint(attributes))
		if had.kind != "twiliobot_suspension" { // which must restore what it silenced
			all = append(all, string(had.private))
		}
	}
	return strings.Join(all, "\n")
}

func TestNoMessageTellsTheSecretsOfAURL(t *testing.T) {
	t.Parallel()
	const (
		theirs = "crm.example.com"
		ours   = "bot.example.com"
	)
	echoing := botBlock("bot", content("studio", "first", 1))
	hosting := func(host string) block {
		return botBlock("hosted", map[string]tftypes.Value{"unique_name": str("hosted"), "webhooks": webhooksOfBlock(map[string]string{
			"messaging_url": secretURL(host), "messaging_fallback_url": secretURL(host), "voice_url": secretURL(host), "voice_fallback_url": secretURL(host), "status_callback_url": secretURL(host),
		})})
	}
	bindings := []block{echoing, bindingBlock(ukNumber, "bot")}
	taken := map[string]string{"SmsUrl": secretURL(theirs), "SmsFallbackUrl": secretURL(theirs), "VoiceUrl": secretURL(theirs), "SmsApplicationSid": ""}

	for name, each := range map[string]struct {
		run   func(b bench) error
		words []string
	}{
		"a conflict": {func(b bench) error {
			b.w.setNumber(ukNumber, taken)
			_, err := b.plan(bindings, true)
			return err
		}, []string{"already answers elsewhere", "messaging with " + shownSecretURL(theirs)}},
		"a number that is taken over": {func(b bench) error {
			b.w.setNumber(ukNumber, taken)
			return b.apply(overwriting(bindings), true)
		}, []string{"was taken over", "answered with " + shownSecretURL(theirs)}},
		"a fallback that is cleared": {func(b bench) error {
			b.applied(bindings...)
			b.w.setNumber(ukNumber, map[string]string{"SmsFallbackUrl": secretURL(theirs)})
			return b.apply([]block{echoing}, true)
		}, []string{"A fallback URL was cleared", shownSecretURL(theirs)}},
		"drift": {func(b bench) error {
			b.applied(bindings...)
			b.w.setNumber(ukNumber, taken)
			_, err := b.plan(bindings, true)
			return err
		}, []string{"re-pointed since the last apply", shownSecretURL(theirs)}},
		"a Messaging Service that overrides": {func(b bench) error {
			b.w.knob("messaging_services", object{"friendly_name": "Campaigns", "inbound_request_url": secretURL(theirs), "phone_numbers": []string{ukNumber}})
			_, err := b.plan(bindings, true)
			return err
		}, []string{"A Messaging Service answers in the number's place", shownSecretURL(theirs)}},
		"a Messaging Service that is another's": {func(b bench) error {
			service := b.w.addService(fmt.Sprintf("%s, \"inbound_request_url\": %q", answering, secretURL(theirs)))
			_, err := b.plan([]block{echoing, deskBlock(service, "bot")}, true)
			return err
		}, []string{"The Messaging Service already answers elsewhere", shownSecretURL(theirs)}},
		"a Messaging Service that was re-pointed": {func(b bench) error {
			service := b.w.addService(answering)
			blocks := []block{hosting(ours), deskBlock(service, "hosted")}
			b.applied(blocks...)
			b.w.pointService(service, map[string]string{"InboundRequestUrl": secretURL(theirs)})
			return errors.Join(b.apply(blocks, true), b.apply(blocks[:1], true))
		}, []string{"re-pointed since the last apply", shownSecretURL(theirs)}},
		"a number taken from a suspended bot": {func(b bench) error {
			b.applied(append(bindings, suspensionBlock())...)
			b.w.setNumber(ukNumber, taken)
			return b.apply([]block{echoing}, true)
		}, []string{"taken while their bot was suspended", shownSecretURL(theirs)}},
		"an import": {func(b bench) error {
			b.w.setNumber(ukNumber, taken)
			if err := b.imported("twiliobot_phone_number_binding.front", 0, ukNumber); err != nil {
				return err
			}
			_, err := b.plan(bindings, true)
			return err
		}, []string{"with " + shownSecretURL(theirs), "so there is no binding to import"}},
		"a bot changed since the plan": {func(b bench) error {
			b.applied(hosting(ours))
			b.w.call(http.MethodPost, apiBase+"/Applications/"+field(b.w.applications()["hosted"], "sid")+".json", map[string]string{"SmsUrl": secretURL(theirs)})
			return b.apply([]block{hosting("new.example.com")}, false)
		}, []string{"The bot was changed since the plan", "sms_url"}},
		"a URL that Twilio refuses": {func(b bench) error {
			b.w.fault(sandbox.Fault{Method: http.MethodPost, Path: "Applications", Kind: sandbox.FaultStatus, Times: -1, Status: http.StatusBadRequest, Body: object{
				"code": 21402, "status": 400, "message": fmt.Sprintf("SmsUrl is not valid: %s, nor is %s", secretURL(ours), secretURL(theirs)),
			}})
			return b.apply([]block{hosting(ours)}, true)
		}, []string{"nor is " + shownSecretURL(theirs), "21402"}},
		"a bot that is created, bound and replaced": {func(b bench) error {
			b.applied(hosting(ours), bindingBlock(ukNumber, "hosted"))
			renamed := block{"twiliobot_assistant.hosted", func(refs map[string]tftypes.Value) map[string]tftypes.Value {
				values := hosting(ours).values(refs)
				values["unique_name"] = str("renamed")
				return values
			}}
			return b.apply([]block{renamed, bindingBlock(ukNumber, "hosted")}, true)
		}, []string{"will be replaced"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			err := each.run(b)
			said := strings.Join(append(b.warnings, fmt.Sprint(err)), "\n")
			if !inOrder(each.words...).MatchString(said) {
				t.Errorf("the diagnostics\n%s\nlack %q", said, each.words)
			}
			for _, secret := range planted {
				for what, text := range map[string]string{"said": said, "remembered": b.remembered()} {
					if strings.Contains(text, secret) {
						t.Errorf("%s is %s:\n%s", secret, what, text)
					}
				}
			}
		})
	}
}

func TestNoAttributeRepeatsTheSecretsOfAURL(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	hosted := botBlock("hosted", map[string]tftypes.Value{"unique_name": str("hosted"), "webhooks": webhooksOfBlock(map[string]string{
		"messaging_url": secretURL("bot.example.com"), "voice_url": secretURL("voice.example.com"),
	})})
	b.applied(hosted)
	b.w.setNumber(ukNumber, map[string]string{"SmsUrl": secretURL("crm.example.com"), "VoiceUrl": "https://voice.example.com/plain"})
	for what, text := range map[string]string{"data sources": b.readAll(), "state": b.remembered()} {
		for _, secret := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("the %s show %s:\n%s", what, secret, text)
			}
		}
	}
	if read := b.readAll(); !strings.Contains(read, shownSecretURL("crm.example.com")) || !strings.Contains(read, "https://voice.example.com/plain") || strings.Count(read, shownSecretURL("bot.example.com")) != 2 {
		t.Errorf("the data sources lack the URLs that Twilio calls:\n%s", read)
	}
}
