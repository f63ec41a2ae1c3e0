package provider

import (
	"context"

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
	answering := make([]attr.Value, len(s.Answering))
	for i, number := range s.Answering {
		answering[i] = types.StringValue(number.PhoneNumber)
	}
	m.Answering = types.SetValueMust(types.StringType, answering)
}

// savedSidesKey is the private state of a suspension: what the numbers were pointed at
// before they were silenced.
const savedSidesKey = "kept"

func loadSavedSides(ctx context.Context, private privateState) (suspension.SavedSides, diag.Diagnostics) {
	saved := suspension.SavedSides{}
	diags := loadPrivate(ctx, private, savedSidesKey, "the suspension's private state", &saved)
	return saved, diags
}

func saveSides(ctx context.Context, saved suspension.SavedSides, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, savedSidesKey, "the suspension's private state", saved)
}
