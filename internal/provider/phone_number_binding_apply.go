package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// find reads the number that a plan names. label is the one that it has as far as a state
// says: the plan's may be another.
func (r *phoneNumberBindingResource) find(ctx context.Context, m bindingModel, label string) (bot.Number, error) {
	sid := m.PhoneNumberSID.ValueString()
	if sid == "" {
		number, err := r.provider.account.FindNumber(ctx, e164(m.PhoneNumber))
		if errors.Is(err, bot.ErrNotFound) {
			err = r.provider.notOwned(m)
		}
		return number, err
	}
	number, err := r.provider.account.Number(ctx, sid, account.LastRead{PhoneNumber: e164(m.PhoneNumber), Label: label})
	if errors.Is(err, bot.ErrNotFound) {
		err = r.provider.notOwned(m)
	}
	if problem := m.otherNumber(number); err == nil && problem != nil {
		return number, problem // one of the two was not known when this was planned
	}
	return number, err
}

// notOwned says that the account does not have the number that a binding names.
func (d *providerData) notOwned(m bindingModel) error {
	named := m.PhoneNumberSID.ValueString()
	if named == "" {
		named = m.PhoneNumber.ValueString()
	}
	return &bot.Problem{
		Summary: "The account does not own this phone number",
		Detail: fmt.Sprintf("Account %s has no phone number %s. Move it to this account first, or buy it with a `twiliobot_phone_number` that the binding references: a binding buys nothing.",
			d.account.SID, named),
		Cause: bot.ErrNotFound,
	}
}

// otherNumber refuses a number found by its SID that is not the one beside it.
func (m bindingModel) otherNumber(found bot.Number) error {
	if m.PhoneNumberSID.ValueString() == "" || e164(m.PhoneNumber) == "" || e164(m.PhoneNumber) == found.PhoneNumber {
		return nil
	}
	return &bot.Problem{
		Summary: "The phone number and its SID name two numbers",
		Detail: fmt.Sprintf("`phone_number` is %s, but `phone_number_sid` %s is the SID of %s. Nothing is changed. "+
			"Give the one that is meant and leave the other out, or make both name the same number.",
			m.PhoneNumber.ValueString(), found.SID, found.PhoneNumber),
	}
}

// rebind makes the number answer as planned; what the binding had before is freed once it
// does.
func (r *phoneNumberBindingResource) rebind(ctx context.Context, plan *bindingModel, number bot.Number, prior priorBinding, diags *diag.Diagnostics) priorBinding {
	free := prior.freed()
	if number.SID == prior.NumberSID {
		free.Channels = without(free.Channels, plan.channels())
	} else {
		prior = priorBinding{} // of the number it changes to, the binding had nothing
	}
	return r.bind(ctx, plan, number, prior, free, diags)
}

// bindNext makes the number answer as the binding plans it that comes in the place of this
// one.
func (r *phoneNumberBindingResource) bindNext(ctx context.Context, prior priorBinding, diags *diag.Diagnostics) {
	plan := prior.Next.plan()
	number, err := r.find(ctx, plan, "")
	if err != nil {
		addError(diags, "Unable to find the phone number", err)
		return
	}
	r.rebind(ctx, &plan, number, prior, diags)
}

