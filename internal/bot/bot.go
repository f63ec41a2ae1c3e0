package bot

import (
	"errors"
	"fmt"
	"slices"
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
	// WebhookURL is the URL that Twilio calls when a message or a call comes for the bot, as
	// Twilio says it: that of a flow is another in each Region. Empty for other engines.
	WebhookURL string
	Draft      int // the revision of a draft that is newer than the published one, 0 where there is none; Studio only

	// Uploading reports whether an upload of the whole bot was cut off: it still bears
	// the mark.
	Uploading bool
	// NeedsModelBuild reports whether the bot does not answer by all of its content yet:
	// an upload that was cut off, or training data without its model build.
	NeedsModelBuild bool

	// Replaces is the SID of the bot that this one was created to replace, as far as a
	// mark says it; empty for others. Only a listing, and the first read after the
	// creation, are sure to show it.
	Replaces string

	// Content is there when the bot was read whole.
	Content Content
}

// Engine is what runs the bot.
func (b Bot) Engine() Engine {
	engine, _ := EngineOf(b.SID)
	return engine
}

// Unmarking reports whether a bot bears a mark of what it replaces that the end of the
// replacement takes off. That of a flow stays.
func (b Bot) Unmarking() bool { return b.Replaces != "" && (b.Uploading || b.Engine() == Application) }

// Unnamed reports whether the bot bears its mark in place of its name: an application
// that was created to replace another has its own name only at the end.
func (b Bot) Unnamed() bool { return b.Replaces != "" && b.Engine() == Application }

// String names the bot in messages: its name, with quotes of its own escaped, and its SID.
func (b Bot) String() string {
	if b.UniqueName == "" {
		return b.SID
	}
	return fmt.Sprintf("%q (%s)", b.UniqueName, b.SID)
}

// Listing is what an engine holds: its bots, and the holds among its objects.
type Listing struct {
	Bots  []Bot
	Holds []Hold
}

// HoldsOf are the holds of a bot.
func (l Listing) HoldsOf(botSID string) []Hold {
	return slices.DeleteFunc(slices.Clone(l.Holds), func(h Hold) bool { return h.BotSID != botSID })
}

// Content is what a bot is made of: at most one of the kinds. None means that the
// content is managed elsewhere.
type Content struct {
	Schema   *schema.Schema
	Flow     *flow.Flow
	Webhooks *ApplicationWebhooks
}

// Empty reports whether no content is given.
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

// Spelled is the webhooks with the methods spelled out that count: a method without
// a URL is never used, and Twilio calls by POST where none is said.
func (w ApplicationWebhooks) Spelled() ApplicationWebhooks {
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

// Meets reports whether content is as expected; nothing is expected of a kind that is
// not given.
func (c Content) Meets(expected Content) bool {
	switch {
	case expected.Schema != nil && c.Schema != nil:
		return schema.Equal(expected.Schema, c.Schema)
	case expected.Flow != nil && c.Flow != nil:
		return flow.Equal(expected.Flow, c.Flow)
	case expected.Webhooks != nil && c.Webhooks != nil:
		return expected.Webhooks.Spelled() == c.Webhooks.Spelled()
	}
	return true
}

// Spec is what a bot should be.
type Spec struct {
	UniqueName   string
	FriendlyName string
	Content      Content
	// Replaces is the SID of the bot that this one is created to replace: the mark says
	// so, and what the old one has beside its content is carried along where both run on
	// one engine.
	Replaces string
	// Beside are the SIDs of bots of the same name and engine that this one is created
	// beside, where Twilio allows it; any other of the name is refused.
	Beside []string
	// RestoreSID is the deleted Autopilot assistant that becomes the bot.
	RestoreSID string
}

// Strangers are those of the bots that have the name which the new one is not created
// beside.
func (s Spec) Strangers(named []Bot) []Bot {
	return slices.DeleteFunc(slices.Clone(named), func(b Bot) bool { return slices.Contains(s.Beside, b.SID) })
}

// Finding is what Twilio says is wrong with a bot's content.
type Finding struct {
	Pointer string // RFC 6901, into the user's file
	Message string
}

// Activity is what is in progress on a bot.
type Activity struct {
	Calls         int // voice calls
	Conversations int // message conversations that wait for a reply
}

// String counts them for people: "1 call and 12 message conversations".
func (a Activity) String() string {
	count := func(n int, one, more string) string {
		if n == 1 {
			more = one
		}
		return fmt.Sprintf("%d %s", n, more)
	}
	calls, conversations := count(a.Calls, "call", "calls"), count(a.Conversations, "message conversation", "message conversations")
	switch {
	case a.Calls == 0:
		return conversations
	case a.Conversations == 0:
		return calls
	default:
		return calls + " and " + conversations
	}
}

// Executions says which of a bot's active executions are meant; the zero value means all.
type Executions struct {
	// Contact is the address that an execution is with, such as +12025550142 or
	// whatsapp:+12025550142.
	Contact string
	// Channel is what began it.
	Channel Channel
	// Before is the time before which it began; zero for any.
	Before time.Time
}

// ErrEngineUnknown is for a SID that no engine has.
var ErrEngineUnknown = errors.New("this is not the SID of a bot: a bot's begins with FW, AP or UA")
