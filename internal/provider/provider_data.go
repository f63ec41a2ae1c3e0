package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// providerData is what Configure hands to resources, data sources and actions. One is made for
// each walk of Terraform, so what it records of a plan is of that plan alone.
type providerData struct {
	account *account.Account
	// messages and lookups are for what asks Twilio directly: nothing of them is shared.
	messages twilio.Messages
	lookups  twilio.Lookups
	engine   bot.Engine // of new assistants; empty while it is unknown
	unready  error      // why nothing can be asked yet; nil when it can
	// functions are those of the account; functionsOff is why they are out of reach.
	functions    function.Host
	functionsOff error
	ledger       *ledger
}

// providerDataFrom takes what Configure made. It is nil while Terraform validates, before
// the provider is configured.
func providerDataFrom(data any, diags *diag.Diagnostics) *providerData {
	if data == nil {
		return nil
	}
	made, ok := data.(*providerData)
	if !ok {
		diags.AddError("Unable to use the provider's configuration", fmt.Sprintf("It is a %T. This is a bug in the provider; please report it.", data))
	}
	return made
}

// ready reports whether Twilio can be asked.
func (d *providerData) ready() bool { return d != nil && d.unready == nil && d.account != nil }

// sameAccount refuses to touch what lives in another account than the one the provider is
// configured for; both are named.
func (d *providerData) sameAccount(accountSID, what string, diags *diag.Diagnostics) bool {
	if accountSID == "" || accountSID == d.account.SID {
		return true
	}
	diags.AddAttributeError(path.Root("account_sid"), "The provider is configured for another account",
		fmt.Sprintf("%s belongs to account %s, but the provider is configured for account %s. Nothing was read or written. "+
			"Check which profile, environment variables, attributes or sandbox file the provider uses; "+
			"if the account was meant to change, remove the old objects from the state first (`terraform state rm`).",
			what, accountSID, d.account.SID))
	return false
}
