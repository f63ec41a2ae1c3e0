package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// ModifyPlan refuses a bot that is not there or cannot be silenced, and shows the
// numbers that answer all the same going.
func (r *suspensionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	prior, diags := loadPriorSuspension(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if req.Plan.Raw.IsNull() {
		r.planDeletion(ctx, prior, req, resp)
		return
	}
	var plan suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		return
	}
	plan.AccountSID = types.StringValue(r.provider.account.SID)
	plan.Answering = types.SetValueMust(types.StringType, []attr.Value{})
	checkNotice(plan.Notice, &resp.Diagnostics)
	if reason := r.provider.account.NoHoldFlows(ctx); reason != nil && plan.Notice.ValueString() != "" {
		addAttributeError(&resp.Diagnostics, path.Root("notice"), "", suspension.NoticeRefused(reason))
	}
	fresh := req.State.Raw.IsNull()
	if !fresh {
		var state suspensionModel
		resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
		r.provider.account.KnowHolds(state.AssistantSID.ValueString(), prior.holds...)
		if !plan.AssistantSID.IsUnknown() && !plan.AssistantSID.Equal(state.AssistantSID) {
			r.willAnswer(ctx, state, prior, &resp.Diagnostics)
		}
		sid := plan.AssistantSID
		if sid.IsUnknown() {
			sid = state.AssistantSID
		}
		wrong := len(state.Answering.Elements()) == 0 && r.isWrong(ctx, sid.ValueString(), prior, &resp.Diagnostics)
		// So that there is something to apply. Where there is anyway, the hold may be wrong by the
		// time that Terraform plans again, before it applies: what was known must be so then.
		if wrong || len(state.Answering.Elements()) == 0 && plan.changes(state) {
			plan.Answering = types.SetUnknown(types.StringType)
		}
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
	var as plannedAs
	if fresh {
		as = r.claimNew(ctx, plan, req, resp.Private, &resp.Diagnostics)
	} else {
		as = r.claimOwn(ctx, plan, req, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
	r.provider.literalSID(plan.AssistantSID, "the suspension", &resp.Diagnostics)
	if !fresh {
		r.provider.refuseTainted(ctx, as.Object, plan.AssistantSID, &resp.Diagnostics)
	}
	if sid := plan.AssistantSID.ValueString(); sid != "" && !resp.Diagnostics.HasError() {
		r.plannable(ctx, plan, fresh, &resp.Diagnostics)
	}
}

// checkNotice refuses a notice that Twilio would not say as it is written.
func checkNotice(notice types.String, diags *diag.Diagnostics) {
	if notice.IsNull() || notice.IsUnknown() {
		return
	}
	if err := bot.CheckNotice(notice.ValueString()); err != nil {
		diags.AddAttributeError(path.Root("notice"), "Invalid notice", sentence(err))
	}
}

// isWrong says in what the hold of a suspended bot is not as the apply makes it: one that an
// earlier version of the provider made, or that another client changed.
func (r *suspensionResource) isWrong(ctx context.Context, sid string, prior priorSuspension, diags *diag.Diagnostics) bool {
	now, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return true // the refresh was left out, or what was pointed at it has been freed since
	case err != nil || now.Wrong == "" || (prior.alone && now.FlowSID == "" && now.HoldSID != ""):
		return false // what cannot be read was said by the refresh
	case now.HoldSID == "":
		return true // said by the refresh
	}
	diags.AddAttributeWarning(path.Root("assistant_sid"), fmt.Sprintf("The hold of bot %s is not as it should be", r.provider.named(ctx, sid)),
		fmt.Sprintf("The hold %s is not what this version makes: %s. The apply puts it right; until then, what people hear is not certain.", now.HoldSID, now.Wrong))
	return true
}

// planDeletion says on which numbers the bot answers again, unless another resource has the
// suspension.
func (r *suspensionResource) planDeletion(ctx context.Context, prior priorSuspension, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state suspensionModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	as := plannedAs{Object: state.AssistantSID.ValueString(), Destroys: true}
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		// Without this the apply would take it for one that is replaced, and resume nothing.
		resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
		return
	}
	r.provider.account.KnowHolds(as.Object, prior.holds...)
	ledger, object := r.provider.ledger, exclusive{suspendedBot, as.Object}
	how := frees
	if as.Shared = ledger.isShared(object); as.Shared || state.OnDestroy.ValueString() == onDestroyKeep {
		how = leaves // and whichever takes it over finds the bot silent, in any order
	}
	others := ledger.claimFor(object, how)
	switch {
	case how == leaves, ledger.isCreated(object):
		// What comes in its place has the suspension already, or finds it.
	case slices.Contains(others, takes):
		suspensionMoved(as.Object, &resp.Diagnostics)
	case slices.Contains(others, turns):
		suspensionTaken(as.Object, &resp.Diagnostics)
	case ledger.endSuspension(as.Object) && ledger.isReplaced(as.Object):
		suspensionMayMove(as.Object, &resp.Diagnostics)
	default:
		r.willAnswer(ctx, state, prior, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
}

// claimNew claims the suspension of a bot for a resource that has none in its state.
func (r *suspensionResource) claimNew(ctx context.Context, plan suspensionModel, req resource.ModifyPlanRequest, private privateState, diags *diag.Diagnostics) plannedAs {
	as, loadDiags := loadPlanned(ctx, req.Private)
	diags.Append(loadDiags...)
	if as.Object != "" && !as.Destroys {
		return as // it is planned again, as what it is replaced by
	}
	r.claim(plan.AssistantSID.ValueString(), takes, diags)
	if plan.AssistantSID.IsUnknown() {
		for _, sid := range r.provider.ledger.beginSuspension() {
			if r.provider.ledger.isReplaced(sid) {
				suspensionMayMove(sid, diags)
			}
		}
	}
	// A tainted one is planned without its state; what it saved is handed on when it is
	// deleted.
	if prior, ok := r.provider.ledger.suspensionRead(plan.AssistantSID.ValueString()); ok {
		diags.Append(prior.save(ctx, private)...)
	}
	return plannedAs{}
}

// claimOwn claims the suspension that a resource has in its state, and the one that it
// changes to.
func (r *suspensionResource) claimOwn(ctx context.Context, plan suspensionModel, req resource.ModifyPlanRequest, diags *diag.Diagnostics) plannedAs {
	var state suspensionModel
	diags.Append(getModel(ctx, req.State, &state)...)
	as := plannedAs{Object: state.AssistantSID.ValueString()}
	others := r.claim(as.Object, keeps, diags)
	stays := plan.AssistantSID.IsUnknown() || plan.AssistantSID.Equal(state.AssistantSID)
	switch {
	case stays && slices.Contains(others, frees):
		diags.AddAttributeError(path.Root("assistant_sid"), "Two resources have one suspension",
			fmt.Sprintf("This plan destroys another `twiliobot_suspension` of bot %s, which would end this one too. Nothing is changed. "+
				"Let `terraform state rm` forget the other one instead.", as.Object))
	case !stays:
		r.claim(plan.AssistantSID.ValueString(), turns, diags)
	}
	return as
}

// claim refuses a second suspension of a bot, and one that the plan only gives another
// address. It returns how other resources come to it.
func (r *suspensionResource) claim(sid string, how claim, diags *diag.Diagnostics) (others []claim) {
	if sid == "" {
		return nil // it is known after apply, which looks again
	}
	others = r.provider.ledger.claimFor(exclusive{suspendedBot, sid}, how)
	switch {
	case slices.Contains(others, keeps) || slices.Contains(others, takes) || slices.Contains(others, turns):
		addAttributeError(diags, path.Root("assistant_sid"), "", suspendedTwice(sid))
	case how == takes && slices.Contains(others, frees):
		suspensionMoved(sid, diags)
	case how == turns && slices.Contains(others, frees):
		suspensionTaken(sid, diags)
	}
	return others
}

// suspendedTwice refuses a second suspension of a bot.
func suspendedTwice(sid string) error {
	return &bot.Problem{
		Summary: "The bot is suspended twice",
		Detail:  fmt.Sprintf("Another `twiliobot_suspension` of this configuration suspends bot %s too. Remove one of them; to have two suspensions change places, take two applies.", sid),
	}
}

// suspensionMoved refuses to end a suspension and to begin it again under another address:
// whichever came last would decide whether the bot answers.
func suspensionMoved(sid string, diags *diag.Diagnostics) {
	diags.AddError("The suspension only changes its address",
		fmt.Sprintf("This plan destroys the `twiliobot_suspension` of bot %s and creates another one of the same bot. Nothing is changed. "+
			"If the resource has a new name or place in the configuration, say so, and its suspension stays as it is:\n\n%s", sid, movedBlock("twiliobot_suspension")))
}

// suspensionMayMove refuses to end the suspension of a bot that is replaced, and to begin one of
// a bot whose SID is known after apply: it may be the one in its place, and Terraform runs the
// two in any order.
func suspensionMayMove(sid string, diags *diag.Diagnostics) {
	diags.AddError("The suspension of a bot that is replaced only changes its address",
		fmt.Sprintf("This plan replaces bot %s, destroys its `twiliobot_suspension` and creates another one, of a bot whose SID is known after apply. "+
			"If that is the bot in its place, it would answer in between. Nothing is changed. "+
			"If the resource has a new name or place in the configuration, say so, and the suspension follows its bot:\n\n%s\n\n"+
			"If another bot is meant, suspend it in an apply of its own.", sid, movedBlock("twiliobot_suspension")))
}

// suspensionTaken refuses to end a suspension while another one, which has a bot already,
// changes to its bot: Terraform runs the two in any order, and in between the bot would
// answer.
func suspensionTaken(sid string, diags *diag.Diagnostics) {
	diags.AddError("The bot would answer between two suspensions",
		fmt.Sprintf("This plan destroys the `twiliobot_suspension` of bot %s, and points another one at the same bot. Terraform may do the first before the second, and the bot would answer in between. Nothing is changed. "+
			"Let Terraform forget the first without ending the suspension, and the other takes it over in the same apply:\n\n"+
			"removed {\n  from = twiliobot_suspension.the_first\n  lifecycle {\n    destroy = false\n  }\n}\n\n"+
			"`terraform state rm` and the address of the first does the same. If the bot is meant to answer in between, take two applies.", sid))
}

func (r *suspensionResource) plannable(ctx context.Context, plan suspensionModel, fresh bool, diags *diag.Diagnostics) {
	at, sid := path.Root("assistant_sid"), plan.AssistantSID.ValueString()
	if _, err := r.provider.account.Bot(ctx, sid); err != nil && fresh {
		r.provider.missing(at, sid, err, r.provider.ledger.isGone(exclusive{suspendedBot, sid}), diags)
		return
	}
	if !fresh {
		r.resumedByHand(ctx, sid, diags)
		return
	}
	now, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime)
	suspended := err == nil
	switch {
	case suspended && !r.isOwn(sid):
		diags.AddAttributeWarning(at, "The bot is suspended already", fmt.Sprintf("Bot %s is suspended already and stays so: this resource has the suspension from now on, and ends it when it is destroyed. "+
			"What suspended the bot may be a `twiliobot_suspension` that Terraform replaces, that is no longer in the configuration, or whose apply was cut off, or another client.", r.provider.named(ctx, sid)))
	case err != nil && !errors.Is(err, bot.ErrNotFound):
		addAttributeError(diags, at, "Unable to look whether the bot is suspended", err)
	}
	if suspended {
		r.answersYet(ctx, now, diags)
		return
	}
	r.willBeSilent(ctx, plan, diags)
}

// isOwn reports whether the suspension of a bot is one that this walk knows: it was
// refreshed, or is that of a bot that was replaced, or of a resource that Terraform replaces.
func (r *suspensionResource) isOwn(sid string) bool {
	ledger := r.provider.ledger
	if _, read := ledger.suspensionRead(sid); read || ledger.createdBeside(sid) != "" {
		return true
	}
	handed := ledger.suspensionHandedOver(func(botSID string) bool { return botSID == sid || r.provider.successor(botSID) == sid })
	return len(handed.holds) > 0
}

// willBeSilent says where a bot stops answering, and where it does not.
func (r *suspensionResource) willBeSilent(ctx context.Context, plan suspensionModel, diags *diag.Diagnostics) {
	sid := plan.AssistantSID.ValueString()
	routes, err := r.provider.account.RoutesTo(ctx, sid, r.provider.account.Now())
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to look for what routes to the bot", err)
		return
	}
	goes, reason := suspension.Goes(ctx, r.provider.account, routes)
	silent := slices.DeleteFunc(routes.InUse(), func(way bot.Way) bool {
		return slices.ContainsFunc(goes, func(each bot.Way) bool { return each.Key() == way.Key() })
	})
	said := []string{"No phone number routes to it now; one that is bound to it later stays silent."}
	instead := "texts get no answer, and calls end"
	if notice := plan.Notice; notice.IsUnknown() || notice.ValueString() != "" {
		instead = "whoever writes or calls gets the notice"
	}
	switch on, by := phones(routes.Numbers), bot.JoinWays(silent); {
	case on != "" && by != "":
		said[0] = fmt.Sprintf("It stops answering on %s, and by %s: %s. Everything else on these numbers stays as it is.", on, by, instead)
	case on != "":
		said[0] = fmt.Sprintf("It stops answering on %s: %s. Everything else on these numbers stays as it is.", on, instead)
	case by != "":
		said = append(said, fmt.Sprintf("It stops answering by %s: %s.", by, instead))
	}
	if reason != nil {
		said = append(said, fmt.Sprintf("The hold has no Studio flow, since these credentials reach none (%s): only its missing URLs keep its phone numbers silent, and a caller may hear an announcement of Twilio's.", sentence(reason)))
	}
	if len(goes) > 0 {
		said = append(said, fmt.Sprintf("It goes on answering by %s, which a suspension does not silence.", bot.JoinWays(goes)))
	}
	for _, unread := range routes.Unread {
		said = append(said, fmt.Sprintf("%s, so whether it answers by others of them is not known, and by these it may go on answering: %s", unread, sentence(unread.Reason)))
	}
	diags.AddAttributeWarning(path.Root("assistant_sid"), fmt.Sprintf("Bot %s will be suspended", r.provider.named(ctx, sid)), strings.Join(said, " "))
}

// willAnswer says on which numbers a bot answers again.
func (r *suspensionResource) willAnswer(ctx context.Context, state suspensionModel, prior priorSuspension, diags *diag.Diagnostics) {
	sid := state.AssistantSID.ValueString()
	now, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime)
	if err != nil {
		return // what is gone was said by the refresh
	}
	const removed = "as before. Where this plan removes the bot or a binding too, it may answer there until that is gone."
	said := "It has no silenced phone numbers."
	switch on, by := phones(slices.Concat(now.Silenced, now.Dead)), bot.JoinWays(slices.Concat(now.Ways.Silenced, now.Ways.Dead)); {
	case on != "" && by != "":
		said = fmt.Sprintf("It answers again on %s, and by %s, %s", on, by, removed)
	case on != "":
		said = fmt.Sprintf("It answers again on %s, %s", on, removed)
	case by != "":
		said += fmt.Sprintf(" It answers again by %s, %s", by, removed)
	}
	for _, lost := range r.lostCallbacks(ctx, sid, prior) {
		said += " " + lost
	}
	diags.AddWarning(fmt.Sprintf("Bot %s will be resumed", r.provider.named(ctx, sid)), said)
}

