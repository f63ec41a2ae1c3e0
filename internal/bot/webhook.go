package bot

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"
)

// Channel is a way people reach a phone number.
type Channel string

// The channels a number can answer on.
const (
	Messaging Channel = "messaging"
	Voice     Channel = "voice"
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{Messaging, Voice} }

// WebhookMethod is how Twilio calls a bot's webhook
// (https://www.twilio.com/docs/studio/widget-library/trigger-start).
const WebhookMethod = "POST"

func isWebhookMethod(method string) bool { return strings.EqualFold(method, WebhookMethod) }

// Webhook is a URL that reaches a bot: what a number's sms_url or voice_url holds
// when the bot answers on it.
type Webhook struct {
	AccountSID string
	BotSID     string
	// Channel is empty where the URL serves both channels (Studio).
	Channel Channel
	// TargetTask is the Autopilot task at which a conversation enters; empty when
	// the assistant chooses.
	TargetTask string
}

const (
	autopilotChannelsHost = "channels.autopilot.twilio.com"
	studioWebhooksHost    = "webhooks.twilio.com"

	// targetTask is the parameter of an Autopilot webhook that names a task.
	targetTask = "TargetTask"
)

// Webhooks writes and reads the URLs that reach the bots of an account.
type Webhooks struct {
	// AutopilotURL is the base URL of an Autopilot-compatible service, which then
	// serves the channel webhooks too; empty for Twilio's own.
	AutopilotURL string
	// Region is that of the account's bots, such as us1: a URL of another Region reaches none of
	// them. Empty where a URL of any Region is meant.
	Region string
	// flows are the URLs of flows as Twilio says them, by SID.
	flows map[string]string
}

// Of is the webhooks with what Twilio says of the URLs of bots.
func (w Webhooks) Of(bots ...Bot) Webhooks {
	w.flows = maps.Clone(w.flows)
	for _, b := range bots {
		if b.WebhookURL == "" {
			continue
		}
		if w.flows == nil {
			w.flows = map[string]string{}
		}
		w.flows[b.SID] = b.WebhookURL
	}
	return w
}

// URL is the address of a webhook. That of a flow is the one that Twilio says where it is
// known (Of), else what is documented for the Region us1; that of an Autopilot assistant is
// Twilio's current spelling of it. It is empty for a bot that is not bound by URL (an
// application).
func (w Webhooks) URL(to Webhook) string {
	engine, _ := EngineOf(to.BotSID)
	switch engine {
	case Studio:
		if address, ok := w.flows[to.BotSID]; ok {
			return address
		}
		return "https://" + studioWebhooksHost + "/v1/Accounts/" + to.AccountSID + "/Flows/" + to.BotSID
	case Autopilot:
		base := "https://" + autopilotChannelsHost
		if w.AutopilotURL != "" {
			base = strings.TrimSuffix(w.AutopilotURL, "/")
		}
		endpoint := "twilio-messaging"
		if to.Channel == Voice {
			endpoint = "twilio-voice"
		}
		address := base + "/v1/" + to.AccountSID + "/" + to.BotSID + "/" + endpoint
		if to.TargetTask != "" {
			address += "?" + taskParameter(to.TargetTask)
		}
		return address
	default:
		return ""
	}
}

// URLInPlaceOf is the address of a webhook that is written in place of another URL. Twilio hands
// the parameters of a webhook to its bot, such as the task and the memory of an Autopilot
// assistant, so those of a bot of the same engine are kept as they are; another engine has other
// ones, and enters at the task of the webhook.
func (w Webhooks) URLInPlaceOf(to Webhook, before string) string {
	engine, _ := EngineOf(to.BotSID)
	return w.inPlaceOf(w.URL(to), engine, before)
}

func (w Webhooks) inPlaceOf(address string, engine Engine, before string) string {
	old, ok := Webhooks{AutopilotURL: w.AutopilotURL}.Parse(before)
	if oldEngine, _ := EngineOf(old.BotSID); !ok || oldEngine != engine {
		return address
	}
	return withParameters(address, parametersOf(before))
}

