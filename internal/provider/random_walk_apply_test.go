package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// apply plans and applies what is configured; between is what another client does in
// between, nil for nothing. What the apply asks for where the model says that it may, is
// done, and it is applied again.
func (w *randomWalk) apply(s step, between func()) {
	w.rt.Helper()
	interrupted := between != nil
	// A bot whose removal is planned after its binding leaves it is refused.
	leaves := s.how.removedLast && slices.ContainsFunc(slices.Collect(maps.Keys(w.want.bindings)), func(key string) bool {
		before := w.applied.bindings[key].bot
		_, stays := w.want.bots[before]
		return before != "" && !stays
	})
	if s.cut != "" {
		interrupted = true
		w.logf("the next apply is %s, at call %d", s.cut, s.call)
	}
	t := w.turn(false, s.how)
	if how := (manner{s.how.suspensionsFirst, t.first != nil, t.deletesLast, "", false, false}).String(); how != "" {
		w.logf("in the next apply %s", how)
	}
	if len(t.forced)+len(t.tainted) > 0 {
		w.logf("in the next apply %s", manner{replaced: s.how.replaced, tainted: s.how.tainted, createFirst: s.how.createFirst})
	}
	err := w.once(t, s, between, false)
	if s.cut != "" && lost(s.cut, err) {
		w.unsure = true
	}
	overwrite, outdated := false, between != nil
	again := func() error { return w.once(w.turn(overwrite, manner{}), step{}, nil, overwrite) }
	for tries, helped := 0, 0; err != nil || outdated; {
		if err == nil {
			// What a plan does not touch, the next one shows.
			outdated, err = false, again()
			continue
		}
		w.logf("the apply says: %s", firstLine(err))
		need := w.help(err, interrupted)
		if need == unexplained && leaves && strings.Contains(err.Error(), "is removed before its phone number gets another") {
			leaves, need = false, needsHelp
		}
		switch need {
		case needsOverwrite:
			overwrite = true
			helped++
		case needsHelp:
			helped++
		case needsNothing:
			tries++
			interrupted = false
		case unexplained:
			w.failf("refused without a reason: %v", err)
		}
		if tries > 2 || helped > 8 {
			w.failf("it does not converge: %v", err)
		}
		err = again()
	}
	w.holds(overwrite)
	if overwrite {
		// As the advice says, it is taken out again.
		if err := w.once(turn{blocks: w.want.blocks(false)}, step{}, nil, false); err != nil {
			w.failf("without overwrite: %v", err)
		}
		w.holds(false)
	}
	w.applied = w.want.clone()
	w.states = append(w.states, maps.Clone(w.b.states))
}

// need is what an apply that failed needs before the next one.
type need int

const (
	unexplained need = iota
	needsNothing
	needsHelp
	needsOverwrite
)

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line[:min(len(line), 300)]
}

// once is one run of Terraform.
func (w *randomWalk) once(t turn, s step, between func(), overwrite bool) error {
	w.rt.Helper()
	silent := w.mayFallSilent()
	w.b.gate.arm(1+s.call, s.cut, silent)
	if s.cut == "" {
		w.b.gate.arm(0, "", silent)
	}
	w.b.w.box.ClearJournal()
	intents, err := w.b.intend(t)
	wrote := slices.DeleteFunc(w.b.w.writes(), func(call string) bool { return strings.HasSuffix(call, "/Flows/Validate") })
	if len(wrote) > 0 {
		w.failf("a plan wrote %v", wrote)
	}
	if err == nil && between != nil {
		between()
		w.b.gate.arm(1+s.call, s.cut, silent)
		if s.cut == "" {
			w.b.gate.arm(0, "", silent)
		}
	}
	if err == nil {
		err = w.b.carry(t, intents)
	}
	dead := w.b.gate.isDead()
	w.b.gate.disarm()
	if violation := w.b.gate.violation(); violation != nil {
		w.failf("%v (the apply: %v)", violation, err)
	}
	w.b.gate.ignore()
	w.theirsHold(overwrite)
	if err != nil && strings.Contains(err.Error(), "Provider produced") {
		w.failf("%v", err)
	}
	if err == nil && dead {
		return errKilled
	}
	return err
}

// mayFallSilent are the channels of numbers that the configuration lets fall silent: they
// are freed or suspended, or change from one binding to another, where nothing orders the two.
func (w *randomWalk) mayFallSilent() []string {
	want, had, sides := w.want.answerers(), w.applied.sides(), w.want.sides()
	var silent []string
	for _, phone := range walkPhones {
		for _, channel := range []string{"sms", "voice"} {
			side := phone + " " + channel
			before := w.applied.bindings[had[side]]
			if key := w.byHand[side]; key != "" {
				_, stays := w.want.bots[key]
				if sides[side] != "" || !stays || w.want.suspended[key] || w.applied.suspended[key] {
					silent = append(silent, side)
				}
				continue
			}
			if want[side] == "" || had[side] != sides[side] || w.otherHas(phone, sides[side]) || w.applied.suspended[before.bot] || w.want.suspended[before.bot] {
				silent = append(silent, side)
			}
		}
	}
	return silent
}

