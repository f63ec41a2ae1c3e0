package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	assistantschema "github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/compile"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/replacement"
)

// replacementPlanner says what the replacement of a bot by another will do.
type replacementPlanner struct {
	planner
	// made is the flow that a schema becomes on Studio; nil for other bots.
	made *flow.Flow
}

// warn says what a replacement will do, or that a bot will or may be replaced where what
// the replacement touches cannot be said yet.
func (p replacementPlanner) warn(ctx context.Context) {
	if to, known := p.only(); known && p.replaced && p.provider.ready() {
		p.preview(ctx, to)
		return
	}
	if !p.mayBeReplaced {
		return
	}
	will := "may"
	if p.replaced {
		will = "will"
	}
	p.diags.AddWarning(fmt.Sprintf("Bot %s %s be replaced", p.state, will),
		"What decides how it is done is known after apply. Where the bot is replaced, the provider creates a new one, moves every phone number to it, "+
			"and then deletes the old one, and `sid` changes; the apply says what it touches. To see that before, apply first what the unknown values come from (`terraform apply -target`).")
}

// lostContent refuses a change of engine that says nothing of what the bot is made of
// there: no engine's content becomes another's by itself.
func lostContent(state assistantModel, to bot.Engine) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("engine"), "The new engine needs content",
		fmt.Sprintf("%s runs on the engine `%s` and would run on `%s`, where nothing says what it is made of. These would be lost: %s. "+
			"Give its %s here, and the bot moves with its phone numbers.",
			state, state.Engine.ValueString(), to, strings.Join(state.holds(false), ", "), anyOf(contentOf[to])))
}

// holds lists what a bot is made of, in the words of its engine, but for the schema
// where that goes along.
func (m assistantModel) holds(schemaGoes bool) []string {
	var holds []string
	parsed := parsedSchema(m.Schema)
	if parsed != nil && !schemaGoes {
		samples := 0
		for _, task := range parsed.Tasks {
			samples += len(task.Samples)
		}
		holds = []string{fmt.Sprintf("its %d tasks with %d samples", len(parsed.Tasks), samples), fmt.Sprintf("its %d field types", len(parsed.FieldTypes)), "its defaults and style sheet"}
	}
	switch bot.Engine(m.Engine.ValueString()) {
	case bot.Autopilot:
		if parsed == nil {
			holds = []string{"its tasks, samples, field types and style sheet"}
		}
		return append(holds, "its webhooks, development stage and query log")
	case bot.Studio:
		if f := parsedFlow(m.Flow); f != nil {
			holds = append(holds, fmt.Sprintf("its flow definition of %d states", len(f.States)))
		}
		return append(holds, "its revisions and executions")
	default:
		return []string{"its URLs and status callbacks"}
	}
}

