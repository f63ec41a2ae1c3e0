package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// priorServiceBinding is what a binding of a Messaging Service keeps in private state: what
// it had put there itself, so that a change of the configuration and a change by another
// client are told apart, and what the service was pointed at when it was last read.
type priorServiceBinding struct {
	ServiceSID string `json:"service_sid,omitempty"`
	BotSID     string `json:"bot_sid"`
	// Task is where a new conversation with an Autopilot assistant enters.
	Task string `json:"task,omitempty"`
	// Pointer is the digest of where the service led when it led to the bot last.
	Pointer  string `json:"pointer,omitempty"`
	Snapshot string `json:"seen,omitempty"`
	// Holds are the SIDs of the holds of the bot, of applications and flows, where the service
	// was pointed at one when it was last read: one that is deleted by hand no longer says
	// whose it was.
	Holds []string `json:"holds,omitempty"`
	// Shared reports whether another binding of the state has the service too, for the same
	// bot: it is never freed with this one.
	Shared bool `json:"shared,omitempty"`
	// Next is the binding that comes in the place of this one, where Terraform replaces it.
	Next *nextServiceBinding `json:"next,omitempty"`
}

// nextServiceBinding is a binding that comes in the place of one that is deleted before it,
// as far as the plan knows it: an empty SID is known after apply.
type nextServiceBinding struct {
	ServiceSID string `json:"service_sid,omitempty"`
	BotSID     string `json:"bot_sid,omitempty"`
	Overwrite  bool   `json:"overwrite,omitempty"`
}

// plan is the binding as it is planned.
func (n nextServiceBinding) plan() serviceBindingModel {
	return serviceBindingModel{ServiceSID: types.StringValue(n.ServiceSID), AssistantSID: types.StringValue(n.BotSID), Overwrite: types.BoolValue(n.Overwrite)}
}

// of is what a binding had, with what its state says where private state says nothing: of a
// tainted resource, which Terraform plans as a new one.
func (p priorServiceBinding) of(state serviceBindingModel) priorServiceBinding {
	p.ServiceSID = state.ServiceSID.ValueString()
	if p.BotSID == "" {
		p.BotSID = state.AssistantSID.ValueString()
	}
	return p
}

// had is what the binding has, in the words of package binding.
func (p priorServiceBinding) had() binding.PriorService {
	return binding.PriorService{ServiceSID: p.ServiceSID, BotSID: p.BotSID, Pointer: p.Pointer}
}

// at is what the binding has on a service, as it is now and as it will be once its bot is
// resumed, where that is suspended.
func (p priorServiceBinding) at(routing bot.Routing, way, resumed bot.Way) priorServiceBinding {
	led := routing.Lead(way)
	p.ServiceSID, p.Next, p.Snapshot = way.SID, nil, binding.ServiceSnapshot(way)
	switch {
	case led.SilencedBy != "" && led.BotSID == p.BotSID:
		p.Pointer, p.Task, p.Holds = resumed.To.Digest(), led.TargetTask, routing.HoldsOf(p.BotSID)
	case led.Gone:
	case routing.LeadsTo(way, p.BotSID):
		p.Pointer, p.Task, p.Holds = way.To.Digest(), led.TargetTask, nil
	default:
		p.Holds = nil
	}
	return p
}

// freed is what is freed when the binding gives up what it has.
func (p priorServiceBinding) freed() binding.PriorService {
	if p.Shared {
		return binding.PriorService{}
	}
	return p.had()
}

const priorServiceBindingKey = "service_binding"

func loadPriorServiceBinding(ctx context.Context, private privateState) (priorServiceBinding, diag.Diagnostics) {
	var prior priorServiceBinding
	diags := loadPrivate(ctx, private, priorServiceBindingKey, "the binding's private state", &prior)
	return prior, diags
}

func (p priorServiceBinding) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, priorServiceBindingKey, "the binding's private state", p)
}
