// Command installprovider builds the provider and puts it into the folders where
// `terraform init` and `tofu init` look before they ask a registry:
//
//	installprovider 0.1.0
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hashicorp/go-version"
)

// hosts are the registries that "twiliobot/twiliobot" means to Terraform and to OpenTofu.
var hosts = []string{"registry.terraform.io", "registry.opentofu.org"}

const (
	name   = "terraform-provider-twiliobot"
	source = "twiliobot/twiliobot"
)

func main() {
	if err := install(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "installprovider:", err)
		os.Exit(1)
	}
}

func install(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: installprovider VERSION")
	}
	v, err := version.NewSemver(args[0])
	if err != nil {
		return fmt.Errorf("version of the provider: %w", err)
	}
	plugins, err := pluginFolder()
	if err != nil {
		return err
	}
	built := filepath.Join(plugins, binary(hosts[0], v))
	if err := build(ctx, built, v, os.Stderr); err != nil {
		return err
	}
	for _, host := range hosts[1:] {
		if err := link(built, filepath.Join(plugins, binary(host, v))); err != nil {
			return err
		}
	}
	constraint := ""
	if v.Prerelease() != "" {
		constraint = fmt.Sprintf("\n      version = %q # a prerelease is only selected by its exact version", v)
	}
	fmt.Printf(`Installed twiliobot %[1]s in %[2]s. Use it with

  terraform {
    required_providers {
      twiliobot = {
        source = %[3]q%[4]s
      }
    }
  }

and "terraform init" or "tofu init". A configuration that has used another build of the
same version wants its .terraform.lock.hcl removed first. To go back to the registry,
remove %[5]s.

To use each new build with no init at all, put this into your CLI configuration file
(~/.terraformrc or ~/.tofurc; %%APPDATA%%\terraform.rc on Windows):

  provider_installation {
    dev_overrides {
      %[3]q = %[6]q
    }
    direct {}
  }
`, v, plugins, source, constraint, filepath.Join(plugins, "*", source), filepath.Join(plugins, filepath.Dir(binary(hosts[0], v))))
	return nil
}

// pluginFolder is the user's own implied mirror:
// https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
func pluginFolder() (string, error) {
	if runtime.GOOS == "windows" {
		config, err := os.UserConfigDir()
		return filepath.Join(config, "terraform.d", "plugins"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".terraform.d", "plugins"), err
}

// binary is the provider's file below a mirror's folder, in the unpacked layout.
func binary(host string, v *version.Version) string {
	file := fmt.Sprintf("%s_v%s", name, v)
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	return filepath.Join(host, filepath.FromSlash(source), v.String(), runtime.GOOS+"_"+runtime.GOARCH, file)
}

// build compiles the provider, and says how far it is.
func build(ctx context.Context, target string, v *version.Version, log io.Writer) error {
	// A running provider's file cannot be written to, but can be replaced.
	if err := os.Remove(target); err != nil && !os.IsNotExist(err) {
		return err
	}
	flags := []string{"-trimpath", "-ldflags", "-s -w -X main.version=" + v.String()}
	fmt.Fprintf(log, "Building %s %s: up to 3 minutes on 2 cores, seconds when most of it is in Go's cache.\n", name, v)
	fmt.Fprintln(log, "Looking for its packages.")
	// What has to be compiled is what is stale, for which modules may have to be downloaded first.
	list := exec.CommandContext(ctx, "go", append(append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, flags...), ".")...)
	list.Stderr = log
	stale, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing the packages of the provider: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-v"}, flags...), "-o", target, ".")...)
	p := &progress{log: log, all: len(strings.Fields(string(stale)))}
	cmd.Stdout, cmd.Stderr = log, p
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building the provider: %w", err)
	}
	fmt.Fprintln(log, "Linked.")
	return nil
}

// progress counts the lines of `go build -v`, each the name of a package that is compiled
// next, and says each tenth of the way. Other lines are errors of the compiler.
type progress struct {
	log       io.Writer
	all, done int
	said      int // tenths
	rest      []byte
}

func (p *progress) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for {
		line, after, whole := bytes.Cut(p.rest, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		p.rest = after
		if text := string(line); strings.ContainsAny(text, " \t:#") {
			fmt.Fprintln(p.log, text)
			continue
		}
		p.done++
		if tenths := 10 * p.done / max(p.all, 1); tenths > p.said && tenths <= 10 {
			p.said = tenths
			fmt.Fprintf(p.log, "Compiled %d of %d packages.\n", p.done, p.all)
		}
	}
}

// link puts the file in a second place, without its bytes where the file system can.
func link(file, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if err := os.Remove(target); err != nil && !os.IsNotExist(err) {
		return err
	}
	if os.Link(file, target) == nil {
		return nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o755)
}