// bind makes the number answer as planned, fills in what the plan left open, and returns
// what goes to private state. prior is what the binding had before; it is empty for a new
// one. free is what is freed once the number answers.
func (r *phoneNumberBindingResource) bind(ctx context.Context, plan *bindingModel, number bot.Number, prior priorBinding, free binding.Prior, diags *diag.Diagnostics) priorBinding {
	acct := r.provider.account
	b, ok := r.boundBot(ctx, plan.AssistantSID.ValueString(), diags)
	if !ok {
		return priorBinding{}
	}
	if plan.TargetTask.IsUnknown() {
		var err error
		if plan.TargetTask, err = r.entryTask(ctx, b.SID); err != nil {
			addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot's tasks", err)
			return priorBinding{}
		}
	}
	if err := r.provider.unanswered(ctx, number, b, plan.channels()); err != nil {
		addAttributeError(diags, path.Root("channels"), "Unable to look which channels the bot answers", err)
		return priorBinding{}
	}
	wanted := binding.Binding{
		NumberSID: number.SID, BotSID: b.SID, TargetTask: plan.TargetTask.ValueString(),
		Channels: plan.channels(), Label: plan.FriendlyName.ValueString(), PlannedLabels: prior.labels, Overwrite: plan.Overwrite.ValueBool(),
	}
	if plan.FriendlyName.IsUnknown() {
		wanted.Name, wanted.PriorLabel = b.UniqueName, prior.Label
	}
	after, routing, notices, err := binding.Rebind(ctx, acct, wanted, prior.Snapshot, prior.BotSID, free)
	addNotices(diags, notices)
	if err != nil {
		addAttributeError(diags, plan.numberPath(), "Unable to bind the phone number", err)
		return priorBinding{}
	}
	now := priorBinding{NumberSID: after.SID, BotSID: b.SID, Channels: wanted.Channels, Snapshot: bot.SnapshotOf(after)}
	if after.FriendlyName == b.UniqueName {
		now.Label = b.UniqueName
	}
	planned := *plan
	if routing.Webhooks, err = r.provider.account.WebhooksOf(ctx, clearedFor(routing, after)); err != nil {
		addAttributeError(diags, plan.numberPath(), "Unable to read the bot", err)
		return priorBinding{}
	}
	now.Others = now.hasOthers(routing, after)
	plan.read(routing, after, now)
	if e164(planned.PhoneNumber) == after.PhoneNumber {
		plan.PhoneNumber = planned.PhoneNumber
	}
	return now
}

// entryTask is the task at which a new binding of a bot enters.
func (r *phoneNumberBindingResource) entryTask(ctx context.Context, botSID string) (types.String, error) {
	task, err := binding.EntryTask(ctx, r.provider.account, botSID)
	return optional(task), err
}

// followReplacement is the prior of a binding whose bot was replaced in an apply that was
// cut off: the number went with it.
func (r *phoneNumberBindingResource) followReplacement(ctx context.Context, routing bot.Routing, number bot.Number, prior priorBinding) (priorBinding, error) {
	for _, channel := range prior.Channels {
		answering := routing.Route(number, channel).BotSID
		if answering == "" || answering == prior.BotSID {
			continue
		}
		var err error
		prior.BotSID, err = r.provider.following(ctx, prior.BotSID, answering)
		return prior, err
	}
	return prior, nil
}

// followingBeside is the bot of a binding whose own no longer exists, where this walk created
// the new one beside another of its name: a replacement that was killed behind its last
// write had put that other bot in the place of the old one, and no state has it.
func (d *providerData) followingBeside(ctx context.Context, botSID, newSID string) (string, error) {
	other := d.ledger.createdBeside(newSID)
	if other == "" || botSID == "" || botSID == other {
		return botSID, nil
	}
	_, err := d.account.ReadBot(ctx, botSID, false)
	if errors.Is(err, bot.ErrNotFound) {
		return other, nil
	}
	return botSID, err
}

// following is the bot of a binding, where another one answers: its own, or the other where
// that replaced it in an apply that was cut off, and what was bound went with it.
func (d *providerData) following(ctx context.Context, botSID, answering string) (string, error) {
	if answering == "" || answering == botSID {
		return botSID, nil
	}
	current, other, err := d.account.Unfinished(ctx, botSID, "")
	if errors.Is(err, bot.ErrNotFound) {
		return d.followingFinished(ctx, botSID, answering)
	}
	if err == nil && other == botSID && current == answering {
		return answering, nil // the old one is deleted
	}
	return botSID, err
}

// followingFinished is the bot of a binding whose own no longer exists, where a bot that
// this configuration manages answers: a replacement moved what was bound, and was finished
// before the binding's turn came. An application then bears no mark of it.
func (d *providerData) followingFinished(ctx context.Context, botSID, answering string) (string, error) {
	if !d.ledger.hasInState(answering) {
		return botSID, nil
	}
	_, err := d.account.Bot(ctx, botSID)
	if errors.Is(err, bot.ErrNotFound) {
		return answering, nil
	}
	return botSID, err
}
