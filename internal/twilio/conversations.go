package twilio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/conversations/v1"
	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Conversations are the webhooks of the account's open conversations of Twilio Conversations:
// what is said in one goes where they lead
// (https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource). They
// are those of the default Conversation Service, which the calls without a service reach.
type Conversations struct{ client *Client }

// NewConversations is the webhooks of the open conversations of the client's account.
func NewConversations(client *Client) Conversations { return Conversations{client} }

const (
	// conversationsRead is how many conversations are asked for their webhooks: each is a request.
	conversationsRead = 200
	// conversationsAtOnce is how many of them are asked at the same time.
	conversationsAtOnce = 8
	// conversationPageSize is the most that the list gives at a request.
	conversationPageSize = 100
	// hookPath is how the webhook of a conversation is named as its pointer.
	hookPath = "Webhooks/"
)

func (s Conversations) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// Kind is that of open conversations.
func (s Conversations) Kind() bot.WayKind { return bot.ByConversation }

// List gives the webhooks of the open conversations. There is no list of those of several
// conversations, so that no more than conversationsRead are looked at: with more it is a
// bot.PartlyReadError.
func (s Conversations) List(ctx context.Context) ([]bot.Way, error) {
	open, more, err := s.open(ctx)
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
	if err == nil && more {
		err = &bot.PartlyReadError{Reason: fmt.Sprintf("Twilio lists the webhooks of one conversation at a time, and there are more than the %d conversations that were looked at", conversationsRead)}
	}
	return slices.Concat(hooks...), err
}

// errEnough ends a listing before its end.
var errEnough = errors.New("there are more")

// open lists the conversations that are not closed, and says whether there are more. One that
// is inactive takes messages, and is active again then
// (https://www.twilio.com/docs/conversations/states-timers).
func (s Conversations) open(ctx context.Context) (open []openapi.ConversationsV1Conversation, more bool, err error) {
	for _, state := range []string{"active", "inactive"} {
		err := EachPage(func(page, token string) (string, error) {
			answer, err := s.api(ctx).PageConversation(&openapi.ListConversationParams{State: &state, PageSize: new(conversationPageSize)}, token, page)
			if err != nil {
				return "", err
			}
			open = append(open, answer.Conversations...)
			if len(open) > conversationsRead {
				return "", errEnough
			}
			return Value(answer.Meta.NextPageUrl), nil
		})
		switch {
		case errors.Is(err, errEnough):
			return open[:conversationsRead], true, nil
		case err != nil:
			return nil, false, err
		}
	}
	return open, false, nil
}

// hooksOf lists the webhooks of a conversation: none of one that was deleted meanwhile.
func (s Conversations) hooksOf(ctx context.Context, conversation openapi.ConversationsV1Conversation) ([]bot.Way, error) {
	sid := Value(conversation.Sid)
	if err := CheckSID(sid, "CH"); err != nil {
		return nil, err
	}
	var all []bot.Way
	err := EachPage(func(page, token string) (string, error) {
		answer, err := s.api(ctx).PageConversationScopedWebhook(sid, &openapi.ListConversationScopedWebhookParams{PageSize: new(conversationPageSize)}, token, page)
		if err != nil {
			return "", err
		}
		for _, row := range answer.Webhooks {
			way := hookOf(&row)
			way.Name = Value(conversation.FriendlyName)
			if way.To != (bot.Pointer{}) {
				all = append(all, way)
			}
		}
		return Value(answer.Meta.NextPageUrl), nil
	})
	if errors.Is(err, bot.ErrNotFound) {
		return nil, nil
	}
	return all, err
}

// Get reads a webhook of a conversation.
func (s Conversations) Get(ctx context.Context, sid, field string) (bot.Way, error) {
	hook, err := hookSID(sid, field)
	if err != nil {
		return bot.Way{}, err
	}
	row, err := s.api(ctx).FetchConversationScopedWebhook(sid, hook)
	if err != nil {
		return bot.Way{}, err
	}
	return hookOf(row), nil
}

// hookSID is the SID of the webhook that a pointer names.
func hookSID(conversationSID, field string) (string, error) {
	hook := strings.TrimPrefix(field, hookPath)
	return hook, errors.Join(CheckSID(conversationSID, "CH"), CheckSID(hook, "WH"))
}

// hookOf is the way in that a webhook of a conversation is. Its configuration is an object of no
// stated type in the specification.
func hookOf(row *openapi.ConversationsV1ConversationScopedWebhook) bot.Way {
	way := bot.Way{
		Kind: bot.ByConversation, SID: Value(row.ConversationSid), AccountSID: Value(row.AccountSid),
		Field: hookPath + Value(row.Sid), Channel: bot.Messaging,
	}
	configuration, _ := Value(row.Configuration).(map[string]any)
	text := func(name string) string { s, _ := configuration[name].(string); return s }
	if Value(row.Target) == autoStudio {
		way.To.BotSID = text("flow_sid")
	} else if url := text("url"); url != "" {
		way.To = bot.Pointer{URL: url, Method: text("method")}
	}
	return way
}

// Write points a webhook of a conversation elsewhere, in one request, and reads it back. Whether
// it runs a flow or calls a URL stays as it is.
func (s Conversations) Write(ctx context.Context, way bot.Way) error {
	hook, err := hookSID(way.SID, way.Field)
	if err != nil {
		return err
	}
	params := &openapi.UpdateConversationScopedWebhookParams{}
	if way.To.BotSID != "" {
		params.ConfigurationFlowSid = &way.To.BotSID
	} else {
		params.ConfigurationUrl = &way.To.URL
		if way.To.Method != "" {
			params.ConfigurationMethod = new(strings.ToLower(way.To.Method))
		}
	}
	_, err = s.api(ctx).UpdateConversationScopedWebhook(way.SID, hook, params)
	return pointer(s.Get).readBack(ctx, way, err)
}
