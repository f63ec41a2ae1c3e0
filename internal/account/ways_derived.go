package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// The ways in of these kinds are read out of listings that the account has anyway.

// derivedWays are the ways in that are read out of other listings.
func derivedWays(s *services, b *bots) []waysOf {
	subflows := &subflowWays{bots: b, known: map[flowRevision][]bot.Way{}}
	return []waysOf{
		{serviceWays{s}, serviceWays{s}.since, s.wrote},
		{applicationWays{b}, applicationWays{b}.since, b.perEngine[bot.Application].wrote},
		{subflows, subflows.since, func() {}},
	}
}

// serviceWays are the inbound URLs of the Messaging Services.
type serviceWays struct{ services *services }

// Kind is that of Messaging Services.
func (s serviceWays) Kind() bot.WayKind { return bot.ByService }

// List gives the services' inbound URLs.
func (s serviceWays) List(ctx context.Context) ([]bot.Way, error) { return s.since(ctx, AnyTime) }

func (s serviceWays) since(ctx context.Context, since Moment) ([]bot.Way, error) {
	services, err := s.services.Services(ctx, since)
	var all []bot.Way
	for _, service := range services {
		all = append(all, service.Way())
	}
	return all, err
}

// Get reads a service's inbound URL now.
func (s serviceWays) Get(ctx context.Context, sid, _ string) (bot.Way, error) {
	service, err := s.services.api.Get(ctx, sid)
	return service.Way(), err
}

// Write writes a service's inbound URL, or lets it defer to its numbers where it leads
// nowhere.
func (s serviceWays) Write(ctx context.Context, way bot.Way) error {
	return s.services.api.Point(ctx, way.SID, way.To.URL, way.To.Method, way.Idle)
}

// applicationWays are the URLs of TwiML applications that are those of a bot which Twilio
// runs: a number can be pointed at such an application.
type applicationWays struct{ bots *bots }

// Kind is that of TwiML applications.
func (s applicationWays) Kind() bot.WayKind { return bot.ByApplication }

// List gives the URLs of the applications.
func (s applicationWays) List(ctx context.Context) ([]bot.Way, error) { return s.since(ctx, AnyTime) }

func (s applicationWays) since(ctx context.Context, since Moment) ([]bot.Way, error) {
	listed, err := s.bots.BotsOf(ctx, bot.Application, since)
	var all []bot.Way
	for _, application := range listed.Bots {
		for _, channel := range bot.Channels() {
			if way := applicationWay(application, channel); way.To.URL != "" {
				all = append(all, way)
			}
		}
	}
	return all, err
}

// The fields of an application that hold the URLs
// (https://www.twilio.com/docs/usage/api/applications).
const (
	applicationMessaging = "sms_url"
	applicationVoice     = "voice_url"
)

func applicationWay(b bot.Bot, channel bot.Channel) bot.Way {
	way := bot.Way{Kind: bot.ByApplication, SID: b.SID, AccountSID: b.AccountSID, Name: b.UniqueName, Field: applicationMessaging, Channel: channel}
	if b.Content.Webhooks == nil {
		return way
	}
	way.To = bot.Pointer{URL: b.Content.Webhooks.MessagingURL, Method: b.Content.Webhooks.MessagingMethod}
	if channel == bot.Voice {
		way.Field = applicationVoice
		way.To = bot.Pointer{URL: b.Content.Webhooks.VoiceURL, Method: b.Content.Webhooks.VoiceMethod}
	}
	return way
}

// Get reads a URL of an application now.
func (s applicationWays) Get(ctx context.Context, sid, field string) (bot.Way, error) {
	application, err := s.bots.Host(bot.Application).Read(ctx, sid)
	if err != nil {
		return bot.Way{}, err
	}
	if field == applicationVoice {
		return applicationWay(application, bot.Voice), nil
	}
	return applicationWay(application, bot.Messaging), nil
}

