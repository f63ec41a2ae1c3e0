package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// permissionTable is the table of the guide.
func permissionTable() string {
	var b strings.Builder
	b.WriteString("| resource | permission `/twilio/…` | actions |\n|---|---|---|\n")
	for _, p := range twilio.Permissions() {
		name, actions := "`"+p.Name+"/`", strings.Join(p.Actions, ", ")
		if p.Name == "" {
			name = "none: not for restricted keys"
		}
		if p.Unnamed {
			name = "of the product Lookup, in the Console"
		}
		if p.Action != "" {
			actions = p.Action
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.Resource, name, actions)
	}
	return b.String()
}

func TestGuideHasThePermissionOfEachCall(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "templates", "guides", "permissions.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	if want := permissionTable(); !strings.Contains(string(text), want) {
		t.Errorf("internal/templates/guides/permissions.md.tmpl does not have the table:\n%s", want)
	}
}

// withoutRights makes the providers that follow use a key that lacks a permission.
func (b bench) withoutRights(status int, refused ...string) {
	b.w.t.Helper()
	key, err := b.w.box.AddKey(sandbox.Key{Restriction: sandbox.Restriction{Refuses: refused, Status: status}})
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.settings = map[string]tftypes.Value{"api_key": str(key.APIKeySID), "api_secret": str(key.APIKeySecret), "auth_token": tftypes.NewValue(tftypes.String, nil)}
}

// reads reads a data source, and returns what it warns of.
func (b bench) reads(typeName string, given map[string]tftypes.Value) (warnings string, err error) {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		return "", err
	}
	read, err := p.server.ReadDataSource(b.w.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: p.value(p.schema.DataSourceSchemas[typeName], given)})
	if err != nil {
		return "", err
	}
	b.warnings = nil
	b.warn(read.Diagnostics)
	return strings.Join(b.warnings, "\n"), said(read.Diagnostics)
}

