package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// engineChoice is what may run a bot, as far as it is known.
type engineChoice struct {
	// engines lists what may run the bot; more than one while what decides it is unknown.
	engines []bot.Engine
	// current is what runs the bot now; empty for a new one.
	current bot.Engine
	// given and unknown list the attributes of content that are given, and those that may be.
	given, unknown []string
}

// chooseEngine decides what runs a bot: what the configuration says, else what the content
// calls for, else what it runs on, else the provider's default, which is empty while it is
// unknown. It is one engine where nothing that decides it is unknown.
func chooseEngine(configured types.String, plan assistantModel, state *assistantModel, standard bot.Engine) engineChoice {
	var e engineChoice
	e.given, e.unknown = plan.contents()
	if state != nil {
		e.current = bot.Engine(state.Engine.ValueString())
	}
	if engine := configured.ValueString(); engine != "" {
		e.engines = []bot.Engine{bot.Engine(engine)}
		return e
	}
	contents := e.given
	if len(contents) == 0 {
		contents = append(slices.Clone(e.unknown), "")
	}
	for _, content := range contents {
		fit := enginesFor(content)
		switch {
		case configured.IsUnknown() || len(fit) == 1:
		case slices.Contains(fit, e.current):
			fit = []bot.Engine{e.current}
		case standard != "":
			fit = []bot.Engine{standard} // also one that is refused for this content
		}
		e.engines = append(e.engines, fit...)
	}
	slices.Sort(e.engines)
	e.engines = slices.Compact(e.engines)
	return e
}

// enginesFor lists what runs a content, by the name of its attribute; empty for content
// that is managed elsewhere.
func enginesFor(content string) []bot.Engine {
	return slices.DeleteFunc(bot.Engines(), func(engine bot.Engine) bool {
		return content != "" && !slices.Contains(contentOf[engine], content)
	})
}

// only is the engine that runs the bot; false while it is not known.
func (e engineChoice) only() (bot.Engine, bool) {
	if len(e.engines) == 1 {
		return e.engines[0], true
	}
	return "", false
}

// runsOn reports whether the bot is known to run on an engine.
func (e engineChoice) runsOn(engine bot.Engine) bool {
	only, known := e.only()
	return known && only == engine
}

// mayRunOn reports whether the bot runs on an engine, as far as it is known.
func (e engineChoice) mayRunOn(engine bot.Engine) bool { return slices.Contains(e.engines, engine) }

// moves reports whether the bot is known to change its engine.
func (e engineChoice) moves() bool { return e.current != "" && !e.mayRunOn(e.current) }

// compiles reports whether the bot is known to be a schema that runs as a Studio flow.
func (e engineChoice) compiles() bool {
	return e.runsOn(bot.Studio) && slices.Contains(e.given, "schema")
}

// mayCompile reports whether the bot is a schema that runs as a Studio flow, as far as it is
// known.
func (e engineChoice) mayCompile() bool {
	return e.mayRunOn(bot.Studio) && (slices.Contains(e.given, "schema") || slices.Contains(e.unknown, "schema"))
}

// planned is the engine as it is planned where the configuration does not say it.
func (e engineChoice) planned() types.String {
	if engine, known := e.only(); known {
		return types.StringValue(string(engine))
	}
	return types.StringUnknown()
}

// String names what may run the bot.
func (e engineChoice) String() string { return anyOf(words(e.engines)) }
