package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var (
	_ resource.ResourceWithConfigure   = &suspensionResource{}
	_ resource.ResourceWithModifyPlan  = &suspensionResource{}
	_ resource.ResourceWithIdentity    = &suspensionResource{}
	_ resource.ResourceWithImportState = &suspensionResource{}
)

type suspensionResource struct{ account *account }

func newSuspensionResource() resource.Resource { return &suspensionResource{} }

func (r *suspensionResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_suspension"
	// The bot, and with it the SID, changes in place.
	resp.ResourceBehavior.MutableIdentity = true
}

func (r *suspensionResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.account = accountFrom(req.ProviderData, &resp.Diagnostics)
}

// What becomes of a suspension when its resource is destroyed.
const (
	onDestroyResume = "resume"
	onDestroyKeep   = "keep"
)

func (r *suspensionResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps a bot from answering, on all of its phone numbers, whoever bound them and whenever. " +
			"An inert TwiML application named `suspended` and the bot's SID is put in front of each number; everything else on the number (URL, target task, methods, fallbacks, label) stays as it was. " +
			"A text to a suspended number gets no answer, and a call ends. Destroying the resource takes the application away, and the bot answers again as before.\n\n" +
			"While a bot is suspended, every plan that reads it or one of its bindings warns and names the silent numbers. " +
			"A bot that messages reach through the inbound URL of a Messaging Service cannot be silenced this way, and suspending it is refused.\n\n" +
			"Removing a suspension and the bindings of its bot in one apply may end the suspension before the numbers are freed, and until they are, the bot answers on them, also where it is removed itself: " +
			"Terraform does not tell a provider what else a plan removes. To have the numbers freed first, give each binding a `depends_on` that names the suspension, and apply that before the removal.",
		Attributes: map[string]schema.Attribute{
			"assistant_sid": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The SID of the bot, of any engine. A change suspends the other bot and then resumes this one.",
				Validators:          []validator.String{botSID()},
			},
			"on_destroy": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(onDestroyResume),
				MarkdownDescription: "What destroying the resource does: `resume`, the default, lets the bot answer again; `keep` leaves it suspended.",
				Validators:          []validator.String{stringvalidator.OneOf(onDestroyResume, onDestroyKeep)},
			},
			"account_sid": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The account that the bot lives in, `AC…`.",
			},
			"answering": schema.SetAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "The phone numbers (E.164) on which the bot answers all the same: empty while all is well. A number that somebody resumed by hand appears here, and the next apply silences it.",
			},
		},
	}
}

// suspensionModel is a suspension, in the order of the schema.
type suspensionModel struct {
	AssistantSID types.String `tfsdk:"assistant_sid"`
	OnDestroy    types.String `tfsdk:"on_destroy"`
	AccountSID   types.String `tfsdk:"account_sid"`
	Answering    types.Set    `tfsdk:"answering"`
}

// suspensionIdentity is what addresses a suspension: there is one for each bot.
type suspensionIdentity struct {
	AccountSID   types.String `tfsdk:"account_sid"`
	AssistantSID types.String `tfsdk:"assistant_sid"`
}

func (m suspensionModel) identity() suspensionIdentity {
	return suspensionIdentity{AccountSID: m.AccountSID, AssistantSID: m.AssistantSID}
}

func (m *suspensionModel) read(account string, s bot.Suspension) {
	m.AssistantSID, m.AccountSID = types.StringValue(s.BotSID), types.StringValue(account)
	answering := make([]attr.Value, len(s.Answering))
	for i, number := range s.Answering {
		answering[i] = types.StringValue(number.PhoneNumber)
	}
	m.Answering = types.SetValueMust(types.StringType, answering)
}

func (r *suspensionResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_sid": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The account that the bot lives in, AC…; by default the one the provider is configured for.",
		},
		"assistant_sid": identityschema.StringAttribute{
			RequiredForImport: true,
			Description:       "The SID of the suspended bot: FW…, AP… or UA….",
		},
	}}
}

func (r *suspensionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan suspensionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	made, kept, err := r.account.directory.Suspend(ctx, plan.AssistantSID.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to suspend the bot", err)
		return
	}
	plan.read(r.account.directory.AccountSID, made)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(saveKept(ctx, kept, resp.Private)...)
}

