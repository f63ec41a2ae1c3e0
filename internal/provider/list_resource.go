package provider

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// accountListResource is what every list resource has: the provider, and the resource whose
// objects it lists. What is listed is imported and read by that resource, so that a list
// says what an import does.
type accountListResource struct {
	listable

	provider *providerData
}

// listable is a resource whose objects can be listed.
type listable interface {
	resource.ResourceWithConfigure
	resource.ResourceWithImportState
}

// Configure configures the listed resource too. (Metadata is the resource's own: a list
// resource has its name.)
func (l *accountListResource) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.provider = providerDataFrom(req.ProviderData, &resp.Diagnostics)
	l.listable.Configure(ctx, req, resp)
}

// found is an object that a list resource has found.
type found struct {
	name     string // as it is shown
	identity any    // the model of the resource's identity
}

// readsAtOnce is how many objects of a list are read at the same time.
const readsAtOnce = 8

// results lists what find finds, in its order. With its state an object is read, and one
// that cannot be imported is left out with a warning that names it.
func (l *accountListResource) results(ctx context.Context, req list.ListRequest, unable string, find func(*diag.Diagnostics) ([]found, error)) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		if !l.provider.ready() {
			push(failedList(unable, l.provider.unready))
			return
		}
		var diags diag.Diagnostics
		objects, err := find(&diags)
		if err != nil {
			push(failedList(unable, err))
			return
		}
		if req.Limit > 0 && len(objects) > int(req.Limit) {
			diags.AddWarning(fmt.Sprintf("Only %d of %d are listed", req.Limit, len(objects)),
				fmt.Sprintf("%d objects match, and the list stops at its `limit`, which is 100 where nothing else is given. To have them all, give the `list` block a higher `limit`.", len(objects)))
		}
		if len(diags) > 0 && (!push(list.ListResult{Diagnostics: diags}) || diags.HasError()) {
			return
		}
		for room := req.Limit; len(objects) > 0; {
			n := min(len(objects), readsAtOnce)
			if req.Limit > 0 {
				n = min(n, int(room))
			}
			if n == 0 {
				return
			}
			for _, result := range l.readAll(ctx, req, objects[:n]) {
				if result.Identity != nil {
					room--
				}
				if len(result.Diagnostics)+len(result.DisplayName) > 0 && !push(result) {
					return
				}
			}
			if err := ctx.Err(); err != nil {
				push(failedList(unable, err))
				return
			}
			objects = objects[n:]
		}
	}
}

// failedList is the end of a list that cannot be made.
func failedList(unable string, err error) (result list.ListResult) {
	addError(&result.Diagnostics, unable, err)
	return result
}

func (l *accountListResource) readAll(ctx context.Context, req list.ListRequest, objects []found) []list.ListResult {
	results := make([]list.ListResult, len(objects))
	var group errgroup.Group
	for i, object := range objects {
		group.Go(func() error {
			results[i] = l.result(ctx, req, object)
			return nil
		})
	}
	_ = group.Wait() // an error is a part of its result
	return results
}

// result is one object of the list; the zero result where it is gone by now.
func (l *accountListResource) result(ctx context.Context, req list.ListRequest, object found) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = object.name
	result.Diagnostics.Append(setModel(ctx, result.Identity, object.identity)...)
	if !req.IncludeResource || result.Diagnostics.HasError() {
		return result
	}
	asked := *result.Identity
	imported := resource.ImportStateResponse{State: tfsdk.State{Raw: result.Resource.Raw, Schema: req.ResourceSchema}, Identity: result.Identity}
	makePrivate(&imported.Private)
	l.ImportState(ctx, resource.ImportStateRequest{Identity: &asked}, &imported)
	if imported.Diagnostics.HasError() {
		return leftOut(object, imported.Diagnostics)
	}
	identity := *imported.Identity
	read := resource.ReadResponse{State: imported.State, Identity: imported.Identity}
	makePrivate(&read.Private)
	l.Read(ctx, resource.ReadRequest{State: imported.State, Identity: &identity, Private: imported.Private}, &read)
	switch {
	case read.Diagnostics.HasError():
		return leftOut(object, append(imported.Diagnostics, read.Diagnostics...))
	case read.State.Raw.IsNull():
		return list.ListResult{}
	}
	result.Diagnostics = append(imported.Diagnostics, read.Diagnostics...)
	result.Resource.Raw, result.Identity.Raw = read.State.Raw, read.Identity.Raw
	return result
}

