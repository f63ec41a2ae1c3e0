// Package serverless is Twilio's Functions: services, what is in them, and what is deployed
// (https://www.twilio.com/docs/serverless/api).
package serverless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	openapi "github.com/twilio/twilio-go/rest/serverless/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// Host is the services of an account.
type Host struct{ client *twilio.Client }

var _ function.Host = Host{}

// New is the services of the client's account.
func New(client *twilio.Client) Host { return Host{client} }

func (h Host) api(ctx context.Context) *openapi.ApiService {
	return openapi.NewApiService(h.client.Requests(ctx))
}

// inService checks SIDs that become part of a path: that of a service, and more of other
// kinds, each after its prefix.
func inService(serviceSID string, more ...string) error {
	err := twilio.CheckSID(serviceSID, "ZS")
	for i := 0; i+1 < len(more) && err == nil; i += 2 {
		err = twilio.CheckSID(more[i+1], more[i])
	}
	return err
}

// Service reads a service, by SID or unique name.
func (h Host) Service(ctx context.Context, sidOrName string) (function.Service, error) {
	if sidOrName == "" || strings.ContainsAny(sidOrName, "/?#%.") {
		return function.Service{}, fmt.Errorf("%q is neither the SID nor the unique name of a service", sidOrName)
	}
	row, err := h.api(ctx).FetchService(sidOrName)
	if err != nil {
		return function.Service{}, err
	}
	return serviceOf(row), nil
}

func serviceOf(row *openapi.ServerlessV1Service) function.Service {
	return function.Service{
		SID: twilio.Value(row.Sid), AccountSID: twilio.Value(row.AccountSid), Name: twilio.Value(row.UniqueName), Label: twilio.Value(row.FriendlyName),
		Credentials: twilio.Value(row.IncludeCredentials), Created: twilio.Value(row.DateCreated),
	}
}

// CreateService creates a service. One whose creation was not answered is known by its
// label: no service of the name existed before.
func (h Host) CreateService(ctx context.Context, wanted function.Service) (function.Service, error) {
	return confirm.CreateAgain(ctx, func(ctx context.Context) (function.Service, error) {
		row, err := h.api(ctx).CreateService(&openapi.CreateServiceParams{
			UniqueName: &wanted.Name, FriendlyName: &wanted.Label, IncludeCredentials: &wanted.Credentials,
		})
		switch {
		case err == nil:
			return serviceOf(row), nil
		case conflicts(err):
			return function.Service{Name: wanted.Name}, fmt.Errorf("%w: %w", bot.ErrNameTaken, err)
		}
		sent := confirm.Write{Object: fmt.Sprintf("service %q", wanted.Name), Verb: "created", Err: err}
		return confirm.Read(ctx, sent, func(ctx context.Context) (function.Service, error) {
			now, err := h.Service(ctx, wanted.Name)
			switch {
			case errors.Is(err, bot.ErrNotFound):
				return now, confirm.Stale("no service is named %q", wanted.Name)
			case err == nil && now.Label != wanted.Label:
				return now, fmt.Errorf("service %s exists: %w", now.SID, bot.ErrNameTaken)
			}
			return now, err
		})
	})
}

// conflicts reports whether Twilio refused a write since a name is taken, or something is
// there or in use already. Of the codes, 20409 is the general one.
func conflicts(err error) bool {
	var refused *twilio.Error
	return errors.As(err, &refused) && refused.HTTPStatus == 409 && !refused.Uncertain
}

// UpdateService writes the label and the credentials of a service.
func (h Host) UpdateService(ctx context.Context, before, wanted function.Service) error {
	if err := inService(before.SID); err != nil {
		return err
	}
	same := func(a, b function.Service) bool { return a.Label == b.Label && a.Credentials == b.Credentials }
	return confirm.Again(ctx, func(ctx context.Context) error {
		_, err := h.api(ctx).UpdateService(before.SID, &openapi.UpdateServiceParams{FriendlyName: &wanted.Label, IncludeCredentials: &wanted.Credentials})
		sent := confirm.Write{Object: fmt.Sprintf("service %q (%s)", before.Name, before.SID), Err: err}
		_, err = confirm.Read(ctx, sent, func(ctx context.Context) (function.Service, error) {
			now, err := h.Service(ctx, before.SID)
			switch {
			case err != nil || same(now, wanted):
				return now, err
			case same(now, before):
				return now, confirm.Stale("it is as it was")
			default:
				return now, confirm.Changed("its friendly name is %q", now.Label)
			}
		})
		return err
	}, func(ctx context.Context) (bool, error) {
		now, err := h.Service(ctx, before.SID)
		return same(now, before), err
	})
}