// preview says what a replacement will do.
func (p replacementPlanner) preview(ctx context.Context, to bot.Engine) {
	at, from := path.Root("unique_name"), p.current
	purpose := fmt.Sprintf("named %q", p.plan.UniqueName.ValueString())
	if p.plan.UniqueName.IsUnknown() {
		purpose = "given a name that is known after apply"
	}
	if from != to {
		at = path.Root("engine")
		moves := fmt.Sprintf("moved from the engine `%s` to `%s`", from, to)
		if p.plan.UniqueName.Equal(p.state.UniqueName) {
			purpose = moves
		} else {
			purpose += " and " + moves
		}
	}
	p.provider.ledger.planEngine(p.state.SID.ValueString(), to)
	preview, err := replacement.Look(ctx, p.provider.account, p.state.SID.ValueString())
	if errors.Is(err, bot.ErrNotFound) {
		owners, err := p.provider.account.FindBots(ctx, p.plan.UniqueName.ValueString())
		if err != nil {
			addAttributeError(p.diags, at, "Unable to look for bots of this name", err)
			return
		}
		p.diags.Append(goneBot(*p.state, p.plan.UniqueName.ValueString(), owners))
		return
	}
	if err != nil {
		addAttributeError(p.diags, at, "Unable to look at what the replacement touches", err)
		return
	}
	if preview.Bot.Unnamed() && from == to {
		p.diags.AddAttributeWarning(at, "An interrupted replacement will be finished",
			fmt.Sprintf("Bot %s was created to replace %s and does not have its name yet. The apply ends with one of the two, named %q, which answers on every phone number of both.",
				preview.Bot.SID, preview.Bot.Replaces, p.plan.UniqueName.ValueString()))
		return
	}
	if p.silences(ctx, preview) {
		return
	}
	made := "from what it is now, with this configuration laid over it,"
	if from != to {
		made = "from the content given here"
	}
	said := []string{fmt.Sprintf("It will be %s. The provider creates a new bot %s and waits until it is ready.", purpose, made)}
	if other := p.otherOfACut(); other != "" {
		said = append(said, fmt.Sprintf("An apply that was cut off began it: %s is the other bot.", other))
	}
	said = append(said, movedNumbers(preview))
	moving := slices.DeleteFunc(slices.Clone(preview.Ways), func(w bot.Way) bool { return !w.MovesTo(to) })
	if len(moving) > 0 {
		said = append(said, fmt.Sprintf("What else leads to it moves as well: %s.", bot.JoinWays(moving)))
	}
	if to == bot.Studio {
		said = append(said, lostCallbacks(preview.Numbers)...)
	}
	said = append(said, fmt.Sprintf("Then %s is deleted, and `sid` changes: change whatever names the old one literally.", preview.Bot.SID))
	if preview.Activity.Calls > 0 {
		said = append(said, fmt.Sprintf("%s, and it waits up to %s for them to end; those that do not are ended.", counted(preview.Activity.Calls, "call is in progress on it now", "calls are in progress on it now"), p.plan.drain()))
	}
	if preview.Activity.Conversations > 0 {
		said = append(said, fmt.Sprintf("%s: they are ended, and whoever writes again begins a new one.", counted(preview.Activity.Conversations, "message conversation waits for a reply", "message conversations wait for a reply")))
	}
	fixed := slices.DeleteFunc(slices.Clone(preview.Ways), func(w bot.Way) bool { return w.MovesTo(to) || w.Kind == bot.ByConversation })
	if len(fixed) > 0 {
		said = append(said, fmt.Sprintf("What references the old SID and cannot be moved will break: %s. Change it to the new SID.", bot.JoinWays(fixed)))
	}
	stuck := slices.DeleteFunc(slices.Clone(preview.Ways), func(w bot.Way) bool { return w.MovesTo(to) || w.Kind != bot.ByConversation })
	if len(stuck) > 0 {
		said = append(said, fmt.Sprintf("Conversations that run a flow cannot be led to another engine, and get no answer from then on until they are closed: %s.", bot.JoinWays(stuck)))
	}
	said = append(said, unreadNotes(preview.Unread)...)
	if preview.ActivityUnread != nil {
		said = append(said, "What is in progress on it could not be read, so the apply does not wait for calls to end: they end with the old bot. "+sentence(preview.ActivityUnread))
	}
	if from != to {
		goes := !p.plan.Schema.IsNull() && !p.state.Schema.IsNull()
		said = append(said, "The new engine cannot hold what the old one has: "+strings.Join(p.state.holds(goes), ", ")+".")
		if parts := p.leftOut(preview.Bot); len(parts) > 0 {
			said = append(said, fmt.Sprintf("The assistant also has parts that `schema` leaves out, and the flow will not have them: %s. To keep them, write them into the schema.", strings.Join(parts, ", ")))
		}
	} else {
		said = append(said, "To keep the SID, set `rename = \"in_place\"`.")
	}
	p.diags.AddAttributeWarning(at, fmt.Sprintf("Bot %s will be replaced", preview.Bot), strings.Join(said, " "))
	if literal := p.provider.ledger.planNewSID(p.state.SID.ValueString()); len(literal) > 0 {
		warnLiteral(at, p.state.SID.ValueString(), literal, p.diags)
	}
}

// leftOut are the parts of an assistant's defaults and style sheet that its schema
// leaves out, so that on Autopilot they stay as they are, where a flow with them would
// not be the one that comes.
func (p replacementPlanner) leftOut(live bot.Bot) []string {
	want := parsedSchema(p.plan.Schema)
	if want == nil || p.made == nil || live.Content.Schema == nil {
		return nil
	}
	whole := assistantschema.Diff(live.Content.Schema, want).Apply(live.Content.Schema)
	var parts []string
	for _, part := range []func(*assistantschema.Schema){
		func(s *assistantschema.Schema) { s.Defaults = whole.Defaults },
		func(s *assistantschema.Schema) { s.StyleSheet = whole.StyleSheet },
		func(s *assistantschema.Schema) { s.Tasks = whole.Tasks },
	} {
		with := *want
		part(&with)
		if made, _ := compile.Compile(&with, p.plan.compileOptions()); made != nil && !compile.Alike(made, p.made) {
			parts = append(parts, assistantschema.LeftOut(want, &with)...)
		}
	}
	return parts
}

