package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/binding"
)

// rebind points the service at the bot as planned; one that the binding had before is freed
// once it leads there.
func (r *messagingServiceBindingResource) rebind(ctx context.Context, plan *serviceBindingModel, prior priorServiceBinding, diags *diag.Diagnostics) priorServiceBinding {
	r.provider.account.KnowHolds(prior.BotSID, prior.Holds...)
	if plan.ServiceSID.ValueString() == prior.ServiceSID {
		return r.bind(ctx, plan, prior, binding.PriorService{}, diags)
	}
	return r.bind(ctx, plan, priorServiceBinding{}, prior.freed(), diags)
}

// bind points the service at the bot as planned, fills in what the plan left open, and
// returns what goes to private state. prior is what the binding had put on the service
// before; it is empty for a new one. free is what is freed once the service leads there.
func (r *messagingServiceBindingResource) bind(ctx context.Context, plan *serviceBindingModel, prior priorServiceBinding, free binding.PriorService, diags *diag.Diagnostics) priorServiceBinding {
	acct := r.provider.account
	b, ok := r.boundBot(ctx, plan.AssistantSID.ValueString(), diags)
	if !ok {
		return priorServiceBinding{}
	}
	task := prior.Task
	if prior.BotSID != b.SID {
		var err error
		if task, err = binding.EntryTask(ctx, acct, b.SID); err != nil {
			addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot's tasks", err)
			return priorServiceBinding{}
		}
	}
	wanted := binding.ServiceBinding{ServiceSID: plan.ServiceSID.ValueString(), Bot: b, Task: task, Overwrite: plan.Overwrite.ValueBool()}
	way, routing, notices, err := binding.RebindService(ctx, acct, wanted, prior.Snapshot, prior.had(), free)
	addNotices(diags, notices)
	if err != nil {
		addAttributeError(diags, path.Root("messaging_service_sid"), "Unable to bind the Messaging Service", err)
		return priorServiceBinding{}
	}
	resumed, err := binding.ResumedService(ctx, acct, routing, way)
	if err != nil {
		addAttributeError(diags, path.Root("assistant_sid"), "Unable to read the bot", err)
		return priorServiceBinding{}
	}
	now := priorServiceBinding{BotSID: b.SID, Task: task}.at(routing, way, resumed)
	plan.read(routing, way, resumed, now)
	return now
}

// leftOnService is what a new binding may find on its service: what a binding which was
// deleted to be created anew left there, or the bot that Terraform replaces by the bot of
// this binding, with create_before_destroy on both.
func (d *providerData) leftOnService(serviceSID, botSID string) priorServiceBinding {
	left := d.ledger.serviceHandedOver(serviceSID)
	if left.BotSID == "" {
		left.BotSID = d.ledger.createdBeside(botSID)
	}
	left.Snapshot = ""
	return left
}
