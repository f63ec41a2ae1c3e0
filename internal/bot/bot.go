package bot

import (
	"context"
	"errors"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// Bot is a bot as Twilio holds it.
type Bot struct {
	SID          string
	AccountSID   string
	UniqueName   string
	FriendlyName string // for people; the unique name where Twilio has one name field
	DateCreated  time.Time
	DateUpdated  time.Time
	BuiltAt      time.Time // the last completed model build; Autopilot only
	Revision     int       // the published revision, 0 where nothing is published or it was not asked for; Studio only
	Draft        int       // the revision of a draft that is newer than the published one, 0 where there is none; Studio only

	// Uploading tells that an upload of the whole bot was cut off: the mark is
	// still on it.
	Uploading bool
	// NeedsModelBuild tells that the bot does not answer by all of its content yet:
	// an upload that was cut off, or training data without its model build.
	NeedsModelBuild bool

	// Suspends is the bot that this inert application silences; empty for a bot.
	Suspends string
	// Replaces is the bot in whose place this one was made, as far as a mark says it;
	// empty for others. Only List, and the first Get behind a Create, are sure to tell.
	Replaces string

	// Content is there when the bot was read whole.
	Content Content
}

// Engine is what runs the bot.
func (b Bot) Engine() Engine {
	engine, _ := EngineOf(b.SID)
	return engine
}

// String names the bot in messages: its name and its SID.
func (b Bot) String() string {
	if b.UniqueName == "" {
		return b.SID
	}
	return `"` + b.UniqueName + `" (` + b.SID + ")"
}

// Content is what a bot is made of: at most one of the kinds. None means that the
// content is managed elsewhere.
type Content struct {
	Schema   *schema.Schema
	Flow     *flow.Flow
	Webhooks *ApplicationWebhooks
}

// Empty tells whether no content is given.
func (c Content) Empty() bool { return c == Content{} }

// ApplicationWebhooks is the content of a bot hosted elsewhere: the URLs Twilio
// calls (https://www.twilio.com/docs/usage/api/applications). An empty string is
// an unset URL.
type ApplicationWebhooks struct {
	MessagingURL         string
	MessagingMethod      string
	MessagingFallbackURL string
	VoiceURL             string
	VoiceMethod          string
	VoiceFallbackURL     string
	StatusCallbackURL    string
}

// spelled is the webhooks with the methods spelled out that count: a method without
// a URL is never used, and Twilio calls by POST where none is said.
func (w ApplicationWebhooks) spelled() ApplicationWebhooks {
	for _, each := range []struct {
		url    string
		method *string
	}{{w.MessagingURL, &w.MessagingMethod}, {w.VoiceURL, &w.VoiceMethod}} {
		if each.url == "" || isWebhookMethod(*each.method) || *each.method == "" {
			*each.method = WebhookMethod
		}
	}
	return w
}

// Spec is what a bot is to be.
type Spec struct {
	UniqueName   string
	FriendlyName string
	Content      Content
	// Replaces is the bot in whose place the bot is made: the mark says so, and what
	// the old one has beside its content goes with it where both run on one engine.
	Replaces string
	// RestoreSID is the deleted Autopilot assistant that becomes the bot.
	RestoreSID string
}

// Host runs the bots of one engine on one account. Every write is read back before
// it returns; what is true when it is cut off stands beside each operation.
type Host interface {
	// List gives every bot, without content, in Twilio's order.
	List(ctx context.Context) ([]Bot, error)
	// Find gives the bots that have a unique name now.
	Find(ctx context.Context, uniqueName string) ([]Bot, error)
	// Get gives a bot without its content; ErrNotFound when it is gone.
	Get(ctx context.Context, sid string) (Bot, error)
	// Read gives a bot with its content; ErrNotFound when it is gone.
	Read(ctx context.Context, sid string) (Bot, error)
	// Create makes a bot, or takes up one that an earlier Create left unfinished;
	// ErrNameTaken when the name is another's. One that replaces another keeps its
	// mark until Unmark.
	Create(ctx context.Context, spec Spec) (Bot, error)
	// Unmark takes off a bot the mark of what it replaces, and gives it its names, once
	// the old bot is gone. It is the last write of a replacement.
	Unmark(ctx context.Context, sid string, spec Spec) (Bot, error)
	// Successor looks for a bot that replaced one which is gone, in marks that List
	// does not show too; ErrNotFound when there is none.
	Successor(ctx context.Context, sid string) (Bot, error)
	// Update brings a bot from what the plan was made for to what is wanted, and
	// stops when somebody else changed it in between.
	Update(ctx context.Context, sid string, from, to Spec) (Bot, error)
	// Delete removes a bot; one that is gone already is no error.
	Delete(ctx context.Context, sid string) error
	// Discard is Delete for a bot that another replaced: its name does not stay
	// reserved.
	Discard(ctx context.Context, sid string) error
	// Tasks lists the unique names of the tasks a number can be pointed at; none
	// where the engine has no tasks.
	Tasks(ctx context.Context, sid string) ([]string, error)
}

// Finding is what Twilio says is wrong with a bot's content.
type Finding struct {
	Pointer string // RFC 6901, into the user's file
	Message string
}

// Validator is a host that can ask Twilio what it would say of a bot, without
// making it.
type Validator interface {
	Validate(ctx context.Context, spec Spec) ([]Finding, error)
}

// Activity is what is in progress on a bot.
type Activity struct {
	Calls         int // voice calls
	Conversations int // message conversations that wait for a reply
}

// Drainer is a host that can tell what is in progress on a bot.
type Drainer interface {
	Activity(ctx context.Context, sid string) (Activity, error)
}

// Off is the host of an engine that is not to be reached: it lists nothing, calls
// nothing and says why when a bot of it is asked for.
type Off struct{ Reason error }

var _ Host = Off{}

// List is empty.
func (o Off) List(context.Context) ([]Bot, error) { return nil, nil }

// Find finds nothing.
func (o Off) Find(context.Context, string) ([]Bot, error) { return nil, nil }

// Get says why the engine is off.
func (o Off) Get(context.Context, string) (Bot, error) { return Bot{}, o.Reason }

// Read says why the engine is off.
func (o Off) Read(context.Context, string) (Bot, error) { return Bot{}, o.Reason }

// Create says why the engine is off.
func (o Off) Create(context.Context, Spec) (Bot, error) { return Bot{}, o.Reason }

// Update says why the engine is off.
func (o Off) Update(context.Context, string, Spec, Spec) (Bot, error) { return Bot{}, o.Reason }

// Unmark says why the engine is off.
func (o Off) Unmark(context.Context, string, Spec) (Bot, error) { return Bot{}, o.Reason }

// Successor finds nothing.
func (o Off) Successor(context.Context, string) (Bot, error) { return Bot{}, ErrNotFound }

// Discard says why the engine is off.
func (o Off) Discard(context.Context, string) error { return o.Reason }

// Delete says why the engine is off.
func (o Off) Delete(context.Context, string) error { return o.Reason }

// Tasks says why the engine is off.
func (o Off) Tasks(context.Context, string) ([]string, error) { return nil, o.Reason }

// IsOff tells whether an engine is not to be reached, and why.
func IsOff(host Host) error {
	off, _ := host.(Off) // of any other host there is no reason
	return off.Reason
}

// errEngineUnknown is for a SID that no engine has.
var errEngineUnknown = errors.New("this is not the SID of a bot: a bot's begins with FW, AP or UA")
