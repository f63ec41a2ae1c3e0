package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ action.ActionWithConfigure      = &sendMessageAction{}
	_ action.ActionWithValidateConfig = &sendMessageAction{}
	_ action.ActionWithModifyPlan     = &sendMessageAction{}
)

type sendMessageAction struct{ provider *providerData }

func newSendMessageAction() action.Action { return &sendMessageAction{} }

func (a *sendMessageAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_send_message"
}

func (a *sendMessageAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
}

type sendMessageModel struct {
	From             types.String `tfsdk:"from"`
	ServiceSID       types.String `tfsdk:"messaging_service_sid"`
	To               types.String `tfsdk:"to"`
	Body             types.String `tfsdk:"body"`
	MediaURLs        types.List   `tfsdk:"media_urls"`
	StatusCallback   types.String `tfsdk:"status_callback"`
	ContentSID       types.String `tfsdk:"content_sid"`
	ContentVariables types.Map    `tfsdk:"content_variables"`
}

func (a *sendMessageAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends one message, each time that it is invoked: by `terraform apply -invoke=action.twiliobot_send_message.…`, or by an `action_trigger` of a resource. Terraform 1.14 or later.\n\n" +
			"It is sent once. Where Twilio's answer is lost, the provider looks for the message among those to the recipient, and never sends it again: if it is not found, the error says that it may have been sent.\n\n" +
			"There is no resource that sends messages, since a message is no state. It cannot be changed or taken back, so an update would send another one and a destroy could only delete the record that it was sent; " +
			"a replacement, a taint, or a state that was lost would text people once more.\n\n" +
			"Terraform shows the configuration of an action in its plan: give a secret as a variable that is `sensitive`. The provider writes nothing of what a message says to its log.",
		Attributes: map[string]schema.Attribute{
			"from": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The sender: a phone number of the account in E.164, an address of another channel such as `whatsapp:+12025550142`, a short code, or a name of up to 11 letters and digits where the recipient's country has them. Either this or `messaging_service_sid`; with both, it is one of the service's senders.",
			},
			"messaging_service_sid": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The Messaging Service that chooses the sender, `MG…`.",
			},
			"to": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The recipient, written like `from`, on the same channel.",
			},
			"body": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: fmt.Sprintf("What the message says, %d characters at most. One of `body`, `media_urls` and `content_sid` is needed.", bot.MaxMessageBody),
			},
			"media_urls": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: fmt.Sprintf("URLs from which Twilio takes pictures and other media, %d at most.", bot.MaxMessageMedia),
			},
			"status_callback": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "A URL that Twilio calls whenever the message's status changes, in place of the service's own. Its host must have no underscore.",
			},
			"content_sid": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "A template of the Content API, `HX…`, which says what the message says in place of `body` and `media_urls`.",
			},
			"content_variables": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "The template's variables, by name.",
			},
		},
	}
}