// lostCallbacks names the status callbacks that Twilio replaces once a bot is resumed.
func (r *suspensionResource) lostCallbacks(ctx context.Context, sid string, prior priorSuspension) []string {
	numbers, err := suspension.LosesCallbacks(ctx, r.provider.account, sid, prior.sides)
	if err != nil {
		return nil // what cannot be read was said by the refresh
	}
	return lostCallbacks(numbers)
}

// resumedByHand says which numbers of a suspended bot answer all the same.
func (r *suspensionResource) resumedByHand(ctx context.Context, sid string, diags *diag.Diagnostics) {
	now, err := suspension.ReadWhole(ctx, r.provider.account, sid, account.AnyTime)
	if err == nil { // what cannot be read was said by the refresh
		r.answersYet(ctx, now, diags)
	}
}

func (r *suspensionResource) answersYet(ctx context.Context, now suspension.Suspension, diags *diag.Diagnostics) {
	var where []string
	if len(now.Answering) > 0 {
		where = append(where, "on "+phones(now.Answering))
	}
	if len(now.Ways.Answering) > 0 {
		where = append(where, "by "+bot.JoinWays(now.Ways.Answering))
	}
	if len(where) == 0 {
		return
	}
	diags.AddAttributeWarning(path.Root("answering"), fmt.Sprintf("Suspended bot %s answers", r.provider.named(ctx, now.BotSID)),
		fmt.Sprintf("It answers %s: it was resumed there by hand, or that was pointed at it. The apply silences it there. "+
			"To let it answer, remove this `twiliobot_suspension`.", strings.Join(where, ", and ")))
}
