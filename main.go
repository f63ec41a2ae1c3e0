// Command terraform-provider-twiliobot serves the twiliobot provider to Terraform
// and OpenTofu, which start it themselves; it is not run by hand.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

// version is the release, set by the linker; a build by hand says dev.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run outside of Terraform's control, for a debugger such as delve to attach to")
	flag.Parse()

	// A process that a debugger runs writes its logs to the developer's terminal.
	if !*debug {
		for name, level := range provider.LogLevels(os.Getenv) {
			if err := os.Setenv(name, level); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := provider.Serve(provider.New(version), *debug); err != nil {
		log.Fatal(err)
	}
}
