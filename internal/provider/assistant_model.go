package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// assistantModel is a bot, in the order of the schema.
type assistantModel struct {
	UniqueName          types.String   `tfsdk:"unique_name"`
	FriendlyName        types.String   `tfsdk:"friendly_name"`
	Engine              types.String   `tfsdk:"engine"`
	Schema              schemaJSON     `tfsdk:"schema"`
	Flow                flowJSON       `tfsdk:"flow"`
	Webhooks            types.Object   `tfsdk:"webhooks"`
	Routing             types.String   `tfsdk:"routing"`
	RoutingConfirm      types.String   `tfsdk:"routing_confirm"`
	Rename              types.String   `tfsdk:"rename"`
	DrainTimeout        types.String   `tfsdk:"drain_timeout"`
	ForceDestroy        types.Bool     `tfsdk:"force_destroy"`
	RestoreSID          types.String   `tfsdk:"restore_sid"`
	SID                 types.String   `tfsdk:"sid"`
	AccountSID          types.String   `tfsdk:"account_sid"`
	MessagingWebhookURL types.String   `tfsdk:"messaging_webhook_url"`
	VoiceWebhookURL     types.String   `tfsdk:"voice_webhook_url"`
	DateCreated         types.String   `tfsdk:"date_created"`
	NeedsModelBuild     types.Bool     `tfsdk:"needs_model_build"`
	ReplacingSID        types.String   `tfsdk:"replacing_sid"`
	EditedStates        types.List     `tfsdk:"edited_states"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

// webhooksModel is the content of a bot hosted elsewhere.
type webhooksModel struct {
	MessagingURL         types.String `tfsdk:"messaging_url"`
	MessagingMethod      types.String `tfsdk:"messaging_method"`
	MessagingFallbackURL types.String `tfsdk:"messaging_fallback_url"`
	VoiceURL             types.String `tfsdk:"voice_url"`
	VoiceMethod          types.String `tfsdk:"voice_method"`
	VoiceFallbackURL     types.String `tfsdk:"voice_fallback_url"`
	StatusCallbackURL    types.String `tfsdk:"status_callback_url"`
}

var webhookTypes = map[string]attr.Type{
	"messaging_url": types.StringType, "messaging_method": types.StringType, "messaging_fallback_url": types.StringType,
	"voice_url": types.StringType, "voice_method": types.StringType, "voice_fallback_url": types.StringType,
	"status_callback_url": types.StringType,
}

// String names the bot in messages, as bot.Bot does.
func (m assistantModel) String() string {
	return fmt.Sprintf("%q (%s)", m.UniqueName.ValueString(), m.SID.ValueString())
}

func (m assistantModel) identity() assistantIdentity {
	return assistantIdentity{AccountSID: m.AccountSID, SID: m.SID}
}

// spec is what the bot should be.
func (m assistantModel) spec(ctx context.Context) (bot.Spec, error) {
	spec := bot.Spec{
		UniqueName: m.UniqueName.ValueString(), FriendlyName: m.FriendlyName.ValueString(),
		RestoreSID: m.RestoreSID.ValueString(),
	}
	// An assistant may have an empty one, which it keeps.
	if m.FriendlyName.IsNull() || (spec.FriendlyName == "" && m.Engine.ValueString() != string(bot.Autopilot)) {
		spec.FriendlyName = spec.UniqueName
	}
	if !m.Schema.IsNull() {
		parsed, err := assistantschema.Parse([]byte(m.Schema.ValueString()))
		if err != nil {
			return spec, err
		}
		if m.onStudio() {
			if spec.Content.Flow, err = m.compiled(parsed); err != nil {
				return spec, err
			}
		} else {
			spec.Content.Schema = parsed
		}
	}
	if !m.Flow.IsNull() {
		parsed, err := flow.Parse([]byte(m.Flow.ValueString()))
		if err != nil {
			return spec, err
		}
		spec.Content.Flow = parsed
	}
	if !m.Webhooks.IsNull() {
		w := webhooksIn(ctx, m.Webhooks)
		spec.Content.Webhooks = &bot.ApplicationWebhooks{
			MessagingURL: w.MessagingURL.ValueString(), MessagingMethod: w.MessagingMethod.ValueString(),
			MessagingFallbackURL: w.MessagingFallbackURL.ValueString(),
			VoiceURL:             w.VoiceURL.ValueString(), VoiceMethod: w.VoiceMethod.ValueString(),
			VoiceFallbackURL: w.VoiceFallbackURL.ValueString(), StatusCallbackURL: w.StatusCallbackURL.ValueString(),
		}
	}
	return spec, nil
}

// read takes over what Twilio says of the bot, all but its content.
func (m *assistantModel) read(webhooks bot.Webhooks, live bot.Bot) {
	if !live.Unnamed() {
		m.UniqueName = types.StringValue(live.UniqueName)
		switch {
		case live.Engine() == bot.Autopilot:
			m.FriendlyName = types.StringValue(live.FriendlyName)
		case m.FriendlyName.ValueString() == "":
			m.FriendlyName = types.StringNull()
		default: // the one name, which the configuration gives too
			m.FriendlyName = m.UniqueName
		}
	}
	m.Engine = types.StringValue(string(live.Engine()))
	m.SID = types.StringValue(live.SID)
	m.AccountSID = types.StringValue(live.AccountSID)
	m.MessagingWebhookURL, m.VoiceWebhookURL = types.StringNull(), types.StringNull()
	if live.Engine() != bot.Application { // whose webhooks say it already
		messaging, voice := webhooksOf(webhooks, live)
		m.MessagingWebhookURL, m.VoiceWebhookURL = optional(messaging), optional(voice)
	}
	m.DateCreated = dateOf(live.DateCreated)
	m.NeedsModelBuild = types.BoolNull()
	if live.Engine() == bot.Autopilot {
		m.NeedsModelBuild = types.BoolValue(live.NeedsModelBuild)
	}
}

// differs reports whether a bot's names or its content are others in another state of it.
func (m *assistantModel) differs(other assistantModel) bool {
	same := m.UniqueName.Equal(other.UniqueName) && m.FriendlyName.Equal(other.FriendlyName) && m.EditedStates.Equal(other.EditedStates) &&
		slices.EqualFunc(m.content(), other.content(), func(a, b contentAttribute) bool { return a.value.Equal(b.value) })
	return !same
}

// webhooksOf gives the URLs that Twilio calls for a bot, as they are shown.
func webhooksOf(webhooks bot.Webhooks, live bot.Bot) (messaging, voice string) {
	if w := live.Content.Webhooks; w != nil {
		return bot.ShownURL(w.MessagingURL), bot.ShownURL(w.VoiceURL)
	}
	to := bot.Webhook{AccountSID: live.AccountSID, BotSID: live.SID, Channel: bot.Messaging}
	webhooks = webhooks.Of(live)
	messaging = webhooks.URL(to)
	to.Channel = bot.Voice
	return messaging, webhooks.URL(to)
}

// readContent takes over the bot's content as far as this configuration manages
// it, and shows what differs in the configuration's own terms.
func (m *assistantModel) readContent(live bot.Bot) error {
	if m.Schema.IsNull() || live.Content.Flow == nil {
		m.Routing, m.RoutingConfirm, m.EditedStates = types.StringNull(), types.StringNull(), types.ListNull(types.StringType)
	}
	if !m.Schema.IsNull() && live.Content.Schema != nil {
		m.Schema = newMeaning[schemaNotation](string(assistantschema.Overlay([]byte(m.Schema.ValueString()), live.Content.Schema)))
	}
	if !m.Schema.IsNull() && live.Content.Flow != nil {
		m.readCompiled(live)
		return nil
	}
	if !m.Flow.IsNull() && live.Content.Flow != nil {
		shown, err := flow.Overlay([]byte(m.Flow.ValueString()), live.Content.Flow)
		if err != nil {
			return err
		}
		m.Flow = newMeaning[flowNotation](string(shown))
	}
	if live.Content.Webhooks != nil {
		m.Webhooks = readWebhooks(*live.Content.Webhooks, webhooksIn(context.Background(), m.Webhooks))
	}
	return nil
}

// readWebhooks shows the content of an application. A method without a URL is never used,
// and Twilio keeps whichever it was: what is shown is what the state had without one.
func readWebhooks(w bot.ApplicationWebhooks, had webhooksModel) types.Object {
	method := func(url, method string, hadURL, hadMethod types.String) types.String {
		switch {
		case url == "" && hadURL.IsNull():
			return hadMethod
		case url == "":
			return types.StringNull()
		case method == "":
			return types.StringValue(bot.WebhookMethod)
		default:
			return types.StringValue(strings.ToUpper(method))
		}
	}
	return types.ObjectValueMust(webhookTypes, map[string]attr.Value{
		"messaging_url":          optional(w.MessagingURL),
		"messaging_method":       method(w.MessagingURL, w.MessagingMethod, had.MessagingURL, had.MessagingMethod),
		"messaging_fallback_url": optional(w.MessagingFallbackURL),
		"voice_url":              optional(w.VoiceURL),
		"voice_method":           method(w.VoiceURL, w.VoiceMethod, had.VoiceURL, had.VoiceMethod),
		"voice_fallback_url":     optional(w.VoiceFallbackURL),
		"status_callback_url":    optional(w.StatusCallbackURL),
	})
}

// usable reports whether the content can be used, and says why not. The plan that Terraform
// makes again before it applies has warned of the rest. has is what the bot is known to be.
func (m assistantModel) usable(has *assistantschema.Schema, diags *diag.Diagnostics) bool {
	var found diag.Diagnostics
	if !m.Schema.IsNull() {
		if parsed := parsedSchema(m.Schema); parsed != nil && m.onStudio() {
			m.checkCompiled(parsed, path.Root("schema"), false, &found)
		} else {
			checkSchema(m.Schema, path.Root("schema"), has, &found)
		}
	}
	if !m.Flow.IsNull() {
		checkFlow(path.Root("flow"), m.Flow.ValueString(), &found)
	}
	diags.Append(found.Errors()...)
	return !found.HasError()
}

// drain is how long a replaced bot waits for calls in progress.
func (m assistantModel) drain() time.Duration {
	if d, err := time.ParseDuration(m.DrainTimeout.ValueString()); err == nil {
		return d
	}
	return defaultDrain
}

// inPlace reports whether a change of the name keeps the SID.
func (m assistantModel) inPlace() bool { return m.Rename.ValueString() == renameInPlace }
