package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
)

func TestBinaryLiesWhereTheCLILooks(t *testing.T) {
	// The unpacked layout, as Terraform documents it for filesystem mirrors:
	// HOSTNAME/NAMESPACE/TYPE/VERSION/TARGET.
	want := "registry.terraform.io/twiliobot/twiliobot/0.1.0-dev/" + runtime.GOOS + "_" + runtime.GOARCH + "/terraform-provider-twiliobot_v0.1.0-dev"
	if runtime.GOOS == "windows" {
		want += ".exe"
	}
	if got := binary(hosts[0], version.Must(version.NewSemver("0.1.0-dev"))); got != filepath.FromSlash(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVersionIsRefusedBeforeAnythingIsBuilt(t *testing.T) {
	for _, args := range [][]string{nil, {""}, {"latest"}, {"0.1.0", "0.2.0"}, {"../0.1.0"}} {
		if err := install(t.Context(), args); err == nil {
			t.Errorf("installed with %q", args)
		}
	}
}

func TestProgressIsSaidAndErrorsAreShown(t *testing.T) {
	var log strings.Builder
	p := &progress{log: &log, all: 40}
	for i := range 40 {
		fmt.Fprintf(p, "example.com/package%d", i)
		fmt.Fprint(p, "\n")
	}
	fmt.Fprint(p, "main.go:3:1: undefined: x\n")
	if got := log.String(); strings.Count(got, "Compiled ") != 10 || !strings.Contains(got, "Compiled 40 of 40 packages.\nmain.go:3:1: undefined: x\n") {
		t.Errorf("%s", got)
	}
}

func TestTheSecondPlaceHasTheSameFile(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "a"), filepath.Join(folder, "b", "c")
	for _, content := range []string{"first", "second"} {
		if err := os.Remove(from); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(from, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := link(from, to); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(to); err != nil || string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
	}
}
