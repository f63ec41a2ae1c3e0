package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/serverless"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
)

// errAutopilotOff says why nothing of Autopilot is asked of Twilio.
var errAutopilotOff = errors.New("Twilio shut Autopilot down on 2023-08-25, so the engine `autopilot` is off; " +
	"set `engine = \"studio\"`, or point the provider at a service that speaks the Autopilot API with `autopilot_url`")

// errUnknownCredentials is what every call answers while the provider's own
// configuration depends on values known only after apply.
var errUnknownCredentials = errors.New("the provider's configuration depends on a value known only after apply. " +
	"Apply that first (`terraform apply -target`), or give the provider values that are known")

// Configure puts credentials, transport, engines and the account together. It sends
// nothing: it runs for every walk of Terraform, also where nothing of this
// provider is in the configuration.
func (p *twiliobotProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &providerData{engine: bot.Studio, ledger: newLedger()}
	if !m.Engine.IsNull() {
		data.engine = bot.Engine(m.Engine.ValueString()) // empty while unknown
	}
	resp.ResourceData, resp.DataSourceData, resp.ActionData, resp.ListResourceData = data, data, data, data
	p.configured.Store(data)

	if unknown := m.unknown(); len(unknown) > 0 {
		data.unready = fmt.Errorf("%w (unknown: %s)", errUnknownCredentials, strings.Join(unknown, ", "))
		data.account, data.functionsOff = account.Unreachable(data.unready), data.unready
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		}
		return
	}
	resolved, problems := twilio.Resolve(m.settings(), os.Getenv, os.UserHomeDir)
	for _, problem := range problems {
		addProblem(&resp.Diagnostics, problem, false)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for _, warning := range resolved.Warnings {
		addProblem(&resp.Diagnostics, warning, true)
	}
	config := twilio.Config{
		Resolved: resolved, Version: p.version, TerraformVersion: req.TerraformVersion,
		MaxRetries: twilio.DefaultMaxRetries, MaxInFlight: p.maxInFlight, KnownInFlight: p.maxInFlight > 0, Transport: p.transport,
		Log:  func(ctx context.Context, msg string, fields map[string]any) { tflog.Debug(ctx, msg, fields) },
		Warn: func(ctx context.Context, msg string) { tflog.Warn(ctx, msg) },
	}
	if !m.MaxRetries.IsNull() {
		config.MaxRetries = int(m.MaxRetries.ValueInt64())
	}
	if !m.RequestTimeout.IsNull() {
		// The validator has seen to it that it parses.
		config.RequestTimeout, _ = time.ParseDuration(m.RequestTimeout.ValueString())
	}
	if resolved.Sandbox != "" {
		if err := openSandbox(&config); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("sandbox"), "Unable to open the sandbox", sentence(err))
			return
		}
		resp.Diagnostics.AddWarning("A sandbox is in use: nothing reaches Twilio",
			fmt.Sprintf("The provider talks to the sandbox file %s. Bots and numbers in it are not real.", resolved.Sandbox))
	}
	client, err := twilio.New(config)
	if err != nil {
		resp.Diagnostics.AddError("Unable to make a client for Twilio", err.Error())
		return
	}
	data.account = accountOf(client, config.Resolved)
	data.messages, data.lookups = twilio.NewMessages(client), twilio.NewLookups(client)
	data.functions, data.functionsOff = serverless.New(client), ownAccount(client, "functions")
}

// openSandbox plugs the sandbox in as the transport, with credentials of its own.
func openSandbox(config *twilio.Config) error {
	box, err := sandbox.Open(config.Sandbox)
	if err != nil {
		return err
	}
	owner, err := box.Owner()
	if err != nil {
		return err
	}
	if config.AccountSID == "" {
		config.AccountSID = owner.AccountSID
	}
	config.Username, config.Password = owner.AccountSID, owner.AuthToken
	config.CredentialAccountSID = owner.AccountSID
	config.Transport = box.Transport()
	return nil
}

