package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// unique refuses a name that another bot has, here or in this configuration. Bots that
// share a name already keep it: only what is made or renamed must find its name free.
func (p *assistantPlan) unique(ctx context.Context) {
	own := p.as.Object
	if p.state != nil {
		p.provider.ledger.readState(own)
	}
	if !p.claims() || p.plan.UniqueName.IsUnknown() {
		return
	}
	name, at := p.plan.UniqueName.ValueString(), path.Root("unique_name")
	if p.state != nil && p.plan.UniqueName.Equal(p.state.UniqueName) && !p.replaced {
		return
	}
	listed, err := p.provider.account.Bots(ctx, account.AnyTime)
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look for bots of this name", err)
		return
	}
	owners := slices.DeleteFunc(slices.Clone(listed.Bots), func(b bot.Bot) bool {
		takenUp := b.Uploading && b.Replaces == "" && p.mayRunOn(b.Engine())
		// What this resource had before it is replaced is gone by then, or refused.
		others := p.state != nil && (b.Replaces == own || b.SID == p.otherOfACut())
		tainted := own == "" && p.provider.ledger.hasInState(b.SID) // or another resource's, which its plan refuses
		return b.UniqueName != name || b.SID == own || takenUp || others || b.SID == p.plan.RestoreSID.ValueString() || tainted
	})
	switch {
	case p.state != nil && len(owners) > 0:
		p.swapped(ctx, name, owners)
	case len(owners) == 1 && p.beside(ctx, owners[0]):
		p.provider.ledger.planBeside(name, owners[0].SID)
	case len(owners) > 0:
		// What a state of an earlier time knew is gone, and another has come in its place.
		addAttributeRefusal(p.diags, at, "", bot.NameProblem(name, owners), p.provider.ledger.hasLost(namedBot))
	case p.state == nil && own != "":
		p.replacedByTerraform(ctx, own)
	}
}

// claims refuses a bot or a name that another resource of this configuration has.
func (p *assistantPlan) claims() bool {
	ledger, before := p.provider.ledger, p.diags.ErrorsCount()
	claim := func(name string, how claim) {
		others := ledger.claimFor(exclusive{namedBot, name}, how)
		switch {
		case slices.Contains(others, takes), how == takes && slices.Contains(others, keeps):
			p.diags.AddAttributeError(path.Root("unique_name"), "Two bots of this configuration have one name",
				fmt.Sprintf("Another `twiliobot_assistant` is named %q too, or gives that name up in this plan. Names are unique in an account, across engines: "+
					"choose another for one of them, or change the one that gives it up in an apply of its own first.", name))
		case p.state == nil && slices.Contains(others, frees):
			botMoved(name, p.diags)
		}
	}
	switch name := p.plan.UniqueName; {
	case p.state == nil && p.as.Object != "":
		// It is planned again, as what it is replaced by.
	case p.state == nil && name.IsUnknown():
	case p.state == nil:
		claim(name.ValueString(), takes)
	default:
		if others := ledger.claimFor(exclusive{botObject, p.as.Object}, keeps); len(others) > 0 {
			botTwice(p.state, p.diags)
			break
		}
		claim(p.state.UniqueName.ValueString(), keeps)
		if !name.IsUnknown() && !name.Equal(p.state.UniqueName) {
			claim(name.ValueString(), takes)
		}
	}
	return p.diags.ErrorsCount() == before
}

// claimRemoval refuses to remove a bot that another resource has, or is given.
func (r *assistantResource) claimRemoval(state assistantModel, diags *diag.Diagnostics) {
	object := exclusive{botObject, state.SID.ValueString()}
	if slices.Contains(r.provider.ledger.claimFor(object, frees), keeps) {
		botTwice(&state, diags)
		return
	}
	name := exclusive{namedBot, state.UniqueName.ValueString()}
	others := r.provider.ledger.claimFor(name, frees)
	if slices.Contains(others, takes) && !r.provider.ledger.isCreated(name) {
		botMoved(state.UniqueName.ValueString(), diags)
	}
}