// withParameters is a URL with these parameters, as they are spelled, in place of its own. A flow
// is called by URLs with any (https://www.twilio.com/docs/studio/widget-library/twiml-redirect).
func withParameters(address, parameters string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.RawQuery = parameters
	return u.String()
}

// parametersOf are the parameters of a URL, as they are spelled.
func parametersOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.RawQuery
}

// taskParameter is the parameter that names a task.
func taskParameter(task string) string { return targetTask + "=" + url.QueryEscape(task) }

// taskOf is the Autopilot task that a URL names; empty where it names none.
func taskOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get(targetTask)
}

// The paths of every spelling met in Twilio's documents and in public code:
// v1 and v2, twilio-messaging, twilio/messaging, twilio-chat, twilio-voice.
var (
	autopilotPath = regexp.MustCompile(`^/v[12]/(AC[0-9a-fA-F]{32})/(UA[0-9a-fA-F]{32})/twilio[-/](messaging|chat|voice)/?$`)
	studioPath    = regexp.MustCompile(`^/v[12]/Accounts/(AC[0-9a-fA-F]{32})/Flows/(FW[0-9a-fA-F]{32})/?$`)
)

// Parse reads the URL that a number holds; false when it reaches no bot that
// Twilio runs in the Region of w. Every historical spelling of the Autopilot webhook is
// understood.
func (w Webhooks) Parse(address string) (Webhook, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return Webhook{}, false
	}
	host := strings.ToLower(u.Hostname())
	if region := regionOf(host); region != "" && w.Region != "" && region != w.Region {
		return Webhook{}, false
	}
	if (isTwilioHost(host, "channels", "autopilot") || w.servesAutopilot(u)) && autopilotPath.MatchString(u.Path) {
		part := autopilotPath.FindStringSubmatch(u.Path)
		to := Webhook{AccountSID: part[1], BotSID: part[2], Channel: Messaging, TargetTask: u.Query().Get(targetTask)}
		if part[3] == "voice" {
			to.Channel = Voice
		}
		return to, true
	}
	if isTwilioHost(host, "webhooks") && studioPath.MatchString(u.Path) {
		part := studioPath.FindStringSubmatch(u.Path)
		return Webhook{AccountSID: part[1], BotSID: part[2]}, true
	}
	return Webhook{}, false
}

func (w Webhooks) servesAutopilot(u *url.URL) bool {
	base, err := url.Parse(w.AutopilotURL)
	return err == nil && base.Host != "" && strings.EqualFold(base.Host, u.Host)
}

var regionInHost = regexp.MustCompile(`\.([a-z]{2}[0-9])\.twilio\.com$`)

// regionOf is the Region that a host of Twilio names; empty for one that names none. Whether
// flows outside us1 are reached by hosts of their own is not documented, so that one without
// a Region may be of any.
func regionOf(host string) string {
	if part := regionInHost.FindStringSubmatch(host); part != nil {
		return part[1]
	}
	return ""
}

// isTwilioHost accepts a product's host with or without edge and region:
// webhooks.twilio.com, webhooks.dublin.ie1.twilio.com.
func isTwilioHost(host string, product ...string) bool {
	labels, ok := strings.CutSuffix(host, ".twilio.com")
	if !ok {
		return false
	}
	name := strings.Join(product, ".")
	rest, ok := strings.CutPrefix(labels, name)
	return ok && (rest == "" || (rest[0] == '.' && strings.Count(rest, ".") <= 2))
}

// String names a webhook for people.
func (w Webhook) String() string {
	if w.TargetTask != "" {
		return fmt.Sprintf("bot %s at task %q", w.BotSID, w.TargetTask)
	}
	return "bot " + w.BotSID
}

// IsPlaceholder reports whether a URL is one with which Twilio fills numbers that are
// bought in the Console: it answers everybody with a canned text, and is nobody's
// (https://demo.twilio.com/welcome/sms/reply, https://demo.twilio.com/welcome/voice/,
// http://demo.twilio.com/docs/voice.xml).
func IsPlaceholder(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	return err == nil && strings.EqualFold(u.Hostname(), "demo.twilio.com")
}
