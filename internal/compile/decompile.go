package compile

import (
	"fmt"
	"strconv"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// Source is what a compiled flow was compiled from.
type Source struct {
	// Schema is the content. Its names are left out, as in its canonical form, since
	// the resource names the bot.
	Schema *schema.Schema

	// Options are those of the compilation, with every default filled in.
	Options Options

	// Compiler is the version of the mapping that made the flow; 0 where the
	// description no longer has it.
	Compiler int

	// Intact reports whether the flow is unchanged since it was compiled, apart from the
	// positions of its widgets on the canvas.
	Intact bool

	// Changes are what differs between the flow the schema compiles to today and this
	// one. An intact flow has changes if another version compiled it; a flow
	// without changes is up to date. Compiler tells the two apart.
	Changes flow.Changes
}

// Decompile returns the schema that a flow was compiled from, and false for a flow that
// was not compiled from one. The error is for a flow whose schema is damaged or was
// deleted.
func Decompile(f *flow.Flow) (*Source, bool, error) {
	source, options, found := carried(f)
	mark := seal.FindStringSubmatch(f.Description)
	switch {
	case !found && mark == nil:
		return nil, false, nil
	case !found:
		return nil, true, fmt.Errorf("the flow was compiled from a schema, but the widget %q that held it was deleted", sourceState)
	}
	text, err := unpacked(source)
	if err != nil {
		return nil, true, fmt.Errorf("the schema in the flow's widget %q is damaged: %w", sourceState, err)
	}
	out := &Source{}
	if out.Schema, err = schema.Parse(text); err != nil {
		return nil, true, fmt.Errorf("the schema in the flow's widget %q is damaged: %w", sourceState, err)
	}
	if out.Options, err = parseOptions(options); err != nil {
		return nil, true, fmt.Errorf("the options in the flow's widget %q are damaged: %w", sourceState, err)
	}
	if mark != nil {
		if out.Compiler, err = strconv.Atoi(mark[1]); err != nil {
			return nil, true, fmt.Errorf("the flow's description is damaged: %w", err)
		}
		live, err := digest(f.Canonical())
		if err != nil {
			return nil, true, fmt.Errorf("the flow cannot be read: %w", err)
		}
		out.Intact = live == mark[2]
	}
	if err := out.compare(f, source); err != nil {
		return nil, true, err
	}
	return out, true, nil
}

// compare compiles the schema again, with the very bytes that store it in the flow:
// another version of gzip may compress the same schema differently.
func (s *Source) compare(live *flow.Flow, source string) error {
	c := newCompiler(s.Schema, s.Options)
	var data []byte
	if !HasErrors(c.report.list()) {
		data = c.definition(source)
	}
	for _, d := range c.report.list() {
		if d.Severity == Error {
			return fmt.Errorf("the schema in the flow no longer compiles: %s: %s", d.Pointer, d.Message)
		}
	}
	fresh, err := flow.Parse(data)
	if err != nil {
		return fmt.Errorf("the compiled flow cannot be read: %w", err)
	}
	s.Changes = flow.Differences(fresh, live)
	if len(s.Changes) == 0 {
		s.Intact = true
	}
	return nil
}

// carried finds the variables that hold a schema, in whichever widget: it may have been
// renamed.
func carried(f *flow.Flow) (source, options string, found bool) {
	states := jsondoc.ParseValue(f.Source()).Get("states")
	if !states.Is('[') {
		return "", "", false
	}
	for _, state := range states.Elems {
		list := state.Get("properties").Get("variables")
		if !list.Is('[') {
			continue
		}
		for _, v := range list.Elems {
			switch v.Get("key").String() {
			case sourceVariable:
				source, found = v.Get("value").String(), true
			case optionsVariable:
				options = v.Get("value").String()
			}
		}
		if found {
			return source, options, true
		}
	}
	return "", "", false
}
