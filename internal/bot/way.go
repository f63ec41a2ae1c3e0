package bot

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// WayKind is a kind of record of the account, beside the phone numbers, that can lead
// messages or calls to a bot. The words are those that data sources show.
type WayKind string

// The kinds of ways in beside the phone numbers' own fields.
const (
	// ByService is a Messaging Service with an inbound URL
	// (https://www.twilio.com/docs/messaging/api/service-resource).
	ByService WayKind = "messaging_service"
	// ByApplication is a TwiML application whose URL is that of a bot which Twilio runs
	// (https://www.twilio.com/docs/usage/api/applications).
	ByApplication WayKind = "application"
	// ByAddress is a Conversations address that begins conversations with a flow or a webhook
	// (https://www.twilio.com/docs/conversations/api/address-configuration-resource).
	ByAddress WayKind = "conversations_address"
	// BySender is a WhatsApp or RCS sender
	// (https://www.twilio.com/docs/messaging/api/channels-sender-resource).
	BySender WayKind = "sender"
	// ByShortCode is a short code
	// (https://www.twilio.com/docs/messaging/api/short-code-resource).
	ByShortCode WayKind = "short_code"
	// ByDomain is a SIP domain
	// (https://www.twilio.com/docs/voice/sip/api/sip-domain-resource).
	ByDomain WayKind = "sip_domain"
	// ByTrunk is a SIP trunk, whose calls come by its disaster recovery URL while its own side
	// fails (https://www.twilio.com/docs/sip-trunking/api/trunk-resource).
	ByTrunk WayKind = "sip_trunk"
	// ByBYOCTrunk is a trunk of another carrier (bring your own)
	// (https://www.twilio.com/docs/voice/bring-your-own-carrier-byoc/api/byoctrunk-resource).
	ByBYOCTrunk WayKind = "byoc_trunk"
	// ByFlexFlow is a Flex Flow of legacy Flex (https://www.twilio.com/docs/flex/developer/messaging/api/flow).
	ByFlexFlow WayKind = "flex_flow"
	// ByConversation is a webhook of an open conversation of Twilio Conversations: who is in it
	// goes on reaching what that leads to, whatever the address of the conversation leads to by now
	// (https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource).
	ByConversation WayKind = "conversation"
	// BySubflow is a flow that runs the bot as a subflow
	// (https://www.twilio.com/docs/studio/widget-library/run-subflow).
	BySubflow WayKind = "subflow"
)

// wayTraits is what can be done with a kind of ways in.
type wayTraits struct {
	noun, plural string
	// moves reports whether the pointer can be written, so that a replacement moves it.
	moves bool
	// held reports whether a suspension points it at the hold.
	held bool
	// live reports whether what the record leads to answers by it.
	live bool
	// frees reports whether the record can be left without a bot.
	frees bool
	// perRecord reports whether the pointers of each record are a request of their own, since no
	// list has them: they are read where something is decided by them alone.
	perRecord bool
}

var wayKinds = map[WayKind]wayTraits{
	ByService:      {noun: "Messaging Service", plural: "Messaging Services", moves: true, held: true, live: true, frees: true},
	ByApplication:  {noun: "TwiML application", plural: "TwiML applications", moves: true, held: true, live: true},
	ByAddress:      {noun: "Conversations address", plural: "Conversations addresses", moves: true, held: true, live: true, frees: true},
	BySender:       {noun: "sender", plural: "WhatsApp and RCS senders", moves: true, held: true, live: true},
	ByShortCode:    {noun: "short code", plural: "short codes", moves: true, held: true, live: true},
	ByDomain:       {noun: "SIP domain", plural: "SIP domains", moves: true, held: true, live: true},
	ByTrunk:        {noun: "SIP trunk", plural: "SIP trunks", moves: true, live: true},
	ByBYOCTrunk:    {noun: "BYOC trunk", plural: "BYOC trunks", moves: true, live: true},
	ByFlexFlow:     {noun: "Flex Flow", plural: "Flex Flows", moves: true, live: true},
	ByConversation: {noun: "open conversation", plural: "open conversations", moves: true, live: true, perRecord: true},
	BySubflow:      {noun: "flow", plural: "flows", perRecord: true},
}

