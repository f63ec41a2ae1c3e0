package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// machine is an empty machine: a PATH of one folder, a cache folder of its own, and
// nothing set in the environment. It returns the folder on the PATH.
func machine(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the commands of these tests are shell scripts")
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv(PathVariable, "")
	return bin
}

func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func says(line string) string { return fmt.Sprintf("echo '%s'\necho 'on linux_amd64'", line) }

func TestFirstUsableCommandIsTaken(t *testing.T) {
	const current, old = "Terraform v1.11.4", "Terraform v1.7.5"
	for name, test := range map[string]struct {
		commands map[string]string // name on the PATH -> what the script does
		want     string            // "" for none
	}{
		"no command":                          {nil, ""},
		"terraform":                           {map[string]string{"terraform": says(current)}, "Terraform 1.11.4"},
		"terraform before tofu":               {map[string]string{"terraform": says(current), "tofu": says("OpenTofu v1.12.6")}, "Terraform 1.11.4"},
		"tofu alone":                          {map[string]string{"tofu": says("OpenTofu v1.12.6")}, "OpenTofu 1.12.6"},
		"tofu where terraform is too old":     {map[string]string{"terraform": says(old), "tofu": says("OpenTofu v1.8.0")}, "OpenTofu 1.8.0"},
		"tofu where terraform does not run":   {map[string]string{"terraform": "exit 126", "tofu": says("OpenTofu v1.9.4")}, "OpenTofu 1.9.4"},
		"a prerelease of the minimum":         {map[string]string{"terraform": says("Terraform v1.8.0-rc1")}, "Terraform 1.8.0-rc1"},
		"warnings before the version":         {map[string]string{"terraform": "echo; echo 'Warning: odd'; " + says(current)}, "Terraform 1.11.4"},
		"another program of that name":        {map[string]string{"terraform": says("Terrarium 7")}, ""},
		"only one that is too old":            {map[string]string{"terraform": says(old)}, ""},
		"a tofu by the name of terraform":     {map[string]string{"terraform": says("OpenTofu v1.12.6")}, "OpenTofu 1.12.6"},
		"a version that is not one":           {map[string]string{"terraform": says("Terraform vNext")}, ""},
		"a file that cannot be executed here": {map[string]string{"terraform": "exec /nonexistent/terraform"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bin := machine(t)
			for command, text := range test.commands {
				script(t, filepath.Join(bin, command), text)
			}
			got, err := Find(t.Context())
			if test.want == "" {
				if !errors.Is(err, ErrNotFound) {
					t.Fatalf("got %v, %v; want ErrNotFound", got, err)
				}
				for command := range test.commands {
					if !strings.Contains(err.Error(), filepath.Join(bin, command)) {
						t.Errorf("%q does not say why %s was skipped", err, command)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if text := got.String(); !strings.HasPrefix(text, test.want+" (") || !filepath.IsAbs(got.Path) {
				t.Errorf("got %s, want %s by an absolute path", text, test.want)
			}
		})
	}
}

func TestVariablePicksTheCommand(t *testing.T) {
	bin := machine(t)
	script(t, filepath.Join(bin, "terraform"), says("Terraform v1.11.4"))
	own := script(t, filepath.Join(t.TempDir(), "own"), says("Terraform v1.15.9"))
	t.Setenv(PathVariable, own)
	if got, err := Find(t.Context()); err != nil || got.Path != own {
		t.Errorf("got %v, %v; want %s", got, err, own)
	}
}

func TestUnusableCommandOfTheVariableIsAnError(t *testing.T) {
	bin := machine(t)
	script(t, filepath.Join(bin, "terraform"), says("Terraform v1.11.4"))
	t.Setenv(PathVariable, filepath.Join(bin, "missing"))
	if got, err := Ensure(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), PathVariable) {
		t.Errorf("got %v, %v; want an error that names %s", got, err, PathVariable)
	}
}

func TestCommandsAskNeitherTheNetworkNorTheUsersSettings(t *testing.T) {
	bin := machine(t)
	t.Setenv("TF_CLI_CONFIG_FILE", "/nonexistent/terraformrc")
	t.Setenv("CHECKPOINT_DISABLE", "")
	script(t, filepath.Join(bin, "terraform"), `[ "$CHECKPOINT_DISABLE$TF_CLI_CONFIG_FILE" = 1/dev/null ] || exit 1`+"\n"+says("Terraform v1.11.4"))
	if _, err := Find(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenTofuGetsTheAddressItFillsIn(t *testing.T) {
	host := "TF_ACC_PROVIDER_HOST=registry.opentofu.org"
	if env := (CLI{Path: "/bin/tofu", Product: OpenTofu}).Environ(); !slices.Contains(env, host) || !slices.Contains(env, PathVariable+"=/bin/tofu") {
		t.Errorf("OpenTofu's environment lacks %s or its path: %q", host, env)
	}
	if env := (CLI{Path: "/bin/terraform", Product: Terraform}).Environ(); slices.Contains(env, host) {
		t.Errorf("Terraform's environment holds %s", host)
	}
}

// goCommand puts a go on the PATH that serves a module with a sum, and builds an
// OpenTofu that prints what it is given; it writes a line to the returned file for each run.
func goCommand(t *testing.T, bin, sum, built string) (calls string) {
	t.Helper()
	calls = filepath.Join(t.TempDir(), "calls")
	script(t, filepath.Join(bin, "go"), fmt.Sprintf(`
echo "$1" >> %[1]s
case $1 in
mod) echo '{"Dir": "%[2]s", "Sum": "%[3]s"}' ;;
build)
	while [ "$1" != -o ]; do shift; done
	%[4]s
	printf '#!/bin/sh\n%%s\n' "echo OpenTofu v1.12.6" > "$2"
	/bin/chmod +x "$2" ;;
esac`, calls, t.TempDir(), sum, built))
	return calls
}

func TestBuiltOnceForManyProcesses(t *testing.T) {
	calls := goCommand(t, machine(t), tofuSum, "/bin/sleep 0.1")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got, err := Ensure(t.Context(), &bytes.Buffer{}); err != nil || got.Product != OpenTofu {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	group.Wait()
	if out, err := os.ReadFile(calls); err != nil || string(out) != "mod\nbuild\n" {
		t.Errorf("go was run for %q, %v; want one download and one build", out, err)
	}
	if got, err := Find(t.Context()); err != nil || got.Product != OpenTofu {
		t.Errorf("the built command is not found: %v, %v", got, err)
	}
}

func TestFailedBuildLeavesNothingAndSaysWhy(t *testing.T) {
	for name, test := range map[string]struct{ sum, built, want string }{
		"another module than the one tried": {"h1:other", "", "h1:other"},
		"compiler's error":                  {tofuSum, "echo 'no space left on device' >&2; exit 1", "no space left"},
		"cut off":                           {tofuSum, "echo half > $2; exit 1", "exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			goCommand(t, machine(t), test.sum, test.built)
			_, err := Ensure(t.Context(), &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			target, err := builtPath()
			if err != nil {
				t.Fatal(err)
			}
			left, err := os.ReadDir(filepath.Dir(target))
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range left {
				if !strings.HasSuffix(entry.Name(), ".lock") {
					t.Errorf("%s was left behind", entry.Name())
				}
			}
		})
	}
}
