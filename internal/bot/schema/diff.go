package schema

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Diff returns the writes after which Equal(want, live) holds. Of elements with the same
// id in one list, the first counts.
func Diff(live, want *Schema) Changes {
	c := Changes{
		Defaults:   overridden(live.Defaults, want.Defaults),
		StyleSheet: overridden(live.StyleSheet, want.StyleSheet),
	}
	if !logQueriesMet(want.LogQueries, live.LogQueries) {
		c.LogQueries = new(*want.LogQueries)
	}
	types := split(live.FieldTypes, want.FieldTypes, FieldType.id)
	for _, t := range types.added {
		c.FieldTypes = append(c.FieldTypes, FieldTypeChange{
			Op: Create, UniqueName: t.UniqueName, FriendlyName: t.FriendlyName,
			CreateValues: canonicalFirst(unique(t.Values, Value.id)),
		})
	}
	for _, p := range types.common {
		if change, ok := diffFieldType(p.live, p.want); ok {
			c.FieldTypes = append(c.FieldTypes, change)
		}
	}
	tasks := split(live.Tasks, want.Tasks, Task.id)
	for _, t := range tasks.added {
		c.Tasks = append(c.Tasks, TaskChange{
			Op: Create, UniqueName: t.UniqueName, FriendlyName: t.FriendlyName,
			Actions: t.Actions, ActionsURL: t.externalURL(),
			CreateFields: unique(t.Fields, Field.id), CreateSamples: unique(t.Samples, Sample.id),
		})
	}
	for _, p := range tasks.common {
		if change, ok := diffTask(p.live, p.want); ok {
			c.Tasks = append(c.Tasks, change)
		}
	}
	for _, t := range tasks.removed {
		c.Tasks = append(c.Tasks, TaskChange{
			Op: Delete, UniqueName: t.UniqueName,
			DeleteFields: unique(t.Fields, Field.id), DeleteSamples: unique(t.Samples, Sample.id),
		})
	}
	for _, t := range types.removed {
		c.FieldTypes = append(c.FieldTypes, FieldTypeChange{
			Op: Delete, UniqueName: t.UniqueName, DeleteValues: synonymsFirst(unique(t.Values, Value.id)),
		})
	}
	c.summary = summarize(live, want, c)
	return c
}

func diffTask(live, want Task) (TaskChange, bool) {
	c := TaskChange{Op: Update, UniqueName: want.UniqueName}
	changed := false
	if !textMet(want.FriendlyName, live.FriendlyName) {
		c.FriendlyName, changed = want.FriendlyName, true
	}
	if !urlMet(want, live) || !actionsMet(want, live) {
		changed = true
		c.ActionsURL = want.externalURL()
		if c.ActionsURL == "" || !actionsMet(want, live) {
			c.Actions = want.Actions
		}
	}
	fields := split(live.Fields, want.Fields, Field.id)
	c.DeleteFields, c.CreateFields = fields.removed, fields.added
	for _, p := range fields.common {
		if !fieldMet(p.want, p.live) {
			c.DeleteFields = append(c.DeleteFields, p.live)
			c.CreateFields = append(c.CreateFields, p.want)
		}
	}
	samples := split(live.Samples, want.Samples, Sample.id)
	c.DeleteSamples, c.CreateSamples = samples.removed, samples.added
	for _, p := range samples.common {
		if !sampleMet(p.want, p.live) {
			c.UpdateSamples = append(c.UpdateSamples, p.want)
		}
	}
	return c, changed || len(c.DeleteFields)+len(c.CreateFields)+
		len(c.DeleteSamples)+len(c.CreateSamples)+len(c.UpdateSamples) > 0
}

