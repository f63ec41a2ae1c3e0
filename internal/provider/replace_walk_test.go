package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// newBench is an account behind a gate, with an empty stack.
func newBench(t *testing.T) bench {
	t.Helper()
	return scenario{}.bench(t)
}

// account is the account as a fresh process reads it.
func (b bench) account() *account.Account {
	b.w.t.Helper()
	resolved := twilio.Resolved{
		AccountSID: sandbox.StarterAccountSID, Username: sandbox.StarterAccountSID, Password: sandbox.StarterAuthToken,
		CredentialAccountSID: sandbox.StarterAccountSID, APIURL: b.url,
	}
	client, err := twilio.New(twilio.Config{Resolved: resolved})
	if err != nil {
		b.w.t.Fatal(err)
	}
	return accountOf(client, resolved)
}

// sid is the SID of a resource in the state.
func (b bench) sid(address, attribute string) string {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		b.w.t.Fatal(err)
	}
	had := b.states[address]
	return stringOf(b.w.t, p.attribute(had.kind, had.state, attribute))
}

// identified is the SID of a resource in its identity.
func (b bench) identified(address, attribute string) string {
	b.w.t.Helper()
	p, err := b.provider()
	if err != nil {
		b.w.t.Fatal(err)
	}
	had := b.states[address]
	identities, err := p.server.GetResourceIdentitySchemas(b.w.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.sound(err, identities.Diagnostics)
	value, err := had.identity.IdentityData.Unmarshal(identities.IdentitySchemas[had.kind].ValueType())
	attributes := map[string]tftypes.Value{}
	if err == nil {
		err = value.As(&attributes)
	}
	if err != nil {
		b.w.t.Fatal(err)
	}
	return stringOf(b.w.t, attributes[attribute])
}

func TestFiftyNumbersAreNeverWithoutABotWhileItIsRenamed(t *testing.T) {
	t.Parallel()
	const numbers = 50
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if err := b.apply([]block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}, true); err != nil {
				t.Fatal(err)
			}
			front := b.w.number(ukNumber)
			for i := range numbers - 1 {
				phone := fmt.Sprintf("+1202555%04d", 1000+i)
				b.w.own(phone)
				b.w.setNumber(phone, map[string]string{"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "first"})
			}
			done := make(chan error, 1)
			go func() {
				done <- b.apply([]block{botBlock("bot", content(engine, "renamed", 1)), bindingBlock(ukNumber, "bot")}, true)
			}()
			polls, misses := 0, 0
			for running := true; running; {
				select {
				case err := <-done:
					if err != nil {
						t.Fatal(err)
					}
					running = false
				default:
				}
				// The numbers first: the bot that one references must exist after it is read.
				rows := b.gate.rows(apiBase+"/IncomingPhoneNumbers.json?PageSize=1000", "incoming_phone_numbers")
				names, _ := b.gate.bots()
				answering := 0
				for _, row := range rows {
					sid := field(row, "sms_application_sid")
					if sid == "" {
						to, _ := bot.Webhooks{}.Parse(field(row, "sms_url"))
						sid = to.BotSID
					}
					if names[sid] != "" {
						answering++
					}
				}
				if polls++; answering != numbers {
					// The bot may have been deleted between the two reads: only a second read of the
					// same numbers shows that.
					if again := len(b.gate.answering()); again != numbers {
						misses += numbers - again
					}
				}
			}
			t.Logf("%d polls of %d numbers, %d misses", polls, numbers, misses)
			if misses > 0 || polls < 5 {
				t.Errorf("%d polls, %d misses", polls, misses)
			}
			if left := b.gate.answering(); len(left) != numbers {
				t.Errorf("%d numbers answer", len(left))
			}
		})
	}
}

