package bot

import (
	"cmp"
	"fmt"
)

// HomeRegion is the Region that Twilio takes where none is named
// (https://www.twilio.com/docs/global-infrastructure/understanding-twilio-regions).
const HomeRegion = "us1"

// RegionNotice says that a bound channel of a number is processed in another Region than the
// one in which the number is configured: there the number has a configuration of its own
// (https://www.twilio.com/docs/global-infrastructure/inbound-call-processing).
func RegionNotice(n Number, channel Channel, processedIn, configuredIn string) Notice {
	what := map[Channel]string{Messaging: "Messages to", Voice: "Calls to"}[channel]
	configuredIn = cmp.Or(configuredIn, HomeRegion)
	return Notice{
		Summary: "Another Region processes what comes to the number",
		Detail: fmt.Sprintf("%s %s are processed in the Region %s, by what is configured there, and the provider is configured for %s. The binding is written in %[4]s, and does not answer. "+
			"Bind the number with a provider whose `region` is %[3]q and a bot of that Region, or make %[4]s the number's inbound processing Region (https://www.twilio.com/docs/global-infrastructure/inbound-call-processing).",
			what, n, processedIn, configuredIn),
	}
}
