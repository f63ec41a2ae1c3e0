package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// namePlanner plans the names of a bot.
type namePlanner struct {
	planner
	as plannedAs
}

// planNames plans both names of the bot.
func (p namePlanner) planNames(ctx context.Context) {
	p.diags.Append(checkNewName(p.botChange)...)
	if p.renamed() && !p.replaced && !p.state.UniqueName.IsNull() {
		after := p.plan.UniqueName
		if p.mayBeReplaced {
			after = types.StringUnknown()
		}
		p.provider.ledger.planName(p.state.SID.ValueString(), p.state.UniqueName.ValueString(), after)
	}
	name, diags := plannedFriendlyName(p.botChange, p.successor(ctx))
	p.plan.FriendlyName = name
	p.diags.Append(diags...)
}

// checkNewName refuses a name that the engine does not take, and one that cannot be written
// in place.
func checkNewName(c *botChange) (diags diag.Diagnostics) {
	name := c.plan.UniqueName
	if name.IsUnknown() {
		return nil
	}
	// What exists keeps a name that another client gave it.
	if c.state == nil || c.renamed() || c.replaced {
		err := bot.CheckName(name.ValueString())
		if engine, known := c.only(); known && err == nil {
			err = bot.CheckNameOn(engine, name.ValueString())
		}
		if err != nil {
			diags.AddAttributeError(path.Root("unique_name"), "Invalid bot name", sentence(err))
		}
	}
	if c.moves() && c.renamed() && c.plan.inPlace() {
		diags.AddAttributeError(path.Root("rename"), "A change of engine cannot keep the SID",
			fmt.Sprintf("%s would be named %q and run on the engine %s: on another engine it is another object at Twilio, so it cannot be renamed in place. "+
				"Remove `rename`, or change the name and the engine in two applies.", c.state, name.ValueString(), c.engineChoice))
	}
	return diags
}

// successor is the bot that a replacement which was cut off made, where the assistant that
// it replaces has given its own name up: that one's name for people does not say any more
// whether it followed the name. It is nil where there is none.
func (p namePlanner) successor(ctx context.Context) *bot.Bot {
	if !p.provider.ready() || p.otherOfACut() == "" || p.state.UniqueName.ValueString() != bot.MarkAside(p.state.SID.ValueString()) ||
		!p.config.FriendlyName.IsNull() || !p.runsOn(bot.Autopilot) {
		return nil
	}
	made, err := p.provider.account.Bot(ctx, p.otherOfACut())
	switch {
	case err == nil:
		return &made
	case !errors.Is(err, bot.ErrNotFound):
		addAttributeError(p.diags, path.Root("friendly_name"), "Unable to read the bot that replaces this one", err)
	}
	return nil
}

