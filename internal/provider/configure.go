package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/application"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/autopilot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/studio"
)

// errAutopilotOff says why nothing of Autopilot is asked of Twilio.
var errAutopilotOff = errors.New("Twilio shut Autopilot down on 2023-08-25, so the engine `autopilot` is off; " +
	"set `engine = \"studio\"`, or point the provider at a service that speaks the Autopilot API with `autopilot_url`")

// errUnknownCredentials is what every call answers while the provider's own
// configuration hangs on things that are still to be made.
var errUnknownCredentials = errors.New("the provider's configuration is not known yet: it hangs on something that this same run is to make. " +
	"Make that first (`terraform apply -target`), or give the provider values that are known")

// Configure puts credentials, transport, engines and the directory together. It
// calls nobody: it runs for every walk of Terraform, also where nothing of this
// provider is in the configuration.
func (p *twiliobotProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var m providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	account := &account{engine: bot.Studio}
	if !m.Engine.IsNull() && !m.Engine.IsUnknown() {
		account.engine = bot.Engine(m.Engine.ValueString())
	}
	resp.ResourceData, resp.DataSourceData = account, account

	if unknown := m.unknown(); len(unknown) > 0 {
		account.unready = fmt.Errorf("%w (unknown: %s)", errUnknownCredentials, strings.Join(unknown, ", "))
		account.directory = unreadyDirectory(account.unready)
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
		MaxRetries: twilio.DefaultMaxRetries,
		Log:        func(ctx context.Context, msg string, fields map[string]any) { tflog.Debug(ctx, msg, fields) },
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
			resp.Diagnostics.AddAttributeError(path.Root("sandbox"), "Unable to open the sandbox", err.Error())
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
	account.directory = directoryOf(client, config.Resolved)
}

// openSandbox plugs the sandbox in as the transport, with credentials of its own.
func openSandbox(config *twilio.Config) error {
	box, err := sandbox.Open(config.Sandbox)
	if err != nil {
		return err
	}
	if config.AccountSID == "" {
		config.AccountSID = sandbox.StarterAccountSID
	}
	config.Username, config.Password = sandbox.StarterAccountSID, sandbox.StarterAuthToken
	config.CredentialAccountSID = sandbox.StarterAccountSID
	config.Transport = box.Transport()
	return nil
}

// directoryOf wires an account's numbers and engines together.
func directoryOf(client *twilio.Client, resolved twilio.Resolved) *bot.Directory {
	webhooks := bot.Webhooks{AutopilotURL: resolved.AutopilotURL}
	hosts := map[bot.Engine]bot.Host{
		bot.Application: application.New(client),
		bot.Studio:      studio.New(client),
		bot.Autopilot:   bot.Off{Reason: errAutopilotOff},
	}
	if resolved.AutopilotURL != "" || resolved.Sandbox != "" || resolved.APIURL != "" {
		hosts[bot.Autopilot] = autopilot.New(client)
	}
	// Parent credentials reach a subaccount's numbers and applications, but product
	// hosts act on the account of the credentials, whatever account is meant.
	services := bot.Services(twilio.NewServices(client))
	if owner := client.CredentialAccountSID(); owner != "" && owner != client.AccountSID() {
		services = bot.NoServices{}
		off := bot.Off{Reason: fmt.Errorf("credentials of account %s reach the numbers and applications of its subaccount %s, but not its flows and assistants; "+
			"use credentials of the subaccount itself", owner, client.AccountSID())}
		hosts[bot.Studio], hosts[bot.Autopilot] = off, off
	}
	return bot.NewDirectory(client.AccountSID(), webhooks, twilio.NewNumbers(client), services, hosts)
}

// unknown lists the attributes that are not known yet.
func (m providerModel) unknown() []string {
	var names []string
	for _, each := range []struct {
		name  string
		value attr.Value
	}{
		{"account_sid", m.AccountSID}, {"auth_token", m.AuthToken}, {"api_key", m.APIKey}, {"api_secret", m.APISecret},
		{"profile", m.Profile}, {"region", m.Region}, {"edge", m.Edge}, {"engine", m.Engine}, {"autopilot_url", m.AutopilotURL},
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

func addProblem(diags *diag.Diagnostics, problem twilio.Problem, warning bool) {
	at := path.Root(problem.Attribute)
	switch {
	case warning && problem.Attribute != "":
		diags.AddAttributeWarning(at, problem.Summary, problem.Detail)
	case warning:
		diags.AddWarning(problem.Summary, problem.Detail)
	case problem.Attribute != "":
		diags.AddAttributeError(at, problem.Summary, problem.Detail)
	default:
		diags.AddError(problem.Summary, problem.Detail)
	}
}
