// Command installprovider builds the provider and puts it into the folders where
// `terraform init` and `tofu init` look before they ask a registry:
//
//	installprovider 0.1.0
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

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
	for _, host := range hosts {
		if err := build(ctx, filepath.Join(plugins, binary(host, v))); err != nil {
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

func build(ctx context.Context, target string) error {
	v := filepath.Base(filepath.Dir(filepath.Dir(target)))
	// A running provider's file cannot be written to, but can be replaced.
	if err := os.Remove(target); err != nil && !os.IsNotExist(err) {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version="+v, "-o", target, ".")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building the provider: %w", err)
	}
	return nil
}