// WayKinds lists every kind of ways in.
func WayKinds() []WayKind { return slices.Sorted(maps.Keys(wayKinds)) }

// String is what people call a record of the kind.
func (k WayKind) String() string { return wayKinds[k].noun }

// Plural is what people call several records of the kind.
func (k WayKind) Plural() string { return wayKinds[k].plural }

// Moves reports whether a way in of the kind can be pointed at another bot.
func (k WayKind) Moves() bool { return wayKinds[k].moves }

// Moves reports whether the way in can be pointed at another bot.
func (w Way) Moves() bool { return w.Kind.Moves() && !w.Fixed }

// MovesTo reports whether the way in can be pointed at bots of an engine. The webhook of a
// conversation stays one of a flow or one of a URL: its target is given when it is created.
func (w Way) MovesTo(engine Engine) bool {
	return w.Moves() && (w.Kind != ByConversation || w.To.BotSID == "" || engine == Studio)
}

// Listed reports whether the pointers of the kind are in listings, without a request for each
// record.
func (k WayKind) Listed() bool { return !wayKinds[k].perRecord }

// Frees reports whether a way in of the kind can be left without a bot.
func (k WayKind) Frees() bool { return wayKinds[k].frees }

// Way is one way in to a bot beside the phone numbers: a record of the account with a
// pointer to what answers what comes to it.
type Way struct {
	Kind       WayKind
	SID        string
	AccountSID string
	Name       string
	Field      string  // that holds the pointer, in Twilio's words
	Channel    Channel // of what comes by it; empty for both
	To         Pointer
	// Idle reports whether Twilio does not use the pointer as the record is now.
	Idle bool
	// Fixed reports whether this record cannot be written, though others of its kind can.
	Fixed bool
}

// Pointer is where a way in leads. The zero Pointer leads nowhere.
type Pointer struct {
	URL    string
	Method string
	BotSID string // where Twilio takes the SID of a bot in place of a URL
}

// Same reports whether two pointers lead to the same place.
func (p Pointer) Same(other Pointer) bool {
	return p.URL == other.URL && p.BotSID == other.BotSID &&
		(p.URL == "" || strings.EqualFold(cmp.Or(p.Method, WebhookMethod), cmp.Or(other.Method, WebhookMethod)))
}

// Digest tells pointers apart without showing a URL, which may hold a secret of another
// client's; it is empty for one that leads nowhere.
func (p Pointer) Digest() string {
	if p.URL == "" {
		return p.BotSID
	}
	return strings.ToUpper(cmp.Or(p.Method, WebhookMethod)) + " " + digest(p.URL)
}

// String names the way in in messages.
func (w Way) String() string {
	named := fmt.Sprintf("the %s %s", w.Kind, w.SID)
	if w.Name != "" {
		named = fmt.Sprintf("the %s %q (%s)", w.Kind, w.Name, w.SID)
	}
	if w.Kind == BySubflow {
		named += fmt.Sprintf(", at the state %q", w.Field)
	}
	return named
}

// Live reports whether people reach a bot by the way in as it is now.
func (w Way) Live() bool { return wayKinds[w.Kind].live && !w.Idle }

// Freed is the way in when it leads nowhere: a Messaging Service then defers to the
// webhooks of its numbers, and a Conversations address begins no conversation by itself.
func (w Way) Freed() Way {
	w.Idle = true
	if w.Kind == ByService {
		w.To = Pointer{}
	}
	return w
}

// Key tells the ways in of an account apart.
func (w Way) Key() string { return w.SID + " " + w.Field }

