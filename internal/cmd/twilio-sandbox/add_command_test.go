package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// does runs a command, which must succeed, and returns what it printed.
func does(t *testing.T, args ...string) string {
	t.Helper()
	var out, progress bytes.Buffer
	if err := command(t.Context(), args, &out, &progress); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String() + progress.String()
}

// fails runs a command, which must fail in these words.
func fails(t *testing.T, words string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if err := command(t.Context(), args, &out, &out); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%q: the error is %v, without %q", args, err, words)
	}
}

func TestNumbersAreAddedToAFile(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "ci.sandbox.json")
	does(t, "add", "-file", file, "-capabilities", "voice, sms", "+12025550142=Front desk", "+447700900111")
	text := read(t, file)
	for _, want := range []string{`"phone_number": "+12025550142"`, `"friendly_name": "Front desk"`, `"phone_number": "+447700900111"`, `"friendly_name": "+447700900111"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the file has no %s", want)
		}
	}
	if strings.Contains(text, "+447447735023") || strings.Contains(text, `"mms": true`) {
		t.Error("the file has what was not asked for")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("beside the file there are %v, %v", entries, err)
	}
	again := filepath.Join(folder, "again.sandbox.json")
	does(t, "add", "-file", again, "+12025550142")
	if sid := sidOf("PN", "+12025550142"); !strings.Contains(text, sid) || !strings.Contains(read(t, again), sid) {
		t.Error("a number has another SID in another file")
	}

	before := text
	fails(t, "already owned; nothing was added", "add", "-file", file, "+12025550199", "+12025550142")
	fails(t, "given twice", "add", "-file", file, "+12025550199", "+12025550199")
	fails(t, "not in E.164", "add", "-file", file, "+12025550199", "2025550142")
	fails(t, "flags come before the numbers", "add", "-file", file, "+12025550199", "-service")
	fails(t, "none of voice, sms, mms and fax", "add", "-file", file, "-capabilities", "telex", "+12025550199")
	fails(t, "no file is given", "add", "+12025550199")
	fails(t, "no number is given", "add", "-file", file)
	fails(t, "name it with -service", "add", "-file", file, "-defer", "+12025550199")
	fails(t, "there is no folder "+filepath.Join(folder, "none")+":", "add", "-file", filepath.Join(folder, "none", "ci.sandbox.json"), "+12025550199")
	if read(t, file) != before {
		t.Error("a command that failed changed the file")
	}

	if out := does(t, "add", "-file", file, "-service", "Pool", "-defer", "+12025550143"); !strings.Contains(out, sidOf("MG", "Pool")) {
		t.Errorf("it does not say which service there is: %s", out)
	}
	for _, want := range []string{`"friendly_name": "Pool"`, `"use_inbound_webhook_on_number": true`, `"service_sid": "` + sidOf("MG", "Pool")} {
		if !strings.Contains(read(t, file), want) {
			t.Errorf("the file has no %s", want)
		}
	}
	before = read(t, file)
	fails(t, `the messaging service "Pool" (`+sidOf("MG", "Pool")+`) exists already; nothing was added`, "add", "-file", file, "-service", "Pool", "+12025550144")
	if read(t, file) != before {
		t.Error("the numbers of a service that exists were added")
	}
}

// A file that two commands create at once has the numbers of both.
func TestNumbersAddedAtOnceAreAllThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ci.sandbox.json")
	var group errgroup.Group
	for i := range 8 {
		group.Go(func() error {
			return command(t.Context(), []string{"add", "-file", file, fmt.Sprintf("+1202555014%d", i)}, io.Discard, io.Discard)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if number := fmt.Sprintf("+1202555014%d", i); !strings.Contains(read(t, file), number) {
			t.Errorf("%s is not in the file", number)
		}
	}
	before := read(t, file)
	if err := createFile(file, []byte("mine")); !errors.Is(err, os.ErrExist) || read(t, file) != before {
		t.Errorf("a file that another command has created is replaced: %v", err)
	}
	fails(t, "-service is empty", "add", "-file", file, "-service", "", "+12025550199")
	missing := filepath.Join(t.TempDir(), "none", "ci.sandbox.json")
	fails(t, "there is no folder "+filepath.Dir(missing), "serve", "-file", missing, "-listen", "127.0.0.1:0")
}

func TestEachCommandHasHelp(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"serve", "-h"}, {"add", "-h"}, {"snapshot", "-h"}} {
		var out bytes.Buffer
		err := command(t.Context(), args, &out, &out)
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "Usage: twilio-sandbox") || !strings.Contains(out.String(), "  -") {
			t.Errorf("%q: %v\n%s", args, err, out.String())
		}
	}
	for _, name := range []string{"version", "-version", "--version"} {
		if out := does(t, name); out != "twilio-sandbox dev\n" {
			t.Errorf("%s: %s", name, out)
		}
	}
	fails(t, "none of serve, add, snapshot and version", "fly")
	fails(t, "see twilio-sandbox add -h", "add", "-fly")
}

func TestFileThatIsServedReadOnlyStaysAsItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ci.sandbox.json")
	does(t, "add", "-file", file, "+12025550142")
	before := read(t, file)
	box, where, err := open(t.Context(), file, true)
	if err != nil || !strings.Contains(where, "stays as it is") {
		t.Fatal(where, err)
	}
	if _, err := box.AddNumber(`{"phone_number": "+12025550143"}`); err != nil {
		t.Fatal(err)
	}
	if read(t, file) != before {
		t.Error("it changed")
	}
	owner, err := box.Owner()
	if err != nil || owner != sandbox.Starter() {
		t.Error(owner, err)
	}
	if _, _, err := open(t.Context(), file+".none", true); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that does not exist: %v", err)
	}
	fails(t, "name it with -file", "serve", "-read-only")
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
