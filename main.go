// Command terraform-provider-twiliobot serves the twiliobot provider to Terraform
// and OpenTofu, which start it themselves; it is not run by hand.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

// version is the release, set by the linker; a build by hand says dev.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "run outside of Terraform's control, for a debugger such as delve to attach to")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