// makePrivate makes the private state of a response, whose type the framework keeps to itself.
func makePrivate[T any](private **T) { *private = new(T) }

// leftOut says why an object that was found is not in the list.
func leftOut(object found, diags diag.Diagnostics) (result list.ListResult) {
	for _, each := range diags {
		if each.Severity() == diag.SeverityError {
			each = diag.NewWarningDiagnostic("Left out of the list: "+object.name, "Terraform could not import it now. "+each.Summary()+": "+each.Detail())
		}
		result.Diagnostics.Append(each)
	}
	return result
}

// listBy streams what find finds by the filters of a list's configuration.
func listBy[Filters any](ctx context.Context, l *accountListResource, req list.ListRequest, stream *list.ListResultsStream, unable string, find func(context.Context, Filters, *diag.Diagnostics) ([]found, error)) {
	var filters Filters
	if !req.Config.Raw.IsNull() { // else nothing is filtered
		if diags := getModel(ctx, req.Config, &filters); diags.HasError() {
			stream.Results = list.ListResultsStreamDiagnostics(diags)
			return
		}
	}
	stream.Results = l.results(ctx, req, unable, func(diags *diag.Diagnostics) ([]found, error) { return find(ctx, filters, diags) })
}

// The filters that several list resources have.

func regexFilter(description string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description + " matches this regular expression (RE2).",
		Validators: []validator.String{filter{regularExpression()}}}
}

func prefixFilter() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: "Only numbers that begin so in E.164, such as `+44` or `+1202`.",
		Validators: []validator.String{filter{checked{"the beginning of a number in E.164", "Invalid beginning of a phone number", func(text string) error {
			if !numberPrefix.MatchString(text) {
				return fmt.Errorf("%q is not how a number in E.164 begins: a plus sign and digits", text)
			}
			return nil
		}}}},
	}
}

var numberPrefix = regexp.MustCompile(`^\+[0-9]*$`)

func botFilter(what string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: "Only " + what + " of this bot: its SID, `FW…`, `AP…` or `UA…`.",
		Validators: []validator.String{filter{botSID()}},
	}
}

// matches reports whether a text passes a filter that is a regular expression; an unset one
// lets all through.
func matches(filter types.String, text string) bool {
	// The validator has seen to it that it compiles.
	return filter.IsNull() || regexp.MustCompile(filter.ValueString()).MatchString(text)
}

// botFilters are the filters for what belongs to a bot.
type botFilters struct {
	provider *providerData
	sid      types.String
	name     types.String
	bots     map[string]bot.Bot
}

// listBots lists the account's bots for filters that need their names. What the credentials
// may not read is warned of.
func (l *accountListResource) listBots(ctx context.Context, sid, name types.String, diags *diag.Diagnostics) (botFilters, bot.Listing, error) {
	filters := botFilters{provider: l.provider, sid: sid, name: name, bots: map[string]bot.Bot{}}
	listed, err := l.provider.account.Bots(ctx, account.AnyTime)
	if err != nil {
		return filters, listed, err
	}
	l.provider.warnUnreadEngines(diags)
	for _, each := range listed.Bots {
		filters.bots[each.SID] = each
	}
	return filters, listed, nil
}

// lets reports whether the filters let a bot through, and whether the bot exists as far as
// that is known.
func (f botFilters) lets(botSID string) (through, exists bool) {
	b, exists := f.bots[botSID]
	through = wanted(f.sid, botSID) && matches(f.name, b.UniqueName)
	if !exists {
		// Of an engine that is off, or that the credentials may not read, nothing is known.
		engine, _ := bot.EngineOf(botSID)
		_, unread := f.provider.account.UnreadEngines()[engine]
		exists = unread || !f.provider.account.Reachable(engine)
	}
	return through, exists
}

// named is a bot as a list shows it.
func (f botFilters) named(botSID string) string {
	if b, ok := f.bots[botSID]; ok && b.UniqueName != "" {
		return b.UniqueName
	}
	return botSID
}

// warnLeftOut says what a list leaves out, by name.
func warnLeftOut(diags *diag.Diagnostics, names []string, one, many, why string) {
	if len(names) > 0 {
		diags.AddWarning(counted(len(names), one, many)+" left out of the list", why+": "+strings.Join(names, ", ")+".")
	}
}
