package twilio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Conversations are the webhooks of the account's open conversations of Twilio Conversations:
// what is said in one goes where they lead
// (https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource). Those of
// the default Conversation Service are reached without a service, those of the others by it.
type Conversations struct{ client *Client }

// NewConversations is the webhooks of the open conversations of the client's account.
func NewConversations(client *Client) Conversations { return Conversations{client} }

const (
	conversationsURL = "https://conversations.twilio.com/v1/"
	// conversationsRead is how many conversations are asked for their webhooks: each is a request.
	conversationsRead = 200
	// conversationsAtOnce is how many of them are asked at the same time.
	conversationsAtOnce = 8
	// servicesRead is how many Conversation Services beside the default one are asked for their
	// conversations: each is two requests.
	servicesRead = 20
	// conversationPageSize is the most that the lists give at a request.
	conversationPageSize = 100
	// hookPath and ofService are how the webhook of a conversation is named as its pointer:
	// Webhooks/WH…, and Services/IS…/Webhooks/WH… where its service is not the default.
	hookPath, ofService = "Webhooks/", "Services/"
)

// conversation is a conversation as Twilio lists it.
type conversation struct {
	SID          string `json:"sid"`
	FriendlyName string `json:"friendly_name"`
	service      string // empty for that of the default service
}

// conversationHook is a webhook of a conversation. Its configuration is an object of no stated
// type in the specification.
type conversationHook struct {
	SID             string `json:"sid"`
	AccountSID      string `json:"account_sid"`
	ConversationSID string `json:"conversation_sid"`
	Target          string `json:"target"`
	Configuration   struct {
		FlowSID string `json:"flow_sid"`
		URL     string `json:"url"`
		Method  string `json:"method"`
	} `json:"configuration"`
}

func conversationsOf(service string) string {
	if service != "" {
		service = ofService + service + "/"
	}
	return conversationsURL + service + "Conversations"
}

// conversationsPage is a page of a list of Twilio Conversations, of whichever kind.
type conversationsPage struct {
	Services []struct {
		SID string `json:"sid"`
	} `json:"services"`
	Conversations []conversation     `json:"conversations"`
	Webhooks      []conversationHook `json:"webhooks"`
	Meta          struct {
		NextPageURL string `json:"next_page_url"`
	} `json:"meta"`
}

// eachPage reads a list page by page, until take ends it by an error. twilio-go has each of
// these lists twice, with and without a service, in types of their own.
func (s Conversations) eachPage(ctx context.Context, address string, query url.Values, take func(conversationsPage) error) error {
	return EachPage(func(number, token string) (string, error) {
		asked := url.Values{"PageSize": {strconv.Itoa(conversationPageSize)}}
		maps.Copy(asked, query)
		if number != "" || token != "" {
			asked.Set("Page", number)
			asked.Set("PageToken", token)
		}
		var page conversationsPage
		if err := s.client.Do(ctx, http.MethodGet, address, asked, &page); err != nil {
			return "", err
		}
		return page.Meta.NextPageURL, take(page)
	})
}

// Kind is that of open conversations.
func (s Conversations) Kind() bot.WayKind { return bot.ByConversation }

// List gives the webhooks of the open conversations. There is no list of those of several
// conversations, so that no more than conversationsRead are looked at: with more, or where
// those of other services than the default cannot all be read, it is a bot.PartlyReadError.
func (s Conversations) List(ctx context.Context) ([]bot.Way, error) {
	open, partly, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	hooks := make([][]bot.Way, len(open))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(conversationsAtOnce)
	for i, each := range open {
		group.Go(func() (err error) {
			hooks[i], err = s.hooksOf(groupCtx, each)
			return err
		})
	}
	err = group.Wait()
	if err == nil && partly != "" {
		err = &bot.PartlyReadError{Reason: partly}
	}
	return slices.Concat(hooks...), err
}

// errEnough ends a listing before its end.
var errEnough = errors.New("there are more")

// open lists the conversations that are not closed, those of the default service first, and
// says why these are not all.
func (s Conversations) open(ctx context.Context) (open []conversation, partly string, err error) {
	open, err = s.openIn(ctx, "", nil)
	if err == nil {
		var services []string
		services, partly, err = s.services(ctx)
		for _, service := range services {
			if err == nil {
				open, err = s.openIn(ctx, service, open)
			}
			if errors.Is(err, bot.ErrNotFound) {
				err = nil // it was deleted meanwhile
			}
		}
		if errors.Is(err, bot.ErrForbidden) {
			partly, err = fmt.Sprintf("those of other Conversation Services than the default one may not be read: %v", err), nil
		}
	}
	if errors.Is(err, errEnough) {
		partly = fmt.Sprintf("Twilio lists the webhooks of one conversation at a time, and there are more than the %d conversations that were looked at", conversationsRead)
		return open[:conversationsRead], partly, nil
	}
	return open, partly, err
}

