package bot

import (
	"fmt"
	"slices"
	"strings"
)

// A number's status callback is where Twilio reports that its calls ended. Studio needs to
// hear of it, else the executions of the calls stay active: so shortly after a number is
// pointed at a flow, Twilio sets a webhook of that flow as the status callback, in place of
// any other (https://www.twilio.com/en-us/changelog, March 10, 2021;
// https://support.twilio.com/hc/en-us/articles/51865532406939). What becomes of it when the
// number is pointed elsewhere is not documented.

// CallbackFlow is the SID of the flow that the number's status callback is a webhook of;
// empty where there is no callback, or one that a person set.
func (n Number) CallbackFlow() string {
	to, ok := Webhooks{}.Parse(n.StatusCallback)
	if engine, _ := EngineOf(to.BotSID); !ok || engine != Studio || to.AccountSID != n.AccountSID {
		return ""
	}
	return to.BotSID
}

// OwnCallback is the number's status callback where a person set it; empty where there is
// none, or one that Twilio set.
func (n Number) OwnCallback() string {
	if n.CallbackFlow() != "" || IsPlaceholder(n.StatusCallback) {
		return ""
	}
	return n.StatusCallback
}

// flowsOf lists the flows that some side's URL calls.
func (n Number) flowsOf(sides ...string) []string {
	var flows []string
	for _, address := range sides {
		to, ok := Webhooks{}.Parse(address)
		if engine, _ := EngineOf(to.BotSID); ok && engine == Studio && to.AccountSID == n.AccountSID {
			flows = append(flows, to.BotSID)
		}
	}
	return flows
}

// HasCallbackOf reports whether the number's status callback is one that Twilio set
// because of the URLs of a number.
func (n Number) HasCallbackOf(pointed Number) bool {
	return slices.Contains(n.flowsOf(pointed.Messaging.URL, pointed.Voice.URL), n.CallbackFlow())
}

// pointsAtFlows lists the flows that a change points a number at.
func (c NumberChange) pointsAtFlows(n Number) []string {
	var urls []string
	for _, side := range []SideChange{c.Messaging, c.Voice} {
		if side.URL != nil {
			urls = append(urls, *side.URL)
		}
	}
	return n.flowsOf(urls...)
}

// LosesCallback reports whether Twilio replaces a status callback that a person set once
// the change is written.
func (c NumberChange) LosesCallback(n Number) bool {
	return n.OwnCallback() != "" && len(c.pointsAtFlows(n)) > 0
}

// callbackHolds reports whether a number has the status callback that the change gives it.
// Where the change points the number at a flow, Twilio may have set its own since.
func (c NumberChange) callbackHolds(n Number) bool {
	if c.StatusCallback == nil || *c.StatusCallback == n.StatusCallback {
		return c.StatusCallbackMethod == nil || n.StatusCallback == "" || strings.EqualFold(*c.StatusCallbackMethod, n.StatusCallbackMethod)
	}
	return slices.Contains(c.pointsAtFlows(n), n.CallbackFlow())
}

// PutCallbackBack completes a change of a number by what gives it the status callback that
// it had before.
func (c *NumberChange) PutCallbackBack(now, before Number) {
	if now.StatusCallback == before.StatusCallback {
		return
	}
	c.StatusCallback = &before.StatusCallback
	if before.StatusCallback != "" && before.StatusCallbackMethod != "" {
		c.StatusCallbackMethod = &before.StatusCallbackMethod
	}
}

// MoveCallback completes a change of a number by what becomes of a status callback that is
// a flow's webhook. Once the flow no longer takes what comes in on the number, the callback
// moves to the flow that does, or is cleared where none does. Any other callback is a
// person's, and so is that of a flow which the number did not lead to before the change: it
// stays.
//
// deleted are the bots that are deleted next, each with the bot that takes its place, empty
// where none does: a callback of theirs never stays.
func (r Routing) MoveCallback(n Number, change *NumberChange, deleted map[string]string) {
	flow := n.CallbackFlow()
	if flow == "" {
		return
	}
	after := change.Apply(n)
	to, goes := deleted[flow]
	if !goes {
		calls := r.flowOn(after, Voice, deleted)
		switch {
		case !r.leadsTo(n, Voice, flow) && !r.leadsTo(n, Messaging, flow):
			return
		case calls == flow:
			return
		case r.leadsTo(after, Messaging, flow) && (calls == "" || !r.leadsTo(n, Voice, flow)):
			return
		}
	}
	if engine, _ := EngineOf(to); engine != Studio {
		to = r.flowOn(after, Voice, deleted)
	}
	if to == "" {
		to = r.flowOn(after, Messaging, deleted)
	}
	callback := ""
	if to != "" {
		callback = strings.ReplaceAll(n.StatusCallback, flow, to)
	}
	change.StatusCallback = &callback
}

// behind lists the bots that a channel of a number leads to: that which answers there, or
// would if it were not silenced, and that of the URL behind what answers.
func (r Routing) behind(n Number, channel Channel) []string {
	sids := []string{r.Route(n, channel).BotSID, r.Behind(n, channel)}
	if to, ok := r.Webhooks.Parse(n.Side(channel).URL); ok && to.AccountSID == n.AccountSID {
		sids = append(sids, to.BotSID)
	}
	return sids
}

func (r Routing) leadsTo(n Number, channel Channel, botSID string) bool {
	return slices.Contains(r.behind(n, channel), botSID)
}

// flowOn is the flow that a channel of a number leads to; empty where it leads to none
// that stays.
func (r Routing) flowOn(n Number, channel Channel, deleted map[string]string) string {
	for _, sid := range r.behind(n, channel) {
		_, goes := deleted[sid]
		if engine, _ := EngineOf(sid); engine == Studio && !goes {
			return sid
		}
	}
	return ""
}

// CallbackNotice says that Twilio replaces a status callback which a person set. may is for
// a bot of which it is not known whether it is a flow.
func (n Number) CallbackNotice(may bool) Notice {
	will, where := "will", ""
	if may {
		will, where = "may", "The bot is known after apply. "
	}
	return Notice{
		Summary: fmt.Sprintf("A status callback %s be replaced", will),
		Detail: fmt.Sprintf("%s has the status callback %s. %sTwilio gives a number that is pointed at a Studio flow a status callback of the flow's own, in place of any other: "+
			"the flow hears by it that calls ended. Whoever needs the reports as well can set the callback again afterwards, and answer each report with a redirect (302) to the flow's webhook.",
			n, ShownURL(n.OwnCallback()), where),
	}
}
