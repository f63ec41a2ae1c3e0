package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// account is this world's account as a fresh process has it: nothing is known of
// what an earlier one did.
func (w *world) account() *bot.Directory {
	w.t.Helper()
	resolved := twilio.Resolved{
		AccountSID: sandbox.StarterAccountSID, Username: sandbox.StarterAccountSID, Password: sandbox.StarterAuthToken,
		CredentialAccountSID: sandbox.StarterAccountSID, Sandbox: "in memory",
	}
	client, err := twilio.New(twilio.Config{Resolved: resolved, MaxRetries: 3, RetryWait: time.Microsecond, Transport: w.box.Transport()})
	if err != nil {
		w.t.Fatal(err)
	}
	return directoryOf(client, resolved)
}

// operation is one thing the provider does, in a world where something was there
// before. It is run by itself, as a resource does it.
type operation struct {
	before func(ctx context.Context, w *world) error
	run    func(ctx context.Context, w *world) error
	// holds says what is true once it is done; nil when all is as it must be.
	holds func(w *world) error
}

func contentOf(t *testing.T, document object) *schema.Schema {
	t.Helper()
	parsed := parsedSchema(newMeaning[schemaNotation](marshal(document)))
	if parsed == nil {
		t.Fatal("the schema does not parse")
	}
	return parsed
}

func hostedSpec(name, url string) bot.Spec {
	return bot.Spec{UniqueName: name, FriendlyName: name, Content: bot.Content{Webhooks: &bot.ApplicationWebhooks{MessagingURL: url}}}
}

// oneBot tells whether exactly one bot of a name is there, whole.
func (w *world) oneBot(name string, want bot.Content) error {
	found, err := w.account().FindBots(w.t.Context(), name)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return fmt.Errorf("%d bots are named %q", len(found), name)
	}
	live, err := w.account().ReadBot(w.t.Context(), found[0].SID, true)
	switch {
	case err != nil:
		return err
	case live.Uploading || live.NeedsModelBuild:
		return fmt.Errorf("%s is not whole", live)
	case want.Schema != nil && !schema.Equal(want.Schema, live.Content.Schema):
		return fmt.Errorf("%s is not as wanted: %v", live, schema.Diff(live.Content.Schema, want.Schema).Summary())
	case want.Webhooks != nil && live.Content.Webhooks.MessagingURL != want.Webhooks.MessagingURL:
		return fmt.Errorf("%s is at %s", live, live.Content.Webhooks.MessagingURL)
	}
	return nil
}

func operations(t *testing.T) map[string]operation {
	small, changed := contentOf(t, sampleSchema(2)), contentOf(t, edit(sampleSchema(3), func(o object) {
		taskOf(o, 0)["samples"] = []any{object{"language": "en-US", "taggedText": "other words"}}
		o["fieldTypes"] = []any{}
	}))
	assistantSpec := func(content *schema.Schema) bot.Spec {
		return bot.Spec{UniqueName: "clinic", FriendlyName: "Clinic", Content: bot.Content{Schema: content}}
	}
	sid := func(ctx context.Context, w *world, name string) (string, error) {
		found, err := w.account().FindBots(ctx, name)
		if err != nil || len(found) != 1 {
			return "", fmt.Errorf("%d bots are named %q (%w)", len(found), name, err)
		}
		return found[0].SID, nil
	}
	create := func(engine bot.Engine, spec bot.Spec) func(context.Context, *world) error {
		return func(ctx context.Context, w *world) error {
			_, err := w.account().CreateBot(ctx, engine, spec)
			return err
		}
	}
	update := func(name string, from, to bot.Spec) func(context.Context, *world) error {
		return func(ctx context.Context, w *world) error {
			found, err := sid(context.WithoutCancel(ctx), w, name)
			if err != nil {
				return err
			}
			_, err = w.account().UpdateBot(ctx, found, from, to)
			return err
		}
	}
	bind := func(name, was string) func(context.Context, *world) error {
		return func(ctx context.Context, w *world) error {
			found, err := sid(ctx, w, name)
			if err != nil {
				return err
			}
			before := ""
			if was != "" {
				if before, err = sid(ctx, w, was); err != nil {
					return err
				}
			}
			_, _, err = w.account().Bind(ctx, bot.Binding{NumberSID: w.sids[ukNumber], BotSID: found, Channels: bot.Channels(), Label: name}, nil, before)
			return err
		}
	}
	all := func(steps ...func(context.Context, *world) error) func(context.Context, *world) error {
		return func(ctx context.Context, w *world) error {
			for _, step := range steps {
				if err := step(ctx, w); err != nil {
					return err
				}
			}
			return nil
		}
	}
	first, second := hostedSpec("first", "https://one.example.com/"), hostedSpec("second", "https://two.example.com/")
	moved := hostedSpec("first", "https://three.example.com/")
	return map[string]operation{
		"create application": {
			run:   create(bot.Application, first),
			holds: func(w *world) error { return w.oneBot("first", first.Content) },
		},
		"create assistant": {
			run:   create(bot.Autopilot, assistantSpec(small)),
			holds: func(w *world) error { return w.oneBot("clinic", bot.Content{Schema: small}) },
		},
		"update application": {
			before: create(bot.Application, first), run: update("first", first, moved),
			holds: func(w *world) error { return w.oneBot("first", moved.Content) },
		},
		"update assistant": {
			before: create(bot.Autopilot, assistantSpec(small)), run: update("clinic", assistantSpec(small), assistantSpec(changed)),
			holds: func(w *world) error { return w.oneBot("clinic", bot.Content{Schema: changed}) },
		},
		"delete assistant": {
			before: create(bot.Autopilot, assistantSpec(small)),
			run: func(ctx context.Context, w *world) error {
				found, err := w.account().FindBots(ctx, "clinic")
				if err != nil || len(found) == 0 {
					return err
				}
				_, err = w.account().DeleteBot(ctx, found[0].SID, "clinic", false)
				return err
			},
			holds: func(w *world) error {
				if left := w.rows("assistants", "Assistants"); len(left) != 0 {
					return fmt.Errorf("left: %v", left)
				}
				return nil
			},
		},
		"bind": {
			before: create(bot.Application, first), run: bind("first", ""),
			holds: func(w *world) error { return w.answers(ukNumber, "first")(nil) },
		},
		"change of bot": {
			before: all(create(bot.Application, first), create(bot.Application, second), bind("first", "")),
			run:    bind("second", "first"),
			holds:  func(w *world) error { return w.answers(ukNumber, "second")(nil) },
		},
		"free": {
			before: all(create(bot.Application, first), bind("first", "")),
			run: func(ctx context.Context, w *world) error {
				found, err := sid(ctx, w, "first")
				if err != nil {
					return err
				}
				_, err = w.account().Free(ctx, w.sids[ukNumber], found, bot.Channels(), "first")
				return err
			},
			holds: func(w *world) error {
				if label := w.number(ukNumber)["friendly_name"]; label != "free" {
					return fmt.Errorf("the label is %v", label)
				}
				return w.answers(ukNumber, "")(nil)
			},
		},
	}
}

