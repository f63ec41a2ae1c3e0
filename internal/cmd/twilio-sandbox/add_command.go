package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

const addHelp = `Usage: twilio-sandbox add [flags] -file FILE NUMBER...

Puts phone numbers into a sandbox file, so that a configuration with your own numbers can be
planned and applied there. A number is in E.164, and may have a label: +12025550142='Front desk'.
A file that does not exist is created, with these numbers and no others. All numbers are
added, or none. A number always gets the same SID.

With -service the numbers are in a new Messaging Service, which has no webhook.

Flags:
`

// addNumbers is the command "add".
func addNumbers(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("add", flag.ContinueOnError)
	file := flags.String("file", "", "the sandbox `file`")
	carries := flags.String("capabilities", "voice,sms,mms", "what the numbers carry: a `list` of voice, sms, mms and fax")
	service := flags.String("service", "", "the `name` of a Messaging Service to create with the numbers")
	defers := flags.Bool("defer", false, "the service leaves messages to the webhooks of its numbers, as \"Defer to sender's webhook\" in the Console does")
	if err := parse(flags, addHelp, args, out); err != nil {
		return err
	}
	switch {
	case *file == "":
		return errors.New("no file is given: name it, such as -file ci.sandbox.json")
	case flags.NArg() == 0:
		return errors.New("no number is given: name one or more in E.164, such as +12025550142")
	case *service == "" && isGiven(flags, "service"):
		return errors.New("-service is empty: name the Messaging Service")
	case *defers && *service == "":
		return errors.New("-defer is of a Messaging Service: name it with -service")
	}
	capabilities := map[string]bool{"voice": false, "sms": false, "mms": false, "fax": false}
	for name := range strings.SplitSeq(*carries, ",") {
		name = strings.TrimSpace(name)
		if _, known := capabilities[name]; !known {
			return fmt.Errorf("-capabilities: %q is none of voice, sms, mms and fax", name)
		}
		capabilities[name] = true
	}
	box, create, err := openOrCompose(*file)
	if err != nil {
		return err
	}
	owner, err := box.Owner()
	if err != nil {
		return err
	}
	var all, numbers []string
	for _, argument := range flags.Args() {
		number, label, labelled := strings.Cut(argument, "=")
		if strings.HasPrefix(argument, "-") {
			return fmt.Errorf("%s stands behind a number: flags come before the numbers; nothing was added", argument)
		}
		if slices.Contains(numbers, number) {
			return fmt.Errorf("the number %s is given twice; nothing was added", number)
		}
		fields := map[string]any{"sid": sidOf("PN", number), "account_sid": owner.AccountSID, "phone_number": number, "capabilities": capabilities}
		if labelled {
			fields["friendly_name"] = label
		}
		all, numbers = append(all, encode(fields)), append(numbers, number)
	}
	wanted := ""
	if *service != "" {
		wanted = encode(map[string]any{
			"sid": sidOf("MG", *service), "account_sid": owner.AccountSID, "friendly_name": *service,
			"use_inbound_webhook_on_number": *defers, "phone_numbers": numbers,
		})
	}
	if err := box.AddNumbersAndService(all, wanted); err != nil {
		return fmt.Errorf("%s: %w; nothing was added", *file, err)
	}
	if create {
		text, err := box.Contents(ctx)
		if err == nil {
			err = createFile(*file, text)
		}
		if errors.Is(err, fs.ErrExist) { // by another command, since this one looked
			return addNumbers(ctx, args, out)
		}
		if err != nil {
			return fmt.Errorf("creating the sandbox file: %w", err)
		}
	}
	fmt.Fprintf(out, "Added %s to %s.\n", strings.Join(numbers, ", "), *file)
	if *service != "" {
		fmt.Fprintf(out, "They are in the Messaging Service %q (%s).\n", *service, sidOf("MG", *service))
	}
	return nil
}

// createFile creates a file with its whole content in one step; fs.ErrExist where there is one.
func createFile(path string, text []byte) error {
	whole, err := os.CreateTemp(filepath.Dir(path), ".sandbox-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(whole.Name()) }() // its other name stays
	_, err = whole.Write(text)
	if err := errors.Join(err, whole.Chmod(0o644), whole.Close()); err != nil {
		return err
	}
	err = os.Link(whole.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// Where a file cannot have two names.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// isGiven reports whether a flag is among the arguments.
func isGiven(flags *flag.FlagSet, name string) (given bool) {
	flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// openOrCompose opens a sandbox file, or makes an account without numbers in memory, for a file
// that is to be created.
func openOrCompose(file string) (box *sandbox.Sandbox, create bool, err error) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		box, err := sandbox.Open(file)
		return box, false, err
	}
	if err := folderExists(file); err != nil {
		return nil, false, err
	}
	box, err = sandbox.Compose(sandbox.Shape{AccountSID: sandbox.StarterAccountSID})
	return box, true, err
}

// sidOf is a SID that follows from a name, so that a file made anew has the same.
func sidOf(prefix, name string) string {
	sum := sha256.Sum256([]byte(prefix + " " + name))
	return prefix + hex.EncodeToString(sum[:16])
}

func encode(fields map[string]any) string {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // strings and bools
	}
	return string(text)
}
