// Command twilio-sandbox serves the embedded sandbox over HTTP on loopback, for
// any Twilio client that can be pointed at another base URL. A client that keeps
// the original Host header reaches every product; one that does not is routed by
// path.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// stopTimeout bounds the wait for requests in flight after Ctrl-C.
const stopTimeout = 5 * time.Second

// version is that of the release; the linker sets it.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "twilio-sandbox:", err)
		os.Exit(1)
	}
}

const serveHelp = `Usage: twilio-sandbox [serve] [flags]
       twilio-sandbox add [flags] -file FILE NUMBER...
       twilio-sandbox snapshot [flags] -o FILE
       twilio-sandbox version

Serves a Twilio account on your own machine, to the provider or to any other client of
Twilio. "add" puts phone numbers into a sandbox file, and "snapshot" makes one of a real
account; -h behind either tells more.

Flags:
`

// command runs what the arguments say.
func command(ctx context.Context, args []string, out, progress io.Writer) error {
	name := ""
	if len(args) > 0 && (!strings.HasPrefix(args[0], "-") || strings.Trim(args[0], "-") == "version") {
		name, args = strings.TrimLeft(args[0], "-"), args[1:]
	}
	switch name {
	case "", "serve":
		return serve(ctx, args, out)
	case "add":
		return addNumbers(ctx, args, out)
	case "snapshot":
		return takeSnapshot(ctx, args, out, progress)
	case "version":
		fmt.Fprintln(out, "twilio-sandbox", version)
		return nil
	case "help":
		return serve(ctx, []string{"-h"}, out)
	default:
		return fmt.Errorf("%q is none of serve, add, snapshot and version; see twilio-sandbox -h", name)
	}
}

// serve is the command "serve", which is meant where none is given.
func serve(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	file := flags.String("file", "", "store the account in this `file` (default: in memory)")
	readOnly := flags.Bool("read-only", false, "begin with the account of -file and keep what changes in memory; the file stays as it is")
	listen := flags.String("listen", "127.0.0.1:8421", "loopback `address` and port to serve on; port 0 picks a free one")
	if err := parse(flags, serveHelp, args, out); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("serve takes no arguments, and %q was given; see twilio-sandbox -h", flags.Arg(0))
	}
	if *readOnly && *file == "" {
		return errors.New("-read-only is of a file: name it with -file")
	}
	return run(ctx, *file, *readOnly, *listen, out)
}

// parse reads the flags of a command. -h prints its help, and is flag.ErrHelp.
func parse(flags *flag.FlagSet, help string, args []string, out io.Writer) error {
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(out, help)
		flags.SetOutput(out)
		flags.PrintDefaults()
	} else if err != nil {
		return fmt.Errorf("%w; see twilio-sandbox %s -h", err, flags.Name())
	}
	return err
}

// run serves until ctx is done.
func run(ctx context.Context, file string, readOnly bool, listen string, out io.Writer) error {
	listener, err := listenLoopback(ctx, listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	box, where, err := open(ctx, file, readOnly)
	if err != nil {
		return err
	}
	if err := greet(out, "http://"+listener.Addr().String(), where, box); err != nil {
		return err
	}

	server := &http.Server{Handler: box, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(box.CloseConsoles)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

// open opens the account, and says where it is stored.
func open(ctx context.Context, file string, readOnly bool) (box *sandbox.Sandbox, where string, err error) {
	switch {
	case file == "":
		return sandbox.New(), "in memory, lost when this program ends; -file shows the one of a configuration with `sandbox`", nil
	case !readOnly:
		box, err = sandbox.Open(file)
		return box, "in " + file, err
	}
	if _, err := os.Stat(file); err != nil {
		return nil, "", fmt.Errorf("%w; without -read-only a file that does not exist is created", err)
	}
	stored, err := sandbox.Open(file)
	if err != nil {
		return nil, "", err
	}
	text, err := stored.Contents(ctx)
	if err != nil {
		return nil, "", err
	}
	box = sandbox.New()
	return box, "in memory; " + file + " stays as it is", box.Restore(text)
}

// listenLoopback refuses every address that other machines could reach, since the
// sandbox's knobs require no credentials.
func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: %w; give an address such as 127.0.0.1:8421", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("-listen %s: the sandbox serves on loopback only; give an address such as 127.0.0.1:8421", address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: %w; give another port, or 0 for a free one", address, err)
	}
	return listener, nil
}

func greet(out io.Writer, base, where string, box *sandbox.Sandbox) error {
	owner, err := box.Owner()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `Twilio on your own disk, at %[1]s (account stored %[2]s).

  account SID  %[3]s    auth token  %[4]s
  API key      %[5]s    secret      %[6]s

The numbers of the account:

  curl -u %[3]s:%[4]s %[1]s/2010-04-01/Accounts/%[3]s/IncomingPhoneNumbers.json

The console, for a browser: %[1]s%[7]s
The knobs of the sandbox: %[1]s/_sandbox/
Stop with Ctrl-C.
`, base, where, owner.AccountSID, owner.AuthToken, owner.APIKeySID, owner.APIKeySecret, sandbox.ConsolePath)
	return nil
}
