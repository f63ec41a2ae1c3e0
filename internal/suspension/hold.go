package suspension

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// holding makes the hold of a bot what it should be: first the flow, then the application
// that has its URLs, so that what is pointed at the application is always answered.
type holding struct {
	account *account.Account
	want    bot.HoldFlow

	before, now bot.Hold     // the application; before has no SID where there was none
	unread      bool         // whether flows cannot be reached
	flow        bot.HoldFlow // as it was before; no SID where there was none
	createdFlow bool         // whether the flow may have been created
	created     bool         // whether the application may have been created
}

// look looks for the hold that the bot has.
func (h *holding) look(ctx context.Context) error {
	found, err := h.account.FindHolds(ctx, h.want.BotSID)
	if len(found) > 0 {
		h.before = found[0]
	}
	return err
}

// makeFlow creates the hold flow, or gives the one that is there its notice. There is none
// where flows cannot be reached, and the hold is left as it is.
func (h *holding) makeFlow(ctx context.Context) (err error) {
	h.now = bot.Hold{FlowSID: h.before.FlowSID, FlowURL: h.before.FlowURL, BotSID: h.want.BotSID}
	reason := h.account.NoHoldFlows(ctx)
	if reason == nil {
		if h.flow, err = h.findFlow(ctx); err == nil {
			h.now, err = h.writeFlow(ctx)
		}
		if !errors.Is(err, bot.ErrForbidden) {
			return err
		}
		reason = err
	}
	h.unread = true
	if h.want.Notice == "" {
		return nil
	}
	return NoticeRefused(reason)
}

// known is the hold as far as it is certain: whether the URLs of an application are those of
// a hold flow is not known where flows cannot be read.
func (h *holding) known() bot.Hold {
	hold := h.now
	if h.unread {
		hold.FlowSID, hold.FlowURL = "", ""
	}
	return hold
}

// NoticeRefused refuses a notice where flows cannot be reached.
func NoticeRefused(reason error) error {
	return &bot.Problem{
		Kind:    bot.NoFlowForNotice,
		Summary: "A notice needs Studio",
		Detail:  fmt.Sprintf("A Studio flow says the notice of a suspension, and these credentials reach none: %v.", reason),
		Cause:   reason,
	}
}

// findFlow is the bot's hold flow: that of its hold, else one that a suspension which was
// cut off left. It has no SID where there is none.
func (h *holding) findFlow(ctx context.Context) (bot.HoldFlow, error) {
	if sid := h.before.FlowSID; sid != "" {
		flow, err := h.account.ReadHoldFlow(ctx, sid)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			h.account.KnowHolds(h.want.BotSID, sid) // what is pointed at it is this bot's
		case err != nil || flow.BotSID == h.want.BotSID:
			return flow, err
		default:
			others, err := h.account.FindHolds(ctx, flow.BotSID)
			if err != nil || !slices.ContainsFunc(others, func(other bot.Hold) bool { return other.FlowSID == sid }) {
				return flow, err // the name was not moved when a replacement was cut off
			}
		}
	}
	found, err := h.account.FindHoldFlows(ctx, h.want.BotSID)
	if err != nil || len(found) == 0 {
		return bot.HoldFlow{}, err
	}
	applications, err := h.account.BotsOf(ctx, bot.Application, h.account.Now())
	if err != nil {
		return bot.HoldFlow{}, err
	}
	routing := bot.NewRouting(h.account.Webhooks, slices.Concat(found, applications.Holds))
	for _, each := range found {
		flow, err := h.account.ReadHoldFlow(ctx, each.FlowSID)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		owner := routing.SuspendedBy(each.FlowSID)
		if err != nil || owner == h.want.BotSID {
			return flow, err
		}
		// It is that of another bot's hold: a replacement was cut off before it moved the name.
		flow.BotSID, flow.Edited = owner, false
		if err := h.account.WriteHoldFlow(ctx, flow); err != nil {
			return bot.HoldFlow{}, fmt.Errorf("renaming %s: %w", flow.Hold(), err)
		}
	}
	return bot.HoldFlow{}, nil
}

// writeFlow is the hold as the flow shows it.
func (h *holding) writeFlow(ctx context.Context) (bot.Hold, error) {
	if h.flow.SID != "" {
		to := h.want
		to.SID, to.URL = h.flow.SID, h.flow.URL
		return to.Hold(), h.account.WriteHoldFlow(ctx, to)
	}
	h.createdFlow = true
	made, err := h.account.CreateHoldFlow(ctx, h.want)
	if errors.Is(err, bot.ErrNameTaken) {
		// Another process suspends the same bot at the same time.
		if found, err := h.account.FindHoldFlows(ctx, h.want.BotSID); err == nil && len(found) > 0 {
			return found[0], nil
		}
	}
	if err != nil {
		return bot.Hold{BotSID: h.want.BotSID}, fmt.Errorf("creating the hold flow of bot %s: %w", h.want.BotSID, err)
	}
	return made.Hold(), nil
}