// otherHas reports whether the state, which may be an old one, has another binding of a
// number than this one.
func (w *randomWalk) otherHas(phone, key string) bool {
	for address, had := range w.b.states {
		if had.kind == "twiliobot_phone_number_binding" && address != had.kind+"."+key && w.b.sid(address, "phone_number") == phone {
			return true
		}
	}
	return false
}

// theirsHold checks that what another client wrote is as it was, unless a binding may
// overwrite it.
func (w *randomWalk) theirsHold(overwrite bool) {
	w.rt.Helper()
	sides := w.want.sides()
	for side, url := range w.theirs {
		phone, channel, _ := strings.Cut(side, " ")
		row := w.b.w.number(phone)
		if field(row, channel+"_url") == url && field(row, channel+"_application_sid") == "" {
			continue
		}
		if binding, ok := sides[side]; ok && (overwrite || w.want.bindings[binding].overwrite) {
			delete(w.theirs, side)
			continue
		}
		w.failf("%s was overwritten: it is %q %q, and was %q", side, field(row, channel+"_application_sid"), field(row, channel+"_url"), url)
	}
	for _, name := range w.foreign {
		if !slices.ContainsFunc(w.b.gate.snapshot(), func(line string) bool {
			return strings.HasPrefix(line, fmt.Sprintf("application %q: %q", name, "https://foreign.example.com/"))
		}) {
			w.failf("the bot %s of another client is not as it was", name)
		}
	}
	for phone, label := range w.labels {
		if now := field(w.b.w.number(phone), "friendly_name"); now != label {
			w.failf("the label %q of %s was overwritten with %q", label, phone, now)
		}
	}
}

// contested reports whether a channel that a binding wants answers for another client, or
// for a bot that another binding has there, or that the state does not know to be bound there.
func (w *randomWalk) contested() bool {
	had := w.applied.sides()
	for side, key := range w.want.sides() {
		if w.theirs[side] != "" || w.dead[side] || w.byHand[side] != "" && w.byHand[side] != w.want.bindings[key].bot || had[side] != "" && had[side] != key {
			return true
		}
	}
	return w.unsure
}

// help does what an apply's error asks for, where the model says that it may ask so.
func (w *randomWalk) help(err error, interrupted bool) need {
	said := err.Error()
	theirName := slices.ContainsFunc(w.foreign, func(name string) bool {
		return strings.Contains(said, fmt.Sprintf("has a bot named %q", name)) || strings.Contains(said, fmt.Sprintf("is the name of %q", name))
	})
	if sid, address, ok := toImport(err); ok && w.unsure && !theirName {
		order := slices.IndexFunc(w.want.blocks(false), func(b block) bool { return b.address == address })
		if err := w.b.imported(address, order, sid); err != nil {
			w.failf("importing %s: %v", sid, err)
		}
		w.logf("%s is imported", address)
		return needsHelp
	}
	switch {
	case strings.Contains(said, "name is taken") && theirName,
		strings.Contains(said, "`restore_sid`") && w.deleted:
		w.logf("bots get new names")
		for key, b := range w.want.bots {
			w.names++
			b.name = fmt.Sprintf("%s-%d", key, w.names)
			w.want.bots[key] = b
		}
		return needsHelp
	case strings.Contains(said, "Remove `rename`") && w.unsure:
		w.logf("no bot is renamed in place")
		for key, b := range w.want.bots {
			b.inPlace = false
			w.want.bots[key] = b
		}
		return needsHelp
	case strings.Contains(said, "would silence it") && w.contested() && len(w.theirs) == 0:
		w.logf("the configuration is that of the last apply, with all bots resumed")
		w.want = w.applied.clone()
		clear(w.want.suspended)
		return needsHelp
	case strings.Contains(said, "would silence it") && w.contested():
		w.logf("another client takes its URLs back")
		for side := range w.theirs {
			phone, channel, _ := strings.Cut(side, " ")
			w.b.w.setNumber(phone, map[string]string{map[string]string{"sms": "SmsUrl", "voice": "VoiceUrl"}[channel]: ""})
			delete(w.theirs, side)
		}
		return needsHelp
	case strings.Contains(said, "`overwrite = true`") && w.contested():
		w.logf("everything is applied with overwrite")
		return needsOverwrite
	case strings.Contains(said, "Phone numbers still route to the bot") && (w.unsure || w.abandoned()):
		w.logf("another client frees the numbers that no binding has")
		sides := w.want.sides()
		for _, phone := range walkPhones {
			if sides[phone+" sms"] == "" && w.theirs[phone+" sms"] == "" {
				w.b.w.setNumber(phone, map[string]string{"SmsUrl": "", "SmsApplicationSid": ""})
			}
			if sides[phone+" voice"] == "" && w.theirs[phone+" voice"] == "" {
				w.b.w.setNumber(phone, map[string]string{"VoiceUrl": "", "VoiceApplicationSid": ""})
			}
		}
		maps.DeleteFunc(w.byHand, func(side, _ string) bool { return sides[side] == "" })
		return needsHelp
	case interrupted:
		return needsNothing
	}
	return unexplained
}

