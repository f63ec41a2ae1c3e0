package schema

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Diff finds what must be written so that live has what want asks for, as Equal
// understands it. Both lists of an id that stands in a list twice count its first.
func Diff(live, want *Schema) Changes {
	c := Changes{
		Defaults:   laidOver(live.Defaults, want.Defaults),
		StyleSheet: laidOver(live.StyleSheet, want.StyleSheet),
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
	for _, p := range types.kept {
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
	for _, p := range tasks.kept {
		if change, ok := diffTask(p.live, p.want); ok {
			c.Tasks = append(c.Tasks, change)
		}
	}
	for _, t := range tasks.gone {
		c.Tasks = append(c.Tasks, TaskChange{
			Op: Delete, UniqueName: t.UniqueName,
			DeleteFields: unique(t.Fields, Field.id), DeleteSamples: unique(t.Samples, Sample.id),
		})
	}
	for _, t := range types.gone {
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
	c.DeleteFields, c.CreateFields = fields.gone, fields.added
	for _, p := range fields.kept {
		if !fieldMet(p.want, p.live) {
			c.DeleteFields = append(c.DeleteFields, p.live)
			c.CreateFields = append(c.CreateFields, p.want)
		}
	}
	samples := split(live.Samples, want.Samples, Sample.id)
	c.DeleteSamples, c.CreateSamples = samples.gone, samples.added
	for _, p := range samples.kept {
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
	for _, v := range values.gone {
		remove[v.id()] = true
	}
	for _, p := range values.kept {
		if !valueMet(p.want, p.live) {
			remove[p.live.id()] = true
		}
	}
	// A value cannot go while others stand for it: they go with it and come back.
	for more := true; more; {
		more = false
		for _, p := range values.kept {
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
	had := index(live.Values, Value.id)
	for _, v := range unique(want.Values, Value.id) {
		if _, ok := had[v.id()]; !ok || remove[v.id()] {
			c.CreateValues = append(c.CreateValues, wanted[v.id()])
		}
	}
	c.DeleteValues, c.CreateValues = synonymsFirst(c.DeleteValues), canonicalFirst(c.CreateValues)
	return c, c.FriendlyName != "" || len(c.DeleteValues)+len(c.CreateValues) > 0
}

// canonicalFirst orders values so that each stands behind the one it stands for.
func canonicalFirst(values []Value) []Value {
	depth := synonymDepths(values)
	slices.SortStableFunc(values, func(a, b Value) int { return depth[a.id()] - depth[b.id()] })
	return values
}

// synonymsFirst orders values so that each stands before the one it stands for.
func synonymsFirst(values []Value) []Value {
	depth := synonymDepths(values)
	slices.SortStableFunc(values, func(a, b Value) int { return depth[b.id()] - depth[a.id()] })
	return values
}

// synonymDepths counts how many values each stands for, one behind the other. A
// circle, which Twilio could not hold, is cut after the length of the list.
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

// laidOver is the live object with want's keys laid over it; nil if live has them.
func laidOver(live, want jsontext.Value) jsontext.Value {
	l, w := tree(live), tree(want)
	if met(w, l) {
		return nil
	}
	return lay(l, w).Canonical()
}

func lay(live, want *jsondoc.Node) *jsondoc.Node {
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
			out.Members[i].Value = lay(out.Members[i].Value, m.Value)
		default:
			if v := lay(nil, m.Value); v != nil {
				out.Members = append(out.Members, jsondoc.Member{Name: m.Name, Value: v})
			}
		}
	}
	return out
}

type pair[T any] struct{ live, want T }

type parted[T any] struct {
	added, gone []T
	kept        []pair[T]
}

// split tells two lists apart by id, each part in the order of the list it is from.
func split[T any](live, want []T, of func(T) id) parted[T] {
	var p parted[T]
	l, w := index(live, of), index(want, of)
	for _, e := range unique(want, of) {
		if have, ok := l[of(e)]; ok {
			p.kept = append(p.kept, pair[T]{live: have, want: e})
		} else {
			p.added = append(p.added, e)
		}
	}
	for _, e := range unique(live, of) {
		if _, ok := w[of(e)]; !ok {
			p.gone = append(p.gone, e)
		}
	}
	return p
}
