package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/purchase"
)

// ModifyPlan says what will be bought, taken over, left in the account or released, and
// refuses what Twilio does not sell.
func (r *phoneNumberResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	prior, diags := loadPriorNumber(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if req.Plan.Raw.IsNull() {
		r.planDeletion(ctx, prior, req, resp)
		return
	}
	var plan, config ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.Plan, &plan)...)
	resp.Diagnostics.Append(getModel(ctx, req.Config, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	p := numberPlan{provider: r.provider, plan: &plan, config: config, diags: &resp.Diagnostics}
	as := plannedAs{Next: e164(plan.PhoneNumber)}
	if req.State.Raw.IsNull() {
		before, diags := loadPlanned(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
		if !before.Destroys {
			as.Object = before.Object // it is planned again, as what it is replaced by
		}
		p.new(ctx, as.Object)
	} else {
		var state ownedNumberModel
		resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
		as.Object = state.SID.ValueString()
		if as.Next != "" && as.Next == e164(state.PhoneNumber) {
			p.own(state)
		} else {
			p.replaces(ctx, state, prior)
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("phone_number"))
		}
	}
	resp.Diagnostics.Append(setModel(ctx, &resp.Plan, plan)...)
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
}

// numberPlan is one number being planned.
type numberPlan struct {
	provider *providerData
	plan     *ownedNumberModel
	config   ownedNumberModel
	diags    *diag.Diagnostics
}

// own plans a resource that keeps its number.
func (p *numberPlan) own(state ownedNumberModel) {
	plan := p.plan
	plan.PhoneNumber = state.PhoneNumber // written in another form, it is the same number
	plan.SID, plan.AccountSID = state.SID, state.AccountSID
	plan.Capabilities, plan.AddressRequirements, plan.Origin, plan.DateCreated = state.Capabilities, state.AddressRequirements, state.Origin, state.DateCreated
	plan.EmergencyAddressStatus = state.EmergencyAddressStatus
	for _, each := range []struct{ config, state, plan *types.String }{
		{&p.config.AddressSID, &state.AddressSID, &plan.AddressSID}, {&p.config.BundleSID, &state.BundleSID, &plan.BundleSID},
		{&p.config.IdentitySID, &state.IdentitySID, &plan.IdentitySID}, {&p.config.EmergencyAddressSID, &state.EmergencyAddressSID, &plan.EmergencyAddressSID},
		{&p.config.EmergencyStatus, &state.EmergencyStatus, &plan.EmergencyStatus}, {&p.config.VoiceReceiveMode, &state.VoiceReceiveMode, &plan.VoiceReceiveMode},
	} {
		if each.config.IsNull() {
			*each.plan = *each.state
		}
	}
	if p.config.VoiceCallerIDLookup.IsNull() {
		plan.VoiceCallerIDLookup = state.VoiceCallerIDLookup
	}
	if p.config.unknownSetting() || !p.config.wanted().From(state.settings()).Empty() {
		// Twilio registers emergency addresses in the background, also while this is applied.
		plan.EmergencyAddressStatus = types.StringUnknown()
	}
	if !p.provider.ready() {
		return
	}
	p.claim(e164(state.PhoneNumber), keeps)
	p.emergency(state.EmergencyAddressStatus.ValueString())
}

// new plans a resource without a state. object is the SID that the resource had, where it is
// replaced.
func (p *numberPlan) new(ctx context.Context, object string) {
	if !p.provider.ready() {
		return
	}
	p.plan.AccountSID = types.StringValue(p.provider.account.SID)
	p.emergency("")
	wanted := e164(p.plan.PhoneNumber)
	if wanted == "" {
		p.diags.AddAttributeWarning(path.Root("phone_number"), "A phone number that is known after apply may be bought",
			"Unless the account owns it by then, Terraform buys it, which costs money. Whether Twilio sells it is not known before.")
		return
	}
	if object == "" {
		p.claim(wanted, takes)
	}
	number, err := p.provider.account.FindNumber(ctx, wanted)
	switch {
	case err == nil && object == number.SID:
		// It is replaced by itself, and stays.
	case err == nil:
		p.takesOver(number)
	case errors.Is(err, bot.ErrNotFound):
		p.buys(ctx, wanted)
	default:
		addAttributeError(p.diags, path.Root("phone_number"), "Unable to look whether the account owns the phone number", err)
	}
}

// takesOver says that nothing is bought, and what of the number is changed.
func (p *numberPlan) takesOver(number bot.Number) {
	said := fmt.Sprintf("Account %s owns %s since %s: nothing is bought, and Terraform manages the number from now on.",
		p.provider.account.SID, number, number.DateCreated.Format("2006-01-02"))
	if changes := purchase.Differences(number.Settings, p.config.wanted()); len(changes) > 0 {
		said += " It changes " + strings.Join(changes, ", ") + "."
	}
	if p.plan.ReleaseOnDestroy.ValueBool() {
		said += " Because `release_on_destroy` is set, destroying the resource releases it, whoever bought it."
	}
	p.diags.AddAttributeWarning(path.Root("phone_number"), fmt.Sprintf("Phone number %s is owned already", number.PhoneNumber), said)
}

// buys says what will be bought, and refuses what Twilio does not sell.
func (p *numberPlan) buys(ctx context.Context, wanted string) {
	at := path.Root("phone_number")
	lost := p.provider.ledger.isGone(exclusive{ownedNumber, wanted})
	said := []string{fmt.Sprintf("Account %s does not own it. Twilio charges the account for the number from the purchase on, each month, until it is released; what it costs is not in this API, but in the console.", p.provider.account.SID)}
	if lost {
		said[0] = fmt.Sprintf("Account %s owned it when it was last applied, and does not any more: another client released it, or moved it to another account. This buys it again. Twilio charges the account for it each month; what it costs is not in this API, but in the console.", p.provider.account.SID)
	}
	if p.plan.ReleaseOnDestroy.ValueBool() {
		said = append(said, "Destroying the resource releases it.")
	} else {
		said = append(said, "Destroying the resource leaves it in the account.")
	}
	sale, err := purchase.LookFor(ctx, p.provider.account.Offers, wanted)
	countries := strings.Join(sale.Countries, " and ")
	switch {
	case err != nil:
		said = append(said, "Whether Twilio sells it could not be found out. "+sentence(err))
	case sale.Offer.PhoneNumber != "":
		said = append(said, describeOffer(sale.Offer))
		if !p.config.unknownSetting() {
			if problem := purchase.Regulated(sale.Offer, p.config.settings()); problem != nil {
				addAttributeRefusal(p.diags, path.Root("address_sid"), "", problem, lost)
			}
		}
	case sale.Whole:
		addAttributeRefusal(p.diags, at, "", &bot.Problem{
			Kind:    bot.NumberNotForSale,
			Summary: "Twilio does not sell this phone number",
			Detail: fmt.Sprintf("Account %s does not own %s, and it is not among the numbers that Twilio has on sale in %s. Another account has it by now, or Twilio does not have it. "+
				"A number that was moved to another account, such as a subaccount, is managed with the credentials of that account.", p.provider.account.SID, wanted, countries),
		}, lost)
		return
	default:
		said = append(said, "It is on none of Twilio's lists of numbers on sale that could be read, so the apply may fail.")
	}
	p.diags.AddAttributeWarning(at, fmt.Sprintf("Phone number %s will be bought", wanted), strings.Join(said, " "))
}

func describeOffer(offer bot.Offer) string {
	said := fmt.Sprintf("Twilio sells it now, as a %s number in %s", strings.ReplaceAll(string(offer.Type), "_", "-"), offer.Country)
	if offer.Locality != "" {
		said += " (" + offer.Locality + ")"
	}
	said += " that can carry " + bot.JoinNames(offer.Capabilities.Names())
	if offer.Beta {
		said += ", and that is new to Twilio (beta)"
	}
	if offer.AddressRequirements != "" && offer.AddressRequirements != bot.NoAddress {
		said += fmt.Sprintf("; its `address_requirements` is %q", offer.AddressRequirements)
	}
	return said + ". Nothing reserves it until then."
}

// replaces plans a resource whose number changes, or may.
func (p *numberPlan) replaces(ctx context.Context, state ownedNumberModel, prior priorNumber) {
	at, wanted := path.Root("phone_number"), e164(p.plan.PhoneNumber)
	if !prior.Applied {
		p.diags.AddAttributeError(at, "The imported phone number is another one",
			fmt.Sprintf("This resource was imported with %s, and its configuration asks for another number, which Terraform would buy. Nothing is bought or released by an import. "+
				"Write `phone_number = %q`. If another number is meant to replace it, apply it with that and with `release_on_destroy` written first, and change `phone_number` then.", state, e164(state.PhoneNumber)))
		return
	}
	if !p.provider.ready() {
		return
	}
	p.claim(e164(state.PhoneNumber), leaves)
	p.claim(wanted, takes)
	switch {
	case !state.ReleaseOnDestroy.ValueBool():
		stays(state, p.diags)
	case wanted == "":
		// With create_before_destroy the other number is known when the old one is destroyed, and
		// without it is not.
		p.diags.AddAttributeWarning(at, fmt.Sprintf("Phone number %s may be released", e164(state.PhoneNumber)),
			fmt.Sprintf("What replaces %s is known after apply. With `create_before_destroy`, and where it is another number, the old one goes back to Twilio once the other is bought, and cannot be got back for certain; "+
				"without `create_before_destroy` it stays in the account.", state))
	default:
		r := phoneNumberResource{accountResource{p.provider}}
		r.willRelease(ctx, state, " Terraform releases it before it buys the other one, unless the resource has `create_before_destroy`; the apply refuses that while something answers on it.", p.diags)
	}
}

// emergency warns of emergency calls that are not set up. status is that of the address that
// the number has.
func (p *numberPlan) emergency(status string) {
	switch {
	case p.plan.EmergencyStatus.ValueString() == bot.EmergencyActive && !p.plan.EmergencyAddressSID.IsUnknown() && p.plan.EmergencyAddressSID.ValueString() == "":
		p.diags.AddAttributeWarning(path.Root("emergency_status"), "Emergency calls without an address",
			"Emergency services are not told where a caller is, and Twilio charges more for each such call, unless `emergency_address_sid` is set.")
	case strings.HasSuffix(status, "-failure") && !p.config.EmergencyAddressSID.IsNull():
		p.diags.AddAttributeWarning(path.Root("emergency_address_sid"), "Twilio could not register the emergency address",
			fmt.Sprintf("The status of the registration is %q. Check the Address in the console, or set another one.", status))
	}
}

// claim refuses a second resource for a number, and one that the plan only gives another
// address.
func (p *numberPlan) claim(number string, how claim) {
	if number == "" {
		return // it is known after apply, which looks again
	}
	others := p.provider.ledger.claimFor(exclusive{ownedNumber, number}, how)
	at := path.Root("phone_number")
	switch {
	case how == leaves:
	case slices.Contains(others, keeps), slices.Contains(others, takes), how == keeps && slices.Contains(others, frees):
		p.diags.AddAttributeError(at, "Two resources have one phone number",
			fmt.Sprintf("Another `twiliobot_phone_number` of this configuration or its state has %s too. Nothing is changed. Keep one of them, and let `terraform state rm` forget the other.", number))
	case how == takes && (slices.Contains(others, frees) || slices.Contains(others, leaves)):
		numberMoved(number, p.diags)
	}
}

func numberMoved(number string, diags *diag.Diagnostics) {
	diags.AddError("The phone number only changes its address",
		fmt.Sprintf("This plan removes the `twiliobot_phone_number` of %s and creates another one of the same number. Nothing is changed. "+
			"If the resource has a new name or place in the configuration, say so, and the number stays as it is:\n\n%s\n\n"+
			"Numbers that `count` numbers get `for_each` for it, whose keys stay when the list changes.", number, movedBlock("twiliobot_phone_number")))
}

// planDeletion says whether the number stays in the account, and who answers on one that is
// released.
func (r *phoneNumberResource) planDeletion(ctx context.Context, prior priorNumber, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state ownedNumberModel
	resp.Diagnostics.Append(getModel(ctx, req.State, &state)...)
	as := plannedAs{Object: state.SID.ValueString(), Destroys: true, Shared: prior.Shared}
	if resp.Diagnostics.HasError() || !r.provider.ready() {
		resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
		return
	}
	ledger, own := r.provider.ledger, exclusive{ownedNumber, e164(state.PhoneNumber)}
	as.Shared = as.Shared || ledger.isShared(own) || ledger.isCreated(own)
	releases := state.ReleaseOnDestroy.ValueBool()
	how := frees
	if as.Shared || !releases {
		how = leaves
	}
	others := ledger.claimFor(own, how)
	switch {
	case as.Shared: // another resource has it
	case slices.Contains(others, takes):
		numberMoved(own.key, &resp.Diagnostics)
	case releases:
		r.willRelease(ctx, state, "", &resp.Diagnostics)
	default:
		stays(state, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(as.save(ctx, resp.Private)...)
}

// willRelease says that a number goes back to Twilio, and who answers on it now.
func (r *phoneNumberResource) willRelease(ctx context.Context, state ownedNumberModel, more string, diags *diag.Diagnostics) {
	acct := r.provider.account
	number, err := acct.Number(ctx, state.SID.ValueString(), state.lastRead())
	if errors.Is(err, bot.ErrNotFound) {
		return // there is nothing to release
	}
	said := []string{fmt.Sprintf("%s goes back to Twilio, and cannot be got back for certain.%s", state, more)}
	if err != nil {
		said = append(said, "Who answers on it could not be found out. "+sentence(err))
	} else if answers := r.answers(ctx, number); len(answers) > 0 {
		said = append(said, fmt.Sprintf("Now %s: from then on, whoever writes to or calls the number reaches nothing. "+
			"Bindings of this configuration that reference the resource free the number first.", strings.Join(answers, ", and ")))
	} else {
		said = append(said, "Nothing answers on it now.")
	}
	diags.AddWarning(fmt.Sprintf("Phone number %s will be released", e164(state.PhoneNumber)), strings.Join(said, " "))
}

// answers says who answers on a number.
func (r *phoneNumberResource) answers(ctx context.Context, number bot.Number) (all []string) {
	acct := r.provider.account
	routing, err := acct.Routing(ctx, number)
	for _, answer := range purchase.Answers(number, acct.Webhooks) {
		route := answer.Route
		if err == nil {
			route = routing.Route(number, answer.Channel)
		}
		all = append(all, fmt.Sprintf("%s is answered with %s", answer.Channel, acct.Describe(ctx, route)))
	}
	if services, err := acct.Overriding(ctx, account.AnyTime); err == nil {
		if service, ok := services[number.SID]; ok {
			all = append(all, fmt.Sprintf("messages are answered by Messaging Service %s, which loses the number", service.SID))
		}
	}
	return all
}
