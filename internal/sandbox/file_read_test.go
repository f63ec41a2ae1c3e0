package sandbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A pipeline plans against a file of its repository: the checkout stays clean, and may be
// read-only.
func TestReadingTakesNoLockAndLeavesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows a file is written in place, so that it is read under its lock")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "twilio.sandbox.json")
	if err := os.WriteFile(path, contents(t, New()), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
	box, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	number := numberPathOf(t, box, "+447700900123")
	must(t, box, 200, "GET", number, nil)
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("reading left %v, %v", entries, err)
	}
	if os.Geteuid() != 0 {
		if _, err := box.ChangeSettings(`{"application_clears_url":true}`); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "use a copy of the file") {
			t.Errorf("writing to a read-only folder: %v", err)
		}
	}
}

func TestWritingWhereNothingCanBeLockedSaysWhatToDo(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "twilio.sandbox.json")
	if err := os.WriteFile(path, contents(t, New()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+".lock", 0o700); err != nil {
		t.Fatal(err)
	}
	box, err := Open(path)
	if runtime.GOOS == "windows" {
		t.Skip("on Windows a file is read under its lock")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.ChangeSettings(`{"application_clears_url":true}`); err == nil || !strings.Contains(err.Error(), "use a copy of the file") {
		t.Errorf("the error is %v", err)
	}
}

// Who is stopped while another process writes is not told to write elsewhere.
func TestWaitingForTheLockEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.sandbox.json")
	box, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = box.do(ctx, func() error { return nil })
	if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "use a copy of the file") {
		t.Errorf("the error is %v", err)
	}
}

func contents(t *testing.T, s *Sandbox) []byte {
	t.Helper()
	text, err := s.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text
}
