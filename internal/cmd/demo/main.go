// Command demo shows the provider at work on a machine that needs only Go: a
// bot from a real file on a phone number, by `terraform apply`, on a sandbox.
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/examples"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// stage is a folder with the quickstart in it, a CLI, and the provider where that
// CLI finds it.
type stage struct {
	folder string
	cli    cli.CLI
	env    []string
}

const (
	first  = "+447447735023"
	second = "+447700900123"
)

func run(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "twiliobot-demo-")
	if err != nil {
		return err
	}
	defer func() {
		if removeErr := os.RemoveAll(folder); err == nil {
			err = removeErr
		}
	}()
	command, err := cli.Ensure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	s := stage{folder: folder, cli: command}
	if err := s.build(ctx); err != nil {
		return err
	}
	if err := s.copyQuickstart(); err != nil {
		return err
	}
	apply := func(more ...string) func(context.Context) error {
		return s.terraform(slices.Concat([]string{"apply", "-var", "name=reception"}, more)...)
	}
	say("This is examples/quickstart, on a sandbox, with %s %s.", command.Product, command.Version)
	for _, step := range []struct {
		say string
		do  func(context.Context) error
	}{
		{"", s.terraform("init", "-input=false", "-no-color")},
		{"Put the bot on " + first + ".", s.terraform("apply")},
		{"Text the number, and read what it answers.", s.text(first, "hello", "when do you open?", "opening hours")},
		{"Plan again: no changes.", s.terraform("plan", "-detailed-exitcode")},
		{"Rename the bot: a new one replaces it, the number moves to it, the old one is deleted.", apply()},
		{"Text the number: the new bot answers.", s.text(first, "hello")},
		{"Suspend it.", apply("-var", "suspended=true")},
		{"Text the number: no bot answers.", s.text(first, "hello")},
		{"Resume it.", apply()},
		{"Text the number.", s.text(first, "opening hours")},
		{"Move the bot to " + second + ": the new number answers before the old one is freed.", apply("-var", "phone_number="+second)},
		{"Text the new number.", s.text(second, "hello")},
		{"Text the old number.", s.text(first, "hello")},
		{"Destroy everything. The numbers remain.", s.destroy},
		{"Text the number once more.", s.text(second, "hello")},
	} {
		if step.say != "" {
			say("%s", step.say)
		}
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	say("Done. The configuration is examples/quickstart; the README explains how to use it with a real account.")
	return nil
}

func say(format string, args ...any) {
	text := "# " + fmt.Sprintf(format, args...)
	if coloured() {
		text = "\033[1m" + text + "\033[0m"
	}
	fmt.Printf("\n%s\n", text)
}

// coloured says whether what is printed has colours: on a terminal, where nobody objects
// (https://no-color.org).
func coloured() bool {
	info, err := os.Stdout.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}

// build compiles the provider into a mirror, from which `init` takes it as it would
// from the registry.
func (s *stage) build(ctx context.Context) error {
	const version = "0.1.0"
	platform := runtime.GOOS + "_" + runtime.GOARCH
	mirror := filepath.Join(s.folder, "mirror")
	registry := "registry.terraform.io"
	if s.cli.Product == cli.OpenTofu {
		registry = "registry.opentofu.org" // the host it assumes for an address without one
	}
	binary := filepath.Join(mirror, registry, "twiliobot", "twiliobot", version, platform, "terraform-provider-twiliobot_v"+version)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	fmt.Println("Building the provider …")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-X main.version="+version, "-o", binary, ".")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building the provider: %w", err)
	}
	config := filepath.Join(s.folder, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(mirror))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	s.env = append(s.cli.Environ(), "TF_CLI_CONFIG_FILE="+config, "TF_DATA_DIR="+filepath.Join(s.folder, "data"))
	if !coloured() {
		s.env = append(s.env, "TF_CLI_ARGS=-no-color")
	}
	return nil
}

func (s *stage) copyQuickstart() error {
	entries, err := fs.ReadDir(examples.Files, "quickstart")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		content, err := fs.ReadFile(examples.Files, path.Join("quickstart", entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.folder, entry.Name()), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// terraform is one command, shown as a person would type it, with its own
// output. `init` is shown only when it fails.
func (s *stage) terraform(args ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		switch args[0] {
		case "init":
			return s.run(ctx, io.Discard, args...)
		case "plan":
			args = append(args, "-input=false", "-compact-warnings")
		default:
			args = append(args, "-input=false", "-compact-warnings", "-auto-approve")
		}
		fmt.Printf("$ %s %s\n", filepath.Base(s.cli.Path), strings.Join(args, " "))
		return s.run(ctx, os.Stdout, args...)
	}
}

// destroy is the command of that name without its plan, which adds nothing: the plan
// is made first, and only the apply is shown.
func (s *stage) destroy(ctx context.Context) error {
	fmt.Printf("$ %s destroy\n", filepath.Base(s.cli.Path))
	if err := s.run(ctx, io.Discard, "plan", "-input=false", "-out=demo.plan", "-destroy"); err != nil {
		return err
	}
	return s.run(ctx, os.Stdout, "apply", "-input=false", "-compact-warnings", "demo.plan")
}

// run runs the CLI. What it prints is shown in any case if it fails.
func (s *stage) run(ctx context.Context, out io.Writer, args ...string) error {
	var kept bytes.Buffer
	command := exec.CommandContext(ctx, s.cli.Path, args...)
	command.Dir, command.Env, command.Stdout, command.Stderr = s.folder, s.env, io.MultiWriter(out, &kept), os.Stderr
	// Ctrl-C lets it finish what it is doing.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	if err := command.Run(); err != nil {
		if out == io.Discard {
			_, _ = kept.WriteTo(os.Stderr)
		}
		return fmt.Errorf("%s %s: %w", filepath.Base(s.cli.Path), strings.Join(args, " "), err)
	}
	return nil
}

// text sends messages to a number of the sandbox, as a person with a phone would, and
// prints the conversation.
func (s *stage) text(number string, messages ...string) func(context.Context) error {
	return func(context.Context) error {
		box, err := sandbox.Open(filepath.Join(s.folder, "twilio.sandbox.json"))
		if err != nil {
			return err
		}
		for _, message := range messages {
			answer, err := box.Inbound(sandbox.Inbound{To: number, From: "+447700900999", Channel: "messaging", Body: message})
			if err != nil {
				return fmt.Errorf("texting %s: %w", number, err)
			}
			fmt.Printf("you > %s\n", message)
			if answer.Bot == nil {
				fmt.Println("    (no answer)")
			} else {
				for _, said := range answer.Answers {
					fmt.Printf("%s > %s\n", cmp.Or(answer.Bot.UniqueName, answer.Bot.FriendlyName), said.Text)
				}
			}
			if len(answer.Errors) > 0 {
				problem := answer.Errors[0]
				return fmt.Errorf("texting %s: error %d: %s", number, problem.Code, problem.Message)
			}
		}
		return nil
	}
}
