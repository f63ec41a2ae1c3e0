package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// record is the part that every row has. Seq is the position in the order of creation,
// which dates cannot give when the clock stands still.
type record struct {
	Seq         int64     `json:"seq"`
	SID         string    `json:"sid"`
	AccountSID  string    `json:"account_sid,omitempty"`
	DateCreated time.Time `json:"date_created"`
	DateUpdated time.Time `json:"date_updated"`
}

func (r *record) rec() *record { return r }

type rowOf[T any] interface {
	*T
	rec() *record
}

// state is all the data of a sandbox. A fork shares its maps with its parent until
// it writes, so older versions cost little and stay unchanged.
type state struct {
	tables   map[string]map[string]any // table -> SID -> pointer to a row
	owned    map[string]bool           // tables this fork may write to
	settings Settings
	seq      int64
	changed  bool
}

func newState(settings Settings) *state {
	return &state{tables: map[string]map[string]any{}, owned: map[string]bool{}, settings: settings}
}

func (st *state) fork() *state {
	return &state{
		tables:   maps.Clone(st.tables),
		owned:    map[string]bool{},
		settings: st.settings,
		seq:      st.seq,
	}
}

func (st *state) writable(table string) map[string]any {
	if !st.owned[table] {
		rows := maps.Clone(st.tables[table])
		if rows == nil {
			rows = map[string]any{}
		}
		st.tables[table] = rows
		st.owned[table] = true
	}
	st.changed = true
	return st.tables[table]
}

// table is typed access to the rows of one kind.
type table[T any, P rowOf[T]] struct{ name string }

func newTable[T any, P rowOf[T]](name string) table[T, P] { return table[T, P]{name} }

// get returns a copy of the row with the SID.
func (t table[T, P]) get(st *state, sid string) (T, bool) {
	row, ok := st.tables[t.name][sid].(*T)
	if !ok {
		var none T
		return none, false
	}
	return *row, true
}

// put creates or replaces the row.
func (t table[T, P]) put(st *state, row T) {
	rec := P(&row).rec()
	if rec.Seq == 0 {
		st.seq++
		rec.Seq = st.seq
	}
	st.writable(t.name)[rec.SID] = &row
}

func (t table[T, P]) remove(st *state, sid string) {
	delete(st.writable(t.name), sid)
}

// list returns copies of the rows for which keep holds, newest first. Twilio does not
// document the order; a live list of tasks was newest first.
func (t table[T, P]) list(st *state, keep func(T) bool) []T {
	var found []T
	for _, row := range st.tables[t.name] {
		if keep == nil || keep(*row.(*T)) {
			found = append(found, *row.(*T))
		}
	}
	slices.SortFunc(found, func(a, b T) int {
		return cmp.Compare(P(&b).rec().Seq, P(&a).rec().Seq)
	})
	return found
}

// first returns the newest row for which keep holds.
func (t table[T, P]) first(st *state, keep func(T) bool) (T, bool) {
	var best T
	found := false
	for _, row := range st.tables[t.name] {
		r := row.(*T)
		if keep(*r) && (!found || P(r).rec().Seq > P(&best).rec().Seq) {
			best, found = *r, true
		}
	}
	return best, found
}

// stored is a table as the file stores it.
type stored interface {
	tableName() string
	encode(st *state) any
	decode(st *state, text json.RawMessage) error
}

func (t table[T, P]) tableName() string { return t.name }

func (t table[T, P]) encode(st *state) any {
	rows := t.list(st, nil)
	slices.Reverse(rows)
	return rows
}

func (t table[T, P]) decode(st *state, text json.RawMessage) error {
	var rows []T
	if err := decodeStrict(text, &rows); err != nil {
		return err
	}
	into := st.writable(t.name)
	for i := range rows {
		rec := P(&rows[i]).rec()
		if rec.SID == "" || rec.Seq <= 0 {
			return fmt.Errorf("row %d has no sid or no seq", i)
		}
		if _, twice := into[rec.SID]; twice {
			return fmt.Errorf("%s occurs twice", rec.SID)
		}
		into[rec.SID] = &rows[i]
		st.seq = max(st.seq, rec.Seq)
	}
	return nil
}
