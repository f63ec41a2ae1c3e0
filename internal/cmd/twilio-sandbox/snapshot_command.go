package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/twilio-sandbox/snapshot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

const snapshotHelp = `Usage: twilio-sandbox snapshot [flags] -o FILE

Writes the shape of a Twilio account as a sandbox file, so that a pipeline plans against it
without credentials: numbers with their webhooks, Messaging Services with their senders,
addresses, SIP domains, trunks, and the bots: flows, TwiML applications and, where there
are any, Autopilot assistants. Suspensions are records of the account and come along.

It only reads, a page at a time. It reads no messages, calls, conversations or executions,
and no Twilio Functions. Secrets in URLs, flows and actions are replaced by ` + snapshot.Redacted + `, and where
they were is said. Friendly names of what is no bot are left out without -labels. The same
account gives the same bytes.

The credentials are those of the provider: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or
with TWILIO_API_KEY and TWILIO_API_SECRET, or a profile of twilio-cli. TWILIOBOT_API_URL
names another address of Twilio, such as that of a sandbox that is served.

Flags:
`

// takeSnapshot is the command "snapshot".
func takeSnapshot(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("snapshot", flag.ContinueOnError)
	output := flags.String("o", "", "the sandbox `file` to write, or to write anew; - is standard output")
	profile := flags.String("profile", "", "the `name` of a profile of twilio-cli, whose credentials are used")
	accountSID := flags.String("account-sid", "", "the account (`AC…`), where it is not that of the credentials")
	autopilotURL := flags.String("autopilot-url", "", "the `URL` of a service that speaks the Autopilot API, whose assistants are read too")
	labels := flags.Bool("labels", false, "keep the friendly names of numbers, services and other ways in, and what people wrote on revisions of flows")
	anonymise := flags.Bool("anonymise", false, "replace phone numbers, the same by the same everywhere, and the account's SID")
	if err := parse(flags, snapshotHelp, args, out); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("snapshot takes no arguments, and %q was given; see twilio-sandbox snapshot -h", flags.Arg(0))
	}
	if *output == "" {
		return errors.New("no file is given: name the one to write, such as -o account.sandbox.json")
	}
	client, resolved, err := clientOf(twilio.Settings{Profile: *profile, AccountSID: *accountSID, AutopilotURL: *autopilotURL}, progress)
	if err != nil {
		return err
	}
	before, err := earlier(*output)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "Reading account %s with %s.\n", client.AccountSID(), resolved.Source)
	options := snapshot.Options{
		Labels: *labels, Anonymise: *anonymise, Autopilot: resolved.AutopilotURL != "" || resolved.APIURL != "",
		Progress: func(what string, count int) { fmt.Fprintf(progress, "  %6d %s\n", count, what) },
	}
	if resolved.Password != "" {
		options.Secrets = []string{resolved.Password}
	}
	taken, err := snapshot.Take(ctx, client, options)
	if err != nil {
		return fmt.Errorf("%w. Nothing was written", err)
	}
	for _, unread := range taken.Unread {
		fmt.Fprintf(progress, "Left out, since the credentials may not read them: %v\n", unread)
	}
	for _, each := range taken.Redacted {
		fmt.Fprintf(progress, "%s instead of a secret: %s\n", snapshot.Redacted, each)
	}
	if *output == "-" {
		_, err := out.Write(taken.Contents)
		return err
	}
	done := "Wrote"
	if bytes.Equal(before, taken.Contents) {
		done = "Unchanged:"
	} else if err := maybe.WriteFile(*output, taken.Contents, 0o644); err != nil {
		return fmt.Errorf("writing the snapshot: %w", err)
	}
	fmt.Fprintf(out, "%s %s: %s, in %d calls.\n", done, *output, summary(taken.Counts), taken.Calls)
	return nil
}

// earlier reads the file that a snapshot is about to replace: none, or a sandbox file.
func earlier(path string) ([]byte, error) {
	if path == "-" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, folderExists(path)
	}
	if err == nil {
		err = sandbox.New().Restore(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is left as it is: %w", path, err)
	}
	return text, nil
}

// folderExists refuses a file that cannot be written for want of its folder, before anything is
// read for it.
func folderExists(path string) error {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s cannot be written, since there is no folder %s: create it, or name another file", path, folder)
	}
	return nil
}

// clientOf finds the way to Twilio as the provider does.
func clientOf(settings twilio.Settings, progress io.Writer) (*twilio.Client, twilio.Resolved, error) {
	resolved, problems := twilio.Resolve(settings, os.Getenv, os.UserHomeDir)
	for _, w := range resolved.Warnings {
		fmt.Fprintf(progress, "Warning: %s: %s\n", w.Summary, w.Detail)
	}
	if len(problems) > 0 {
		var all []error
		for _, p := range problems {
			if p.Summary == twilio.NoCredentials {
				// Its detail is for a configuration, which has attributes and a sandbox.
				p.Detail = "there are none in the environment, and no active profile of twilio-cli. Set TWILIO_ACCOUNT_SID with TWILIO_API_KEY and TWILIO_API_SECRET or with TWILIO_AUTH_TOKEN, " +
					"or create a profile with \"twilio login\" and name it with -profile"
			}
			all = append(all, fmt.Errorf("%s: %s", p.Summary, p.Detail))
		}
		return nil, resolved, errors.Join(all...)
	}
	switch owner := resolved.CredentialAccountSID; {
	case resolved.Sandbox != "":
		return nil, resolved, fmt.Errorf("TWILIOBOT_SANDBOX names the sandbox %s, which is a sandbox file already: unset it to read an account", resolved.Sandbox)
	case resolved.Region != "" && resolved.Region != "us1":
		return nil, resolved, fmt.Errorf("the credentials are of the Region %s, and a snapshot is of us1 alone: give credentials of us1", resolved.Region)
	case owner != "" && owner != resolved.AccountSID:
		return nil, resolved, fmt.Errorf("credentials of account %s do not reach the flows and services of its subaccount %s: give credentials of the subaccount itself", owner, resolved.AccountSID)
	}
	client, err := twilio.New(twilio.Config{Resolved: resolved, Version: version, MaxRetries: twilio.DefaultMaxRetries})
	return client, resolved, err
}

func summary(counts []snapshot.Count) string {
	if len(counts) == 0 {
		return "an account with nothing in it"
	}
	var parts []string
	for _, each := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", each.What, each.Count))
	}
	return strings.Join(parts, ", ")
}