func (r *suspensionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state suspensionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Before anything returns: a Terraform that knows no identities checks that one
	// is there even for an object that is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if !r.account.ready() {
		keepUnread(r.account, &resp.Diagnostics)
		return
	}
	sid := state.AssistantSID.ValueString()
	if !r.account.sameAccount(state.AccountSID.ValueString(), "The suspension of bot "+sid, &resp.Diagnostics) {
		return
	}
	now, err := r.account.directory.Suspension(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		// A replacement that was cut off may have taken the mark with it.
		if current, other, lookErr := r.account.directory.Unfinished(ctx, sid, ""); lookErr == nil {
			if current == sid {
				current = other
			}
			now, err = r.account.directory.Suspension(ctx, current)
		} else if !errors.Is(lookErr, bot.ErrNotFound) {
			err = lookErr
		}
	}
	switch {
	case errors.Is(err, bot.ErrNotFound):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the suspension", err)
		return
	}
	if state.OnDestroy.IsNull() {
		state.OnDestroy = types.StringValue(onDestroyResume)
	}
	r.account.warnSuspended(ctx, now.BotSID, &resp.Diagnostics)
	state.read(r.account.directory.AccountSID, now)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
}

func (r *suspensionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state suspensionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	kept, diags := loadKept(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	now, more, err := r.account.directory.Suspend(ctx, plan.AssistantSID.ValueString())
	if err != nil {
		addAttributeError(&resp.Diagnostics, path.Root("assistant_sid"), "Unable to suspend the bot", err)
		return
	}
	// The one that was suspended before may have gone with its mark: replaced by this
	// one, it has none any more.
	if before := state.AssistantSID.ValueString(); before != now.BotSID {
		notices, err := r.account.directory.Resume(ctx, before, kept)
		addNotices(&resp.Diagnostics, notices)
		if err != nil {
			addError(&resp.Diagnostics, "Unable to resume the bot that was suspended before", fmt.Errorf("bot %s is suspended as planned, but %s was not resumed: %w", now.BotSID, before, err))
			return
		}
	}
	for sid, sides := range kept {
		if _, ok := more[sid]; !ok {
			more[sid] = sides
		}
	}
	plan.read(r.account.directory.AccountSID, now)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(saveKept(ctx, more, resp.Private)...)
}

func (r *suspensionResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state suspensionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	kept, diags := loadKept(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	sid := state.AssistantSID.ValueString()
	if resp.Diagnostics.HasError() || !r.account.sameAccount(state.AccountSID.ValueString(), "The suspension of bot "+sid, &resp.Diagnostics) {
		return
	}
	if state.OnDestroy.ValueString() == onDestroyKeep {
		resp.Diagnostics.AddWarning("The bot stays suspended",
			fmt.Sprintf("Bot %s goes on being silent, since `on_destroy` is `keep`; Terraform does not manage its suspension any more. "+
				"Every plan that reads the bot or its bindings says so; import the suspension again to end it.", sid))
		return
	}
	notices, err := r.account.directory.Resume(ctx, sid, kept)
	addNotices(&resp.Diagnostics, notices)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to resume the bot", err)
	}
}

// ModifyPlan refuses a bot that is not there or cannot be silenced, and shows the
// numbers that answer all the same going.
func (r *suspensionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		var state suspensionModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() || !r.account.ready() {
			return
		}
		r.willAnswer(ctx, state, &resp.Diagnostics)
		return
	}
	var plan suspensionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || !r.account.ready() {
		return
	}
	plan.AccountSID = types.StringValue(r.account.directory.AccountSID)
	plan.Answering = types.SetValueMust(types.StringType, []attr.Value{})
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	if sid := plan.AssistantSID.ValueString(); sid != "" {
		r.plannable(ctx, sid, req.State.Raw.IsNull(), &resp.Diagnostics)
	}
}

func (r *suspensionResource) plannable(ctx context.Context, sid string, fresh bool, diags *diag.Diagnostics) {
	at := path.Root("assistant_sid")
	if r.account.claim("suspension "+sid, !fresh, sid) {
		diags.AddAttributeError(at, "The bot is suspended twice",
			fmt.Sprintf("Another `twiliobot_suspension` of this configuration suspends bot %s too. Remove one of them.", sid))
		return
	}
	if _, err := r.account.directory.Bot(ctx, sid); err != nil && fresh {
		r.account.missing(at, sid, err, diags)
		return
	}
	if !fresh {
		r.resumedByHand(ctx, sid, diags)
		return
	}
	switch _, err := r.account.directory.Suspension(ctx, sid); {
	case err == nil:
		diags.AddAttributeWarning(at, "The bot is suspended already",
			fmt.Sprintf("Bot %s is suspended, by an apply that was cut off or by somebody else's; this resource takes the suspension over.", sid))
	case !errors.Is(err, bot.ErrNotFound):
		addAttributeError(diags, at, "Unable to look whether the bot is suspended", err)
	}
	if err := r.account.directory.Suspendable(ctx, sid); err != nil {
		addAttributeError(diags, at, "Unable to suspend the bot", err)
		return
	}
	r.willBeSilent(ctx, sid, diags)
}