// unique refuses a name that another bot has, here or in this configuration. Bots that
// share a name already keep it: only what is made or renamed must find its name free.
func (p namePlanner) unique(ctx context.Context) {
	own := p.as.Object
	if p.state != nil {
		p.provider.ledger.readState(own)
	}
	if !claimNames(p.provider.ledger, p.botChange, p.as.Object, p.diags) {
		return
	}
	if p.plan.UniqueName.IsUnknown() {
		if p.state == nil && own != "" {
			p.refuseReplace(ctx, own)
		}
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
	p.provider.warnUnreadEngines(p.diags)
	owners := slices.DeleteFunc(slices.Clone(listed.Bots), func(b bot.Bot) bool {
		takenUp := b.Uploading && b.Replaces == "" && p.mayRunOn(b.Engine())
		// What this resource had before it is replaced is gone by then, or refused.
		others := p.state != nil && (b.Replaces == own || b.SID == p.otherOfACut())
		tainted := own == "" && p.provider.ledger.hasInState(b.SID) // or another resource's, which its plan refuses
		if tainted && b.UniqueName == name {
			p.provider.ledger.settleBot(b.SID)
		}
		return b.UniqueName != name || b.SID == own || takenUp || others || b.SID == p.plan.RestoreSID.ValueString() || tainted
	})
	switch {
	case p.state != nil && len(owners) > 0:
		p.refuseTaken(ctx, name, owners)
	case len(owners) == 1 && p.beside(ctx, owners[0]):
		p.provider.ledger.planBeside(name, owners[0].SID)
	case len(owners) > 0:
		// What a state of an earlier time knew is gone, and another has come in its place.
		addAttributeRefusal(p.diags, at, "", bot.NameProblem(name, owners), p.provider.ledger.hasLost(namedBot))
	case p.state == nil && own != "":
		p.refuseReplace(ctx, own)
	}
}

// refuseTaken refuses a new name that another bot has, which may be about to give it up
// in this very plan: one of the two would have to be first.
func (p namePlanner) refuseTaken(ctx context.Context, name string, owners []bot.Bot) {
	switch _, err := p.provider.account.ReadBot(ctx, p.state.SID.ValueString(), false); {
	case errors.Is(err, bot.ErrNotFound):
		current, _, err := p.provider.account.Unfinished(ctx, p.state.SID.ValueString(), "")
		switch {
		case err == nil && slices.ContainsFunc(owners, func(b bot.Bot) bool { return b.SID == current }):
			// It took the place of this one, and the apply goes on with it.
		case err == nil, errors.Is(err, bot.ErrNotFound):
			p.diags.Append(goneBot(*p.state, name, owners))
		default:
			addAttributeError(p.diags, path.Root("unique_name"), "Unable to look for the bot in its place", err)
		}
		return
	case err != nil:
		addAttributeError(p.diags, path.Root("unique_name"), "Unable to read the bot", err)
		return
	}
	addAttributeRefusal(p.diags, path.Root("unique_name"), "", &bot.Problem{
		Summary: "The bot's new name is taken",
		Detail: fmt.Sprintf("%s would be named %q, which is the name of %s. Names are unique in an account, across engines, and nothing is changed. "+
			"If that bot is managed here and gives its name up, or the two swap names, take two applies: "+
			"first give one of them a third name, then both their own. Otherwise choose another `unique_name`. %s",
			p.state, name, listed(owners), shiftedAdvice()),
	}, p.provider.ledger.hasDrifted(p.state.SID.ValueString()))
}

// beside reports whether a new bot may be created beside another of its name: in the walk
// of an apply, the other is what Terraform replaces by it, with create_before_destroy.
// Nothing but Twilio tells of it then, so it must be what the configuration asks for, to
// the byte of its content, and creation looks whether it is in use.
func (p namePlanner) beside(ctx context.Context, owner bot.Bot) bool {
	if p.as.Object != "" || !p.provider.ledger.readsNothing() || !p.runsOn(owner.Engine()) || owner.Uploading || owner.Unnamed() {
		return false
	}
	if len(p.given) == 0 || len(p.unknown) > 0 {
		return false
	}
	if same, err := p.hasContent(ctx, owner.SID); err != nil || !same {
		return false
	}
	p.diags.AddAttributeWarning(path.Root("unique_name"), "Another bot has this name and this content",
		fmt.Sprintf("It is %s. Where Terraform replaces it by this one, with `create_before_destroy`, this one is created beside it. "+
			"Otherwise the apply stops before it writes, unless the other one is in use: import that one instead.", owner))
	return true
}

// hasContent reports whether a bot is made of what the plan asks for.
func (p namePlanner) hasContent(ctx context.Context, sid string) (bool, error) {
	spec, err := p.plan.spec(ctx)
	if err != nil {
		return false, err
	}
	live, err := p.provider.account.ReadBot(ctx, sid, true)
	return err == nil && live.Content.Meets(spec.Content), err
}

// refuseReplace refuses to let Terraform replace a bot in use where no new one can be
// created beside it. Where one can, the apply refuses without create_before_destroy: a plan
// is not told of that, and Terraform shows no warning of this second plan.
func (p namePlanner) refuseReplace(ctx context.Context, own string) {
	at := path.Root("unique_name")
	routes, err := p.provider.account.SomeRoutesTo(ctx, own, account.AnyTime)
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look for what routes to the bot", err)
		return
	}
	if !routes.Any() {
		return
	}
	live, err := p.provider.account.Bot(ctx, own)
	if err != nil {
		return
	}
	if live.UniqueName != p.plan.UniqueName.ValueString() {
		p.provider.refuseOtherName(ctx, live, p.plan.UniqueName, routes, path.Root("unique_name"), p.diags)
		return
	}
	// A new bot is made of the configuration, also where the first plan left out a change
	// since `ignore_changes` says so.
	ignored := false
	if !p.as.Changes && len(p.given) > 0 && len(p.unknown) == 0 {
		same, err := p.hasContent(ctx, own)
		ignored = err == nil && !same
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
	case ignored:
		p.diags.AddAttributeError(at, "The bot is replaced and changed at once",
			fmt.Sprintf("Terraform would replace bot %s, which is in use: %s. It is not made of what the configuration says, which `ignore_changes` leaves alone, "+
				"but a new bot would be. Nothing is changed. Write the content as the bot has it, or remove it from `ignore_changes` and apply that change first.", live, phones(routes.Numbers)))
	}
}

