package main

import (
	"path/filepath"
	"runtime"
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