// PointerTo is what makes a way in lead to a bot of the account; task is where a
// conversation with an Autopilot assistant enters. A bot hosted elsewhere is reached by the
// URLs of its application, which bot holds; ok is false where it has none for what comes by
// this way.
func (w Way) PointerTo(webhooks Webhooks, b Bot, task string) (to Pointer, ok bool) {
	switch {
	case (w.Kind == ByAddress || w.Kind == ByFlexFlow) && b.Engine() == Studio:
		return Pointer{BotSID: b.SID}, true
	case w.Kind == ByConversation && w.To.BotSID != "":
		return Pointer{BotSID: b.SID}, b.Engine() == Studio // see MovesTo
	case w.Kind == BySender && w.To.BotSID != "":
		return Pointer{BotSID: b.SID}, b.Engine() == Application // a sender's calls have no URL
	}
	channel := cmp.Or(w.Channel, Messaging)
	if address := webhooks.Of(b).URL(Webhook{AccountSID: w.AccountSID, BotSID: b.SID, Channel: channel, TargetTask: task}); address != "" {
		return Pointer{URL: address, Method: WebhookMethod}, true
	}
	if b.Content.Webhooks == nil {
		return Pointer{}, false
	}
	spelled := b.Content.Webhooks.Spelled()
	if w.Kind == BySender || w.Kind == ByFlexFlow {
		spelled.MessagingMethod = WebhookMethod // a sender is called by POST or PUT, and a Flex Flow has no method
	}
	to = Pointer{URL: spelled.MessagingURL, Method: spelled.MessagingMethod}
	if channel == Voice {
		to = Pointer{URL: spelled.VoiceURL, Method: spelled.VoiceMethod}
	}
	return to, to.URL != ""
}

// PointerInPlace is PointerTo for a bot that takes the place of the one which the way in leads to:
// the parameters of its URL stay, as URLInPlaceOf has it.
func (w Way) PointerInPlace(webhooks Webhooks, b Bot, task string) (to Pointer, ok bool) {
	to, ok = w.PointerTo(webhooks, b, task)
	if to.URL != "" {
		to.URL = webhooks.inPlaceOf(to.URL, b.Engine(), w.To.URL)
	}
	return to, ok
}

// Lead says who answers what comes by a way in, and for one that is pointed at a hold at which
// task it entered, where its URL says so (On). A URL that is that of an application's own
// webhook leads to the bot which is that application.
func (r Routing) Lead(w Way) Route {
	side := Side{URL: w.To.URL, Method: w.To.Method}
	route := Number{AccountSID: w.AccountSID, Messaging: side}.Route(Messaging, r.Webhooks)
	switch {
	case w.To.BotSID != "":
		route = Route{Kind: ToBot, BotSID: w.To.BotSID}
	case route.Kind == ToExternal && w.Kind != ByApplication:
		if sid := r.applicationAt(w); sid != "" {
			route.Kind, route.BotSID = ToBot, sid
		}
	}
	if suspended, ok := r.holds[route.BotSID]; ok {
		route.BotSID, route.SilencedBy, route.TargetTask = suspended, route.BotSID, taskOf(w.To.URL)
	} else if suspended, ok := r.deleted[route.BotSID]; ok {
		route.BotSID, route.Gone, route.TargetTask = suspended, true, taskOf(w.To.URL)
	}
	return route
}

// On is the pointer of a way in when it leads to a hold; ok is false where a suspension leaves
// it as it is, and where the hold has nothing to put there. The kind of pointer and the method
// stay as they are, and so do the parameters of a URL, such as the task at which a conversation
// with an Autopilot assistant enters, so that Off can put back what was there. Those of a bot
// hosted elsewhere are in its own URL.
func (w Way) On(hold Hold) (to Pointer, ok bool) {
	engine, _ := EngineOf(hold.BotSID)
	switch {
	case !wayKinds[w.Kind].held:
		return Pointer{}, false
	case w.Kind == BySender && w.To.BotSID != "":
		return Pointer{BotSID: hold.SID}, hold.SID != "" // a sender's calls have no URL
	case hold.FlowSID == "":
		return Pointer{}, false
	case w.To.BotSID != "":
		return Pointer{BotSID: hold.FlowSID}, true
	}
	to = Pointer{URL: hold.FlowURL, Method: w.To.Method}
	if engine != Application {
		to.URL = withParameters(hold.FlowURL, parametersOf(w.To.URL))
	}
	return to, true
}

