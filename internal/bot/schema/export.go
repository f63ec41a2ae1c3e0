package schema

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Export returns s as `twilio autopilot:export` wrote it, indented, with the names given
// (an empty one is left out). Keys are in the exporter's order, lists in their own.
// Absent parts and modelBuild are left out. What the exporter left out is written
// when it is set: friendlyName and actionsUrl of tasks, sourceChannel of samples,
// friendlyName of field types.
func (s *Schema) Export(uniqueName, friendlyName string) []byte {
	named := *s
	named.UniqueName, named.FriendlyName = uniqueName, friendlyName
	out := jsontext.Value(named.appendTo(nil))
	if err := out.Indent(jsontext.WithIndent("  ")); err != nil {
		return out // its parts are valid, so it is nested too deep for jsontext
	}
	return append(out, '\n')
}

// writer writes compact JSON, with the same key order in all objects of a kind.
type writer struct{ buf []byte }

// appendTo appends s on one line, in the exporter's order
// (dabblelab/autopilot-core, exportAssistant.js).
func (s *Schema) appendTo(dst []byte) []byte {
	w := &writer{buf: dst}
	w.open('{')
	w.optional("friendlyName", s.FriendlyName)
	if s.LogQueries != nil {
		w.key("logQueries")
		w.raw(boolText(*s.LogQueries))
	}
	w.optional("uniqueName", s.UniqueName)
	w.nested("defaults", "defaults", s.Defaults)
	w.nested("styleSheet", "style_sheet", s.StyleSheet)
	list(w, "fieldTypes", s.FieldTypes, (*writer).fieldType)
	list(w, "tasks", s.Tasks, (*writer).task)
	w.close('}')
	return w.buf
}

func (w *writer) fieldType(t FieldType) {
	w.open('{')
	w.field("uniqueName", t.UniqueName)
	w.optional("friendlyName", t.FriendlyName)
	list(w, "values", t.Values, (*writer).value)
	w.close('}')
}

func (w *writer) value(v Value) {
	w.open('{')
	w.field("language", v.Language)
	w.field("value", v.Value)
	if v.SynonymOf == "" {
		w.key("synonymOf")
		w.raw("null")
	}
	w.optional("synonymOf", v.SynonymOf)
	w.close('}')
}

func (w *writer) task(t Task) {
	w.open('{')
	w.field("uniqueName", t.UniqueName)
	w.optional("friendlyName", t.FriendlyName)
	if t.Actions.IsValid() {
		w.key("actions")
		w.raw(string(t.Actions))
	}
	w.optional("actionsUrl", t.externalURL())
	list(w, "fields", t.Fields, (*writer).taskField)
	list(w, "samples", t.Samples, (*writer).sample)
	w.close('}')
}

func (w *writer) taskField(f Field) {
	w.open('{')
	w.field("uniqueName", f.UniqueName)
	w.field("fieldType", f.FieldType)
	w.close('}')
}

func (w *writer) sample(s Sample) {
	w.open('{')
	w.field("language", s.Language)
	w.field("taggedText", s.TaggedText)
	w.optional("sourceChannel", s.SourceChannel)
	w.close('}')
}

func (w *writer) nested(outer, inner string, v jsontext.Value) {
	if !v.IsValid() {
		return
	}
	w.key(outer)
	w.open('{')
	w.key(inner)
	w.raw(string(v))
	w.close('}')
}

func list[T any](w *writer, key string, elems []T, write func(*writer, T)) {
	w.key(key)
	w.open('[')
	for _, e := range elems {
		w.comma()
		write(w, e)
	}
	w.close(']')
}

func (w *writer) open(c byte)  { w.buf = append(w.buf, c) }
func (w *writer) close(c byte) { w.buf = append(w.buf, c) }
func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

// comma separates the next member or element from the one before it.
func (w *writer) comma() {
	if n := len(w.buf); n > 0 && w.buf[n-1] != '{' && w.buf[n-1] != '[' {
		w.buf = append(w.buf, ',')
	}
}

func (w *writer) key(name string) {
	w.comma()
	w.buf = append(jsondoc.AppendString(w.buf, name), ':')
}

func (w *writer) field(name, value string) {
	w.key(name)
	w.buf = jsondoc.AppendString(w.buf, value)
}

func (w *writer) optional(name, value string) {
	if value != "" {
		w.field(name, value)
	}
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
