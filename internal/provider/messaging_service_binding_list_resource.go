package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

var _ list.ListResourceWithConfigure = &messagingServiceBindingListResource{}

type messagingServiceBindingListResource struct{ accountListResource }

func newMessagingServiceBindingListResource() list.ListResource {
	return &messagingServiceBindingListResource{accountListResource{listable: &messagingServiceBindingResource{}}}
}

// serviceBindingFilters are in the order of the schema.
type serviceBindingFilters struct {
	ServiceNameRegex types.String `tfsdk:"service_name_regex"`
	AssistantSID     types.String `tfsdk:"assistant_sid"`
	AssistantName    types.String `tfsdk:"assistant_name_regex"`
}

func (l *messagingServiceBindingListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the Messaging Services of the account for which a bot answers: for `terraform query`, and for the configuration that it generates. Terraform 1.14 or later.\n\n" +
			"A service that defers to its numbers, or that something other than a bot answers for, has no binding, and is not listed. One that leads to a bot that no longer exists is left out, with a warning that names it.\n\n" +
			"A list costs one request for the services (a page each, where there are many) and one for each engine, with or without the resource.",
		Attributes: map[string]schema.Attribute{
			"service_name_regex":   regexFilter("Only services whose name"),
			"assistant_sid":        botFilter("bindings"),
			"assistant_name_regex": regexFilter("Only bindings of bots whose `unique_name`"),
		},
	}
}

func (l *messagingServiceBindingListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	listBy(ctx, &l.accountListResource, req, stream, "Unable to list the Messaging Services", l.find)
}

func (l *messagingServiceBindingListResource) find(ctx context.Context, filters serviceBindingFilters, diags *diag.Diagnostics) ([]found, error) {
	bots, _, err := l.listBots(ctx, filters.AssistantSID, filters.AssistantName, diags)
	if err != nil {
		return nil, err
	}
	services, err := l.provider.account.Services(ctx, account.AnyTime)
	if err != nil {
		return nil, err
	}
	routing, err := l.provider.account.RoutingOfWays(ctx, account.AnyTime)
	if err != nil {
		return nil, err
	}
	var bindings []found
	var dangling []string
	for _, service := range services {
		botSID, bound := boundTo(routing, service.Way())
		if !bound || !matches(filters.ServiceNameRegex, service.Name) {
			continue
		}
		through, exists := bots.lets(botSID)
		switch {
		case !through:
		case !exists:
			dangling = append(dangling, fmt.Sprintf("%s (bot %s)", service, botSID))
		default:
			bindings = append(bindings, found{fmt.Sprintf("%s: %s", service, bots.named(botSID)),
				serviceIdentity{AccountSID: types.StringValue(service.AccountSID), SID: types.StringValue(service.SID)}})
		}
	}
	warnLeftOut(diags, dangling, "Messaging Service is", "Messaging Services are", "Each leads to a bot that no longer exists, so that nobody answers. Bind it to another bot, with `overwrite = true`")
	return bindings, nil
}
