package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/suspension"
)

// suspensionModel is a suspension, in the order of the schema.
type suspensionModel struct {
	AssistantSID types.String `tfsdk:"assistant_sid"`
	Notice       types.String `tfsdk:"notice"`
	OnDestroy    types.String `tfsdk:"on_destroy"`
	AccountSID   types.String `tfsdk:"account_sid"`
	Answering    types.Set    `tfsdk:"answering"`
}

func (m suspensionModel) identity() suspensionIdentity {
	return suspensionIdentity{AccountSID: m.AccountSID, AssistantSID: m.AssistantSID}
}

// changes reports whether a plan changes what is configured.
func (m suspensionModel) changes(state suspensionModel) bool {
	return !m.AssistantSID.Equal(state.AssistantSID) || !m.Notice.Equal(state.Notice) || !m.OnDestroy.Equal(state.OnDestroy)
}

func (m *suspensionModel) read(account string, s suspension.Suspension) {
	m.AssistantSID, m.AccountSID = types.StringValue(s.BotSID), types.StringValue(account)
	unsilenced := map[string]bool{}
	for _, number := range slices.Concat(s.Answering, s.Dead) {
		unsilenced[number.PhoneNumber] = true
	}
	for _, way := range s.Ways.Answering {
		unsilenced[way.SID] = true
	}
	for _, way := range s.Ways.Dead {
		if way.Live() {
			unsilenced[way.SID] = true
		}
	}
	answering := []attr.Value{}
	for _, phone := range slices.Sorted(maps.Keys(unsilenced)) {
		answering = append(answering, types.StringValue(phone))
	}
	m.Answering = types.SetValueMust(types.StringType, answering)
	if s.Unread {
		return // the notice stays as it was known last
	}
	if m.Notice = types.StringNull(); s.Notice != "" {
		m.Notice = types.StringValue(s.Notice)
	}
}

// The private state of a suspension: what the numbers were pointed at before they were
// silenced, and the holds that they were pointed at since. A hold that is
// deleted by hand no longer says which bot it suspended.
const (
	savedSidesKey = "kept"
	savedHoldsKey = "holds"
	savedAloneKey = "alone"
)

// priorSuspension is what a suspension keeps in private state.
type priorSuspension struct {
	sides suspension.SavedSides
	holds []string // SIDs, of applications and flows
	// alone reports whether the last apply could make no hold flow.
	alone bool
}

func loadPriorSuspension(ctx context.Context, private privateState) (priorSuspension, diag.Diagnostics) {
	prior := priorSuspension{sides: suspension.SavedSides{}}
	var diags diag.Diagnostics
	for key, to := range map[string]any{savedSidesKey: &prior.sides, savedHoldsKey: &prior.holds, savedAloneKey: &prior.alone} {
		diags.Append(loadPrivate(ctx, private, key, "the suspension's private state", to)...)
	}
	return prior, diags
}

// with adds the hold that suspends the bot now.
func (p priorSuspension) with(s suspension.Suspension) priorSuspension {
	for _, sid := range []string{s.HoldSID, s.FlowSID} {
		if sid != "" && !slices.Contains(p.holds, sid) {
			p.holds = append(slices.Clone(p.holds), sid)
		}
	}
	return p
}

// applied adds what an apply saved, and the hold that it made.
func (p priorSuspension) applied(s suspension.Suspension, saved suspension.SavedSides) priorSuspension {
	p.sides = saved.With(p.sides)
	p.alone = s.FlowSID == ""
	return p.with(s)
}

func (p priorSuspension) save(ctx context.Context, private privateState) diag.Diagnostics {
	diags := savePrivate(ctx, private, savedSidesKey, "the suspension's private state", p.sides)
	diags.Append(savePrivate(ctx, private, savedHoldsKey, "the suspension's private state", p.holds)...)
	diags.Append(savePrivate(ctx, private, savedAloneKey, "the suspension's private state", p.alone)...)
	return diags
}