// botMoved refuses to remove a bot and to create it again under another address.
func botMoved(name string, diags *diag.Diagnostics) {
	diags.AddError("The bot only changes its address",
		fmt.Sprintf("This plan destroys the `twiliobot_assistant` named %q and creates another one of the same name. Nothing is changed. "+
			"If the resource has a new name or place in the configuration, say so, and its bot stays as it is:\n\n%s\n\n"+
			"If another bot is meant, choose another `unique_name` for it. Do not import the bot: the plan would destroy what it imports.", name, movedBlock("twiliobot_assistant")))
}

// botTwice refuses two resources that have one bot.
func botTwice(state *assistantModel, diags *diag.Diagnostics) {
	diags.AddError("Two resources have one bot",
		fmt.Sprintf("Bot %q (%s) is in the state of two `twiliobot_assistant` resources. Nothing is changed. "+
			"If its address changed, remove the `import` block and say so:\n\n%s\n\n"+
			"Otherwise let `terraform state rm` forget it under one of the two addresses.",
			state.UniqueName.ValueString(), state.SID.ValueString(), movedBlock("twiliobot_assistant")))
}

// beside reports whether a new bot may be created beside another of its name: in the walk
// of an apply, the other is what Terraform replaces by it, with create_before_destroy.
// Nothing but Twilio tells of it then, so it must be what the configuration asks for, to
// the byte of its content, and creation looks whether it is in use.
func (p *assistantPlan) beside(ctx context.Context, owner bot.Bot) bool {
	if p.as.Object != "" || !p.provider.ledger.readsNothing() || !p.runsOn(owner.Engine()) || owner.Uploading || owner.Unnamed() {
		return false
	}
	if p.plan.Schema.IsUnknown() || p.plan.Flow.IsUnknown() || p.plan.Webhooks.IsUnknown() {
		return false
	}
	spec, err := p.plan.spec(ctx)
	if err != nil {
		return false
	}
	live, err := p.provider.account.ReadBot(ctx, owner.SID, true)
	if err != nil || spec.Content.Empty() || !live.Content.Meets(spec.Content) {
		return false
	}
	p.diags.AddAttributeWarning(path.Root("unique_name"), "Another bot has this name and this content",
		fmt.Sprintf("It is %s. Where Terraform replaces it by this one, with `create_before_destroy`, this one is created beside it. "+
			"Otherwise the apply stops before it writes, unless the other one is in use: import that one instead.", live))
	return true
}

// replacedByTerraform refuses to let Terraform replace a bot in use where no new one can be
// created beside it. Where one can, the apply refuses without create_before_destroy: a plan
// is not told of that, and Terraform shows no warning of this second plan.
func (p *assistantPlan) replacedByTerraform(ctx context.Context, own string) {
	at := path.Root("unique_name")
	routes, err := p.provider.account.RoutesTo(ctx, own, account.AnyTime)
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look for what routes to the bot", err)
		return
	}
	if !routes.Any() {
		return
	}
	live, err := p.provider.account.Bot(ctx, own)
	if err != nil || live.UniqueName != p.plan.UniqueName.ValueString() {
		return
	}
	const way = "Change its `unique_name` instead: the provider then creates the new bot, moves what routes to the old one, and deletes that."
	switch {
	case live.Engine() == bot.Autopilot && p.mayRunOn(bot.Autopilot):
		p.diags.AddAttributeError(at, "Autopilot has no two bots of one name",
			fmt.Sprintf("Terraform would replace bot %s, which is in use: %s. On Autopilot the new one cannot be created beside it under the same name. Nothing is changed. %s", live, phones(routes.Numbers), way))
	case p.as.Changes:
		p.diags.AddAttributeError(at, "The bot is replaced and changed at once",
			fmt.Sprintf("Terraform would replace bot %s, which is in use: %s, and this plan changes what it is made of. Nothing is changed. "+
				"Apply the change first, and replace the bot in another apply, or do not replace it: a change of the content needs no other bot.", live, phones(routes.Numbers)))
	}
}