func TestContentThatNobodyConfiguredSurvivesARename(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.apply([]block{botBlock("bot", content("autopilot", "first", 40))}, true); err != nil {
		t.Fatal(err)
	}
	// From now on the content is managed elsewhere.
	bare := func(name string) []block {
		return []block{botBlock("bot", map[string]tftypes.Value{"unique_name": str(name), "engine": str("autopilot")})}
	}
	if err := b.apply(bare("first"), true); err != nil {
		t.Fatal(err)
	}
	at := autopilotBase + "/Assistants/first"
	b.w.call(http.MethodPost, at, map[string]string{
		"DevelopmentStage": "in-production", "CallbackUrl": "https://example.com/built", "CallbackEvents": "model_build_completed", "LogQueries": "false",
	})
	b.w.call(http.MethodPost, at+"/Webhooks", map[string]string{"UniqueName": "turns", "Events": "onDialogueTurn", "WebhookUrl": "https://example.com/turns", "WebhookMethod": "GET"})
	read := func() (string, map[string]any, []map[string]any) {
		live, err := b.account().ReadBot(t.Context(), b.sid("twiliobot_assistant.bot", "sid"), true)
		if err != nil {
			t.Fatal(err)
		}
		var assistant map[string]any
		b.gate.ask(autopilotBase+"/Assistants/"+live.SID, &assistant)
		return string(live.Content.Schema.Canonical()), assistant, b.gate.rows(autopilotBase+"/Assistants/"+live.SID+"/Webhooks", "webhooks")
	}
	before, assistant, webhooks := read()
	sid := b.sid("twiliobot_assistant.bot", "sid")
	if err := b.apply(bare("second"), true); err != nil {
		t.Fatal(err)
	}
	if err := b.empty(bare("second")); err != nil {
		t.Error(err)
	}
	after, now, hooks := read()
	if strings.Count(before, "task-") < 40 || before != after {
		t.Errorf("the export before (%d bytes) and after (%d bytes) differ", len(before), len(after))
	}
	for _, name := range []string{"development_stage", "callback_url", "callback_events", "log_queries"} {
		if assistant[name] != now[name] || now[name] == nil {
			t.Errorf("%s was %v and is %v", name, assistant[name], now[name])
		}
	}
	if len(webhooks) != 1 || len(hooks) != 1 || webhooks[0]["webhook_url"] != hooks[0]["webhook_url"] || webhooks[0]["webhook_method"] != hooks[0]["webhook_method"] {
		t.Errorf("the webhooks were %v and are %v", webhooks, hooks)
	}
	// And back, within the 30 days during which Twilio reserves a deleted name.
	if err := b.apply(bare("first"), true); err != nil {
		t.Fatal(err)
	}
	if again, _, _ := read(); again != before || b.sid("twiliobot_assistant.bot", "sid") == sid {
		t.Error("renamed back, it differs from before")
	}
}