// refuseOtherName refuses to let Terraform replace a suspended bot by one of another name, or
// of one that is known after apply: nothing tells the creation of that one that it comes in
// the place of the other, and its bindings and its suspension are pointed at it in any order.
func (d *providerData) refuseOtherName(ctx context.Context, live bot.Bot, name types.String, routes account.Routes, at path.Path, diags *diag.Diagnostics) {
	_, err := suspension.Read(ctx, d.account, live.SID, account.AnyTime)
	switch {
	case errors.Is(err, bot.ErrNotFound):
	case err != nil:
		addAttributeError(diags, at, "Unable to look whether the bot is suspended", err)
	default:
		where := bot.JoinWays(routes.InUse())
		if len(routes.Numbers) > 0 {
			where = phones(routes.Numbers)
		}
		by := "of another name, or of one that is known after apply"
		if name.ValueString() != "" {
			by = fmt.Sprintf("named %q", name.ValueString())
		}
		diags.AddAttributeError(at, "A suspended bot is replaced under another name",
			fmt.Sprintf("Terraform would replace bot %s, which is suspended, by one %s. One of the two would answer for a moment: %s. Nothing is changed. "+
				"Change `unique_name` without replacing the bot (one that is tainted by `terraform untaint` first): the provider then creates the new bot, and what routes to the old one and its suspension follow.",
				live, by, where))
	}
}

// refuseTainted is refuseOtherName for what references a bot and is given one whose SID is
// known after apply. Terraform plans a bot that is tainted without its state, so that its own
// plan cannot tell which bot it replaces where its name is another. What references it is
// planned after it, and finds that nobody planned the bot, nor a new one of its name.
func (d *providerData) refuseTainted(ctx context.Context, sid string, to types.String, diags *diag.Diagnostics) {
	if !to.IsUnknown() || !d.ledger.hasInState(sid) {
		return
	}
	if d.ledger.awaitBot(ctx, sid); d.ledger.isSettled(sid) {
		return
	}
	at := path.Root("assistant_sid")
	live, err := d.account.Bot(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		return
	}
	var routes account.Routes
	if err == nil {
		routes, err = d.account.SomeRoutesTo(ctx, sid, account.AnyTime)
	}
	switch {
	case err != nil:
		addAttributeError(diags, at, "Unable to look for what routes to the bot", err)
	case routes.Any():
		d.refuseOtherName(ctx, live, types.StringUnknown(), routes, at, diags)
	}
}
