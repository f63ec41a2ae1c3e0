package cli

import (
	"os"
	"strings"
)

// quiet isolates a command: no look-up of newer versions on the network, and not the
// user's own settings, whose dev_overrides would change what runs and whose absence
// would be warned about.
var quiet = []string{
	"CHECKPOINT_DISABLE=1",
	"TF_CLI_CONFIG_FILE=" + os.DevNull,
	"TF_IN_AUTOMATION=1",
}

// Environ returns the environment to run tests and this command in: that of the
// process, with what terraform-plugin-testing needs to use the command. OpenTofu fills
// in a host of its own for an address without one, which the test driver must know.
func (c CLI) Environ() []string {
	env := append(os.Environ(), quiet...)
	env = append(env, PathVariable+"="+c.Path)
	if c.Product == OpenTofu {
		env = append(env,
			"TF_ACC_PROVIDER_HOST=registry.opentofu.org",
			"TF_ACC_PROVIDER_NAMESPACE=hashicorp",
		)
	}
	return env
}

func lastLines(out []byte, n int) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
