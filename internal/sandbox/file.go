package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2/maybe"
)

// fileVersion is the version of the file's format; it grows when an older
// program could no longer read the file correctly.
const fileVersion = 1

// lockRetry is how often a lock held by another process is tried again.
const lockRetry = 2 * time.Millisecond

type stateFile struct {
	path string
	lock *flock.Flock
	info os.FileInfo // of the file the state in memory was read from or written to
}

// Open returns a sandbox on a file. The file is created with the starter account
// when it does not exist, readable only by its owner. Several processes may
// have it open: each call locks it (path + ".lock") and reads it again if it
// changed. A damaged file, or one that a newer version wrote, is an error. What only reads
// takes no lock, leaves nothing behind, and needs no right to write.
func Open(path string, options ...Option) (*Sandbox, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox file %s: %w", path, err)
	}
	s := build(options)
	s.file = &stateFile{path: absolute, lock: flock.New(absolute+".lock", flock.SetPermissions(0o600))}
	if err := s.look(context.Background(), func() error { return nil }); err != nil {
		return nil, err
	}
	return s, nil
}

// look runs work, which changes nothing, with the current state. A file that exists is read
// without its lock, since whoever writes it replaces it in one step.
func (s *Sandbox) look(ctx context.Context, work func() error) error {
	if s.file == nil || runtime.GOOS == "windows" { // where it is written in place
		return s.do(ctx, work)
	}
	s.mu.Lock()
	found, err := s.load()
	if found || err != nil {
		defer s.mu.Unlock()
		if err != nil {
			return err
		}
		return work()
	}
	s.mu.Unlock()
	return s.do(ctx, work)
}

// do runs work with the current state under the locks.
func (s *Sandbox) do(ctx context.Context, work func() error) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return work()
	}
	if _, err := s.file.lock.TryLockContext(ctx, lockRetry); err != nil && ctx.Err() != nil {
		return fmt.Errorf("waiting for the lock of sandbox file %s, which another process may hold: %w", s.file.path, err)
	} else if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sandbox file %s cannot be created, since there is no folder %s: create it, or name another file", s.file.path, filepath.Dir(s.file.path))
	} else if err != nil {
		return fmt.Errorf("sandbox file %s cannot be changed where it lies, since it cannot be locked: %w. "+
			"Plans only read it; to apply, use a copy of the file in a folder that can be written", s.file.path, err)
	}
	defer func() { err = errors.Join(err, s.file.lock.Unlock()) }()
	found, err := s.load()
	if err == nil && !found {
		starter := s.starterState()
		if err = s.write(starter); err == nil {
			s.replace(starter, s.clock())
		}
	}
	if err != nil {
		return err
	}
	return work()
}

// update runs change on a fork of the state and keeps the fork if change
// returned no error. Call it within do.
func (s *Sandbox) update(change func(*state) error) error {
	next := s.state.fork()
	if err := change(next); err != nil {
		return err
	}
	if !next.changed {
		return nil
	}
	if s.file != nil {
		if err := s.write(next); err != nil {
			return err
		}
	}
	s.replace(next, s.clock())
	return nil
}

// load reads the file if it changed. It reports whether there is one.
func (s *Sandbox) load() (found bool, err error) {
	info, err := os.Stat(s.file.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sandbox file: %w", err)
	}
	loaded := s.file.info
	if loaded != nil && os.SameFile(loaded, info) && loaded.Size() == info.Size() && loaded.ModTime().Equal(info.ModTime()) {
		return true, nil
	}
	text, err := os.ReadFile(s.file.path)
	if err != nil {
		return false, fmt.Errorf("sandbox file: %w", err)
	}
	next, err := s.decode(text)
	if err != nil {
		return false, fmt.Errorf("sandbox file %s: %w. Give the path of another file, or move this one away, and a new one is created", s.file.path, err)
	}
	s.file.info = info
	s.replace(next, s.clock())
	return true, nil
}

func (s *Sandbox) write(st *state) error {
	text, err := s.encode(st)
	if err == nil {
		// Windows cannot replace a file in one step: there it is written in place.
		err = maybe.WriteFile(s.file.path, text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing sandbox file %s: %w", s.file.path, err)
	}
	if s.file.info, err = os.Stat(s.file.path); err != nil {
		return fmt.Errorf("sandbox file: %w", err)
	}
	return nil
}

// Contents is what a file of this sandbox holds: all of its data. What the same calls lead
// to from equal contents is equal, as far as the clock and the SIDs are.
func (s *Sandbox) Contents(ctx context.Context) (text []byte, err error) {
	err = s.look(ctx, func() error {
		text, err = s.encode(s.state)
		return err
	})
	return text, err
}

func (s *Sandbox) encode(st *state) ([]byte, error) {
	document := map[string]any{"version": fileVersion, "settings": st.settings}
	for _, t := range s.tables {
		document[t.tableName()] = t.encode(st)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document)
	return text.Bytes(), err
}

const (
	damaged = "this is no sandbox file, or a damaged one: %w"
	newer   = "it was written by a newer version of the sandbox (%s); use that version"
)

func (s *Sandbox) decode(text []byte) (*state, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf(damaged, err)
	}
	var version int
	if err := json.Unmarshal(document["version"], &version); err != nil || version < 1 {
		return nil, fmt.Errorf(damaged, errors.New("it has no version"))
	}
	if version > fileVersion {
		return nil, fmt.Errorf(newer, fmt.Sprintf("version %d, this one reads %d", version, fileVersion))
	}
	st := newState(s.defaults)
	if settings, ok := document["settings"]; ok {
		if err := decodeStrict(settings, &st.settings); err != nil {
			return nil, fmt.Errorf(damaged, fmt.Errorf("settings: %w", err))
		}
	}
	delete(document, "version")
	delete(document, "settings")
	for _, t := range s.tables {
		rows, ok := document[t.tableName()]
		if !ok {
			continue
		}
		if err := t.decode(st, rows); err != nil {
			return nil, fmt.Errorf(damaged, fmt.Errorf("%s: %w", t.tableName(), err))
		}
		delete(document, t.tableName())
	}
	for unknown := range document {
		return nil, fmt.Errorf(newer, fmt.Sprintf("it holds %q", unknown))
	}
	if len(accounts.all(st)) == 0 {
		return nil, fmt.Errorf(damaged, errors.New("it has no account"))
	}
	st.changed = false
	return st, nil
}

// decodeStrict refuses unknown fields, which would be lost otherwise.
func decodeStrict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("text after the JSON value")
	}
	return nil
}
