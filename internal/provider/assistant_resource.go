package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/lifecycle"
)

var (
	_ resource.ResourceWithConfigure        = &assistantResource{}
	_ resource.ResourceWithConfigValidators = &assistantResource{}
	_ resource.ResourceWithValidateConfig   = &assistantResource{}
	_ resource.ResourceWithModifyPlan       = &assistantResource{}
	_ resource.ResourceWithIdentity         = &assistantResource{}
	_ resource.ResourceWithImportState      = &assistantResource{}
	_ resource.ResourceWithUpgradeState     = &assistantResource{}
)

type assistantResource struct{ accountResource }

func newAssistantResource() resource.Resource { return &assistantResource{} }

func (r *assistantResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_assistant"
	// A bot that is replaced by another under the same resource keeps its address.
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *assistantResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, uploadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	spec, err := plan.spec(ctx)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("schema"), "Invalid assistant schema", err)
		return
	}
	if !plan.usable(nil, &resp.Diagnostics) {
		return
	}
	beside := r.provider.ledger.besideOf(spec.UniqueName)
	made, err := lifecycle.Create(ctx, r.provider.account, bot.Engine(plan.Engine.ValueString()), spec, beside...)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("unique_name"), "Unable to create the bot", err)
		return
	}
	r.provider.ledger.recordCreated(exclusive{namedBot, spec.UniqueName})
	for _, other := range beside {
		r.provider.ledger.recordBeside(made.SID, other)
	}
	plan.read(r.provider.account.Webhooks, made)
	plan.ReplacingSID = types.StringNull()
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
}

func (r *assistantResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !r.beginRead(ctx, state.identity(), state.AccountSID.ValueString(), "The bot "+state.SID.ValueString(), resp) {
		return
	}
	r.provider.ledger.readState(state.SID.ValueString())
	defer func(sid string) {
		// It is not planned, or as the bot that came in its place.
		if resp.Diagnostics.HasError() || resp.State.Raw.IsNull() || state.SID.ValueString() != sid {
			r.provider.ledger.settleBot(sid)
		}
	}(state.SID.ValueString())
	r.provider.ledger.recordRead(exclusive{botObject, state.SID.ValueString()})
	importing := state.UniqueName.IsNull()
	managed := importing || state.hasContent()
	live, err := r.readBot(ctx, &state, managed, importing)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		r.provider.ledger.refreshedAway(exclusive{namedBot, state.UniqueName.ValueString()})
		resp.State.RemoveResource(ctx)
		return
	case errors.Is(err, bot.ErrLagging):
		// Nothing may be concluded from answers that contradict each other.
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the bot", err)
		return
	}
	if importing {
		r.sharesName(ctx, live, &resp.Diagnostics)
		if live.Engine() == bot.Studio && live.Content.Flow == nil {
			resp.Diagnostics.AddError("The flow was never published", neverPublished(live))
			return
		}
		state.imported(live)
	}
	before := state
	state.read(r.provider.account.Webhooks, live)
	if managed {
		if err := state.readContent(live); err != nil {
			addError(&resp.Diagnostics, "Unable to compare the bot's content", err)
			return
		}
	}
	if importing {
		resp.Diagnostics.Append(state.leaveRefused(ctx, live)...)
	} else if before.differs(state) {
		r.provider.ledger.readDrift(state.SID.ValueString())
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.State, state)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, state.identity())...)
}

// sharesName warns of a bot that is imported and whose name others have, as Twilio allows.
func (r *assistantResource) sharesName(ctx context.Context, live bot.Bot, diags *diag.Diagnostics) {
	listed, err := r.provider.account.Bots(ctx, account.AnyTime)
	if err != nil {
		return // a name that cannot be looked up is no reason not to import
	}
	others := slices.DeleteFunc(slices.Clone(listed.Bots), func(b bot.Bot) bool { return b.UniqueName != live.UniqueName || b.SID == live.SID })
	if len(others) == 0 {
		return
	}
	diags.AddWarning("The bot shares its name",
		fmt.Sprintf("Bot %s is imported, and others have its name: %s. It keeps the name; only their SIDs tell them apart. No new bot can be given the name.", live, sids(others)))
}

// readBot reads the state's bot, or the one that came in its place in an apply that
// was cut off, and whether there is another of such a replacement.
func (r *assistantResource) readBot(ctx context.Context, state *assistantModel, managed, importing bool) (bot.Bot, error) {
	acct := r.provider.account
	live, err := acct.ReadBot(ctx, state.SID.ValueString(), managed)
	if importing || (err != nil && !errors.Is(err, bot.ErrNotFound)) {
		state.ReplacingSID = types.StringNull()
		return live, err
	}
	current, other, lookErr := acct.Unfinished(ctx, state.SID.ValueString(), state.ReplacingSID.ValueString())
	switch {
	case errors.Is(lookErr, bot.ErrNotFound):
		state.ReplacingSID = types.StringNull()
		return live, err
	case lookErr != nil:
		return live, lookErr
	}
	state.ReplacingSID = types.StringValue(other)
	if current == state.SID.ValueString() {
		return live, err
	}
	return acct.ReadBot(ctx, current, managed)
}

func (r *assistantResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, uploadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The bot "+state.SID.ValueString(), &resp.Diagnostics) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	to, err := plan.spec(ctx)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("schema"), "Invalid assistant schema", err)
		return
	}
	from, err := r.planned(ctx, state)
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("schema"), "Unable to read the schema in the state", err)
		return
	}
	if !plan.usable(from.Content.Schema, &resp.Diagnostics) {
		return
	}
	to.RestoreSID = "" // it is for a bot that is not there
	updated, notices, err := lifecycle.Update(ctx, r.provider.account, lifecycle.Change{
		SID: state.SID.ValueString(), Replacing: state.ReplacingSID.ValueString(),
		From: from, To: to, Engine: bot.Engine(plan.Engine.ValueString()),
		InPlace: plan.inPlace(), Drain: plan.drain(),
	})
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		var more []string
		if updated.SID != "" {
			more = append(more, fmt.Sprintf("The state knows both bots: `sid` is %s, and `replacing_sid` is %s, the old one.", updated.SID, state.SID.ValueString()))
		}
		addError(&resp.Diagnostics, "Unable to update the bot", fmt.Errorf("%q (%s): %w", state.UniqueName.ValueString(), state.SID.ValueString(), err), more...)
	}
	if updated.SID == "" {
		return
	}
	// Past its point of no return, a replacement that failed is the next apply's to
	// finish: the state knows both bots, and a name that is not written yet is the
	// old one.
	plan.ReplacingSID = types.StringNull()
	if err != nil {
		plan.ReplacingSID, plan.UniqueName, plan.FriendlyName = state.SID, state.UniqueName, state.FriendlyName
	}
	plan.read(r.provider.account.Webhooks, updated)
	resp.Diagnostics.Append(setModel(ctx, &resp.State, plan)...)
	resp.Diagnostics.Append(setModel(ctx, resp.Identity, plan.identity())...)
}

func (r *assistantResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state assistantModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, deleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.provider.sameAccount(state.AccountSID.ValueString(), "The bot "+state.SID.ValueString(), &resp.Diagnostics) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	notices, err := lifecycle.Delete(ctx, r.provider.account, state.SID.ValueString(), state.UniqueName.ValueString(), state.ForceDestroy.ValueBool())
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to delete the bot", err)
	}
}
