package provider

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// claimNames refuses a bot or a name that another resource of this configuration has, and
// reports whether none has. object is the bot's SID, or that of the bot that it replaces.
func claimNames(ledger *ledger, c *botChange, object string, diags *diag.Diagnostics) bool {
	before := diags.ErrorsCount()
	claim := func(name string, how claim) {
		others := ledger.claimFor(exclusive{namedBot, name}, how)
		switch {
		case slices.Contains(others, takes), slices.Contains(others, turns), how != keeps && slices.Contains(others, keeps):
			diags.AddAttributeError(path.Root("unique_name"), "Two bots of this configuration have one name",
				fmt.Sprintf("Another `twiliobot_assistant` is named %q too, or gives that name up in this plan. Names are unique in an account, across engines: "+
					"choose another for one of them, or change the one that gives it up in an apply of its own first. %s", name, shiftedAdvice()))
		case how == takes && slices.Contains(others, frees):
			botMoved(name, diags)
		case how == turns && slices.Contains(others, frees):
			botShifted(name, diags)
		}
	}
	switch name := c.plan.UniqueName; {
	case c.state == nil && object != "":
		// It is planned again, as what it is replaced by.
	case c.state == nil && name.IsUnknown():
	case c.state == nil:
		claim(name.ValueString(), takes)
	default:
		if others := ledger.claimFor(exclusive{botObject, object}, keeps); len(others) > 0 {
			botTwice(c.state, diags)
			break
		}
		claim(c.state.UniqueName.ValueString(), keeps)
		if !name.IsUnknown() && !name.Equal(c.state.UniqueName) {
			claim(name.ValueString(), turns)
		}
	}
	return diags.ErrorsCount() == before
}

// claimRemoval refuses to remove a bot that another resource has, or is given.
func (r *assistantResource) claimRemoval(state assistantModel, diags *diag.Diagnostics) {
	object := exclusive{botObject, state.SID.ValueString()}
	if slices.Contains(r.provider.ledger.claimFor(object, frees), keeps) {
		botTwice(&state, diags)
		return
	}
	name := exclusive{namedBot, state.UniqueName.ValueString()}
	switch others := r.provider.ledger.claimFor(name, frees); {
	case r.provider.ledger.isCreated(name):
	case slices.Contains(others, takes):
		botMoved(state.UniqueName.ValueString(), diags)
	case slices.Contains(others, turns):
		botShifted(state.UniqueName.ValueString(), diags)
	}
}

// botShifted refuses to remove a bot and to give its name to another: with `count`, that is
// what is left of a list from which an element was taken out.
func botShifted(name string, diags *diag.Diagnostics) {
	diags.AddError("A bot would get the name of one that is removed",
		fmt.Sprintf("This plan destroys the `twiliobot_assistant` named %q and renames another one to %[1]q. Nothing is changed. "+
			"If one bot is meant to get the name of another that is no longer wanted, remove that one in an apply of its own first. %s", name, shiftedAdvice()))
}

// shiftedAdvice says how bots keep what they are when their list changes.
func shiftedAdvice() string {
	return "With `count`, a change of the list before its end gives every bot behind it the address of another. " +
		"Use `for_each`, whose keys stay, with a `moved` block for each bot, which can be in the same apply:\n\n" +
		"moved {\n  from = twiliobot_assistant.bot[2]\n  to   = twiliobot_assistant.bot[\"its_key\"]\n}"
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
