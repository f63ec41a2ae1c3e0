package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// serviceBindingModel is a binding of a Messaging Service, in the order of the schema.
type serviceBindingModel struct {
	ServiceSID   types.String `tfsdk:"messaging_service_sid"`
	AssistantSID types.String `tfsdk:"assistant_sid"`
	Overwrite    types.Bool   `tfsdk:"overwrite"`
	AccountSID   types.String `tfsdk:"account_sid"`
	WebhookURL   types.String `tfsdk:"webhook_url"`
}

func (m serviceBindingModel) identity() serviceIdentity {
	return serviceIdentity{AccountSID: m.AccountSID, SID: m.ServiceSID}
}

// read takes over what the service does now, or would do if its bot were not suspended, as
// resumed has it. Where it does nothing for the bot that the
// binding had put there, the answer is another bot's SID, or null for something that is no
// bot, and where it defers to its numbers.
func (m *serviceBindingModel) read(routing bot.Routing, way, resumed bot.Way, prior priorServiceBinding) {
	m.ServiceSID, m.AccountSID = types.StringValue(way.SID), types.StringValue(way.AccountSID)
	m.AssistantSID = optional(ledBy(routing, way, prior))
	m.WebhookURL = shownWebhook(routing, resumed)
}

// ledBy is the bot that a service leads to and uses; empty where there is none. A bot hosted
// elsewhere whose URL was changed since is still the binding's own. By a hold that no longer
// exists nobody is reached.
func ledBy(routing bot.Routing, way bot.Way, prior priorServiceBinding) string {
	led := routing.Lead(way)
	switch {
	case way.Idle, led.Gone:
		return ""
	case routing.LeadsTo(way, prior.BotSID), led.BotSID == "" && prior.Pointer != "" && way.To.Digest() == prior.Pointer:
		return prior.BotSID
	default:
		return led.BotSID
	}
}

// shownWebhook is the URL that a service calls; null where it calls none.
func shownWebhook(routing bot.Routing, way bot.Way) types.String {
	if way.Idle {
		return types.StringNull()
	}
	return optional(routing.Webhooks.ShownURL(way.To.URL))
}
