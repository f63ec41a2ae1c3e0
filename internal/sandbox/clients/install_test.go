package clients

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

var all = flag.Bool("all", false, "install the npm packages where they are not installed yet, 290 MB of them, and run twilio-cli too, a second of CPU time for each command")

// oldestNode is the major version of Node.js that the packages need.
const oldestNode = 20

// lockPoll is how often a process that waits for another's installation looks again.
const lockPoll = time.Second

// offline is what npm reports where there is no registry to be reached.
var offline = regexp.MustCompile(`code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR)`)

// errMissing is why the packages cannot be had here.
type errMissing string

func (e errMissing) Error() string { return string(e) }

// installed returns the folder with the packages; the test is skipped where they cannot
// be had.
func installed(t *testing.T) string {
	t.Helper()
	folder, err := packages()
	if missing, ok := errors.AsType[errMissing](err); ok {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// packages installs what testdata/npm/package-lock.json pins, in the user's cache folder: once
// for all processes and later runs.
var packages = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	if err := checkNode(ctx); err != nil {
		return "", err
	}
	target, err := target()
	if err != nil {
		return "", err
	}
	if isFolder(target) {
		return target, nil
	}
	if !*all {
		return "", errMissing("the npm packages are not installed: `make clients` installs them")
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", err
	}
	lock := flock.New(target + ".lock")
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return "", fmt.Errorf("waiting for another process that installs the npm packages: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	if isFolder(target) {
		return target, nil
	}
	// What is cut off leaves no folder of the name that is looked for.
	unfinished := target + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return "", err
	}
	if err := os.CopyFS(unfinished, os.DirFS("testdata/npm")); err != nil {
		return "", err
	}
	var said bytes.Buffer
	// The packages' own scripts are not run: none is needed.
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	npm.Dir, npm.Stdout, npm.Stderr = unfinished, &said, &said
	if err := npm.Run(); err != nil {
		if offline.Match(said.Bytes()) {
			return "", errMissing("the npm registry cannot be reached: " + said.String())
		}
		return "", fmt.Errorf("npm ci: %w\n%s", err, said.Bytes())
	}
	return target, os.Rename(unfinished, target)
})

func checkNode(ctx context.Context) error {
	for _, command := range []string{"npm", "node"} {
		if _, err := exec.LookPath(command); err != nil {
			return errMissing(command + " is not on the PATH: Twilio's npm clients cannot be run")
		}
	}
	version, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return fmt.Errorf("node --version: %w", err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		return errMissing(fmt.Sprintf("Twilio's npm clients need Node.js %d, and this is %s", oldestNode, bytes.TrimSpace(version)))
	}
	return nil
}

// target is where the packages are: others get another folder.
func target() (string, error) {
	pins, err := os.ReadFile("testdata/npm/package-lock.json")
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", errMissing(fmt.Sprintf("no folder to keep the npm packages in: %v", err))
	}
	sum := sha256.Sum256(pins)
	return filepath.Join(cache, "terraform-provider-twiliobot", "npm-"+hex.EncodeToString(sum[:8])), nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