// undoFlow puts the flow back as it was, and deletes one that was created.
func (h *holding) undoFlow(ctx context.Context) error {
	if h.flow.SID != "" {
		if h.flow.Edited {
			return nil // what it was is not known
		}
		return h.account.WriteHoldFlow(ctx, h.flow)
	}
	if !h.createdFlow {
		return nil
	}
	found, err := findAll(ctx, h.account, h.want.BotSID, h.account.Now())
	for _, sid := range found.flows {
		if err == nil && !slices.ContainsFunc(found.applications, func(hold bot.Hold) bool { return hold.FlowSID == sid }) {
			err = h.account.DeleteHoldFlow(ctx, sid)
		}
	}
	return err
}

// mark creates the application, or gives the one that is there the flow's URLs.
func (h *holding) mark(ctx context.Context) error {
	h.now.SID = h.before.SID
	switch {
	case h.now == h.before:
		return nil
	case h.now.SID != "":
		return h.account.WriteHold(ctx, h.now)
	}
	h.created = true
	made, err := h.account.CreateHold(ctx, h.now)
	if errors.Is(err, bot.ErrNameTaken) {
		// Another process suspends the same bot at the same time.
		if found, err := h.account.FindHolds(ctx, h.now.BotSID); err == nil && len(found) > 0 {
			h.created, h.now = false, found[0]
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("creating the hold of bot %s: %w", h.now.BotSID, err)
	}
	h.now = made
	return nil
}

// MakeWhole gives the hold of a suspended bot its flow where it has none: an earlier version of
// the provider made it, or another client deleted the flow. The hold says what its flow said, and
// nothing where that is gone: the notice is known to the suspension alone, which writes it in its
// own time. A bot that is not suspended is no error. It returns bot.ErrForbidden where the
// credentials may not create flows.
func MakeWhole(ctx context.Context, a *account.Account, botSID string) error {
	unlock, err := a.LockSuspension(ctx, botSID)
	if err != nil {
		return err
	}
	defer unlock()
	a.HoldsChanged() // what is listed says that it has no flow
	hold := holding{account: a, want: bot.HoldFlow{BotSID: botSID}}
	// A resumption in another process deletes the flow and then the application. One that did not
	// find this flow leaves it.
	unlessResumed := func(ctx context.Context, failed error) error {
		found, err := a.FindHolds(ctx, botSID)
		if err != nil || len(found) > 0 {
			return errors.Join(failed, err)
		}
		hold.before = bot.Hold{}
		a.HoldsChanged()
		return hold.undoFlow(ctx)
	}
	return operation.Run(ctx, "making the hold whole", operation.Step{
		Name: "looking for the hold",
		Do:   hold.look,
	}, operation.Step{
		Name: "making its flow",
		Cut:  "The hold flow may exist, and the hold does not call it yet; the next apply goes on from it.",
		Do: func(ctx context.Context) (err error) {
			if hold.before.SID == "" {
				return nil
			}
			if hold.flow, err = hold.findFlow(ctx); err != nil {
				return err
			}
			hold.want.Notice = hold.flow.Notice
			if hold.now, err = hold.writeFlow(ctx); err != nil {
				return unlessResumed(ctx, err)
			}
			return nil
		},
		Undo: hold.undoFlow,
	}, operation.Step{
		Name: "giving the hold its flow",
		Cut:  "The hold flow exists, and the hold may call it already; the next apply goes on from it.",
		Do: func(ctx context.Context) error {
			if hold.before.SID == "" {
				return nil
			}
			return unlessResumed(ctx, hold.mark(ctx))
		},
		Undo: hold.undoMark,
	})
}

// undoMark deletes the application that was created, and puts one that was there back as it
// was.
func (h *holding) undoMark(ctx context.Context) error {
	switch {
	case h.created:
		found, err := h.account.FindHolds(ctx, h.want.BotSID)
		for _, hold := range found {
			if err == nil {
				err = h.account.DeleteHold(ctx, hold.SID)
			}
		}
		return err
	case h.before.SID == "" || h.now.SID != h.before.SID || h.now == h.before:
		return nil
	}
	return h.account.WriteHold(ctx, h.before)
}

// held is what suspends a bot.
type held struct {
	applications []bot.Hold
	flows        []string // the SIDs of its hold flows
}

// findAll finds everything that suspends a bot, as it was at the moment or later. The flow of
// another bot's hold that bears this bot's name, since its name was not moved when a
// replacement was cut off, is not among it.
func findAll(ctx context.Context, a *account.Account, botSID string, since account.Moment) (held, error) {
	var found held
	applications, err := a.BotsOf(ctx, bot.Application, since)
	if err != nil {
		return found, err
	}
	flows, err := a.BotsOf(ctx, bot.Studio, since)
	if err != nil && !errors.Is(err, bot.ErrForbidden) {
		return found, err
	}
	routing := bot.NewRouting(a.Webhooks, slices.Concat(applications.Holds, flows.Holds))
	for _, hold := range applications.Holds {
		if hold.BotSID == botSID {
			found.applications = append(found.applications, hold)
		}
	}
	for _, hold := range flows.Holds {
		if routing.SuspendedBy(hold.FlowSID) == botSID {
			found.flows = append(found.flows, hold.FlowSID)
		}
	}
	return found, nil
}

// DeleteHolds deletes the holds of a bot, which nothing is pointed at any more. The
// application is last: as long as it exists, the next apply knows that there is something
// to delete.
func DeleteHolds(ctx context.Context, a *account.Account, botSID string) error {
	found, err := findAll(ctx, a, botSID, a.Now())
	if err != nil {
		return err
	}
	return found.delete(ctx, a, botSID)
}

func (found held) delete(ctx context.Context, a *account.Account, botSID string) error {
	for _, sid := range found.flows {
		if err := a.DeleteHoldFlow(ctx, sid); err != nil {
			return fmt.Errorf("deleting %s: %w", bot.Hold{FlowSID: sid, BotSID: botSID}, err)
		}
	}
	for _, hold := range found.applications {
		if err := a.DeleteHold(ctx, hold.SID); err != nil {
			return fmt.Errorf("deleting %s: %w", hold, err)
		}
	}
	return nil
}

// HandOver makes the suspension of one bot that of another, while nobody else of this process
// suspends or resumes it: a suspension that is undone at the same time would delete the hold
// that moves.
func HandOver(ctx context.Context, a *account.Account, from, to string) error {
	unlock, err := a.LockSuspension(ctx, from)
	if err != nil {
		return err
	}
	defer unlock()
	return move(ctx, a, from, to)
}

// HolderOf is the bot that one of the holds, by SID, suspends now; empty where they suspend
// none. Terraform may have replaced the bot that they were set for.
func HolderOf(ctx context.Context, a *account.Account, holds []string, since account.Moment) (botSID string, err error) {
	if len(holds) == 0 {
		return "", nil
	}
	routing, err := a.RoutingWithHolds(ctx, since)
	if err != nil {
		return "", err
	}
	for _, sid := range holds {
		if botSID := routing.SuspendedBy(sid); botSID != "" {
			return botSID, nil
		}
	}
	return "", nil
}

// move makes the suspension of one bot that of another: the mark moves, and with it
// everything that is silenced at once. The flow's name follows; cut off before it does, the
// application says whose both are. What answers for the other bot all the same is silenced:
// the suspension may have come after its numbers had moved. A bot that is not suspended is
// no error.
func move(ctx context.Context, a *account.Account, from, to string) error {
	if from == "" {
		return nil
	}
	found, err := a.FindHolds(ctx, from)
	if err != nil {
		return err
	}
	for _, hold := range found {
		hold.BotSID = to
		if err := a.WriteHold(ctx, hold); err != nil {
			return fmt.Errorf("renaming %s: %w", hold, err)
		}
	}
	if err := nameFlows(ctx, a, to, found); err != nil || len(found) == 0 {
		return err
	}
	if _, err := silenceNumbers(ctx, a, to, found[0].SID, nil, nil); err != nil {
		return err
	}
	routing, err := a.RoutingOfWays(ctx, a.Now())
	if hold := routing.HoldOf(to); err == nil && hold.SID != "" {
		err = silenceWays(ctx, a, hold, nil)
	}
	return err
}

// nameFlows gives the flows of a bot's holds the bot's name, of the holds that were renamed
// now, and of those of which an earlier process renamed the application alone.
func nameFlows(ctx context.Context, a *account.Account, botSID string, renamed []bot.Hold) error {
	if len(renamed) == 0 {
		var err error
		if renamed, err = a.FindHolds(ctx, botSID); err != nil {
			return err
		}
	}
	for _, hold := range renamed {
		if hold.FlowSID == "" {
			continue
		}
		flow, err := a.ReadHoldFlow(ctx, hold.FlowSID)
		if errors.Is(err, bot.ErrNotFound) || errors.Is(err, bot.ErrForbidden) {
			continue // the next suspension puts it right, or cannot either
		}
		if err == nil && flow.BotSID != botSID {
			flow.BotSID, flow.Edited = botSID, false
			err = a.WriteHoldFlow(ctx, flow)
		}
		if err != nil {
			return fmt.Errorf("renaming %s: %w", bot.Hold{FlowSID: hold.FlowSID, BotSID: botSID}, err)
		}
	}
	return nil
}
