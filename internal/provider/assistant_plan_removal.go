package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// planRemoval plans to remove a bot.
func (r *assistantResource) planRemoval(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	r.claimRemoval(state, &resp.Diagnostics)
	r.willGo(ctx, state, &resp.Diagnostics)
	as := plannedAs{Object: state.SID.ValueString(), Destroys: true}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
}

// willGo says on which numbers a bot that is removed answers. Which of them the
// same plan frees it does not say: Terraform plans the bindings before or after it.
func (r *assistantResource) willGo(ctx context.Context, state assistantModel, diags *diag.Diagnostics) {
	sid := state.SID.ValueString()
	r.provider.ledger.planRemoval(sid)
	if leaving := r.provider.ledger.leavingNumbers(sid); len(leaving) > 0 && !state.ForceDestroy.ValueBool() {
		diags.AddError(removedBotSummary, fmt.Sprintf("Bot %q (%s) is removed in this plan, and the bindings of %s are pointed at another bot. "+
			"Terraform removes the bot first, so they would be without one, and nothing is changed. %s",
			state.UniqueName.ValueString(), sid, bot.JoinNames(leaving), twoWays))
		return
	}
	routes, err := r.provider.account.RoutesTo(ctx, sid, account.AnyTime)
	if err != nil {
		addAttributeError(diags, path.Root("sid"), "Unable to look for what routes to the bot", err)
		return
	}
	said := unreadNotes(routes.Unread)
	if len(routes.Numbers) > 0 {
		said = append(said, numbersGo(routes.Numbers, state.ForceDestroy.ValueBool()))
	}
	if ways := routes.InUse(); len(ways) > 0 {
		said = append(said, waysGo(ways, state.ForceDestroy.ValueBool()))
	}
	said = append(said, r.inProgress(ctx, sid)...)
	if len(said) > 0 {
		diags.AddWarning(fmt.Sprintf("Bot %q (%s) will be removed", state.UniqueName.ValueString(), sid), strings.Join(said, " "))
	}
}

// inProgress counts what is in progress on a bot that is removed. What cannot be counted
// keeps nobody from removing it.
func (r *assistantResource) inProgress(ctx context.Context, sid string) []string {
	switch active, err := r.provider.account.Activity(ctx, sid); {
	case errors.Is(err, bot.ErrNotFound):
		return nil
	case err != nil:
		return []string{"What is in progress on it could not be counted: " + sentence(err)}
	case active == bot.Activity{}:
		return nil
	default:
		return []string{fmt.Sprintf("In progress on it now: %s. They are ended before it is deleted.", active)}
	}
}

func numbersGo(numbers []bot.Number, force bool) string {
	what := "Those whose bindings this plan removes, or points at another bot, are taken care of; any other keeps the bot from being deleted, unless `force_destroy` is set."
	if force {
		what = "Since `force_destroy` is set, those that get no other bot in the same apply are freed and answer nothing from then on, bound here or not."
	}
	return fmt.Sprintf("These phone numbers route to it now: %s. %s", phones(numbers), what)
}

// waysGo says what becomes of the other ways in to a bot that is removed.
func waysGo(ways []bot.Way, force bool) string {
	what := "What this plan does not point elsewhere, or remove, keeps the bot from being deleted"
	if force {
		what += " where it cannot be freed, as a Messaging Service and a Conversations address can"
	}
	return fmt.Sprintf("It is also reached by %s. %s.", bot.JoinWays(ways), what)
}

// unreadNotes say which ways in the credentials may not read.
func unreadNotes(unread []bot.Unread) []string {
	var notes []string
	for _, each := range unread {
		notes = append(notes, fmt.Sprintf("%s, so what of them leads to the bot is not known, and gets no answer once this bot is deleted: %s", each, sentence(each.Reason)))
	}
	return notes
}
