// Command withterraform runs a command with a Terraform or OpenTofu command available, built
// first if there is none:
//
//	withterraform go test ./...    runs it with the variables that terraform-plugin-testing reads
//	withterraform                  prints the path of the command
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

func main() {
	status, err := start(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withterraform:", err)
	}
	os.Exit(status)
}

// start returns the status to exit with: the command's own where it ran.
func start(args []string) (int, error) {
	c, err := find()
	if err != nil {
		return 1, err
	}
	if len(args) == 0 {
		fmt.Println(c.Path)
		return 0, nil
	}
	fmt.Fprintf(os.Stderr, "Using %s.\n", c)

	// The terminal sends Ctrl-C to the command as well: it ends by itself and is
	// waited for. A SIGTERM comes to this process alone and is passed on.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = c.Environ()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

func find() (cli.CLI, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Ensure(ctx, os.Stderr)
}