func TestCallsInProgressAreWaitedFor(t *testing.T) {
	t.Parallel()
	named := func(name, drain string) []block {
		values := content("studio", name, 1)
		values["drain_timeout"] = str(drain)
		return []block{botBlock("bot", values), bindingBlock(ukNumber, "bot")}
	}
	t.Run("until they end", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		if err := b.apply(named("first", "1m"), true); err != nil {
			t.Fatal(err)
		}
		old := b.sid("twiliobot_assistant.bot", "sid")
		call, err := b.w.box.AddExecution(sandbox.Execution{FlowSID: old, Contact: "+447700900999", Channel: "voice", Status: "active"})
		if err != nil {
			t.Fatal(err)
		}
		var looks atomic.Int32
		var early atomic.Bool
		inner := b.gate.next
		b.gate.next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/Executions") && looks.Add(1) == 5: // the first is the plan's
				if err := b.w.box.EndExecution(call); err != nil {
					t.Error(err)
				}
			case r.Method == http.MethodDelete && looks.Load() < 5:
				early.Store(true)
			}
			inner.ServeHTTP(w, r)
		})
		if err := b.apply(named("second", "1m"), true); err != nil {
			t.Fatal(err)
		}
		if early.Load() || looks.Load() < 5 {
			t.Errorf("the bot was removed early (%v), after %d reads of its calls", early.Load(), looks.Load())
		}
	})
	t.Run("no longer than asked", func(t *testing.T) {
		t.Parallel()
		b := newBench(t)
		if err := b.apply(named("first", "0s"), true); err != nil {
			t.Fatal(err)
		}
		for _, channel := range []string{"voice", "messaging"} {
			if _, err := b.w.box.AddExecution(sandbox.Execution{FlowSID: b.sid("twiliobot_assistant.bot", "sid"), Contact: "+447700900999", Channel: channel, Status: "active"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.plan(named("second", "0s"), true); err != nil {
			t.Fatal(err)
		}
		said := strings.Join(b.warnings, "\n")
		if !strings.Contains(said, "1 call is in progress") || !strings.Contains(said, "1 message conversation waits for a reply") {
			t.Errorf("the plan warns: %s", said)
		}
		if err := b.apply(named("second", "0s"), true); err != nil {
			t.Fatal(err)
		}
		if flows := b.gate.rows(studioBase, "flows"); len(flows) != 1 {
			t.Errorf("%d flows are left", len(flows))
		}
	})
}

func TestBotMovesBetweenEveryPairOfEngines(t *testing.T) {
	t.Parallel()
	engines := []string{"studio", "application", "autopilot"}
	for _, from := range engines {
		for _, to := range engines {
			if from == to {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				config := func(engine string) []block {
					return []block{botBlock("bot", content(engine, "first", 1)), bindingBlock(ukNumber, "bot")}
				}
				if err := b.apply(config(from), true); err != nil {
					t.Fatal(err)
				}
				had := b.sid("twiliobot_assistant.bot", "sid")
				// Without the new content, the plan is refused.
				_, err := b.plan([]block{botBlock("bot", map[string]tftypes.Value{"unique_name": str("first"), "engine": str(to)}), bindingBlock(ukNumber, "bot")}, true)
				if err == nil || !strings.Contains(err.Error(), "The new engine needs content") || !strings.Contains(err.Error(), "These would be lost: its ") {
					t.Errorf("without content the plan says: %v", err)
				}
				b.w.box.ClearJournal()
				if err := b.apply(config(to), true); err != nil {
					t.Fatal(err)
				}
				if err := b.empty(config(to)); err != nil {
					t.Error(err)
				}
				writes := 0
				for _, write := range b.w.writes() {
					if strings.Contains(write, "/IncomingPhoneNumbers/") {
						writes++
					}
				}
				now := b.sid("twiliobot_assistant.bot", "sid")
				if engine, _ := bot.EngineOf(now); string(engine) != to || writes != 1 {
					t.Errorf("it runs on %s, with %d writes to its number", engine, writes)
				}
				names, _ := b.gate.bots()
				if len(names) != 1 || names[had] != "" || len(b.gate.answering()) != 1 {
					t.Errorf("the bots are %v, and %v answer", names, b.gate.answering())
				}
			})
		}
	}
}

func TestMoveToABotThatCannotAnswerACallIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.apply([]block{botBlock("bot", content("studio", "first", 1)), bindingBlock(ukNumber, "bot")}, true); err != nil {
		t.Fatal(err)
	}
	b.w.setNumber(usNumber, map[string]string{"VoiceUrl": field(b.w.number(ukNumber), "sms_url")})
	values := content("application", "first", 1)
	urls := map[string]tftypes.Value{}
	if err := values["webhooks"].As(&urls); err != nil {
		t.Fatal(err)
	}
	urls["voice_url"] = tftypes.NewValue(tftypes.String, nil)
	values["webhooks"] = tftypes.NewValue(values["webhooks"].Type(), urls)
	_, err := b.plan([]block{botBlock("bot", values), bindingBlock(ukNumber, "bot")}, true)
	if err == nil || !strings.Contains(err.Error(), "would answer nothing") || !strings.Contains(err.Error(), usNumber) || strings.Contains(err.Error(), ukNumber) {
		t.Errorf("the plan says: %v", err)
	}
}

func TestIdentityFollowsWhatChangesInPlace(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := func(name, phone string) []block {
				return []block{botBlock("bot", content(engine, name, 1)), bindingBlock(phone, "bot")}
			}
			check := func(what string) {
				t.Helper()
				if sid, identity := b.sid("twiliobot_assistant.bot", "sid"), b.identified("twiliobot_assistant.bot", "sid"); sid != identity {
					t.Errorf("%s: the bot is %s and its identity %s", what, sid, identity)
				}
				if sid, identity := b.sid("twiliobot_phone_number_binding.front", "phone_number_sid"), b.identified("twiliobot_phone_number_binding.front", "phone_number_sid"); sid != identity {
					t.Errorf("%s: the number is %s and its identity %s", what, sid, identity)
				}
			}
			if err := b.apply(config("first", ukNumber), true); err != nil {
				t.Fatal(err)
			}
			check("made")
			first := b.sid("twiliobot_assistant.bot", "sid")
			if err := b.apply(config("second", ukNumber), true); err != nil {
				t.Fatal(err)
			}
			check("renamed")
			second := b.sid("twiliobot_assistant.bot", "sid")
			if first == second {
				t.Error("the rename kept the SID")
			}
			// The old one cannot be deleted: the state has both, and the next apply
			// finishes.
			b.w.fault(sandbox.Fault{Method: http.MethodDelete, Path: second, Kind: sandbox.FaultStatus, Status: http.StatusForbidden, Times: -1})
			if err := b.apply(config("third", ukNumber), true); err == nil || !strings.Contains(err.Error(), "replacing_sid") {
				t.Errorf("the error does not name the bot that cannot be deleted: %v", err)
			}
			check("cut off")
			third := b.sid("twiliobot_assistant.bot", "sid")
			if third == second || b.sid("twiliobot_assistant.bot", "replacing_sid") != second {
				t.Errorf("the state has %s, replacing %q", third, b.sid("twiliobot_assistant.bot", "replacing_sid"))
			}
			b.w.box.ClearFaults()
			if err := b.apply(config("third", ukNumber), true); err != nil {
				t.Fatal(err)
			}
			check("finished")
			if told := strings.Join(b.warnings, "\n"); !inOrder("An interrupted replacement will be finished").MatchString(told) || !strings.Contains(told, second) || strings.Contains(told, "will be replaced") || strings.Contains(told, "stays in the configuration") {
				t.Errorf("the plan that finishes it says %s", told)
			}
			if names, _ := b.gate.bots(); len(names) != 1 || b.sid("twiliobot_assistant.bot", "sid") != third {
				t.Errorf("the bots are %v", names)
			}
			if err := b.apply(config("third", usNumber), true); err != nil {
				t.Fatal(err)
			}
			check("moved")
			if err := b.empty(config("third", usNumber)); err != nil {
				t.Error(err)
			}
		})
	}
}