// ownAccount says why credentials do not reach what a product host has: it acts on the
// account of the credentials, whatever account is meant. Nil where that is the same.
func ownAccount(client *twilio.Client, what string) error {
	owner := client.CredentialAccountSID()
	if owner == "" || owner == client.AccountSID() {
		return nil
	}
	return fmt.Errorf("credentials of account %s reach the numbers and applications of its subaccount %s, but not its %s; "+
		"use credentials of the subaccount itself", owner, client.AccountSID(), what)
}

// accountOf wires an account's numbers, services and engines together.
func accountOf(client *twilio.Client, resolved twilio.Resolved) *account.Account {
	webhooks := bot.Webhooks{AutopilotURL: resolved.AutopilotURL, Region: cmp.Or(resolved.Region, bot.HomeRegion)}
	hosts := map[bot.Engine]account.Host{
		bot.Application: application.New(client),
		bot.Studio:      studio.New(client),
		bot.Autopilot:   account.Off{Reason: errAutopilotOff},
	}
	elsewhere := resolved.Region != "" && resolved.Region != bot.HomeRegion
	if resolved.AutopilotURL != "" || !elsewhere && (resolved.Sandbox != "" || resolved.APIURL != "") {
		hosts[bot.Autopilot] = autopilot.New(client)
	}
	// Parent credentials reach a subaccount's numbers and applications, but product
	// hosts act on the account of the credentials, whatever account is meant.
	services := account.Services(twilio.NewServices(client))
	waysIn := []account.WaysIn{twilio.NewSIPDomains(client), twilio.NewShortCodes(client)}
	if err := ownAccount(client, "flows and assistants"); err != nil {
		services = account.NoServices{}
		off := account.Off{Reason: err}
		hosts[bot.Studio], hosts[bot.Autopilot] = off, off
	} else {
		waysIn = append(waysIn, twilio.NewAddresses(client), twilio.NewConversations(client), twilio.NewSenders(client), twilio.NewTrunks(client), twilio.NewBYOCTrunks(client))
		if !elsewhere { // there is no Flex in another Region
			waysIn = append(waysIn, twilio.NewFlexFlows(client))
		}
	}
	a := account.New(client.AccountSID(), webhooks, twilio.NewNumbers(client), services, hosts, waysIn...)
	a.Region, a.Inbound, a.Offers = resolved.Region, twilio.NewInboundRegions(client), twilio.NewOffers(client)
	return a
}

// unknown lists the attributes without which nothing can be asked and that are not known
// yet. The engine of new bots is none of them.
func (m providerModel) unknown() []string {
	var names []string
	for _, each := range []struct {
		name  string
		value attr.Value
	}{
		{"account_sid", m.AccountSID}, {"auth_token", m.AuthToken}, {"api_key", m.APIKey}, {"api_secret", m.APISecret},
		{"profile", m.Profile}, {"region", m.Region}, {"edge", m.Edge}, {"autopilot_url", m.AutopilotURL},
		{"max_retries", m.MaxRetries}, {"request_timeout", m.RequestTimeout}, {"sandbox", m.Sandbox}, {"api_url", m.APIURL},
	} {
		if each.value.IsUnknown() {
			names = append(names, each.name)
		}
	}
	return names
}

func (m providerModel) settings() twilio.Settings {
	return twilio.Settings{
		AccountSID: m.AccountSID.ValueString(), AuthToken: m.AuthToken.ValueString(),
		APIKey: m.APIKey.ValueString(), APISecret: m.APISecret.ValueString(),
		Profile: m.Profile.ValueString(), Region: m.Region.ValueString(), Edge: m.Edge.ValueString(),
		Sandbox: m.Sandbox.ValueString(), APIURL: m.APIURL.ValueString(), AutopilotURL: m.AutopilotURL.ValueString(),
	}
}
