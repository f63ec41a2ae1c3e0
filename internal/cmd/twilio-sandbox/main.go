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
	"syscall"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// stopTimeout bounds the wait for requests in flight after Ctrl-C.
const stopTimeout = 5 * time.Second

func main() {
	file := flag.String("file", "", "store the account in this file (default: in memory)")
	listen := flag.String("listen", "127.0.0.1:8421", "loopback address and port to serve on; port 0 picks a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *file, *listen, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "twilio-sandbox:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, file, listen string, out io.Writer) error {
	listener, err := listenLoopback(ctx, listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	box := sandbox.New()
	where := "in memory, lost when this program ends"
	if file != "" {
		if box, err = sandbox.Open(file); err != nil {
			return err
		}
		where = "in " + file
	}
	greet(out, "http://"+listener.Addr().String(), where)

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
	return new(net.ListenConfig).Listen(ctx, "tcp", address)
}

func greet(out io.Writer, base, where string) {
	starter := sandbox.Starter()
	fmt.Fprintf(out, `Twilio on your own disk, at %[1]s (account stored %[2]s).

  account SID  %[3]s    auth token  %[4]s
  API key      %[5]s    secret      %[6]s

The numbers of the account:

  curl -u %[3]s:%[4]s %[1]s/2010-04-01/Accounts/%[3]s/IncomingPhoneNumbers.json

The console, for a browser: %[1]s%[7]s
The knobs of the sandbox: %[1]s/_sandbox/
Stop with Ctrl-C.
`, base, where, starter.AccountSID, starter.AuthToken, starter.APIKeySID, starter.APIKeySecret, sandbox.ConsolePath)
}
