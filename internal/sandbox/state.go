package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// record is the part that every row has. Seq is the position in the order of creation,
// which dates cannot give when the clock stands still.
type record struct {
	Seq        int64  `json:"seq"`
	SID        string `json:"sid"`
	AccountSID string `json:"account_sid,omitempty"`
	// Region is the Twilio Region that the row belongs to; empty for us1, and for what
	// belongs to all.
	Region      string    `json:"region,omitempty"`
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
	// region is the Region whose rows are read and written; empty for us1.
	region  string
	seq     int64
	changed bool
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

// in is the state as a Region sees it, to be read.
func (st *state) in(region string) *state {
	if region == st.region {
		return st
	}
	there := st.fork()
	there.region = region
	return there
}

// within does work on the rows of a Region.
func (st *state) within(region string, work func() error) error {
	if region == st.region {
		return work() // others may be reading the state
	}
	before := st.region
	st.region = region
	defer func() { st.region = before }()
	return work()
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

// table is typed access to the rows of one kind. Each Region has rows of its own, except
// of a table that is everywhere.
type table[T any, P rowOf[T]] struct {
	name       string
	everywhere bool
	// abroad is a row of us1 as another Region has it that has none of its own; nil where
	// it has none at all.
	abroad func(T) T
}

func newTable[T any, P rowOf[T]](name string) table[T, P] { return table[T, P]{name: name} }

// key is the key of a row in its map.
func (t table[T, P]) key(region, sid string) string {
	if t.everywhere || region == "" {
		return sid
	}
	return region + "/" + sid
}

// get returns a copy of the row with the SID.
func (t table[T, P]) get(st *state, sid string) (T, bool) {
	if row, ok := st.tables[t.name][t.key(st.region, sid)].(*T); ok {
		return *row, true
	}
	if t.abroad != nil && st.region != "" {
		if row, ok := st.tables[t.name][sid].(*T); ok {
			return t.abroad(*row), true
		}
	}
	var none T
	return none, false
}

// put creates or replaces the row.
func (t table[T, P]) put(st *state, row T) {
	rec := P(&row).rec()
	if rec.Seq == 0 {
		st.seq++
		rec.Seq = st.seq
	}
	if !t.everywhere {
		rec.Region = st.region
	}
	st.writable(t.name)[t.key(st.region, rec.SID)] = &row
}

// remove deletes the row, in all Regions where they share it.
func (t table[T, P]) remove(st *state, sid string) {
	rows := st.writable(t.name)
	if t.abroad != nil {
		for key, row := range rows {
			if P(row.(*T)).rec().SID == sid {
				delete(rows, key)
			}
		}
		return
	}
	delete(rows, t.key(st.region, sid))
}

// rows yields the rows that the state's Region sees, in no order. They must not be
// changed.
func (t table[T, P]) rows(st *state) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for key, value := range st.tables[t.name] {
			row := value.(*T)
			rec := P(row).rec()
			switch {
			case t.everywhere || rec.Region == st.region:
			case t.abroad != nil && rec.Region == "":
				if _, own := st.tables[t.name][t.key(st.region, key)]; own {
					continue
				}
				there := t.abroad(*row)
				row = &there
			default:
				continue
			}
			if !yield(row) {
				return
			}
		}
	}
}

// list returns copies of the rows for which keep holds, newest first. Twilio does not
// document the order; a live list of tasks was newest first.
func (t table[T, P]) list(st *state, keep func(T) bool) []T {
	var found []T
	for row := range t.rows(st) {
		if keep == nil || keep(*row) {
			found = append(found, *row)
		}
	}
	sortNewest[T, P](found)
	return found
}

func sortNewest[T any, P rowOf[T]](rows []T) {
	slices.SortFunc(rows, func(a, b T) int {
		return cmp.Or(cmp.Compare(P(&b).rec().Seq, P(&a).rec().Seq), cmp.Compare(P(&b).rec().Region, P(&a).rec().Region))
	})
}

// first returns the newest row for which keep holds.
func (t table[T, P]) first(st *state, keep func(T) bool) (T, bool) {
	var best T
	found := false
	for row := range t.rows(st) {
		if keep(*row) && (!found || P(row).rec().Seq > P(&best).rec().Seq) {
			best, found = *row, true
		}
	}
	return best, found
}

// anywhere returns the newest row of any Region for which keep holds.
func (t table[T, P]) anywhere(st *state, keep func(T) bool) (T, bool) {
	var best T
	found := false
	for _, value := range st.tables[t.name] {
		row := value.(*T)
		if keep(*row) && (!found || P(row).rec().Seq > P(&best).rec().Seq) {
			best, found = *row, true
		}
	}
	return best, found
}

// all returns copies of the rows of all Regions, newest first.
func (t table[T, P]) all(st *state) []T {
	var found []T
	for _, row := range st.tables[t.name] {
		found = append(found, *row.(*T))
	}
	sortNewest[T, P](found)
	return found
}

// stored is a table as the file stores it.
type stored interface {
	tableName() string
	encode(st *state) any
	decode(st *state, text json.RawMessage) error
	take(st *state, rows []json.RawMessage) error
}

func (t table[T, P]) tableName() string { return t.name }

func (t table[T, P]) encode(st *state) any {
	rows := t.all(st)
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
		key := t.key(rec.Region, rec.SID)
		if _, twice := into[key]; twice {
			return fmt.Errorf("%s occurs twice", rec.SID)
		}
		into[key] = &rows[i]
		st.seq = max(st.seq, rec.Seq)
	}
	return nil
}