// An error before the new bot has every number restores the account.
func TestRenameThatFailsIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := func(name string) []block {
				return []block{botBlock("bot", content(engine, name, 1)), bindingBlock(ukNumber, "bot")}
			}
			if err := b.apply(config("first"), true); err != nil {
				t.Fatal(err)
			}
			front := b.w.number(ukNumber)
			b.w.setNumber(otherNumber, map[string]string{"SmsUrl": field(front, "sms_url"), "SmsApplicationSid": field(front, "sms_application_sid"), "FriendlyName": "first"})
			before := b.gate.snapshot()
			other := field(b.w.number(otherNumber), "sid")
			b.w.fault(sandbox.Fault{Method: http.MethodPost, Path: other, Kind: sandbox.FaultStatus, Status: http.StatusBadRequest, Times: -1})
			err := b.apply(config("second"), true)
			if err == nil || !strings.Contains(err.Error(), "was undone: nothing of it is left") || !strings.Contains(err.Error(), otherNumber) {
				t.Errorf("it says: %v", err)
			}
			b.w.box.ClearFaults()
			if now := b.gate.snapshot(); strings.Join(now, "\n") != strings.Join(before, "\n") {
				t.Errorf("the account is\n%s\nand was\n%s", strings.Join(now, "\n"), strings.Join(before, "\n"))
			}
			if err := b.apply(config("second"), true); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestRemovalOfABotNamesItsNumbers(t *testing.T) {
	t.Parallel()
	for _, force := range []bool{false, true} {
		b := newBench(t)
		values := content("studio", "first", 1)
		values["force_destroy"] = tftypes.NewValue(tftypes.Bool, force)
		b.applied(botBlock("bot", values), bindingBlock(ukNumber, "bot"))
		words := "keeps the bot from being deleted"
		if force {
			words = "answer nothing from then on"
		}
		if err := b.apply(nil, true); err != nil {
			t.Fatal(err)
		}
		b.warnsOnce(`Bot "first"`, "will be removed", ukNumber, words)
		// One without numbers is deleted without a warning.
		b.applied(botBlock("bot", values))
		if err := b.apply(nil, true); err != nil {
			t.Fatal(err)
		}
		for _, warning := range b.warnings {
			if strings.Contains(warning, "will be removed") {
				t.Error(warning)
			}
		}
	}
}

