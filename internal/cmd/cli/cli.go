// Package cli finds a Terraform or OpenTofu command to run this provider with, or
// builds one, so that tests and the demonstration need nothing but Go.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
)

// PathVariable names the environment variable that picks the command: the one
// terraform-plugin-testing reads.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// minimum is the first version of either product with everything the examples use:
// provider-defined functions came with Terraform 1.8 and OpenTofu 1.7.
var minimum = version.Must(version.NewVersion("1.8.0"))

// versionTimeout bounds asking a command for its version; a cold start takes about a second.
const versionTimeout = 30 * time.Second

// Product is the product a command belongs to.
type Product string

// The products whose commands run this provider.
const (
	Terraform Product = "Terraform"
	OpenTofu  Product = "OpenTofu"
)

// CLI is a command whose version is known.
type CLI struct {
	Path    string // absolute
	Product Product
	Version *version.Version
}

func (c CLI) String() string { return fmt.Sprintf("%s %s (%s)", c.Product, c.Version, c.Path) }

// ErrNotFound reports that there is no usable command; Install builds one.
var ErrNotFound = errors.New("no Terraform or OpenTofu 1.8 or later found")

// Find returns the first usable command of: the one PathVariable names, terraform on
// the PATH, tofu on the PATH, the one Install built earlier. A command that
// PathVariable names and that cannot be used is an error, since it was requested explicitly;
// of the others, those that are too old or do not run are skipped, and the error
// says why. That error is ErrNotFound.
func Find(ctx context.Context) (CLI, error) {
	if path := os.Getenv(PathVariable); path != "" {
		c, err := Check(ctx, path)
		if err != nil {
			return CLI{}, fmt.Errorf("%s: %w; correct the variable, or unset it to look on the PATH", PathVariable, err)
		}
		return c, nil
	}
	var passedOver []string
	for _, name := range candidates() {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		c, err := Check(ctx, name)
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return CLI{}, ctx.Err()
		}
		passedOver = append(passedOver, err.Error())
	}
	if len(passedOver) > 0 {
		return CLI{}, fmt.Errorf("%w (skipped: %s)", ErrNotFound, strings.Join(passedOver, "; "))
	}
	return CLI{}, ErrNotFound
}

func candidates() []string {
	names := []string{"terraform", "tofu"}
	if built, err := builtPath(); err == nil {
		names = append(names, built)
	}
	return names
}

// versionLine is the line of `terraform version` with product and version;
// warnings may come before it.
var versionLine = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// Check runs the command at path, or of that name on the PATH, and reports what it is.
// A command that does not run, does not report its version, or is older than 1.8 is an
// error.
func Check(ctx context.Context, path string) (CLI, error) {
	found, err := exec.LookPath(path)
	if err != nil {
		return CLI{}, err
	}
	absolute, err := filepath.Abs(found) // the tests of a package run in its folder
	if err != nil {
		return CLI{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, absolute, "version")
	cmd.Env = append(os.Environ(), quiet...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return CLI{}, fmt.Errorf("%s version: %w: %s", absolute, err, lastLines(out, 3))
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return CLI{}, fmt.Errorf("%s version names neither Terraform nor OpenTofu: %s", absolute, lastLines(out, 3))
	}
	v, err := version.NewVersion(string(match[2]))
	if err != nil {
		return CLI{}, fmt.Errorf("%s version: %w", absolute, err)
	}
	c := CLI{Path: absolute, Product: Product(match[1]), Version: v}
	if v.Core().LessThan(minimum) {
		return CLI{}, fmt.Errorf("%s is older than %s", c, minimum)
	}
	return c, nil
}
