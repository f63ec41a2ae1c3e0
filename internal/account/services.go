package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Services is the account's Messaging Services at Twilio.
type Services interface {
	List(ctx context.Context) ([]bot.Service, error)
	// Members lists the SIDs of the numbers in a service.
	Members(ctx context.Context, serviceSID string) ([]string, error)
	// Get reads a service now; bot.ErrNotFound when it no longer exists.
	Get(ctx context.Context, serviceSID string) (bot.Service, error)
	// Point writes a service's inbound URL, and whether it defers to its numbers, and reads
	// them back.
	Point(ctx context.Context, serviceSID, url, method string, defers bool) error
}

// services reads the account's Messaging Services.
type services struct {
	api   Services
	clock *clock
	all   *listing[[]bot.Service]

	mu      sync.Mutex
	members map[string]*listing[[]string] // the SIDs of their numbers, by the SID of a service
}

func newServices(clock *clock, api Services) *services {
	return &services{api: api, clock: clock, all: newListing(clock, api.List), members: map[string]*listing[[]string]{}}
}

// Services lists the account's Messaging Services, as they were at the moment or later.
func (s *services) Services(ctx context.Context, since Moment) ([]bot.Service, error) {
	services, err := s.all.since(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("listing the account's Messaging Services: %w", err)
	}
	return services, nil
}

// Service reads one Messaging Service, from a listing made earlier in this run where it
// has it; bot.ErrNotFound when neither a listing nor a read of it has it.
func (s *services) Service(ctx context.Context, sid string) (bot.Service, error) {
	all, err := s.Services(ctx, AnyTime)
	if err != nil && !errors.Is(err, bot.ErrForbidden) {
		return bot.Service{}, err
	}
	if at := slices.IndexFunc(all, func(each bot.Service) bool { return each.SID == sid }); at >= 0 {
		return all[at], nil
	}
	found, err := s.api.Get(ctx, sid)
	if err != nil {
		return found, fmt.Errorf("reading the Messaging Service %s: %w", sid, err)
	}
	return found, nil
}

// MembersOf lists the SIDs of the numbers in a service now.
func (s *services) MembersOf(ctx context.Context, serviceSID string) ([]string, error) {
	members, err := s.api.Members(ctx, serviceSID)
	if err != nil {
		return nil, fmt.Errorf("listing the numbers of the Messaging Service %s: %w", serviceSID, err)
	}
	return members, nil
}

// wrote makes what was listed stale.
func (s *services) wrote() { s.all.wrote() }

// servicesAtOnce is how many services are asked for their numbers at the same time: no list
// has the members of several.
const servicesAtOnce = 8

// Overriding gives, by the SID of a number, the Messaging Service that answers messages
// in its place, as it was at the moment or later.
func (s *services) Overriding(ctx context.Context, since Moment) (map[string]bot.Service, error) {
	services, err := s.Services(ctx, since)
	if err != nil {
		return nil, err
	}
	services = slices.DeleteFunc(slices.Clone(services), func(service bot.Service) bool { return service.Defers })
	members := make([][]string, len(services))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(servicesAtOnce)
	for i, service := range services {
		group.Go(func() (err error) {
			members[i], err = s.membersOf(service.SID).since(groupCtx, since)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	overriding := map[string]bot.Service{}
	for i, service := range services {
		for _, sid := range members[i] {
			overriding[sid] = service
		}
	}
	return overriding, nil
}

// membersOf is the listing of the numbers in a service that all who ask share.
func (s *services) membersOf(serviceSID string) *listing[[]string] {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.members[serviceSID]
	if !ok {
		known = newListing(s.clock, func(ctx context.Context) ([]string, error) { return s.MembersOf(ctx, serviceSID) })
		s.members[serviceSID] = known
	}
	return known
}
