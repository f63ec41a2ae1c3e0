package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// watchEvery is how often a page that watches is told what changed: a change of a file
	// by another process tells nobody.
	watchEvery = 200 * time.Millisecond
	// watchedEntries is how many entries of the journal a page gets that begins to watch.
	watchedEntries = 1000
)

// watcher is a page that watches the sandbox, and what it knows.
type watcher struct {
	s       *Sandbox
	w       http.ResponseWriter
	state   *state
	view    []byte
	passing bool // the view changes with time
	trouble string
	traffic int64
	faults  int64
}

// watch tells a page what is there, and then what changes, as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
func (s *Sandbox) watch(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	page := &watcher{s: s, w: w, traffic: -1, faults: -1}
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		if err := page.tell(r); err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-s.watched:
			return
		}
	}
}

// tell sends what the page does not know yet.
func (p *watcher) tell(r *http.Request) error {
	var events bytes.Buffer
	send := func(name string, value any) { fmt.Fprintf(&events, "event: %s\ndata: %s\n\n", name, encodeJSON(value)) }
	st, err := p.s.snapshot(r.Context())
	switch {
	case err != nil:
		if err.Error() != p.trouble {
			send("trouble", object{"error": err.Error()})
		}
		p.trouble = err.Error()
	case st != p.state || p.passing || p.trouble != "":
		v := p.s.newView(st)
		shown := v.show()
		if text := encodeJSON(shown); !bytes.Equal(text, p.view) || p.trouble != "" {
			send("state", shown)
			p.view = text
		}
		p.state, p.passing, p.trouble = st, v.passing, ""
	}
	if entries := p.s.traffic.since(p.traffic); entries.changes != p.traffic {
		send("journal", entries)
		p.traffic = entries.changes
	}
	if faults, changes := p.s.faults.list(); changes != p.faults {
		send("faults", faults)
		p.faults = changes
	}
	if events.Len() == 0 {
		return nil
	}
	if _, err := p.w.Write(events.Bytes()); err != nil {
		return err
	}
	return http.NewResponseController(p.w).Flush()
}

// consoleEntries are entries of the journal that are new or have changed.
type consoleEntries struct {
	// Oldest is the first of the journal: what is before it is gone.
	Oldest  int64          `json:"oldest"`
	Entries []consoleEntry `json:"entries"`
	changes int64
}

type consoleEntry struct {
	ID int64 `json:"id"`
	Entry
}

// since returns what changed in the journal; of a journal that is not known yet, the last
// entries.
func (t *traffic) since(changes int64) consoleEntries {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := consoleEntries{Oldest: t.ids + 1, Entries: []consoleEntry{}, changes: t.changes}
	if changes == t.changes {
		return found
	}
	entries := t.entries
	if len(entries) > 0 {
		found.Oldest = entries[0].id
	}
	if changes < 0 {
		entries = entries[max(0, len(entries)-watchedEntries):]
	}
	for _, e := range entries {
		if e.changed > changes {
			entry := e.copy()
			shorten(entry.Query)
			shorten(entry.Form)
			found.Entries = append(found.Entries, consoleEntry{ID: e.id, Entry: entry})
		}
	}
	return found
}

// shownBytes is how much of a parameter the console shows. A flow has hundreds of kilobytes,
// and a page that begins to watch gets a thousand entries.
const shownBytes = 4000

// shorten cuts long values, in a copy of each.
func shorten(values url.Values) {
	for name, all := range values {
		if !slices.ContainsFunc(all, func(value string) bool { return len(value) > shownBytes }) {
			continue
		}
		all = slices.Clone(all)
		for i, value := range all {
			if len(value) > shownBytes {
				all[i] = strings.ToValidUTF8(value[:shownBytes], "") + fmt.Sprintf(" … and %d more bytes", len(value)-shownBytes)
			}
		}
		values[name] = all
	}
}

// consoleFault is a fault as the console shows it.
type consoleFault struct {
	ID int64 `json:"id"`
	Fault
	// Selected is how many requests were selected, Applied to how many the fault applied.
	Selected int `json:"selected"`
	Applied  int `json:"applied"`
}

func (fs *faults) list() (shown []consoleFault, changes int64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	shown = []consoleFault{}
	for _, f := range fs.active {
		shown = append(shown, consoleFault{ID: f.id, Fault: f.Fault, Selected: f.selected, Applied: f.applied})
	}
	return shown, fs.changes
}