// A plan without a refresh, after a replacement that deleted the old bot and was then
// killed, names the bot that replaced it.
func TestPlanForABotThatIsGoneNamesTheOneInItsPlace(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]map[string]tftypes.Value{
		"renamed":       content("application", "second", 1),
		"engine change": content("application", "first", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := content("application", "first", 1)
			if name == "engine change" {
				before = content("studio", "first", 1)
			}
			b := newBench(t)
			b.applied(botBlock("bot", before), bindingBlock(ukNumber, "bot"))
			old := b.states["twiliobot_assistant.bot"]
			b.applied(botBlock("bot", after), bindingBlock(ukNumber, "bot"))
			made := b.sid("twiliobot_assistant.bot", "sid")
			b.states["twiliobot_assistant.bot"] = old
			_, err := b.plan([]block{botBlock("bot", after), bindingBlock(ukNumber, "bot")}, false)
			if err == nil || !strings.Contains(err.Error(), "The bot is gone") || !strings.Contains(err.Error(), "terraform state rm") {
				t.Fatalf("it says: %v", err)
			}
			if sid, address, ok := toImport(err); !ok || sid != made {
				t.Fatalf("the import is of %q to %q: %v", sid, address, err)
			} else if err := b.imported(address, 0, sid); err != nil {
				t.Fatal(err)
			}
			if err := b.apply([]block{botBlock("bot", after), bindingBlock(ukNumber, "bot")}, true); err != nil {
				t.Fatal(err)
			}
			if err := b.empty([]block{botBlock("bot", after), bindingBlock(ukNumber, "bot")}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNamesAreSwappedInTwoApplies(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			config := func(one, two string) []block {
				return []block{botBlock("one", content(engine, one, 1)), botBlock("two", content(engine, two, 2)), bindingBlock(ukNumber, "one")}
			}
			if err := b.apply(config("left", "right"), true); err != nil {
				t.Fatal(err)
			}
			if _, err := b.plan(config("right", "left"), true); err == nil || !strings.Contains(err.Error(), "take two applies") {
				t.Errorf("the swap is planned: %v", err)
			}
			for _, names := range [][2]string{{"middle", "right"}, {"middle", "left"}, {"right", "left"}} {
				if err := b.apply(config(names[0], names[1]), true); err != nil {
					t.Fatal(err)
				}
				if err := b.empty(config(names[0], names[1])); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// interferer is another client that writes to a number just before one of the
// provider's calls.
type interferer struct {
	at    int
	sid   string // of the number
	url   string // that is theirs
	mu    sync.Mutex
	calls int
	// events is what happened to the number, in order.
	events []string
}

const theirWrite = "theirs"

func (i *interferer) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.calls++
		if i.calls == i.at {
			form := strings.NewReader("SmsApplicationSid=&SmsUrl=" + i.url)
			request := httptest.NewRequest(http.MethodPost, apiBase+"/IncomingPhoneNumbers/"+i.sid+".json", form)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
			next.ServeHTTP(httptest.NewRecorder(), request)
			i.events = append(i.events, theirWrite)
		}
		if strings.Contains(r.URL.Path, i.sid) {
			// An event recorded before theirs also happens before it.
			defer i.mu.Unlock()
			i.events = append(i.events, r.Method)
			next.ServeHTTP(w, r)
			return
		}
		i.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// between reports whether theirs came after the provider's read of the number and before
// the write that follows it. Twilio has no conditional write, so it cannot be detected.
func (i *interferer) between() bool {
	at := slices.Index(i.events, theirWrite)
	return at > 0 && at+1 < len(i.events) && i.events[at-1] == http.MethodGet && i.events[at+1] == http.MethodPost
}

// Another client takes a number at every single call of every operation. Theirs stays,
// whatever the provider does, and its next diagnostic names the number.
func TestNothingOfSomebodyElsesIsOverwritten(t *testing.T) {
	t.Parallel()
	const theirs = "https://theirs.example.com/answer"
	for _, s := range scenarios() {
		if s.name == "create" || s.name == "update" || !s.routes(ukNumber) {
			continue // they write a number without a bot, or none
		}
		t.Run(s.name+" on "+s.engine, func(t *testing.T) {
			t.Parallel()
			calls, taken, unseen := 1, 0, 0
			for at := 1; at <= calls; at += 5 {
				b := s.bench(t)
				inner := b.gate.next
				i := &interferer{at: at, url: theirs, sid: field(b.w.number(ukNumber), "sid")}
				b.gate.next = i.handler(inner)
				err := b.apply(s.after, true)
				b.gate.next = inner
				if calls = i.calls; at > calls {
					b.close()
					break // fewer calls than the time before, since some share a listing
				}
				if i.between() {
					unseen++
					b.close()
					continue
				}
				taken++
				if now := field(b.w.number(ukNumber), "sms_url"); now != theirs {
					t.Errorf("at call %d of %d theirs was overwritten by %q (the apply said: %v; %v)", at, calls, now, err, i.events)
				}
				if application := field(b.w.number(ukNumber), "sms_application_sid"); application != "" {
					t.Errorf("at call %d of %d theirs was silenced by %s (the apply said: %v)", at, calls, application, err)
				}
				if err != nil && !strings.Contains(err.Error(), ukNumber) && !strings.Contains(err.Error(), i.sid) {
					t.Errorf("at call %d of %d the error lacks the number: %v", at, calls, err)
				}
				if bound := len(s.after) > 0 && s.name != "change of number"; err == nil && bound {
					if err := b.empty(s.after); err == nil {
						t.Errorf("at call %d of %d the plan does not mention the number that was taken", at, calls)
					}
				}
				b.close()
			}
			t.Logf("%d calls, the number taken before %d of them; %d times between the provider's read and write", calls, taken, unseen)
		})
	}
}
