package bot

import (
	"context"
	"slices"
)

// Routing reads who answers on numbers: by Twilio's precedence, in whatever
// spelling of a webhook, and behind an inert application the bot that it silences.
type Routing struct {
	webhooks Webhooks
	suspends map[string]string // the suspended bot, by the inert application in front of it
}

// Route tells who answers on a channel of a number. Where an inert application
// stands in front, that is the bot it silences, with the task that the URL behind
// it names.
func (r Routing) Route(n Number, channel Channel) Route {
	route := n.Route(channel, r.webhooks)
	suspended, ok := r.suspends[route.BotSID]
	if !ok {
		return route
	}
	side := n.Side(channel)
	silenced := Route{Kind: ToBot, BotSID: suspended, SilencedBy: route.BotSID, URL: side.URL, Method: side.Method}
	if to, ok := r.webhooks.Parse(side.URL); ok && to.BotSID == suspended {
		silenced.TargetTask = to.TargetTask
	}
	return silenced
}

// Channels lists the channels on which a number routes to a bot, silenced ones
// among them.
func (r Routing) Channels(n Number, botSID string) []Channel {
	if botSID == "" {
		return nil // what answers nothing is nobody's
	}
	return slices.DeleteFunc(Channels(), func(channel Channel) bool { return r.Route(n, channel).BotSID != botSID })
}

// answers tells whether a channel of the number answers as the binding wants, or
// would if the bot were not suspended, whatever the spelling of the webhook.
func (r Routing) answers(n Number, b Binding, channel Channel) bool {
	route := r.Route(n, channel)
	if route.Kind != ToBot || route.BotSID != b.BotSID {
		return false
	}
	if route.SilencedBy != "" {
		return r.restores(n, b, channel)
	}
	return route.TargetTask == b.TargetTask && (route.URL == "" || isWebhookMethod(route.Method))
}

// restores tells whether a silenced channel answers as the binding wants once the
// inert application is taken away.
func (r Routing) restores(n Number, b Binding, channel Channel) bool {
	side := n.Side(channel)
	to, isBot := r.webhooks.Parse(side.URL)
	if engine, _ := EngineOf(b.BotSID); engine == Application {
		return !isBot
	}
	// Where setting the application made Twilio clear the URL, resuming rebuilds it.
	return side.URL == "" || (isBot && to.BotSID == b.BotSID && to.TargetTask == b.TargetTask && isWebhookMethod(side.Method))
}

// suspensions gives, by its own SID, each inert application and the bot it
// suspends. What was listed before in this process will do, unless the listing
// misses an application that is asked for.
func (d *Directory) suspensions(ctx context.Context, asked ...string) (map[string]string, error) {
	for _, anew := range []bool{false, true} {
		applications, err := d.applications(ctx, anew)
		if err != nil {
			return nil, err
		}
		suspends, known := map[string]string{}, map[string]bool{}
		for _, application := range applications {
			known[application.SID] = true
			if application.Suspends != "" {
				suspends[application.SID] = application.Suspends
			}
		}
		if anew || !slices.ContainsFunc(asked, func(sid string) bool { return !known[sid] }) {
			return suspends, nil
		}
	}
	return nil, nil
}

// applications lists the account's applications, inert ones among them.
func (d *Directory) applications(ctx context.Context, anew bool) ([]Bot, error) {
	d.mu.Lock()
	listed, generation, bots := d.listedApplications, d.botGeneration, d.bots
	d.mu.Unlock()
	key := "applications"
	switch {
	case anew:
		key = "applications anew"
	case listed != nil && listed.generation == generation:
		return listed.bots, nil
	case bots != nil:
		return slices.DeleteFunc(slices.Clone(bots), func(b Bot) bool { return b.Engine() != Application }), nil
	}
	return shared(ctx, &d.flights, key, func(ctx context.Context) ([]Bot, error) {
		bots, err := d.Host(Application).List(ctx)
		if IsOff(d.Host(Application)) != nil {
			bots, err = nil, nil
		}
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.listedApplications = &listing{generation, bots}
		return bots, nil
	})
}

// listing is what was listed before the writes of a later generation.
type listing struct {
	generation int
	bots       []Bot
}

// Routing is how the given numbers are read. The account's applications are listed
// only where a number points at one.
func (d *Directory) Routing(ctx context.Context, numbers ...Number) (Routing, error) {
	r := Routing{webhooks: d.Webhooks}
	var asked []string
	for _, number := range numbers {
		asked = append(asked, number.Messaging.applications(number.Voice)...)
	}
	if len(asked) == 0 {
		return r, nil
	}
	var err error
	r.suspends, err = d.suspensions(ctx, asked...)
	return r, err
}

// routingNow is Routing from a listing made now.
func (d *Directory) routingNow(ctx context.Context) (Routing, error) {
	applications, err := d.applications(ctx, true)
	r := Routing{webhooks: d.Webhooks, suspends: map[string]string{}}
	for _, application := range applications {
		if application.Suspends != "" {
			r.suspends[application.SID] = application.Suspends
		}
	}
	return r, err
}