// Entering is the pointer of a way in that is silenced by a hold when its bot is replaced by one of
// another engine, at whose task a conversation enters once it is resumed: the parameters of the old
// bot's URL mean nothing to that.
func (w Way) Entering(task string) Pointer {
	if w.To.URL == "" {
		return w.To
	}
	parameters := ""
	if task != "" {
		parameters = taskParameter(task)
	}
	return Pointer{URL: withParameters(w.To.URL, parameters), Method: w.To.Method}
}

// Off is the pointer of a way in when it leads to a bot again after a hold. It is PointerTo,
// but for the kind of pointer, the method and the parameters, which are as they are.
func (w Way) Off(webhooks Webhooks, b Bot) (to Pointer, ok bool) {
	if (w.Kind == ByAddress || w.Kind == ByFlexFlow) && w.To.BotSID == "" && b.Engine() == Studio {
		to, ok = Pointer{URL: webhooks.URL(Webhook{AccountSID: w.AccountSID, BotSID: b.SID}), Method: w.To.Method}, true
	} else {
		to, ok = w.PointerTo(webhooks, b, "")
	}
	if to.URL != "" && b.Engine() != Application {
		to.URL = withParameters(to.URL, parametersOf(w.To.URL))
	}
	if to.URL != "" && w.To.URL != "" && w.To.Method != "" {
		to.Method = w.To.Method
	}
	return to, ok
}

// applicationAt is the application with the URL that a way in is pointed at.
func (r Routing) applicationAt(w Way) string {
	for _, b := range r.applications {
		if b.answersAt(w) {
			return b.SID
		}
	}
	return ""
}

// answersAt reports whether a way in is pointed at a URL of a bot hosted elsewhere.
func (b Bot) answersAt(w Way) bool {
	own := b.Content.Webhooks
	return own != nil && w.To.URL != "" &&
		((w.Channel != Voice && own.MessagingURL == w.To.URL) || (w.Channel != Messaging && own.VoiceURL == w.To.URL))
}

// LeadsTo reports whether a way in leads to a bot, used by Twilio or not, silenced or not.
// Bots hosted elsewhere may share a URL: what has it leads to each of them.
func (r Routing) LeadsTo(w Way, botSID string) bool {
	if botSID == "" || w.To == (Pointer{}) {
		return false
	}
	return r.Lead(w).BotSID == botSID ||
		slices.ContainsFunc(r.applications, func(b Bot) bool { return b.SID == botSID && b.answersAt(w) })
}

// Ways lists those ways in that lead to a bot, silenced or not.
func (r Routing) Ways(ways []Way, botSID string) []Way {
	return slices.DeleteFunc(slices.Clone(ways), func(w Way) bool { return w.SID == botSID || r.Lead(w).BotSID != botSID })
}

// JoinWays names ways in for people. What leads to a bot by two of its fields is named once.
func JoinWays(ways []Way) string {
	var names []string
	for _, way := range ways {
		if name := way.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return JoinNames(names)
}

// Unread is a kind of ways in that the credentials may not read, or that was not read whole.
type Unread struct {
	Kind   WayKind
	Reason error
}

// String says what is not known, as the beginning of a sentence.
func (u Unread) String() string {
	if errors.As(u.Reason, new(*PartlyReadError)) {
		return fmt.Sprintf("The account's %s could not all be read", u.Kind.Plural())
	}
	return fmt.Sprintf("The account's %s could not be read", u.Kind.Plural())
}

// PartlyReadError is the error of a listing that was ended before its end. What it gives
// beside it was read.
type PartlyReadError struct{ Reason string }

func (e *PartlyReadError) Error() string { return e.Reason }