// silences refuses to move numbers to a bot hosted elsewhere that has no URL for what
// they carry: they would answer nothing.
func (p replacementPlanner) silences(ctx context.Context, preview replacement.Preview) bool {
	if !slices.Contains(p.given, "webhooks") {
		return false
	}
	w, refused := webhooksIn(ctx, p.plan.Webhooks), false
	byChannel := preview.ByChannel(preview.Bot.SID)
	for _, channel := range bot.Channels() {
		if numbers := byChannel[channel]; w.url(channel).IsNull() && len(numbers) > 0 && preview.Bot.Engine() != bot.Application {
			refused = true
			p.diags.AddAttributeError(path.Root("webhooks").AtName(urlName(channel)), "Phone numbers would answer nothing",
				fmt.Sprintf("%s answers %s on %s, and the new content has no `%s` for it. Give one, or take the channel out of their bindings first.",
					preview.Bot, channel, phones(numbers), urlName(channel)))
		}
	}
	return p.strandsWays(ctx, preview) || refused
}

// strandsWays refuses to move a way in to a bot hosted elsewhere that has no URL for what
// comes by it.
func (p replacementPlanner) strandsWays(ctx context.Context, preview replacement.Preview) bool {
	spec, err := p.plan.spec(ctx)
	if err != nil {
		return false
	}
	to, refused := bot.Bot{Content: spec.Content}, false
	for _, way := range preview.Ways {
		if _, ok := way.PointerTo(p.provider.account.Webhooks, to, ""); ok || !way.MovesTo(bot.Application) || preview.Bot.Engine() == bot.Application {
			continue
		}
		refused = true
		p.diags.AddAttributeError(path.Root("webhooks").AtName(urlName(way.Channel)), "A way in would answer nothing",
			fmt.Sprintf("%s is reached by %s, and the new content has no `%s` for it. Give one, or point that elsewhere first.", preview.Bot, way, urlName(way.Channel)))
	}
	return refused
}

func movedNumbers(preview replacement.Preview) string {
	if len(preview.Numbers) == 0 {
		return "No phone number routes to it."
	}
	return fmt.Sprintf("%s to it, each in one verified write, so that none is ever without a bot: %s.",
		counted(len(preview.Numbers), "phone number is then moved", "phone numbers are then moved"), phones(preview.Numbers))
}

// lostCallbacks names the status callbacks that Twilio replaces once numbers are pointed at a
// flow.
func lostCallbacks(numbers []bot.Number) []string {
	var lost []string
	for _, number := range numbers {
		if own := number.OwnCallback(); own != "" {
			lost = append(lost, fmt.Sprintf("%s (%s)", number.PhoneNumber, bot.ShownURL(own)))
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Twilio replaces the status callback of a number that is pointed at a flow with one of the flow's own, so these are lost: %s. "+
		"Whoever needs the reports as well can set the callback again afterwards, and answer each report with a redirect (302) to the flow's webhook.", bot.JoinNames(lost))}
}

// literalSID warns where the plan of a resource has the SID of a bot that the plan replaces.
func (d *providerData) literalSID(sid types.String, what string, diags *diag.Diagnostics) {
	if sid.ValueString() != "" && d.ledger.planLiteral(sid.ValueString(), what) {
		warnLiteral(path.Root("assistant_sid"), sid.ValueString(), []string{what}, diags)
	}
}

func warnLiteral(at path.Path, sid string, what []string, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(at, "The SID of a replaced bot stays in the configuration",
		fmt.Sprintf("This plan replaces bot %s, whose SID is that of no bot then. The configuration still has it, as the `assistant_sid` of %s: the next plan will find no such bot. "+
			"Write a reference in its place, such as `twiliobot_assistant.….sid`, as part of this change.", sid, bot.JoinNames(what)))
}

// goneBot refuses to replace a bot that is not there: a plan without a refresh is made for
// one that a replacement removed which was killed behind its last write.
func goneBot(state assistantModel, name string, owners []bot.Bot) diag.Diagnostic {
	said := fmt.Sprintf("%s no longer exists, and nothing is changed. ", state)
	if len(owners) == 1 {
		said += fmt.Sprintf("The name %q is that of %s: an apply that was killed after its last write may have created it in place of the other. "+
			"To have it managed here, let `terraform state rm` forget the bot that is gone, and import this one:\n\n%s", name, owners[0].SID, importBlockOf(owners[0]))
	} else {
		said += "Plan again without `-refresh=false`."
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("unique_name"), "The bot is gone", said)
}
