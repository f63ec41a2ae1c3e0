package provider

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// warnRegionsUnread says, once in a walk, that the inbound processing Regions of phone
// numbers could not be read.
func (d *providerData) warnRegionsUnread(err error, diags *diag.Diagnostics) {
	if d.ledger.firstTime("unread Regions") {
		diags.AddWarning("The inbound processing Regions of phone numbers could not be read",
			"Whether another Region processes what comes to the numbers is not known: there a number has a configuration of its own, and a binding written here would not answer. "+sentence(err))
	}
}

// warnUnreadEngines says, once in a walk, which engines the credentials may not read.
func (d *providerData) warnUnreadEngines(diags *diag.Diagnostics) {
	unread := d.account.UnreadEngines()
	for _, engine := range slices.Sorted(maps.Keys(unread)) {
		if d.ledger.firstTime("unread " + string(engine)) {
			diags.AddWarning(fmt.Sprintf("The account's bots on the engine %s could not be read", engine),
				"They are not shown, and whether one of them has a name that is wanted, or was left by an apply that was cut off, is not known. "+sentence(unread[engine]))
		}
	}
}

// noBotNamed says that the account has no bot of a name, as far as the credentials may read:
// a bot that they may not read is not one that is not there.
func (d *providerData) noBotNamed(name string) string {
	said := fmt.Sprintf("Account %s has no bot named %q", d.account.SID, name)
	unread := d.account.UnreadEngines()
	if len(unread) == 0 {
		return said + ". Names are compared letter by letter; the data source `twiliobot_deployed_bots` has all bots of the account."
	}
	said += " that these credentials may read."
	for _, engine := range slices.Sorted(maps.Keys(unread)) {
		said += fmt.Sprintf(" Bots on the engine %s could not be read: %s", engine, sentence(unread[engine]))
	}
	return said
}