// Write writes a URL of an application.
func (s applicationWays) Write(ctx context.Context, way bot.Way) error {
	host := s.bots.Host(bot.Application)
	live, err := host.Read(ctx, way.SID)
	if err != nil {
		return err
	}
	from := bot.Spec{UniqueName: live.UniqueName, FriendlyName: live.FriendlyName, Content: live.Content}
	webhooks := *live.Content.Webhooks
	if way.Channel == bot.Voice {
		webhooks.VoiceURL, webhooks.VoiceMethod = way.To.URL, way.To.Method
	} else {
		webhooks.MessagingURL, webhooks.MessagingMethod = way.To.URL, way.To.Method
	}
	to := from
	to.Content.Webhooks = &webhooks
	_, err = host.Update(ctx, way.SID, from, to)
	return err
}

// subflowWays are the states of flows that run another flow as a subflow, or redirect to
// it.
type subflowWays struct {
	bots  *bots
	reads singleflight.Group // by flow and revision

	mu    sync.Mutex
	known map[flowRevision][]bot.Way
}

// flowRevision is a flow as it was at a revision, which never changes.
type flowRevision struct {
	sid              string
	published, draft int
}

// Kind is that of flows.
func (s *subflowWays) Kind() bot.WayKind { return bot.BySubflow }

// List gives the states of all flows that reference a bot.
func (s *subflowWays) List(ctx context.Context) ([]bot.Way, error) { return s.since(ctx, AnyTime) }

// flowsAtOnce is how many flows are read at the same time: no list has their definitions.
const flowsAtOnce = 8

func (s *subflowWays) since(ctx context.Context, since Moment) ([]bot.Way, error) {
	listed, err := s.bots.BotsOf(ctx, bot.Studio, since)
	if err != nil {
		return nil, err
	}
	byFlow := make([][]bot.Way, len(listed.Bots))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(flowsAtOnce)
	for i, each := range listed.Bots {
		group.Go(func() (err error) {
			byFlow[i], err = s.referencesOf(ctx, each)
			return err
		})
	}
	err = group.Wait()
	return slices.Concat(byFlow...), err
}

// referencesOf reads a flow, once for each of its revisions. One that is deleted at the
// same time references nothing.
func (s *subflowWays) referencesOf(ctx context.Context, listed bot.Bot) ([]bot.Way, error) {
	at := flowRevision{listed.SID, listed.Revision, listed.Draft}
	s.mu.Lock()
	known, ok := s.known[at]
	s.mu.Unlock()
	if ok {
		return known, nil
	}
	// Several bots are replaced at once, and each asks for all flows. Each waits no longer than
	// its own context.
	reading := s.reads.DoChan(fmt.Sprint(at), func() (any, error) { return s.readReferences(context.WithoutCancel(ctx), listed) })
	select {
	case read := <-reading:
		all, _ := read.Val.([]bot.Way)
		if read.Err == nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.known[at] = all
		}
		return all, read.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *subflowWays) readReferences(ctx context.Context, listed bot.Bot) ([]bot.Way, error) {
	read, err := s.bots.Host(bot.Studio).Read(ctx, listed.SID)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil
	}
	if err != nil && read.SID == "" {
		return nil, err
	}
	var all []bot.Way // none of a definition that cannot be read
	if read.Content.Flow != nil {
		for _, reference := range read.Content.Flow.References() {
			all = append(all, bot.Way{
				Kind: bot.BySubflow, SID: listed.SID, AccountSID: listed.AccountSID, Name: listed.UniqueName,
				Field: reference.State, To: bot.Pointer{BotSID: reference.SID},
			})
		}
	}
	return all, nil
}

// Get is not needed: a flow that calls another is never edited.
func (s *subflowWays) Get(_ context.Context, sid, field string) (bot.Way, error) {
	return bot.Way{}, fmt.Errorf("the state %q of flow %s is not edited", field, sid)
}

// Write is not possible: a flow that calls another is never edited.
func (s *subflowWays) Write(_ context.Context, way bot.Way) error {
	return fmt.Errorf("%s is not edited", way)
}
