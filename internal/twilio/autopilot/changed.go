package autopilot

import (
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// changedSince names the parts of an assistant's content that are neither what the plan
// was made for, from, nor what is wanted: another client changed them. A write that was
// cut off leaves each part as one or the other. It is empty where from is nil: then the
// plan knew nothing of the content.
func changedSince(now, from, want *schema.Schema) []string {
	if from == nil {
		return nil
	}
	back, left, planned := partsOf(schema.Diff(now, from)), partsOf(schema.Diff(now, want)), partsOf(schema.Diff(from, want))
	var others []string
	for _, p := range left {
		i := slices.IndexFunc(back, p.overlaps)
		// What the plan replaces is missing between its deletion and its creation.
		if i < 0 || back[i].op == schema.Create && slices.ContainsFunc(planned, func(q part) bool { return q.name == p.name && q.op == schema.Delete }) {
			continue
		}
		if !slices.ContainsFunc(others, func(whole string) bool { return p.name == whole || strings.HasPrefix(p.name, whole+": ") }) {
			others = append(others, p.name)
		}
	}
	return others
}

// part is the smallest part of an assistant that one write changes.
type part struct {
	name string // for people: "task greet: actions"
	op   schema.Op
	key  bool // a key of defaults or of the style sheet, whose name is a path
}

// overlaps reports whether two changes are of the same part.
func (p part) overlaps(q part) bool {
	return p.name == q.name || p.key && q.key && (strings.HasPrefix(p.name, q.name+".") || strings.HasPrefix(q.name, p.name+"."))
}

// partsOf lists the parts that changes write. A part that is replaced is deleted first.
func partsOf(c schema.Changes) []part {
	var parts []part
	add := func(op schema.Op, name string) { parts = append(parts, part{name: name, op: op}) }
	if c.LogQueries != nil {
		add(schema.Update, "logQueries")
	}
	for _, line := range c.Summary() {
		if strings.HasPrefix(line, "defaults") || strings.HasPrefix(line, "styleSheet") {
			path, _, _ := strings.Cut(line, ": ")
			parts = append(parts, part{name: path, op: schema.Update, key: true})
		}
	}
	for _, t := range c.FieldTypes {
		name := "field type " + t.UniqueName
		if t.Op != schema.Update {
			add(t.Op, name)
		}
		if t.Op == schema.Delete || t.FriendlyName != "" {
			add(t.Op, name+": friendlyName")
		}
		for _, v := range t.DeleteValues {
			add(schema.Delete, name+": value "+v.Value+" ("+v.Language+")")
		}
		for _, v := range t.CreateValues {
			add(schema.Create, name+": value "+v.Value+" ("+v.Language+")")
		}
	}
	for _, t := range c.Tasks {
		name := "task " + t.UniqueName
		if t.Op != schema.Update {
			add(t.Op, name)
		}
		if t.Op == schema.Delete || t.FriendlyName != "" {
			add(t.Op, name+": friendlyName")
		}
		if t.Op == schema.Delete || t.Actions != nil || t.ActionsURL != "" {
			add(t.Op, name+": actions")
		}
		for _, f := range t.DeleteFields {
			add(schema.Delete, name+": field "+f.UniqueName)
		}
		for _, f := range t.CreateFields {
			add(schema.Create, name+": field "+f.UniqueName)
		}
		for _, s := range t.DeleteSamples {
			add(schema.Delete, sampleName(name, s))
		}
		for _, s := range t.CreateSamples {
			add(schema.Create, sampleName(name, s))
		}
		for _, s := range t.UpdateSamples {
			add(schema.Update, sampleName(name, s))
		}
	}
	return parts
}

func sampleName(task string, s schema.Sample) string {
	return task + ": sample " + s.TaggedText + " (" + s.Language + ")"
}
