// Command providerschema prints the provider's schemas as `terraform providers
// schema -json` does, straight from the provider.
//
// The documentation is generated from it rather than from a CLI's output, because a CLI
// omits what it is too old for (identities before 1.12, list resources and actions
// before 1.14), so the pages would depend on the machine.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/provider"
)

func main() {
	// The version is not part of a schema: documentation must not change with it.
	server := providerserver.NewProtocol6(provider.New("dev")())()
	if err := write(context.Background(), os.Stdout, server); err != nil {
		fmt.Fprintln(os.Stderr, "providerschema:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, out io.Writer, server tfprotov6.ProviderServer) error {
	schemas, err := describe(ctx, server)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(schemas)
}