// services lists the Conversation Services, and says why these are not all. The default one is
// among them.
func (s Conversations) services(ctx context.Context) (services []string, partly string, err error) {
	err = s.eachPage(ctx, conversationsURL+"Services", nil, func(page conversationsPage) error {
		for _, row := range page.Services {
			if err := CheckSID(row.SID, "IS"); err != nil {
				return err
			}
			services = append(services, row.SID)
		}
		if len(services) > servicesRead+1 {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		partly = fmt.Sprintf("each Conversation Service has a list of its own, and there are more than the %d services that were looked at", servicesRead+1)
		return services[:servicesRead+1], partly, nil
	}
	if errors.Is(err, bot.ErrNotFound) {
		return nil, "", nil
	}
	return services, "", err
}

// openIn adds the conversations of a service that are not closed to those that are known. One
// that is inactive takes messages, and is active again then
// (https://www.twilio.com/docs/conversations/states-timers).
func (s Conversations) openIn(ctx context.Context, service string, known []conversation) (open []conversation, err error) {
	open = known
	for _, state := range []string{"active", "inactive"} {
		err := s.eachPage(ctx, conversationsOf(service), url.Values{"State": {state}}, func(page conversationsPage) error {
			for _, row := range page.Conversations {
				if err := CheckSID(row.SID, "CH"); err != nil {
					return err
				}
				// Those of the default service are known without it.
				if !slices.ContainsFunc(known, func(other conversation) bool { return other.SID == row.SID }) {
					row.service = service
					open = append(open, row)
				}
			}
			if len(open) > conversationsRead {
				return errEnough
			}
			return nil
		})
		if err != nil {
			return open, err
		}
	}
	return open, nil
}

// hooksOf lists the webhooks of a conversation: none of one that was deleted meanwhile.
func (s Conversations) hooksOf(ctx context.Context, of conversation) ([]bot.Way, error) {
	var all []bot.Way
	err := s.eachPage(ctx, conversationsOf(of.service)+"/"+of.SID+"/Webhooks", nil, func(page conversationsPage) error {
		for _, row := range page.Webhooks {
			way := row.way(of.service)
			way.Name = of.FriendlyName
			if way.To != (bot.Pointer{}) {
				all = append(all, way)
			}
		}
		return nil
	})
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil
	}
	return all, err
}

// Get reads a webhook of a conversation.
func (s Conversations) Get(ctx context.Context, sid, field string) (bot.Way, error) {
	address, service, err := hookAt(sid, field)
	if err != nil {
		return bot.Way{}, err
	}
	var row conversationHook
	if err := s.client.Do(ctx, http.MethodGet, address, nil, &row); err != nil {
		return bot.Way{}, err
	}
	return row.way(service), nil
}

// hookAt is the address of the webhook that a pointer names, and the service of its
// conversation, empty for the default one.
func hookAt(conversationSID, field string) (address, service string, err error) {
	hook := field
	if rest, ok := strings.CutPrefix(field, ofService); ok {
		service, hook, _ = strings.Cut(rest, "/")
		err = CheckSID(service, "IS")
	}
	hook = strings.TrimPrefix(hook, hookPath)
	err = cmp.Or(err, CheckSID(conversationSID, "CH"), CheckSID(hook, "WH"))
	return conversationsOf(service) + "/" + conversationSID + "/Webhooks/" + hook, service, err
}

// way is the way in that a webhook of a conversation is.
func (h conversationHook) way(service string) bot.Way {
	way := bot.Way{Kind: bot.ByConversation, SID: h.ConversationSID, AccountSID: h.AccountSID, Field: hookPath + h.SID, Channel: bot.Messaging}
	if service != "" {
		way.Field = ofService + service + "/" + way.Field
	}
	if h.Target == autoStudio {
		way.To.BotSID = h.Configuration.FlowSID
	} else if h.Configuration.URL != "" {
		way.To = bot.Pointer{URL: h.Configuration.URL, Method: h.Configuration.Method}
	}
	return way
}

// Write points a webhook of a conversation elsewhere, in one request, and reads it back. Whether
// it runs a flow or calls a URL stays as it is.
func (s Conversations) Write(ctx context.Context, way bot.Way) error {
	address, _, err := hookAt(way.SID, way.Field)
	if err != nil {
		return err
	}
	form := url.Values{}
	if way.To.BotSID != "" {
		form.Set("Configuration.FlowSid", way.To.BotSID)
	} else {
		form.Set("Configuration.Url", way.To.URL)
		if way.To.Method != "" {
			form.Set("Configuration.Method", strings.ToLower(way.To.Method))
		}
	}
	err = s.client.Do(ctx, http.MethodPost, address, form, &conversationHook{})
	return pointer(s.Get).readBack(ctx, way, err)
}
