package provider

import (
	"slices"
	"strings"
)

// The variables from which the loggers of a provider process take their levels
// (terraform-plugin-go, terraform-plugin-framework); each defaults to TRACE, the
// subsystems to the level of sdkLogLevel.
const (
	sdkLogLevel       = "TF_LOG_SDK"
	protocolLogLevel  = "TF_LOG_SDK_PROTO"
	frameworkLogLevel = "TF_LOG_SDK_FRAMEWORK"
	providerLogLevel  = "TF_LOG_PROVIDER_TWILIOBOT"
)

// LogLevels returns the variables to set in the environment of a provider process, with
// their values, so that it does not write what Terraform would discard. Terraform shows
// a provider's logs from the level of TF_LOG_PROVIDER on, else of TF_LOG, else not at
// all, but the framework writes them all, which takes more than a third of the CPU time
// of a plan of 1,000 bindings. A variable that the user has set is never among them.
func LogLevels(getenv func(string) string) map[string]string {
	shown := shownLogLevel(getenv)
	if shown == "TRACE" {
		return nil
	}
	levels := map[string]string{}
	unset := func(names ...string) {
		for _, name := range names {
			if getenv(name) == "" {
				levels[name] = shown
			}
		}
	}
	unset(sdkLogLevel, providerLogLevel)
	if getenv(sdkLogLevel) == "" {
		// Otherwise the subsystems have the level that the user gave all of them.
		unset(protocolLogLevel, frameworkLogLevel)
	}
	return levels
}

// shownLogLevel is the level from which Terraform and OpenTofu show a provider's logs, as
// internal/logging of both reads it: one that they do not know is TRACE.
func shownLogLevel(getenv func(string) string) string {
	for _, name := range []string{"TF_LOG_PROVIDER", "TF_LOG"} {
		level := strings.ToUpper(getenv(name))
		switch {
		case level == "":
		case slices.Contains([]string{"DEBUG", "INFO", "WARN", "ERROR", "OFF"}, level):
			return level
		default:
			return "TRACE"
		}
	}
	return "OFF"
}
