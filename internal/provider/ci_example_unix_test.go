//go:build unix

package provider

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// nobody is a user who owns nothing. Root may write everywhere, so it is not root who shows
// that nothing is written.
const nobody = 65534

// readOnly makes the checkout read-only to whoever types the commands from now on.
func (p *pipeline) readOnly() (restore func()) {
	p.t.Helper()
	var written []string
	chmod := func(path string, mode fs.FileMode) {
		p.t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			p.t.Fatal(err)
		}
	}
	err := filepath.WalkDir(p.path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			written = append(written, path)
			chmod(path, 0o555)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	back := func() {
		p.user = nil
		for _, path := range written {
			_ = os.Chmod(path, 0o755)
		}
	}
	p.t.Cleanup(back)
	if os.Geteuid() != 0 {
		return back
	}
	var writable []string
	for _, variable := range p.env {
		for _, name := range []string{"TF_DATA_DIR=", "RUNNER_TEMP="} {
			if folder, ok := strings.CutPrefix(variable, name); ok {
				writable = append(writable, folder)
			}
		}
		if file, ok := strings.CutPrefix(variable, "TF_CLI_CONFIG_FILE="); ok {
			chmod(filepath.Dir(filepath.Dir(file)), 0o711)
		}
	}
	for _, folder := range writable {
		chmod(filepath.Dir(folder), 0o711)
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				err = os.Lchown(path, nobody, nobody)
			}
			return err
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
	chmod(filepath.Dir(p.path), 0o755)
	chmod(filepath.Dir(filepath.Dir(p.path)), 0o711)
	chmod(scratch, 0o711)
	p.env = append(p.env, "HOME="+writable[0], "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	p.user = func(command *exec.Cmd) {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return back
}