// abandoned reports whether another client pointed a number at a bot that is removed.
func (w *randomWalk) abandoned() bool {
	for _, key := range w.byHand {
		if _, ok := w.want.bots[key]; !ok {
			return true
		}
	}
	return false
}

// holds checks the account and the next plan after an apply that succeeded.
func (w *randomWalk) holds(overwrite bool) {
	w.rt.Helper()
	if err := w.b.settled(w.turn(overwrite, manner{}).blocks); err != nil {
		w.failf("%v", err)
	}
	want, got := w.want.answerers(), w.b.gate.answerers()
	for side, key := range w.byHand {
		b, ok := w.want.bots[key]
		switch {
		case !ok || w.want.sides()[side] != "":
			delete(w.byHand, side)
		case !w.want.suspended[key]:
			want[side] = productWords[b.engine] + " " + b.name
		}
	}
	if w.unsure {
		clear(w.byHand)
		want = w.want.answerers()
		// A bot that no state has may answer on a number that no binding has.
		maps.DeleteFunc(got, func(side, _ string) bool { return w.want.sides()[side] == "" })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.failf("who answers (-want +got): %s", diff)
	}
	if dead := w.b.deadNumbers(); len(dead) > 0 && !w.unsure && !w.deleted {
		w.failf("pointed at nothing: %v", dead)
	}
	w.botsHold()
	w.labelsHold()
}

// botsHold checks that the bots are there with their content, and no others.
func (w *randomWalk) botsHold() {
	w.rt.Helper()
	lines := w.b.gate.snapshot()
	for key, b := range w.want.bots {
		content := func(part string) {
			if !slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, fmt.Sprintf("%s %q", productWords[b.engine], b.name)) && strings.Contains(line, part)
			}) {
				w.failf("bot %s lacks %q", key, part)
			}
		}
		switch b.engine {
		case "studio":
			content(fmt.Sprintf("Version %d", b.version))
		case "application":
			content(fmt.Sprintf(": %q %q", fmt.Sprintf("https://bots.example.com/v%d", b.version), fmt.Sprintf("https://bots.example.com/calls/v%d", b.version)))
		case "autopilot":
			content(fmt.Sprintf("task \"task-%02d\"", b.version-1))
			content("needs a build false, newest build completed")
		}
	}
	if w.unsure {
		return
	}
	names, inert := w.b.gate.bots()
	if own := len(names) - len(inert) - len(w.foreign); own != len(w.want.bots) {
		w.failf("%d bots are there, not %d", own, len(w.want.bots))
	}
	holds, flows := 0, 0
	for sid := range inert {
		if engine, _ := bot.EngineOf(sid); engine == bot.Studio {
			flows++
		} else {
			holds++
		}
	}
	if holds != len(w.want.suspended) || flows < holds {
		w.failf("%d holds are there, with %d flows, not %d", holds, flows, len(w.want.suspended))
	}
}

// labelsHold checks that a number is labelled with a bot that is bound to it.
func (w *randomWalk) labelsHold() {
	w.rt.Helper()
	if w.unsure || w.deleted {
		return // the name of a bot that is gone is nobody's any more
	}
	names := map[string][]string{}
	for _, b := range w.want.bindings {
		names[b.phone] = append(names[b.phone], w.want.bots[b.bot].name)
	}
	for _, phone := range walkPhones {
		label := field(w.b.w.number(phone), "friendly_name")
		switch {
		case w.labels[phone] != "", w.shared[phone]:
		case len(names[phone]) == 0 && label != bot.FreeLabel && strings.Trim(label, "+()- 0123456789") != "":
			w.failf("%s is free, and labelled %q", phone, label)
		case len(names[phone]) > 0 && !slices.Contains(names[phone], label):
			w.failf("%s is labelled %q, none of %q", phone, label, names[phone])
		}
	}
}
