package studio

import (
	"context"
	"errors"
	"fmt"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// A hold flow says the notice of a suspension, or nothing, and ends. Its name is the mark
// that says which bot it suspends.

// FindHoldFlows gives the hold flows of a bot.
func (h Host) FindHoldFlows(ctx context.Context, botSID string) ([]bot.Hold, error) {
	listed, err := h.List(ctx)
	var found []bot.Hold
	for _, hold := range listed.Holds {
		if hold.BotSID == botSID {
			found = append(found, hold)
		}
	}
	return found, err
}

// ReadHoldFlow reads a hold flow; bot.ErrNotFound where it does not exist, or is a bot.
func (h Host) ReadHoldFlow(ctx context.Context, sid string) (bot.HoldFlow, error) {
	latest, live, err := h.revisions(ctx, sid)
	if err != nil {
		return bot.HoldFlow{}, err
	}
	hold, ok := holdOf(latest)
	if !ok {
		return bot.HoldFlow{}, fmt.Errorf("flow %q (%s) is no hold: %w", latest.FriendlyName, sid, bot.ErrNotFound)
	}
	return holdFlow(hold, latest, live), nil
}

// holdFlow is the flow of a hold. One that cannot be parsed was edited.
func holdFlow(hold bot.Hold, latest, live revision) bot.HoldFlow {
	now, _ := botOf(latest, live)
	read := bot.HoldFlow{SID: hold.FlowSID, URL: hold.FlowURL, BotSID: hold.BotSID}
	read.Notice, read.Edited = bot.NoticeOf(now.Content.Flow)
	return read
}

func holdSpec(flow bot.HoldFlow) bot.Spec {
	return bot.Spec{UniqueName: bot.MarkSuspended(flow.BotSID), Content: bot.Content{Flow: bot.NewHoldFlow(flow.Notice)}}
}

// CreateHoldFlow creates the hold flow of a bot, in one write: cut off before it there is
// none, after it one that nothing is pointed at, and that is found by its name.
func (h Host) CreateHoldFlow(ctx context.Context, flow bot.HoldFlow) (bot.HoldFlow, error) {
	before, err := h.FindHoldFlows(ctx, flow.BotSID)
	if err != nil {
		return bot.HoldFlow{}, err
	}
	if len(before) > 0 {
		return bot.HoldFlow{}, fmt.Errorf("%s exists: %w", before[0], bot.ErrNameTaken)
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (bot.HoldFlow, error) { return h.createHoldFlow(ctx, flow) })
}

func (h Host) createHoldFlow(ctx context.Context, flow bot.HoldFlow) (bot.HoldFlow, error) {
	spec := holdSpec(flow)
	answer, err := h.api(ctx).CreateFlow(&openapi.CreateFlowParams{
		FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec), CommitMessage: new(bot.MarkCreated),
	})
	if err != nil {
		sent := confirm.Write{Object: "the hold flow of bot " + flow.BotSID, Verb: "created", Err: refusal(spec, err)}
		return confirm.Read(ctx, sent, func(ctx context.Context) (bot.HoldFlow, error) {
			found, err := h.FindHoldFlows(ctx, flow.BotSID)
			if err == nil && len(found) == 0 {
				err = confirm.Stale("no flow is named %q", spec.UniqueName)
			}
			if err != nil {
				return bot.HoldFlow{}, err
			}
			return h.ReadHoldFlow(ctx, found[0].FlowSID)
		})
	}
	flow.SID, flow.URL = twilio.Value(answer.Sid), twilio.Value(answer.WebhookUrl)
	_, err = h.readBack(ctx, confirm.Write{Object: flow.Hold().String()}, flow.SID, answer.Revision, spec)
	return flow, err
}

// WriteHoldFlow publishes a hold flow with the notice, and under the name, that are given,
// in one write. A draft of another client's is buried: nobody but the suspension has a say
// in what a hold does.
func (h Host) WriteHoldFlow(ctx context.Context, flow bot.HoldFlow) error {
	return confirm.Again(ctx, func(ctx context.Context) error { return h.writeHoldFlow(ctx, flow) }, nil) // each reads it
}

func (h Host) writeHoldFlow(ctx context.Context, flow bot.HoldFlow) error {
	latest, live, err := h.revisions(ctx, flow.SID)
	if err != nil {
		return err
	}
	hold, ok := holdOf(latest)
	if !ok {
		return fmt.Errorf("flow %q (%s) is no hold: %w", latest.FriendlyName, flow.SID, bot.ErrNotFound)
	}
	flow.URL = latest.WebhookURL
	if holdFlow(hold, latest, live) == flow && latest.Revision == live.Revision {
		return nil
	}
	spec := holdSpec(flow)
	answer, err := h.api(ctx).UpdateFlow(flow.SID, &openapi.UpdateFlowParams{
		FriendlyName: &spec.UniqueName, Status: new(published), Definition: definition(spec), CommitMessage: new(bot.MarkUpdated),
	})
	written := latest.Revision + 1
	if err == nil {
		written = answer.Revision
	}
	_, err = h.readBack(ctx, confirm.Write{Object: flow.Hold().String(), Err: refusal(spec, err)}, flow.SID, written, spec)
	return err
}

// DeleteHoldFlow ends the active executions of a hold flow, such as that of a call which hears
// the notice, deletes it and waits until it is gone. Where the credentials may not end them, it
// is deleted all the same. A flow that is no hold is left as it is.
func (h Host) DeleteHoldFlow(ctx context.Context, sid string) error {
	_, err := h.ReadHoldFlow(ctx, sid)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, _, err := h.End(ctx, sid); err != nil && !errors.Is(err, bot.ErrForbidden) && !errors.Is(err, bot.ErrNotFound) {
		return fmt.Errorf("ending what is in progress on the hold flow %s: %w", sid, err)
	}
	return h.Delete(ctx, sid)
}
