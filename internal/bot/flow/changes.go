package flow

import "fmt"

// Op is how a state changed.
type Op string

// The ops.
const (
	Added   Op = "added"
	Removed Op = "removed"
	Changed Op = "changed"
)

// StateChange is the difference of one state between two flows.
type StateChange struct {
	Op Op

	// Name is the state's; empty for the flow's own keys (description, flags,
	// initial_state), which are then in Properties.
	Name string

	// Type is the state's type, of a changed one after the change.
	Type string

	// PriorType is the type before the change; empty if it is the same.
	PriorType string

	// Properties are those of a changed state that differ, in the order of their
	// paths.
	Properties []PropertyChange

	// Transitions are those of a changed state that differ.
	Transitions []TransitionChange
}

// PropertyChange is a difference of a property. It never contains the value.
type PropertyChange struct {
	Op Op

	// Path leads to the property, with dots; a pair of a key and a value in a list
	// has its key there: "body", "parameters.from".
	Path string
}

// TransitionChange is a difference of a transition of a widget.
type TransitionChange struct {
	// Label is the event; those of a split are counted from 1: "match 2". It is
	// empty for the order of all matches.
	Label string

	// From and To name the states the transition led and leads to; empty for none.
	From, To string

	// Conditions reports whether the conditions of a match differ: it is new (Added),
	// removed (Removed) or changed (Changed). It is empty if they are the same.
	Conditions Op
}

// Changes are the states that differ between two flows, in the order of the newer
// one and those removed last.
type Changes []StateChange

// Summary describes the changes for people, one line each, without any values.
func (c Changes) Summary() []string {
	var lines []string
	for _, state := range c {
		lines = append(lines, state.Summary()...)
	}
	return lines
}

// Summary describes one change for people, such as "state ask: property body changed".
func (c StateChange) Summary() []string {
	who := "flow"
	switch {
	case c.Name != "":
		who = "state " + c.Name
	case c.Type != "":
		who = "state without a name"
	}
	if c.Op != Changed {
		return []string{fmt.Sprintf("%s: %s (%s)", who, c.Op, c.Type)}
	}
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, who+": "+fmt.Sprintf(format, args...))
	}
	if c.PriorType != "" {
		add("type %s becomes %s", c.PriorType, c.Type)
	}
	for _, p := range c.Properties {
		if c.Name == "" {
			add("%s %s", p.Path, p.Op)
		} else {
			add("property %s %s", p.Path, p.Op)
		}
	}
	for _, t := range c.Transitions {
		add("%s", t.summary())
	}
	return lines
}

func (t TransitionChange) summary() string {
	switch {
	case t.Label == "":
		return "the matches are tried in another order"
	case t.Conditions == Added:
		return fmt.Sprintf("transition %s added, goes to %s", t.Label, target(t.To))
	case t.Conditions == Removed:
		return fmt.Sprintf("transition %s removed, went to %s", t.Label, target(t.From))
	case t.Conditions == Changed && t.From == t.To:
		return fmt.Sprintf("transition %s has other conditions", t.Label)
	case t.Conditions == Changed:
		return fmt.Sprintf("transition %s has other conditions and now goes to %s (was %s)", t.Label, target(t.To), target(t.From))
	case t.From == t.To:
		return fmt.Sprintf("transition %s changed", t.Label)
	default:
		return fmt.Sprintf("transition %s now goes to %s (was %s)", t.Label, target(t.To), target(t.From))
	}
}

func target(name string) string {
	if name == "" {
		return "nothing"
	}
	return name
}