// What each product is needed for, when a key that may do all else lacks it. "" is for
// what works without a word, a text for the warning it comes with, and one that begins with
// "!" for the error that refuses it.
func TestEachProductTakenAway(t *testing.T) {
	t.Parallel()
	const (
		needs   = "/twilio/"
		unread  = "could not be read"
		dead    = unread + ", so what of them leads to the bot is not known, and gets no answer once this bot is deleted: "
		numbers = "!" + needs + "phone-numbers/active-numbers/"
		apps    = "!" + needs + "voice/twiml.apps/"
		flows   = "!" + needs + "studio/flows/"
	)
	for _, each := range []struct {
		refused                                     string
		numbers, bots, bind, rename, suspend, leave string
	}{
		{"phone-numbers/active-numbers/list", numbers, numbers, numbers, numbers, numbers, numbers},
		{"phone-numbers/active-numbers/update", "", "", numbers, numbers, numbers, ""},
		{"voice/twiml.apps/*", unread, unread, apps, apps, apps, apps},
		{"studio/flows/*", unread, unread, flows, flows, flows, flows},
		{"studio/executions/*", "", "", "", "What is in progress on it " + unread, "", ""},
		{"messaging/services/*", unread, unread, "Unable to look for Messaging Services", dead, "The account's Messaging Services " + unread + ", so whether", dead},
		{"messaging/services.phonenumbers/*", unread, unread, "Unable to look for Messaging Services", "", "Unable to look for Messaging Services", ""},
		{"messaging/whatsapp-senders/*", "", unread, "", dead, unread, dead},
		{"voice/sip.domains/*", "", unread, "", dead, unread, dead},
		{"sms/short-codes/*", "", unread, "", dead, unread, dead},
		{"conversations/addresses/*", "", unread, "", dead, unread, dead},
		{"conversations/conversations/*", "", "", "", dead, unread, dead},
		{"conversations/services/*", "", "", "", "could not all be read", "could not all be read", "could not all be read"},
		{"conversations/webhooks/*", "", "", "", dead, unread, dead},
		{"voice/sip.trunks/*", "", unread, "", dead, unread, dead},
		{"voice/sip.byoc-trunks/*", "", unread, "", dead, unread, dead},
		{"flex/flex-flows/*", "", unread, "", dead, unread, dead},
		{"routes/inbound/*", "", "", "inbound processing Regions", "", "", ""},
	} {
		for _, status := range []int{401, 403} {
			t.Run(fmt.Sprint(each.refused, " ", status), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				if _, err := b.w.box.AddMessagingService(`{"friendly_name": "Campaigns", "inbound_request_url": "https://campaigns.example.com/", "use_inbound_webhook_on_number": false}`); err != nil {
					t.Fatal(err)
				}
				if _, err := b.w.box.AddConversation(fmt.Sprintf(`{"contact": "+12025550177", "address": %q, "webhook": {"type": "webhook", "webhook_url": "https://theirs.example.com/"}}`, usNumber)); err != nil {
					t.Fatal(err)
				}
				first, second := content("studio", "first", 1), content("studio", "second", 2)
				alone, bound := botBlock("bot", first), bindingBlock(ukNumber, "bot")
				b.applied(alone)
				settled := b.settings
				meets := func(what, want, warned string, err error) {
					t.Helper()
					text, refuses := strings.CutPrefix(want, "!")
					switch {
					case refuses && (err == nil || !strings.Contains(err.Error(), text)):
						t.Errorf("%s: it ends with %v, not with %q", what, err, text)
					case !refuses && err != nil:
						t.Errorf("%s is refused: %v", what, err)
					case !refuses && !strings.Contains(warned, text):
						t.Errorf("%s warns of %q, not of %q", what, warned, text)
					case !refuses && want == "" && strings.Contains(warned, unread):
						t.Errorf("%s warns of %q", what, warned)
					}
				}
				tries := func(what, want string, blocks ...block) {
					t.Helper()
					b.withoutRights(status, each.refused)
					_, err := b.plan(blocks, false)
					warned := strings.Join(b.warnings, "\n")
					if err == nil {
						err = b.apply(blocks, false)
					}
					meets(what, want, warned, err)
					b.settings = settled
				}
				b.withoutRights(status, each.refused)
				warned, err := b.reads("twiliobot_phone_numbers", nil)
				meets("phone_numbers", each.numbers, warned, err)
				warned, err = b.reads("twiliobot_deployed_bots", nil)
				meets("deployed_bots", each.bots, warned, err)
				b.settings = settled

				tries("a binding", each.bind, alone, bound)
				b.applied(alone, bound)
				tries("a rename", each.rename, botBlock("bot", second), bound)
				b.applied(botBlock("bot", second), bound)
				tries("a suspension", each.suspend, botBlock("bot", second), bound, suspensionBlock())
				b.applied(botBlock("bot", second))
				tries("a removal", each.leave)
				b.applied()
				for _, call := range b.w.box.Journal() {
					if strings.HasPrefix(call.Path, "/v1/Assistants") || strings.HasPrefix(call.Path, "/_sandbox") {
						continue
					}
					if _, _, ok := twilio.PermissionOf(call.Method, call.Host, call.Path); !ok && strings.HasSuffix(call.Host, ".twilio.com") {
						t.Errorf("%s %s%s is not in the table of permissions", call.Method, call.Host, call.Path)
					}
				}
			})
		}
	}
}

// A bot that a key may not read is not one that is not there.
func TestNameThatMayNotBeReadIsNotSaidToBeFree(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.applied(botBlock("flow", content("studio", "flow", 1)))
	b.withoutRights(403, "studio/*")
	p, err := b.provider()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]tftypes.Value{"unique_name": str("flow")}
	_, invoked := p.invokes(redeploy, named)
	_, _, read := p.dataSource("twiliobot_assistant", named)
	imported, err := p.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "twiliobot_assistant", ID: "flow"})
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"the action": invoked, "the data source": read, "the import": said(imported.Diagnostics)} {
		if err == nil || !inOrder(`no bot named "flow" that these credentials may read`, "engine studio could not be read").MatchString(err.Error()) {
			t.Errorf("%s says %v", what, err)
		}
	}
}
