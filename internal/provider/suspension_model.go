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
	OnDestroy    types.String `tfsdk:"on_destroy"`
	AccountSID   types.String `tfsdk:"account_sid"`
	Answering    types.Set    `tfsdk:"answering"`
}

func (m suspensionModel) identity() suspensionIdentity {
	return suspensionIdentity{AccountSID: m.AccountSID, AssistantSID: m.AssistantSID}
}

func (m *suspensionModel) read(account string, s suspension.Suspension) {
	m.AssistantSID, m.AccountSID = types.StringValue(s.BotSID), types.StringValue(account)
	unsilenced := map[string]bool{}
	for _, number := range slices.Concat(s.Answering, s.Dead) {
		unsilenced[number.PhoneNumber] = true
	}
	answering := []attr.Value{}
	for _, phone := range slices.Sorted(maps.Keys(unsilenced)) {
		answering = append(answering, types.StringValue(phone))
	}
	m.Answering = types.SetValueMust(types.StringType, answering)
}

// The private state of a suspension: what the numbers were pointed at before they were
// silenced, and the holds that they were pointed at since. A hold that is deleted by hand
// no longer says which bot it suspended.
const (
	savedSidesKey = "kept"
	savedHoldsKey = "holds"
)

// priorSuspension is what a suspension keeps in private state.
type priorSuspension struct {
	sides suspension.SavedSides
	holds []string // SIDs
}

func loadPriorSuspension(ctx context.Context, private privateState) (priorSuspension, diag.Diagnostics) {
	prior := priorSuspension{sides: suspension.SavedSides{}}
	diags := loadPrivate(ctx, private, savedSidesKey, "the suspension's private state", &prior.sides)
	diags.Append(loadPrivate(ctx, private, savedHoldsKey, "the suspension's private state", &prior.holds)...)
	return prior, diags
}

// with adds the hold that suspends the bot now.
func (p priorSuspension) with(holdSID string) priorSuspension {
	if holdSID != "" && !slices.Contains(p.holds, holdSID) {
		p.holds = append(slices.Clone(p.holds), holdSID)
	}
	return p
}

func (p priorSuspension) save(ctx context.Context, private privateState) diag.Diagnostics {
	diags := savePrivate(ctx, private, savedSidesKey, "the suspension's private state", p.sides)
	diags.Append(savePrivate(ctx, private, savedHoldsKey, "the suspension's private state", p.holds)...)
	return diags
}
