package flow

import "fmt"

// Op is the kind of a change.
type Op string

// The ops.
const (
	Added   Op = "added"
	Removed Op = "removed"
	Changed Op = "changed"
)

// StateChange is a change to one state between two flows.
type StateChange struct {
	Op Op

	// Name is the name of the state. It is empty for the flow's own keys (description,
	// flags, initial_state), which are then in Properties.
	Name string

	// Type is the state's type; if it changed, the new one.
	Type string

	// OldType is the old type if it changed.
	OldType string

	// Properties are the changed properties of a changed state.
	Properties []PropertyChange

	// Transitions are the changed transitions of a changed state.
	Transitions []TransitionChange
}

// PropertyChange is a change to a property. It never contains the value.
type PropertyChange struct {
	Op Op

	// Path is the path of the property, with dots. A pair of a key and a value in a list
	// is called by its key: "body", "parameters.from".
	Path string
}

// TransitionChange is a change to a transition.
type TransitionChange struct {
	// Label is the event. Matches of a split are numbered from 1: "match 2". It is empty
	// if only the order of the matches changed.
	Label string

	// From and To are the names of the old and the new next state; empty for none.
	From, To string

	// Conditions is how a match changed: it is new (Added), was removed (Removed), or has
	// other conditions (Changed). It is empty if the conditions are the same.
	Conditions Op
}

// Changes are the states that differ between two flows, in the order of the newer one,
// with removed states last.
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
	if c.OldType != "" {
		add("type %s becomes %s", c.OldType, c.Type)
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
