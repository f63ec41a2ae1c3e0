// Package compile turns an assistant schema, the content of an Autopilot assistant,
// into a Studio flow that does the same, and finds the schema again in such a flow.
//
// A flow depends on what the schema means, not on how it is written: two schemas of
// one canonical form compile to the same bytes, on every machine.
package compile

import (
	"cmp"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/classify"
)

// Routing is how what people write or say finds its task.
type Routing string

const (
	// Exact matches only the samples themselves, and inputs that differ from one only in
	// letter case, punctuation or the value of a field.
	Exact Routing = "exact"

	// Keywords also matches the words that distinguish the samples of one task from those
	// of the others. It is the default.
	Keywords Routing = "keywords"

	// Trained also takes what a model learnt from the samples recognises.
	Trained Routing = "trained"
)

// Routings are all of them, the default first.
func Routings() []Routing { return []Routing{Keywords, Trained, Exact} }

// Options are the choices a compilation leaves open. The zero value is the default.
type Options struct {
	// Channels are those the flow answers; none means both.
	Channels []bot.Channel

	// Routing is how input finds its task; empty means Keywords.
	Routing Routing

	// Confirm is asked where two tasks are close to each other, in a Trained routing, with
	// {first} and {second} in it; empty means that the fallback answers.
	Confirm string

	// Tuning is for measurements: no flow says it, so one that was compiled with any but
	// the default is found changed.
	Tuning classify.Tuning
}

// normal has the defaults filled in, and the channels in one order.
func (o Options) normal() Options {
	var channels []bot.Channel
	for _, c := range bot.Channels() {
		if len(o.Channels) == 0 || slices.Contains(o.Channels, c) {
			channels = append(channels, c)
		}
	}
	n := Options{Channels: channels, Routing: cmp.Or(o.Routing, Keywords), Tuning: o.Tuning}
	if n.Routing == Trained {
		n.Confirm = o.Confirm
	}
	return n
}

// Compile returns the flow that does what an assistant with this content did. The
// diagnostics hold what schema.Validate finds and where Studio behaves differently from
// Autopilot; with an Error among them the flow is nil.
func Compile(s *schema.Schema, o Options) (*flow.Flow, []Diagnostic) {
	c := newCompiler(s, o.normal())
	if found := c.report.list(); HasErrors(found) {
		return nil, found
	}
	source := s.Canonical()
	if err := carriable(source); err != nil {
		c.report.add(Error, CodeTooLarge, "", "The flow must contain the schema, which is too large: "+err.Error()+".", "Split the assistant in two.")
		return nil, c.report.list()
	}
	data := c.definition(packed(source))
	found := c.report.list()
	if HasErrors(found) {
		return nil, found
	}
	f, err := flow.Parse(data)
	if err != nil {
		c.report.add(Error, CodeInternal, "", "The compiled flow cannot be read: "+err.Error()+".", "This is a bug in the provider; please report it.")
		return nil, c.report.list()
	}
	return f, found
}