func diffFieldType(live, want FieldType) (FieldTypeChange, bool) {
	c := FieldTypeChange{Op: Update, UniqueName: want.UniqueName}
	if !textMet(want.FriendlyName, live.FriendlyName) {
		c.FriendlyName = want.FriendlyName
	}
	values := split(live.Values, want.Values, Value.id)
	remove := make(map[id]bool)
	for _, v := range values.removed {
		remove[v.id()] = true
	}
	for _, p := range values.common {
		if !valueMet(p.want, p.live) {
			remove[p.live.id()] = true
		}
	}
	// A value with synonyms cannot be deleted: they are deleted too, and created again.
	for more := true; more; {
		more = false
		for _, p := range values.common {
			if target := (id{p.live.Language, p.live.SynonymOf}); p.live.SynonymOf != "" && remove[target] && !remove[p.live.id()] {
				remove[p.live.id()], more = true, true
			}
		}
	}
	wanted := index(want.Values, Value.id)
	for _, v := range unique(live.Values, Value.id) {
		if remove[v.id()] {
			c.DeleteValues = append(c.DeleteValues, v)
		}
	}
	existing := index(live.Values, Value.id)
	for _, v := range unique(want.Values, Value.id) {
		if _, ok := existing[v.id()]; !ok || remove[v.id()] {
			c.CreateValues = append(c.CreateValues, wanted[v.id()])
		}
	}
	c.DeleteValues, c.CreateValues = synonymsFirst(c.DeleteValues), canonicalFirst(c.CreateValues)
	return c, c.FriendlyName != "" || len(c.DeleteValues)+len(c.CreateValues) > 0
}

// canonicalFirst sorts values so that each comes after the one it is a synonym of.
func canonicalFirst(values []Value) []Value {
	depth := synonymDepths(values)
	slices.SortStableFunc(values, func(a, b Value) int { return depth[a.id()] - depth[b.id()] })
	return values
}

// synonymsFirst sorts values so that each comes before the one it is a synonym of.
func synonymsFirst(values []Value) []Value {
	depth := synonymDepths(values)
	slices.SortStableFunc(values, func(a, b Value) int { return depth[b.id()] - depth[a.id()] })
	return values
}

// synonymDepths returns the length of the chain of synonyms that begins at each value.
// Twilio cannot store a cycle; one in a file counts as longer than the list.
func synonymDepths(values []Value) map[id]int {
	byID := index(values, Value.id)
	depth := make(map[id]int, len(values))
	for _, v := range values {
		n := 0
		for at, ok := v, true; ok && at.SynonymOf != "" && n <= len(values); n++ {
			at, ok = byID[id{at.Language, at.SynonymOf}]
		}
		depth[v.id()] = n
	}
	return depth
}

// overridden returns the live object overridden by the keys of want; nil if live has
// them already.
func overridden(live, want jsontext.Value) jsontext.Value {
	l, w := tree(live), tree(want)
	if met(w, l) {
		return nil
	}
	return override(l, w).Canonical()
}

func override(live, want *jsondoc.Node) *jsondoc.Node {
	if want.Kind != '{' {
		return want
	}
	if met(want, live) {
		return live
	}
	out := &jsondoc.Node{Kind: '{'}
	if live.Is('{') {
		out.Members = slices.Clone(live.Members)
	}
	for _, m := range want.Members {
		i := slices.IndexFunc(out.Members, func(have jsondoc.Member) bool { return have.Name == m.Name })
		switch {
		case i >= 0:
			out.Members[i].Value = override(out.Members[i].Value, m.Value)
		default:
			if v := override(nil, m.Value); v != nil {
				out.Members = append(out.Members, jsondoc.Member{Name: m.Name, Value: v})
			}
		}
	}
	return out
}

type pair[T any] struct{ live, want T }

type parted[T any] struct {
	added, removed []T
	common         []pair[T]
}

// split compares two lists by id. Each part has the order of the list it is from.
func split[T any](live, want []T, of func(T) id) parted[T] {
	var p parted[T]
	l, w := index(live, of), index(want, of)
	for _, e := range unique(want, of) {
		if have, ok := l[of(e)]; ok {
			p.common = append(p.common, pair[T]{live: have, want: e})
		} else {
			p.added = append(p.added, e)
		}
	}
	for _, e := range unique(live, of) {
		if _, ok := w[of(e)]; !ok {
			p.removed = append(p.removed, e)
		}
	}
	return p
}