// DeleteService deletes a service, with what is in it.
func (h Host) DeleteService(ctx context.Context, sid string) error {
	if err := inService(sid); err != nil {
		return err
	}
	err := h.api(ctx).DeleteService(sid)
	return confirm.Gone(ctx, confirm.Write{Object: "service " + sid, Err: err}, func(ctx context.Context) (function.Service, error) { return h.Service(ctx, sid) })
}

// Environments lists the environments of a service.
func (h Host) Environments(ctx context.Context, serviceSID string) ([]function.Environment, error) {
	if err := inService(serviceSID); err != nil {
		return nil, err
	}
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1Environment) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1Environment, string, error) {
		answer, err := h.api(ctx).PageEnvironment(serviceSID, &openapi.ListEnvironmentParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Environments, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	environments := make([]function.Environment, len(rows))
	for i := range rows {
		environments[i] = environmentOf(&rows[i])
	}
	return environments, err
}

func environmentOf(row *openapi.ServerlessV1Environment) function.Environment {
	return function.Environment{
		SID: twilio.Value(row.Sid), ServiceSID: twilio.Value(row.ServiceSid), Name: twilio.Value(row.UniqueName),
		Domain: twilio.Value(row.DomainName), BuildSID: twilio.Value(row.BuildSid),
	}
}

// Environment reads an environment.
func (h Host) Environment(ctx context.Context, serviceSID, sid string) (function.Environment, error) {
	if err := inService(serviceSID, "ZE", sid); err != nil {
		return function.Environment{}, err
	}
	row, err := h.api(ctx).FetchEnvironment(serviceSID, sid)
	if err != nil {
		return function.Environment{}, err
	}
	return environmentOf(row), nil
}

// CreateEnvironment creates an environment, whose name is unique in its service.
func (h Host) CreateEnvironment(ctx context.Context, serviceSID, name string) (function.Environment, error) {
	if err := inService(serviceSID); err != nil {
		return function.Environment{}, err
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (function.Environment, error) {
		row, err := h.api(ctx).CreateEnvironment(serviceSID, &openapi.CreateEnvironmentParams{UniqueName: &name})
		if err == nil {
			return environmentOf(row), nil
		}
		sent := confirm.Write{Object: fmt.Sprintf("environment %q of service %s", name, serviceSID), Verb: "created", Err: err}
		return confirm.Read(ctx, sent, func(ctx context.Context) (function.Environment, error) {
			all, err := h.Environments(ctx, serviceSID)
			at := slices.IndexFunc(all, func(e function.Environment) bool { return e.Name == name })
			switch {
			case err != nil:
				return function.Environment{}, err
			case at < 0:
				return function.Environment{}, confirm.Stale("there is none of the name")
			}
			return all[at], nil
		})
	})
}

// DeleteEnvironment deletes an environment.
func (h Host) DeleteEnvironment(ctx context.Context, serviceSID, sid string) error {
	if err := inService(serviceSID, "ZE", sid); err != nil {
		return err
	}
	err := h.api(ctx).DeleteEnvironment(serviceSID, sid)
	return confirm.Gone(ctx, confirm.Write{Object: "environment " + sid, Err: err}, func(ctx context.Context) (function.Environment, error) { return h.Environment(ctx, serviceSID, sid) })
}

// Functions lists the functions of a service.
func (h Host) Functions(ctx context.Context, serviceSID string) ([]function.Member, error) {
	if err := inService(serviceSID); err != nil {
		return nil, err
	}
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1Function) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1Function, string, error) {
		answer, err := h.api(ctx).PageFunction(serviceSID, &openapi.ListFunctionParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Functions, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	members := make([]function.Member, len(rows))
	for i, row := range rows {
		members[i] = function.Member{SID: twilio.Value(row.Sid), Name: twilio.Value(row.FriendlyName)}
	}
	return members, err
}

// Assets lists the assets of a service.
func (h Host) Assets(ctx context.Context, serviceSID string) ([]function.Member, error) {
	if err := inService(serviceSID); err != nil {
		return nil, err
	}
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1Asset) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1Asset, string, error) {
		answer, err := h.api(ctx).PageAsset(serviceSID, &openapi.ListAssetParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Assets, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	members := make([]function.Member, len(rows))
	for i, row := range rows {
		members[i] = function.Member{SID: twilio.Value(row.Sid), Name: twilio.Value(row.FriendlyName)}
	}
	return members, err
}

// CreateFunction creates a function, in a service that has none of the name.
func (h Host) CreateFunction(ctx context.Context, serviceSID, name string) (function.Member, error) {
	if err := inService(serviceSID); err != nil {
		return function.Member{}, err
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (function.Member, error) {
		row, err := h.api(ctx).CreateFunction(serviceSID, &openapi.CreateFunctionParams{FriendlyName: &name})
		if err == nil {
			return function.Member{SID: twilio.Value(row.Sid), Name: twilio.Value(row.FriendlyName)}, nil
		}
		sent := confirm.Write{Object: fmt.Sprintf("function %q of service %s", name, serviceSID), Verb: "created", Err: err}
		return confirm.Read(ctx, sent, func(ctx context.Context) (function.Member, error) {
			all, err := h.Functions(ctx, serviceSID)
			at := slices.IndexFunc(all, func(m function.Member) bool { return m.Name == name })
			switch {
			case err != nil:
				return function.Member{}, err
			case at < 0:
				return function.Member{}, confirm.Stale("there is none of the name")
			}
			return all[at], nil
		})
	})
}

// Variables lists the environment variables of an environment.
func (h Host) Variables(ctx context.Context, serviceSID, environmentSID string) ([]function.Variable, error) {
	if err := inService(serviceSID, "ZE", environmentSID); err != nil {
		return nil, err
	}
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1Variable) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1Variable, string, error) {
		answer, err := h.api(ctx).PageVariable(serviceSID, environmentSID, &openapi.ListVariableParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Variables, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	variables := make([]function.Variable, len(rows))
	for i, row := range rows {
		variables[i] = function.Variable{SID: twilio.Value(row.Sid), Key: twilio.Value(row.Key), Value: twilio.Value(row.Value), Updated: twilio.Value(row.DateUpdated)}
	}
	return variables, err
}

// SetVariable creates or updates an environment variable. No error holds its value.
func (h Host) SetVariable(ctx context.Context, at function.Environment, wanted function.Variable) error {
	if err := inService(at.ServiceSID, "ZE", at.SID); err != nil {
		return err
	}
	err := confirm.Again(ctx, func(ctx context.Context) (err error) {
		if wanted.SID == "" {
			_, err = h.api(ctx).CreateVariable(at.ServiceSID, at.SID, &openapi.CreateVariableParams{Key: &wanted.Key, Value: &wanted.Value})
		} else if err = twilio.CheckSID(wanted.SID, "ZV"); err == nil {
			_, err = h.api(ctx).UpdateVariable(at.ServiceSID, at.SID, wanted.SID, &openapi.UpdateVariableParams{Value: &wanted.Value})
		}
		switch {
		case err == nil:
			return nil
		case wanted.SID == "" && conflicts(err):
			err = nil // an earlier attempt may have created it, which reading back shows
		}
		sent := confirm.Write{Object: fmt.Sprintf("environment variable %q of environment %s", wanted.Key, at.SID), Err: err}
		_, err = confirm.Read(ctx, sent, func(ctx context.Context) (struct{}, error) {
			all, err := h.Variables(ctx, at.ServiceSID, at.SID)
			if err == nil && !slices.ContainsFunc(all, func(v function.Variable) bool { return v.Key == wanted.Key && v.Value == wanted.Value }) {
				err = confirm.Stale("it does not have the value")
			}
			return struct{}{}, err
		})
		return err
	}, nil)
	if refused, ok := errors.AsType[*twilio.Error](err); ok {
		refused.Message = strings.ReplaceAll(refused.Message, wanted.Value, "(hidden)")
	}
	return err
}

// DeleteVariable deletes an environment variable.
func (h Host) DeleteVariable(ctx context.Context, at function.Environment, v function.Variable) error {
	if err := inService(at.ServiceSID, "ZE", at.SID, "ZV", v.SID); err != nil {
		return err
	}
	err := h.api(ctx).DeleteVariable(at.ServiceSID, at.SID, v.SID)
	return confirm.Gone(ctx, confirm.Write{Object: fmt.Sprintf("environment variable %q", v.Key), Err: err}, func(ctx context.Context) (struct{}, error) {
		all, err := h.Variables(ctx, at.ServiceSID, at.SID)
		if err == nil && !slices.ContainsFunc(all, func(each function.Variable) bool { return each.SID == v.SID }) {
			err = bot.ErrNotFound
		}
		return struct{}{}, err
	})
}

// dependency is a dependency of a build, as Twilio takes and gives it.
type dependency struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// dependenciesOf is the parameter of a build; nil for none.
func dependenciesOf(all map[string]string) *string {
	if len(all) == 0 {
		return nil
	}
	var list []dependency
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, dependency{name, all[name]})
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings can always be written
	}
	return new(string(text))
}
