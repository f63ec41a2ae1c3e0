package snapshot

import (
	"bytes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// throughCompiled makes a change to the schema that each compiled flow carries, and compiles
// it again. The flow holds the schema packed, where no text shows what is in it, and its seal
// says that nobody edited the rest: changed by itself, it would be another flow than its schema
// makes.
func (r *reader) throughCompiled(change func(row, schema *jsondoc.Node)) {
	for _, row := range r.rows["studio_flows"] {
		for _, revision := range row.Get("revisions").Elems {
			if definition := revision.Get("definition"); definition != nil {
				*definition = *recompiled(definition, func(schema *jsondoc.Node) { change(row, schema) })
			}
		}
	}
}

// recompiled is a definition after a change of the schema that it carries. One that carries none
// is as it was.
func recompiled(definition *jsondoc.Node, change func(schema *jsondoc.Node)) *jsondoc.Node {
	f, err := flow.Parse(definition.Compact())
	if err != nil {
		return definition
	}
	source, compiled, err := compile.Decompile(f)
	if !compiled {
		return definition
	}
	if err != nil { // nobody can tell what is in it
		carry(definition, Redacted)
		return definition
	}
	document, err := jsondoc.Parse(source.Schema.Canonical())
	if err != nil {
		panic(err) // it was rendered from a schema
	}
	before := document.Compact()
	if change(document); bytes.Equal(before, document.Compact()) {
		return definition
	}
	var fresh *flow.Flow
	if changed, err := schema.Parse(document.Compact()); err == nil {
		fresh, _ = compile.Compile(changed, source.Options)
	}
	if fresh == nil {
		carry(definition, Redacted)
		return definition
	}
	made := jsondoc.ParseValue(fresh.Source())
	if source.Intact && len(source.Changes) == 0 {
		return made
	}
	// What somebody edited, or another version compiled, is not what this one makes.
	carry(definition, carriedBy(made).String())
	return definition
}

// carriedBy is the value of the variable in which a compiled flow carries its schema.
func carriedBy(n *jsondoc.Node) *jsondoc.Node {
	if n == nil {
		return nil
	}
	if carriesSchema(n) {
		return n.Get("value")
	}
	for _, m := range n.Members {
		if found := carriedBy(m.Value); found != nil {
			return found
		}
	}
	for _, elem := range n.Elems {
		if found := carriedBy(elem); found != nil {
			return found
		}
	}
	return nil
}

func carriesSchema(n *jsondoc.Node) bool { return n.Get("key").String() == flow.SchemaVariable }

func carry(definition *jsondoc.Node, value string) {
	if variable := carriedBy(definition); variable != nil {
		*variable = *text(value)
	}
}
