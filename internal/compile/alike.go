package compile

import "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"

// Alike reports whether two compiled flows do the same, whatever schema they carry.
func Alike(a, b *flow.Flow) bool {
	for _, change := range flow.Differences(a, b) {
		// A change of no state is one of the description, which holds the seal.
		if change.Name != "" && change.Name != sourceState {
			return false
		}
	}
	return true
}
