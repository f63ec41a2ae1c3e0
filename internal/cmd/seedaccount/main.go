// Command seedaccount writes a sandbox file with an account that was configured by hand: 400
// numbers and 30 bots, for trying what brings an account under Terraform.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox/handmade"
)

func main() {
	file := flag.String("file", "twilio.sandbox.json", "the sandbox file to write; the account of one that exists is replaced")
	flag.Parse()
	if err := run(*file); err != nil {
		fmt.Fprintln(os.Stderr, "seedaccount:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return err
	}
	// In memory first: a sandbox on a file writes the whole of it for each call.
	box := sandbox.New(sandbox.WithSettings(sandbox.Settings{ModelBuildMS: 1}))
	if err := handmade.Fill(box); err != nil {
		return err
	}
	contents, err := box.Contents(context.Background())
	if err != nil {
		return err
	}
	stored, err := sandbox.Open(file)
	if err != nil {
		return err
	}
	if err := stored.Restore(contents); err != nil {
		return err
	}
	fmt.Printf("%s: %d numbers, %d bots.\n", file, handmade.Numbers, handmade.Bots)
	return nil
}
