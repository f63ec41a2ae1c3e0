package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// priorBinding is what a binding keeps in private state: what it had put on the number
// itself, so that a change of the configuration and a change by another client are told
// apart, and what the number was pointed at when it was last read.
type priorBinding struct {
	NumberSID string        `json:"number_sid,omitempty"`
	BotSID    string        `json:"bot_sid,omitempty"`
	Channels  []bot.Channel `json:"channels,omitempty"`
	// Label is the bot's name where the number bears it.
	Label string `json:"label,omitempty"`
	// Snapshot is nil where there is no private state.
	Snapshot bot.RouteSnapshot `json:"seen"`
	// Shared are the channels that another binding of the state has too, for the same bot:
	// they are never freed with this one.
	Shared []bot.Channel `json:"shared,omitempty"`
	// Others reports whether another bot answered on the number's other channels when it was
	// last read: the plan and the apply ask this and not the number, which another binding of
	// the same apply may have changed in between.
	Others bool `json:"others,omitempty"`
	// Next is the binding that comes in the place of this one, where Terraform replaces it.
	Next *nextBinding `json:"next,omitempty"`

	// labels are the labels of the number in the state and in the plan, where none is
	// configured. They are not part of private state.
	labels []string
}

// nextBinding is a binding that comes in the place of one that is deleted before it, as far
// as the plan knows it: an empty SID is known after apply.
type nextBinding struct {
	NumberSID  string        `json:"number_sid,omitempty"`
	BotSID     string        `json:"bot_sid,omitempty"`
	Channels   []bot.Channel `json:"channels"`
	TargetTask *string       `json:"target_task,omitempty"` // nil is decided when the number is bound
	Label      *string       `json:"label,omitempty"`       // nil likewise
	Overwrite  bool          `json:"overwrite,omitempty"`
}

func nextOf(plan bindingModel) *nextBinding {
	next := &nextBinding{
		NumberSID: plan.PhoneNumberSID.ValueString(), BotSID: plan.AssistantSID.ValueString(),
		Channels: plan.channels(), Overwrite: plan.Overwrite.ValueBool(),
	}
	if !plan.TargetTask.IsUnknown() {
		next.TargetTask = new(plan.TargetTask.ValueString())
	}
	if !plan.FriendlyName.IsUnknown() {
		next.Label = new(plan.FriendlyName.ValueString())
	}
	return next
}

// plan is the binding as it is planned.
func (n nextBinding) plan() bindingModel {
	m := bindingModel{
		PhoneNumberSID: types.StringValue(n.NumberSID), AssistantSID: types.StringValue(n.BotSID), Channels: channelSet(n.Channels),
		TargetTask: types.StringUnknown(), FriendlyName: types.StringUnknown(), Overwrite: types.BoolValue(n.Overwrite),
	}
	if n.TargetTask != nil {
		m.TargetTask = optional(*n.TargetTask)
	}
	if n.Label != nil {
		m.FriendlyName = types.StringValue(*n.Label)
	}
	return m
}

// of is what a binding had, with what its state says where private state says nothing: of
// an older version, or of a tainted resource, which Terraform plans as a new one.
func (p priorBinding) of(state bindingModel) priorBinding {
	p.NumberSID = state.PhoneNumberSID.ValueString()
	if p.BotSID == "" {
		p.BotSID, p.Channels = state.AssistantSID.ValueString(), state.channels()
	}
	return p
}

// hasOthers reports whether another bot than the binding's answers on the channels of a
// number that the binding does not have.
func (p priorBinding) hasOthers(routing bot.Routing, number bot.Number) bool {
	return slices.ContainsFunc(without(bot.Channels(), p.Channels), func(channel bot.Channel) bool {
		other := routing.Route(number, channel).BotSID
		return other != "" && other != p.BotSID
	})
}

// freed is what is freed when the binding gives up all that it has.
func (p priorBinding) freed() binding.Prior {
	return binding.Prior{NumberSID: p.NumberSID, BotSID: p.BotSID, Channels: without(p.Channels, p.Shared), Label: p.Label}
}

const priorBindingKey = "binding"

// loadPriorBinding reads what saveBeside has written beside a state, or save; nil is no state.
// The BotSID is empty where there is no private state.
func loadPriorBinding(ctx context.Context, private privateState, state *bindingModel) (priorBinding, diag.Diagnostics) {
	var prior priorBinding
	diags := loadPrivate(ctx, private, priorBindingKey, "the binding's private state", &prior)
	if state != nil && prior.Snapshot != nil {
		prior = prior.of(*state)
	}
	return prior, diags
}

// saveBeside is save with a state that is saved too: what that says is not written twice.
// Terraform copies the private state of all instances of a resource for each of them, so that
// of 10,000 bindings it would take a quarter of the time of a plan.
func (p priorBinding) saveBeside(ctx context.Context, private privateState, state bindingModel) diag.Diagnostics {
	p.NumberSID = ""
	if p.BotSID == state.AssistantSID.ValueString() && slices.Equal(slices.Sorted(slices.Values(p.Channels)), slices.Sorted(slices.Values(state.channels()))) {
		p.BotSID, p.Channels = "", nil
	}
	return p.save(ctx, private)
}

func (p priorBinding) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, priorBindingKey, "the binding's private state", p)
}