// ValidateConfig refuses what Twilio would refuse.
func (a *sendMessageAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

// ModifyPlan makes the checks again for what was unknown when the configuration was validated.
func (a *sendMessageAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	a.read(ctx, req.Config, &resp.Diagnostics)
}

// Invoke sends the message.
func (a *sendMessageAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	m := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	const cannot = "Unable to send the message"
	if !a.provider.ready() {
		addError(&resp.Diagnostics, cannot, a.provider.unready)
		return
	}
	message := m.message(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Sending %s", message)})
	sent, err := a.provider.messages.Send(ctx, message)
	if err != nil {
		addError(&resp.Diagnostics, cannot, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Message %s to %s: %s", sent.SID, message.To, sent.Status)})
	if slices.Contains([]string{"failed", "undelivered", "canceled"}, sent.Status) {
		resp.Diagnostics.AddWarning("The message was not delivered",
			fmt.Sprintf("Twilio took the message %s to %s and says that it is %s (Twilio error %d). It is not sent again.", sent.SID, message.To, sent.Status, sent.ErrorCode))
	}
}

// read reads the configuration and checks what is known of it.
func (a *sendMessageAction) read(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) sendMessageModel {
	var m sendMessageModel
	diags.Append(getModel(ctx, config, &m)...)
	if diags.HasError() {
		return m
	}
	m.checkForms(ctx, diags)
	m.checkTogether(diags)
	return m
}

// checkForms refuses values that are wrong by themselves.
func (m sendMessageModel) checkForms(ctx context.Context, diags *diag.Diagnostics) {
	for name, each := range map[string]struct {
		value types.String
		form  validator.String
	}{
		"from":                  {m.From, messageSender()},
		"to":                    {m.To, messageRecipient()},
		"messaging_service_sid": {m.ServiceSID, sidOf("MG", "a Messaging Service")},
		"content_sid":           {m.ContentSID, sidOf("HX", "a template of the Content API")},
		"body":                  {m.Body, checked{"the text of a message", "Invalid message", bot.CheckMessageBody}},
		"status_callback":       {m.StatusCallback, webURL()},
	} {
		checkForm(ctx, path.Root(name), each.value, each.form, diags)
	}
	if u, err := url.Parse(m.StatusCallback.ValueString()); err == nil && strings.Contains(u.Hostname(), "_") {
		diags.AddAttributeError(path.Root("status_callback"), "Invalid URL", "The host has an underscore, which Twilio does not take.")
	}
	if n := len(m.MediaURLs.Elements()); n > bot.MaxMessageMedia || n == 0 && isKnown(m.MediaURLs) {
		diags.AddAttributeError(path.Root("media_urls"), "Invalid media", fmt.Sprintf("There are %d URLs; a message has 1 to %d of them, or leave the attribute out.", n, bot.MaxMessageMedia))
	}
	for i, each := range m.MediaURLs.Elements() {
		at := path.Root("media_urls").AtListIndex(i)
		switch address, ok := each.(types.String); {
		case !ok || address.IsUnknown():
		case address.IsNull():
			diags.AddAttributeError(at, "Invalid URL", "The URL is null.")
		default:
			checkForm(ctx, at, address, webURL(), diags)
		}
	}
}

// checkTogether refuses values that do not go together.
func (m sendMessageModel) checkTogether(diags *diag.Diagnostics) {
	if m.From.IsNull() && m.ServiceSID.IsNull() {
		diags.AddAttributeError(path.Root("from"), "The sender is missing", "Give `from`, `messaging_service_sid`, or both.")
	}
	if m.Body.IsNull() && m.MediaURLs.IsNull() && m.ContentSID.IsNull() {
		diags.AddAttributeError(path.Root("body"), "The message is empty", "Give `body`, `media_urls`, or both, or a template by `content_sid`.")
	}
	if isKnown(m.ContentSID) && isKnown(m.Body) {
		diags.AddAttributeError(path.Root("body"), "Two texts", "The template of `content_sid` says what the message says. Leave one of the two out.")
	}
	if isKnown(m.ContentSID) && isKnown(m.MediaURLs) {
		diags.AddAttributeError(path.Root("media_urls"), "Two messages", "The template of `content_sid` has media of its own. Leave one of the two out.")
	}
	if isKnown(m.ContentVariables) && m.ContentSID.IsNull() {
		diags.AddAttributeError(path.Root("content_variables"), "Variables of no template", "They are those of the template that `content_sid` names.")
	}
	from, err := bot.ParseSender(m.From.ValueString())
	to, errTo := bot.ParseRecipient(m.To.ValueString())
	switch {
	case err != nil || errTo != nil:
	case bot.ChannelOf(from) != bot.ChannelOf(to):
		diags.AddAttributeError(path.Root("to"), "Two channels", fmt.Sprintf("A message from %s cannot go to %s: they are on different channels.", from, to))
	case from == to:
		diags.AddAttributeError(path.Root("to"), "Invalid recipient", fmt.Sprintf("%s cannot send a message to itself.", from))
	}
}

func isKnown(value attr.Value) bool { return !value.IsNull() && !value.IsUnknown() }

// message is the message to send, whose configuration is known and was checked.
func (m sendMessageModel) message(ctx context.Context, diags *diag.Diagnostics) bot.OutgoingMessage {
	message := bot.OutgoingMessage{
		ServiceSID: m.ServiceSID.ValueString(), Body: m.Body.ValueString(),
		StatusCallback: m.StatusCallback.ValueString(), ContentSID: m.ContentSID.ValueString(),
	}
	var err error
	if message.To, err = bot.ParseRecipient(m.To.ValueString()); err != nil {
		diags.AddAttributeError(path.Root("to"), "Invalid address", sentence(err))
	}
	if !m.From.IsNull() {
		if message.From, err = bot.ParseSender(m.From.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("from"), "Invalid address", sentence(err))
		}
	}
	diags.Append(m.MediaURLs.ElementsAs(ctx, &message.MediaURLs, false)...)
	if !m.ContentVariables.IsNull() {
		variables := map[string]string{}
		diags.Append(m.ContentVariables.ElementsAs(ctx, &variables, false)...)
		text, err := json.Marshal(variables)
		if err != nil {
			diags.AddAttributeError(path.Root("content_variables"), "Invalid variables", sentence(err))
		}
		message.ContentVariables = string(text)
	}
	return message
}

func messageRecipient() validator.String {
	return checked{"a phone number or another address of messages", "Invalid address", func(text string) error { _, err := bot.ParseRecipient(text); return err }}
}
