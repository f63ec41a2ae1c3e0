package account

import (
	"context"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Off is the host of an engine that cannot be reached: it lists nothing, calls nothing
// and says why when a bot of it is asked for.
type Off struct{ Reason error }

var _ Host = Off{}

// List is empty.
func (o Off) List(context.Context) (bot.Listing, error) { return bot.Listing{}, nil }

// Find finds nothing.
func (o Off) Find(context.Context, string) ([]bot.Bot, error) { return nil, nil }

// Get says why the engine is off.
func (o Off) Get(context.Context, string) (bot.Bot, error) { return bot.Bot{}, o.Reason }

// Read says why the engine is off.
func (o Off) Read(context.Context, string) (bot.Bot, error) { return bot.Bot{}, o.Reason }

// Create says why the engine is off.
func (o Off) Create(context.Context, bot.Spec) (bot.Bot, error) { return bot.Bot{}, o.Reason }

// Update says why the engine is off.
func (o Off) Update(context.Context, string, bot.Spec, bot.Spec) (bot.Bot, error) {
	return bot.Bot{}, o.Reason
}

// Unmark says why the engine is off.
func (o Off) Unmark(context.Context, string, bot.Spec) (bot.Bot, error) {
	return bot.Bot{}, o.Reason
}

// Successor finds nothing.
func (o Off) Successor(context.Context, string) (bot.Bot, error) { return bot.Bot{}, bot.ErrNotFound }

// Discard says why the engine is off.
func (o Off) Discard(context.Context, string) error { return o.Reason }

// Delete says why the engine is off.
func (o Off) Delete(context.Context, string) error { return o.Reason }

// Tasks says why the engine is off.
func (o Off) Tasks(context.Context, string) ([]string, error) { return nil, o.Reason }

// Unreachable is an account of which nothing can be asked yet: every read and write
// fails with the reason, so that no caller has to check for it.
func Unreachable(reason error) *Account {
	hosts := map[bot.Engine]Host{}
	for _, engine := range bot.Engines() {
		hosts[engine] = Off{Reason: reason}
	}
	return New("", bot.Webhooks{}, noNumbers{reason}, NoServices{}, hosts)
}

type noNumbers struct{ reason error }

func (n noNumbers) Pages(string) (next func(context.Context) ([]bot.Number, bool, error), missed func(context.Context) ([]bot.Number, error)) {
	return func(context.Context) ([]bot.Number, bool, error) { return nil, false, n.reason },
		func(context.Context) ([]bot.Number, error) { return nil, n.reason }
}
func (n noNumbers) Find(context.Context, string) (bot.Number, error) {
	return bot.Number{}, n.reason
}
func (n noNumbers) Get(context.Context, string) (bot.Number, error) { return bot.Number{}, n.reason }
func (n noNumbers) Update(context.Context, string, bot.NumberChange) (bot.Number, error) {
	return bot.Number{}, n.reason
}

func (n noNumbers) Buy(context.Context, bot.NumberOrder) (bot.Number, error) {
	return bot.Number{}, n.reason
}
func (n noNumbers) Release(context.Context, string) error { return n.reason }

// NoServices is an account whose Messaging Services cannot be asked for.
type NoServices struct{}

var _ Services = NoServices{}

// List is empty.
func (NoServices) List(context.Context) ([]bot.Service, error) { return nil, nil }

// Members is empty.
func (NoServices) Members(context.Context, string) ([]string, error) { return nil, nil }

// Get finds nothing.
func (NoServices) Get(context.Context, string) (bot.Service, error) {
	return bot.Service{}, bot.ErrNotFound
}

// Point does nothing: there is no service to point.
func (NoServices) Point(context.Context, string, string, string, bool) error { return nil }
