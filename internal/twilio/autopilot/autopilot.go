package autopilot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host runs the assistants of one account.
type Host struct{ api }

// New is the engine on the client's account.
func New(client *twilio.Client) Host { return Host{api{client}} }

// List gives every assistant.
func (h Host) List(ctx context.Context) (bot.Listing, error) {
	var listed bot.Listing
	rows, err := list[assistant](ctx, h.api, "assistants", "Assistants")
	if err != nil {
		return listed, err
	}
	for _, row := range rows {
		if err := h.ours(row); err != nil {
			return bot.Listing{}, err
		}
		listed.Bots = append(listed.Bots, summaryOf(row))
	}
	return listed, nil
}

// Find gives the assistant of a name: Twilio allows one.
func (h Host) Find(ctx context.Context, uniqueName string) ([]bot.Bot, error) {
	found, err := h.assistant(ctx, uniqueName)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return []bot.Bot{summaryOf(found)}, nil
}

// Get reads an assistant without its content, and whether it needs a model build.
func (h Host) Get(ctx context.Context, sid string) (bot.Bot, error) {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return bot.Bot{}, err
	}
	found, err := h.assistant(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	newest, built, err := h.builds(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	return botOf(&live{assistant: found, build: newest, built: built}), nil
}

// Read reads an assistant with its schema.
func (h Host) Read(ctx context.Context, sid string) (bot.Bot, error) {
	if err := twilio.CheckSID(sid, "UA"); err != nil {
		return bot.Bot{}, err
	}
	l, err := h.read(ctx, sid)
	if err != nil {
		return bot.Bot{}, err
	}
	return botOf(l), nil
}

// Tasks lists the assistant's tasks.
func (h Host) Tasks(ctx context.Context, sid string) ([]string, error) {
	rows, err := list[task](ctx, h.api, "tasks", "Assistants", sid, "Tasks")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.UniqueName
	}
	slices.Sort(names)
	return names, nil
}

// assistant reads an assistant by SID or unique name.
func (a api) assistant(ctx context.Context, sidOrName string) (assistant, error) {
	var found assistant
	if err := a.get(ctx, &found, "Assistants", sidOrName); err != nil {
		return found, err
	}
	return found, a.ours(found)
}

// ours refuses an assistant of another account: product hosts act on the account of
// the credentials, whatever account was meant.
func (a api) ours(found assistant) error {
	if found.AccountSID == a.client.AccountSID() {
		return nil
	}
	return fmt.Errorf("assistant %q (%s) belongs to account %s, but the provider is configured for account %s; use credentials of the account that is meant",
		found.UniqueName, found.SID, found.AccountSID, a.client.AccountSID())
}
