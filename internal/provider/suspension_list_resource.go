package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var _ list.ListResourceWithConfigure = &suspensionListResource{}

type suspensionListResource struct{ accountListResource }

func newSuspensionListResource() list.ListResource {
	return &suspensionListResource{accountListResource{listable: &suspensionResource{}}}
}

// suspensionFilters are in the order of the schema.
type suspensionFilters struct {
	Engine        types.String `tfsdk:"engine"`
	AssistantName types.String `tfsdk:"assistant_name_regex"`
}

func (l *suspensionListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the suspended bots of the account, whoever suspended them: for `terraform query`, and for the configuration that it generates. Terraform 1.14 or later.\n\n" +
			"The hold of a bot that no longer exists is left out, with a warning that names it.\n\n" +
			"A list costs one request for each engine. With the resource, the numbers, the services and the other ways in are listed too, once for all suspensions, and each hold flow is read.",
		Attributes: map[string]schema.Attribute{
			"engine": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only suspensions of bots on this engine: `studio`, `application` or `autopilot`.",
				Validators: []validator.String{stringvalidator.OneOf(engineNames()...)},
			},
			"assistant_name_regex": regexFilter("Only suspensions of bots whose `unique_name`"),
		},
	}
}

func (l *suspensionListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listBy(ctx, &l.accountListResource, req, stream, "Unable to list the suspensions", l.find)
}

func (l *suspensionListResource) find(ctx context.Context, filters suspensionFilters, diags *diag.Diagnostics) ([]found, error) {
	bots, listed, err := l.listBots(ctx, types.StringNull(), filters.AssistantName, diags)
	if err != nil {
		return nil, err
	}
	var suspended []string
	for _, hold := range listed.Holds {
		// A flow alone suspends nothing.
		if hold.SID != "" && !slices.Contains(suspended, hold.BotSID) {
			suspended = append(suspended, hold.BotSID)
		}
	}
	slices.SortFunc(suspended, func(a, b string) int { return cmp.Or(cmp.Compare(bots.named(a), bots.named(b)), cmp.Compare(a, b)) })
	var suspensions []found
	var gone []string
	for _, botSID := range suspended {
		engine, _ := bot.EngineOf(botSID)
		through, exists := bots.lets(botSID)
		switch {
		case !through, !wanted(filters.Engine, string(engine)):
		case !exists:
			gone = append(gone, botSID)
		default:
			suspensions = append(suspensions, found{bots.named(botSID),
				suspensionIdentity{AccountSID: types.StringValue(l.provider.account.SID), AssistantSID: types.StringValue(botSID)}})
		}
	}
	warnLeftOut(diags, gone, "suspension is", "suspensions are", "The bot of each no longer exists; its hold stays at Twilio, as a TwiML application and a flow named `suspended` and the SID. Suspended were")
	return suspensions, nil
}
