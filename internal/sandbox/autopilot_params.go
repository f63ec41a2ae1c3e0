package sandbox

import (
	"encoding/json"
)

// Limits of https://www.twilio.com/docs/autopilot/limits.
const (
	maxAssistants  = 500
	maxTasks       = 600
	maxSamples     = 50_000
	maxFields      = 50
	maxFieldTypes  = 50
	maxFieldValues = 1_000
	maxActions     = 16 << 10
)

// errTaken refuses a unique name that is in use. Twilio documents the code, not the
// status; clients recognise it by the message.
func errTaken() *apiError { return invalidParameter(90101, "UniqueName already in use") }

// named is the row of a scope that a path names: by SID or else by unique name, which
// is accepted in place of the SID in any path.
func named[T any, P rowOf[T]](c *call, t table[T, P], sidOrName string, within func(T) bool, uniqueName func(T) string) (T, error) {
	if row, ok := t.get(c.state, sidOrName); ok && within(row) {
		return row, nil
	}
	row, ok := t.first(c.state, func(row T) bool { return within(row) && uniqueName(row) == sidOrName })
	if !ok {
		return row, c.notFound()
	}
	return row, nil
}

// count is the number of rows of a table for which keep holds.
func count[T any, P rowOf[T]](c *call, t table[T, P], keep func(T) bool) int {
	return len(t.list(c.state, keep))
}

// has reports whether a table has a row for which keep holds.
func has[T any, P rowOf[T]](c *call, t table[T, P], keep func(T) bool) bool {
	_, ok := t.first(c.state, keep)
	return ok
}

// removeAll deletes the rows for which gone holds.
func removeAll[T any, P rowOf[T]](st *state, t table[T, P], gone func(T) bool) {
	for _, row := range t.list(st, gone) {
		t.remove(st, P(&row).rec().SID)
	}
}

func errHasContent(what string) *apiError {
	return invalidParameter(20001, "Cannot delete %s while it has content", what)
}

func errOver(what string, limit int) *apiError {
	return invalidParameter(20001, "Cannot have more than %d %s", limit, what)
}

// uniqueName copies a UniqueName of at most 64 characters for which taken does not hold
// (error 90101).
func (f *fields) uniqueName(into *string, taken func(string) bool) {
	value, ok := f.sent("UniqueName")
	if !ok {
		return
	}
	f.length("UniqueName", into, 1, 64, 20001)
	if f.err == nil && taken(value) {
		f.fail(errTaken())
	}
}

// nonEmpty copies a string that may be left out but not emptied (error 20001).
func (f *fields) nonEmpty(name string, into *string) {
	if value, ok := f.sent(name); ok && value == "" {
		f.fail(invalidParameter(20001, "%s cannot be empty", name))
	}
	f.text(name, into)
}

// jsonObject copies a JSON object that is sent as text; else the error has the code.
func (f *fields) jsonObject(name string, into *json.RawMessage, code int) {
	value, ok := f.sent(name)
	if !ok {
		return
	}
	var parsed map[string]any
	if err := json.Unmarshal([]byte(value), &parsed); err != nil || parsed == nil {
		f.fail(invalidParameter(code, "%s is not a valid JSON object", name))
		return
	}
	*into = compactJSON([]byte(value))
}
