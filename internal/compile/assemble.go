package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// compiler turns one schema into one flow.
type compiler struct {
	graph
	options Options
	report  report

	tasks    []*task // by name
	byName   map[string]*task
	apart    func(a, b string) bool // schema.Apart
	kinds    map[string]kind
	tongues  tongues
	defaults *jsondoc.Node
	style    *jsondoc.Node

	// What the schema stores of a conversation: remembered names and collects, sorted.
	remembered []string
	collects   []collected

	routes  map[string][]match
	trained map[string]*trained
	trigger *widget
	sides   []*side

	// spelled is the remembered name that each variable of the flow stores.
	spelled map[string]string

	// patterned counts the questions of each type that a pattern alone checks.
	patterned map[string]*patternUse
}

// patternUse has the pointers of the first question of a type, and of all of them.
type patternUse struct {
	at        jsontext.Pointer
	questions map[jsontext.Pointer]bool
}

// side is the half of the flow that answers one channel: Studio has other widgets for
// calls than for messages.
type side struct {
	c       *compiler
	channel bot.Channel
	prefix  string
	shared  *column
	columns map[*task]*column
	routers map[string]*widget

	asked    bool // what is heard answers which of two tasks was meant
	entries  map[*task]target
	defaults map[string]target // the targets of `defaults` that are URLs
	silent   *widget           // counts the times a caller says nothing
	turns    *widget           // runs what a URL answers
}

func (s *side) add(name, kind string, at *column, properties map[string]any) *widget {
	w := s.c.add(name, kind, at, properties)
	w.side = s
	return w
}

// toTask is the first state of a task, which may not exist yet.
func (s *side) toTask(t *task) target { return target{task: t, side: s} }

func (s *side) voice() bool { return s.channel == bot.Voice }

func newCompiler(file *schema.Schema, o Options) *compiler {
	c := &compiler{options: o, routes: map[string][]match{}, trained: map[string]*trained{}, patterned: map[string]*patternUse{}, spelled: map[string]string{}, apart: schema.Apart(file)}
	c.report.validate(file)
	canonical, err := schema.Parse(file.Canonical())
	if err != nil {
		c.report.add(Error, CodeInternal, "", "The canonical form of the schema cannot be read: "+err.Error()+".", "This is a bug in the provider; please report it.")
		return c
	}
	c.readTasks(canonical, file)
	c.readMemory()
	c.kinds = readKinds(canonical.FieldTypes)
	var tags []string
	for _, t := range c.tasks {
		for _, each := range t.samples {
			tags = append(tags, each.language)
		}
	}
	c.tongues = tonguesOf(tags)
	c.defaults, c.style = jsondoc.ParseValue(canonical.Defaults), styleSheet(jsondoc.ParseValue(canonical.StyleSheet))
	if file.LogQueries != nil && *file.LogQueries {
		c.report.info(CodeLogQueries, "/logQueries", "Executions of the flow contain the input, for as long as Studio stores them; there is no query log.",
			"Studio does not log queries for a model.")
	}
	return c
}

// build creates the states.
func (c *compiler) build() {
	c.trigger = c.add("Trigger", kindTrigger, &column{}, map[string]any{})
	for _, channel := range c.options.Channels {
		s := &side{
			c: c, channel: channel, shared: &column{},
			columns: map[*task]*column{}, routers: map[string]*widget{}, entries: map[*task]target{}, defaults: map[string]target{},
		}
		c.sides = append(c.sides, s)
		if channel == bot.Voice {
			s.prefix = "v"
			c.trigger.on("incomingCall", s.call())
		} else {
			s.prefix = "m"
			start := s.start()
			c.trigger.on("incomingMessage", start)
			c.trigger.on("incomingConversationMessage", start)
		}
		for _, t := range c.tasks {
			s.columns[t] = &column{task: t}
			s.entries[t] = s.actions(t)
		}
		if channel == bot.Voice {
			s.silenced()
		}
	}
	for _, event := range []string{"incomingMessage", "incomingCall", "incomingConversationMessage", "incomingRequest", "incomingParent"} {
		if !slices.ContainsFunc(c.trigger.ways, func(w way) bool { return w.event == event }) {
			c.trigger.on(event, target{})
		}
	}
	for _, name := range sortedKeys(c.patterned) {
		use := c.patterned[name]
		detail := "An answer is stored as it was written."
		switch k := c.kindOf(name); {
		case name == "Twilio.DATE":
			detail = "A day with its year is stored as YYYY-MM-DD, and any other as it was written, like \"tomorrow\": a flow knows no other day than that of Twilio's clock. What was written is in flow.variables." + varWritten + "<collect>_<question>."
		case k.stored != "":
			detail = "What is said around an answer is left out, and numbers, times and codes are stored in figures. What was written is in flow.variables." + varWritten + "<collect>_<question>."
		}
		c.report.warn(CodeFieldTypePattern, use.at, detail+" Autopilot understood more ways to say it; for other answers the question is asked again.",
			"Studio checks the type %s by patterns only; %s.", name, counted(len(use.questions), "question uses it", "questions use it"))
	}
	c.resolve()
}

// start handles the first message: the router does, since only a call has a task
// that initiates (https://www.twilio.com/docs/autopilot/api/assistant/defaults).
func (s *side) start() target {
	w := s.set(s.prefix+"_start", s.shared, s.heard(input{expression: "trigger.message.Body | default: trigger.conversation.Body"}))
	w.on("next", s.router(s.c.tasks))
	return to(w)
}

// call handles a call: the initiation runs, or the flow listens.
func (s *side) call() target {
	if n := get(s.c.defaults, "assistant_initiation"); n != nil && n.Text != "" || n.Is('{') {
		return s.target("v_start", s.shared, nil, n, member(atDefaults, "assistant_initiation"))
	}
	return s.gather(s.prefix+"_start", s.shared, "", nil, nil)
}

// fallback is the target of an input that matches nothing.
func (s *side) fallback() target {
	return s.byDefault("fallback", member(atDefaults, "fallback"), get(s.c.defaults, "fallback"))
}

// gaveUp is the target of a collect that got no answer.
func (s *side) gaveUp() target {
	if n := get(s.c.defaults, "collect", "validate_on_failure"); !unset(n) {
		return s.byDefault("collect_fallback", member(atDefaults, "collect", "validate_on_failure"), n)
	}
	return s.fallback()
}

func unset(n *jsondoc.Node) bool { return n == nil || n.Is('"') && n.Text == "" }

// byDefault is a target of `defaults`. One that is a URL is asked by a state that all
// share.
func (s *side) byDefault(name string, at jsontext.Pointer, n *jsondoc.Node) target {
	if unset(n) {
		return target{}
	}
	name = s.prefix + "_" + name
	if t, ok := s.defaults[name]; ok {
		return t
	}
	s.defaults[name] = s.follow(name, s.shared, n, request{at: at, byDefault: name})
	return s.defaults[name]
}

// target is where a redirect leads: a task, or what a URL answers.
func (s *side) target(name string, column *column, from *task, n *jsondoc.Node, at jsontext.Pointer) target {
	return s.follow(name, column, n, request{task: from, at: at})
}

// follow is target, where a URL is asked as the request says.
func (s *side) follow(name string, column *column, n *jsondoc.Node, r request) target {
	if n.Is('{') {
		r.method = get(n, "method").String()
		n, r.at = get(n, "uri"), member(r.at, "uri")
	}
	if name, ok := strings.CutPrefix(n.String(), "task://"); ok {
		return s.toTask(s.c.byName[name])
	}
	r.url = n.String()
	return s.ask(name, column, r)
}

// counted formats a count with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
