package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/cmd/cli"
)

func TestCommandsStatusIsHandedOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands of this test are shell scripts")
	}
	terraform := filepath.Join(t.TempDir(), "terraform")
	if err := os.WriteFile(terraform, []byte("#!/bin/sh\necho Terraform v1.11.4\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(cli.PathVariable, terraform)
	for command, want := range map[string]int{
		`exit 3`: 3,
		`exit 0`: 0,
		`[ "$TF_ACC_TERRAFORM_PATH" = "` + terraform + `" ]`: 0,
		`kill -9 $$`: 1,
	} {
		status, _ := start([]string{"sh", "-c", command})
		if status != want {
			t.Errorf("%s: status %d, want %d", command, status, want)
		}
	}
	if status, err := start([]string{"/nonexistent"}); status == 0 || err == nil {
		t.Errorf("a missing command: status %d, %v", status, err)
	}
}