// willBeSilent says on which numbers a bot stops answering.
func (r *suspensionResource) willBeSilent(ctx context.Context, sid string, diags *diag.Diagnostics) {
	numbers, err := r.account.directory.NumbersOf(ctx, sid)
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to look for the bot's phone numbers", err)
		return
	}
	said := "No phone number routes to it now; one that is bound to it later stays silent."
	if len(numbers) > 0 {
		said = "It stops answering on " + phones(numbers) + ": texts get no answer, and calls end. Everything else on these numbers stays as it is."
	}
	diags.AddAttributeWarning(path.Root("assistant_sid"), fmt.Sprintf("Bot %s will be suspended", r.account.named(ctx, sid)), said)
}

// willAnswer says on which numbers a bot answers again.
func (r *suspensionResource) willAnswer(ctx context.Context, state suspensionModel, diags *diag.Diagnostics) {
	sid := state.AssistantSID.ValueString()
	now, err := r.account.directory.Suspension(ctx, sid)
	if err != nil || state.OnDestroy.ValueString() == onDestroyKeep {
		return // what is gone was said by the refresh, and what is kept is said by the destruction
	}
	said := "It has no silenced phone numbers."
	if len(now.Silenced) > 0 {
		said = "It answers again on " + phones(now.Silenced) + ", as before. If this plan removes the bot too, it may answer until it is gone."
	}
	diags.AddWarning(fmt.Sprintf("Bot %s will be resumed", r.account.named(ctx, sid)), said)
}

// resumedByHand says which numbers of a suspended bot answer all the same.
func (r *suspensionResource) resumedByHand(ctx context.Context, sid string, diags *diag.Diagnostics) {
	now, err := r.account.directory.Suspension(ctx, sid)
	if err != nil || len(now.Answering) == 0 {
		return // what cannot be read was said by the refresh
	}
	diags.AddAttributeWarning(path.Root("answering"), fmt.Sprintf("Suspended bot %s answers", r.account.named(ctx, sid)),
		fmt.Sprintf("It answers on %s: somebody resumed it there by hand, or pointed the number at it. The apply silences it there. "+
			"To let it answer, remove this `twiliobot_suspension`.", phones(now.Answering)))
}

// ImportState takes the suspension of a bot, by the bot's SID.
func (r *suspensionResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	identity := suspensionIdentity{AssistantSID: types.StringValue(req.ID)}
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	sid := identity.AssistantSID.ValueString()
	if _, ok := bot.EngineOf(sid); !ok {
		resp.Diagnostics.AddError("Unable to import the suspension", fmt.Sprintf("%q is not the SID of a bot (FW…, AP… or UA…), which a suspension is imported by.", sid))
		return
	}
	if identity.AccountSID.IsNull() {
		identity.AccountSID = types.StringValue(r.account.directory.AccountSID)
	}
	if _, err := r.account.directory.Suspension(ctx, sid); errors.Is(err, bot.ErrNotFound) {
		resp.Diagnostics.AddError("The bot is not suspended", fmt.Sprintf("Account %s has no inert application for bot %s, so there is nothing to import. Write a `twiliobot_suspension` to suspend it.", r.account.directory.AccountSID, sid))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("assistant_sid"), identity.AssistantSID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("account_sid"), identity.AccountSID)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, identity)...)
}

// keptKey is the private state of a suspension: what the numbers held before they were
// silenced.
const keptKey = "kept"

func loadKept(ctx context.Context, private privateState) (bot.Kept, diag.Diagnostics) {
	kept := bot.Kept{}
	stored, diags := private.GetKey(ctx, keptKey)
	if diags.HasError() || len(stored) == 0 {
		return kept, diags
	}
	if err := json.Unmarshal(stored, &kept); err != nil {
		diags.AddError("Unable to read the suspension's private state", sentence(err))
	}
	return kept, diags
}

func saveKept(ctx context.Context, kept bot.Kept, private privateState) diag.Diagnostics {
	stored, err := json.Marshal(kept)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to write the suspension's private state", sentence(err))}
	}
	return private.SetKey(ctx, keptKey, stored)
}