// Every operation is cut at every one of its calls, in every way a call can be
// cut; what a fresh process then does of it leaves what a clean run leaves, and a
// number that answered before never answers nothing in between.
func TestOperationsSurviveBeingCutAtEveryCall(t *testing.T) {
	t.Parallel()
	cuts := map[string]sandbox.Fault{
		"refused":      {Kind: sandbox.FaultStatus, Status: http.StatusInternalServerError, Times: 10},
		"cut before":   {Kind: sandbox.FaultCutBefore, Times: 10},
		"cut after":    {Kind: sandbox.FaultCutAfter},
		"killed there": {Kind: sandbox.FaultDelay, DelayMS: 60_000, Times: -1},
	}
	for name, op := range operations(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := cleanRun(t, op)
			for kind, fault := range cuts {
				for nth := 1; nth <= calls; nth += stride(calls) {
					fault.Nth = nth
					if err := cutRun(t, op, fault, kind == "killed there"); err != nil {
						t.Errorf("%s at call %d of %d: %v", kind, nth, calls, err)
					}
				}
			}
			t.Logf("%s: %d calls", name, calls)
		})
	}
}

// stride keeps the longest operations short: every call of those of up to 40, a
// sample of the others.
func stride(calls int) int { return 1 + calls/40 }

func (op operation) prepared(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, quick())
	w.sids = map[string]string{ukNumber: w.number(ukNumber)["sid"].(string)}
	if op.before != nil {
		if err := op.before(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	w.box.ClearJournal()
	return w
}

func cleanRun(t *testing.T, op operation) int {
	t.Helper()
	w := op.prepared(t)
	if err := op.run(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	calls := len(w.box.Journal())
	if err := op.holds(w); err != nil {
		t.Fatal(err)
	}
	return calls
}

func cutRun(t *testing.T, op operation, fault sandbox.Fault, killed bool) error {
	t.Helper()
	w := op.prepared(t)
	if err := w.box.AddFault(fault); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if killed {
		// The process is gone as soon as the call hangs: nothing of it is read back.
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- op.run(ctx, w) }()
		for len(w.box.Journal()) < fault.Nth-1 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	} else if err := op.run(ctx, w); err == nil {
		w.box.ClearFaults()
		return op.holds(w)
	}
	w.box.ClearFaults()
	// What Terraform's user does: apply again, at most twice.
	err := op.run(t.Context(), w)
	if err != nil {
		err = op.run(t.Context(), w)
	}
	// A process killed behind the one write of an application, or behind the write
	// that takes an assistant's mark off, leaves a bot that is whole and that no state
	// knows: it is refused by name, with the way to import it.
	if killed && errors.Is(err, bot.ErrNameTaken) && strings.Contains(err.Error(), "import {") {
		return op.holds(w)
	}
	if err != nil {
		return fmt.Errorf("applying again: %w", err)
	}
	return op.holds(w)
}
