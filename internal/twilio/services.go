package twilio

import (
	"context"

	openapi "github.com/twilio/twilio-go/rest/messaging/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Services is the account's Messaging Services
// (https://www.twilio.com/docs/messaging/api/service-resource).
type Services struct{ client *Client }

// NewServices is the Messaging Services of the client's account.
func NewServices(client *Client) Services { return Services{client} }

func (s Services) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(s.client.Requests(ctx))
}

// List gives every Messaging Service of the account.
func (s Services) List(ctx context.Context) ([]bot.Service, error) {
	rows, err := All(ctx, func(row openapi.MessagingV1Service) *string { return row.Sid }, func(page, token string) ([]openapi.MessagingV1Service, string, error) {
		answer, err := s.api(ctx).PageService(&openapi.ListServiceParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Services, Value(answer.Meta.NextPageUrl), nil
	})
	services := make([]bot.Service, len(rows))
	for i := range rows {
		services[i] = serviceOf(&rows[i])
	}
	return services, err
}

// Get reads a Messaging Service.
func (s Services) Get(ctx context.Context, sid string) (bot.Service, error) {
	if err := CheckSID(sid, "MG"); err != nil {
		return bot.Service{}, err
	}
	row, err := s.api(ctx).FetchService(sid)
	if err != nil {
		return bot.Service{}, err
	}
	return serviceOf(row), nil
}

func serviceOf(row *openapi.MessagingV1Service) bot.Service {
	return bot.Service{
		SID: Value(row.Sid), AccountSID: Value(row.AccountSid), Name: Value(row.FriendlyName),
		InboundURL: Value(row.InboundRequestUrl), InboundMethod: Value(row.InboundMethod),
		Defers: Value(row.UseInboundWebhookOnNumber),
	}
}

// Members lists the SIDs of the numbers in a service: nothing on a number itself
// says that it is in one.
func (s Services) Members(ctx context.Context, serviceSID string) ([]string, error) {
	if err := CheckSID(serviceSID, "MG"); err != nil {
		return nil, err
	}
	rows, err := All(ctx, func(row openapi.MessagingV1PhoneNumber) *string { return row.Sid }, func(page, token string) ([]openapi.MessagingV1PhoneNumber, string, error) {
		answer, err := s.api(ctx).PagePhoneNumber(serviceSID, &openapi.ListPhoneNumberParams{PageSize: new(MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.PhoneNumbers, Value(answer.Meta.NextPageUrl), nil
	})
	members := make([]string, len(rows))
	for i := range rows {
		members[i] = Value(rows[i].Sid)
	}
	return members, err
}

// Point writes a service's inbound URL, its method, and whether it defers to the webhooks
// of its numbers, and reads them back. It is one write.
func (s Services) Point(ctx context.Context, serviceSID, url, method string, defers bool) error {
	if err := CheckSID(serviceSID, "MG"); err != nil {
		return err
	}
	params := &openapi.UpdateServiceParams{InboundRequestUrl: &url, UseInboundWebhookOnNumber: &defers}
	if url != "" && method != "" {
		params.InboundMethod = &method
	}
	_, err := s.api(ctx).UpdateService(serviceSID, params)
	want := bot.Way{To: bot.Pointer{URL: url, Method: method}, Idle: defers}
	sent := confirm.Write{Object: "the inbound URL of Messaging Service " + serviceSID, Err: err}
	_, err = confirm.Read(ctx, sent, func(ctx context.Context) (bot.Way, error) {
		service, err := s.Get(ctx, serviceSID)
		live := service.Way()
		if err == nil && (!live.To.Same(want.To) || live.Idle != want.Idle) {
			err = confirm.Stale("it is another")
		}
		return live, err
	})
	return err
}
