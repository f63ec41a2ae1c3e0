package schema

import (
	"slices"
)

// Apply returns what live becomes when the changes are written. It is the content of a
// new assistant that replaces live: Diff(live, want).Apply(live). It changes neither
// live nor c.
func (c Changes) Apply(live *Schema) *Schema {
	s := *live
	if c.LogQueries != nil {
		s.LogQueries = new(*c.LogQueries)
	}
	if c.Defaults != nil {
		s.Defaults = c.Defaults
	}
	if c.StyleSheet != nil {
		s.StyleSheet = c.StyleSheet
	}
	s.FieldTypes = unique(live.FieldTypes, FieldType.id)
	for _, change := range c.FieldTypes {
		s.FieldTypes = alter(s.FieldTypes, change.Op, change.UniqueName, FieldType.id, change.apply)
	}
	s.Tasks = unique(live.Tasks, Task.id)
	for _, change := range c.Tasks {
		s.Tasks = alter(s.Tasks, change.Op, change.UniqueName, Task.id, change.apply)
	}
	return &s
}

func alter[T any](list []T, op Op, name string, of func(T) id, apply func(T) T) []T {
	at := slices.IndexFunc(list, func(e T) bool { return of(e).a == name })
	switch {
	case op == Create:
		var none T
		return append(list, apply(none))
	case at < 0:
		return list
	case op == Delete:
		return slices.Delete(list, at, at+1)
	}
	list[at] = apply(list[at])
	return list
}

func (c FieldTypeChange) apply(t FieldType) FieldType {
	t.UniqueName = c.UniqueName
	if c.FriendlyName != "" {
		t.FriendlyName = c.FriendlyName
	}
	t.Values = append(without(t.Values, c.DeleteValues, Value.id), c.CreateValues...)
	return t
}

func (c TaskChange) apply(t Task) Task {
	t.UniqueName = c.UniqueName
	if c.FriendlyName != "" {
		t.FriendlyName = c.FriendlyName
	}
	if c.Actions != nil {
		t.Actions = c.Actions
	}
	if c.ActionsURL != "" || c.Actions != nil {
		t.ActionsURL = c.ActionsURL
	}
	t.Fields = append(without(t.Fields, c.DeleteFields, Field.id), c.CreateFields...)
	t.Samples = append(without(t.Samples, c.DeleteSamples, Sample.id), c.CreateSamples...)
	for i, s := range t.Samples {
		if at := slices.IndexFunc(c.UpdateSamples, func(u Sample) bool { return u.id() == s.id() }); at >= 0 {
			t.Samples[i] = c.UpdateSamples[at]
		}
	}
	return t
}

// without returns a copy of a list without the elements whose ids are in another.
func without[T any](list, gone []T, of func(T) id) []T {
	drop := index(gone, of)
	return slices.DeleteFunc(slices.Clone(list), func(e T) bool {
		_, ok := drop[of(e)]
		return ok
	})
}
