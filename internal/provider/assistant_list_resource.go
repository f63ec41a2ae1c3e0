package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

var _ list.ListResourceWithConfigure = &assistantListResource{}

type assistantListResource struct{ accountListResource }

func newAssistantListResource() list.ListResource {
	return &assistantListResource{accountListResource{listable: &assistantResource{}}}
}

// assistantFilters are in the order of the schema.
type assistantFilters struct {
	Engine    types.String `tfsdk:"engine"`
	Status    types.String `tfsdk:"status"`
	NameRegex types.String `tfsdk:"name_regex"`
}

func (l *assistantListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the account's bots of every engine, whoever made them, by name: for `terraform query`, and for the configuration that it generates. Terraform 1.14 or later.\n\n" +
			"A bot whose content today's rules refuse is listed without it, and a warning says so: it is managed without its content. A bot that is not whole yet is left out with a warning; so is a flow that was never published, where bots are read. " +
			"Holds, which stand in for suspended bots, are no bots.\n\n" +
			"A list costs one request for each engine (a page each, where there are many bots). With the resource, each bot is read: one request for each flow, and for an Autopilot assistant one for each of its parts. " +
			"`status` needs the numbers, the services and the other ways in too.",
		Attributes: map[string]schema.Attribute{
			"engine": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bots on this engine: `studio`, `application` or `autopilot`.",
				Validators: []validator.String{stringvalidator.OneOf(engineNames()...)},
			},
			"status": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Only bots of this status: `live`, `idle` or `suspended`.",
				Validators: []validator.String{stringvalidator.OneOf(words(bot.Statuses())...)},
			},
			"name_regex": regexFilter("Only bots whose `unique_name`"),
		},
	}
}

func (l *assistantListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listBy(ctx, &l.accountListResource, req, stream, "Unable to list the bots", l.find)
}

func (l *assistantListResource) find(ctx context.Context, filters assistantFilters, diags *diag.Diagnostics) ([]found, error) {
	_, listed, err := l.listBots(ctx, types.StringNull(), filters.NameRegex, diags)
	if err != nil {
		return nil, err
	}
	status := func(string) bot.Status { return "" }
	if !filters.Status.IsNull() {
		all := accountDataSource{l.provider}
		o, err := all.overview(ctx, func(kind bot.WayKind) bool { return kind != bot.ByConversation }, diags)
		if err != nil {
			return nil, err
		}
		status = func(sid string) bot.Status {
			status, _ := o.BotStatus(sid, o.numbers)
			return status
		}
	}
	var bots []found
	var unfinished []string
	for _, each := range byName(listed.Bots) {
		switch {
		case !wanted(filters.Engine, string(each.Engine())), !matches(filters.NameRegex, each.UniqueName), !wanted(filters.Status, string(status(each.SID))):
		case each.Unnamed():
			unfinished = append(unfinished, each.SID)
		default:
			bots = append(bots, found{each.UniqueName + " (" + string(each.Engine()) + ")",
				assistantIdentity{AccountSID: types.StringValue(l.provider.account.SID), SID: types.StringValue(each.SID)}})
		}
	}
	warnLeftOut(diags, unfinished, "bot is", "bots are", "Each was created to replace another bot, in an apply that was cut off and that has to be finished first")
	return bots, nil
}
