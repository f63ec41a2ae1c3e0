package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// priorBinding is what a binding keeps in private state: what it had put on the number
// itself, so that a change of the configuration and a change by another client are told
// apart, and what the number was pointed at when it was last read.
type priorBinding struct {
	BotSID   string        `json:"bot_sid"`
	Channels []bot.Channel `json:"channels"`
	// Label is the bot's name where the number bears it.
	Label    string            `json:"label,omitempty"`
	Snapshot bot.RouteSnapshot `json:"seen,omitempty"`
}

const priorBindingKey = "binding"

func loadPriorBinding(ctx context.Context, private privateState) (priorBinding, diag.Diagnostics) {
	var prior priorBinding
	diags := loadPrivate(ctx, private, priorBindingKey, "the binding's private state", &prior)
	return prior, diags
}

func (p priorBinding) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, priorBindingKey, "the binding's private state", p)
}
