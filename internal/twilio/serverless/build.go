package serverless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	openapi "github.com/twilio/twilio-go/rest/serverless/v1"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// uploadURL takes versions, as multipart forms. It is in no OpenAPI document of Twilio's
// (github.com/twilio-labs/serverless-toolkit, packages/serverless-api/src/api/functions.ts).
const uploadURL = "https://serverless-upload.twilio.com/v1/Services/"

// version is a version of a function, as uploads and builds have it.
type version struct {
	SID         string `json:"sid"`
	FunctionSID string `json:"function_sid"`
	Path        string `json:"path"`
	Visibility  string `json:"visibility"`
}

func (v version) read() function.Version {
	return function.Version{SID: v.SID, FunctionSID: v.FunctionSID, Path: v.Path, Visibility: function.Visibility(v.Visibility)}
}

// Upload makes a version. One whose upload was not answered is known by what it holds: any
// version of the same code is as good.
func (h Host) Upload(ctx context.Context, serviceSID, functionSID string, code function.Code) (function.Version, error) {
	if err := inService(serviceSID, "ZH", functionSID); err != nil {
		return function.Version{}, err
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (function.Version, error) {
		var made version
		err := h.client.Upload(ctx, uploadURL+url.PathEscape(serviceSID)+"/Functions/"+url.PathEscape(functionSID)+"/Versions",
			map[string]string{"Path": code.Path, "Visibility": string(code.Visibility)},
			twilio.File{Field: "Content", Name: "function.js", Type: "application/javascript", Content: code.Source}, &made)
		if err == nil {
			return made.read(), nil
		}
		sent := confirm.Write{Object: "a version of function " + functionSID, Verb: "created", Err: err}
		return confirm.Read(ctx, sent, func(ctx context.Context) (function.Version, error) {
			return h.uploaded(ctx, serviceSID, functionSID, code)
		})
	})
}

// uploaded finds the newest version, which must be of the code.
func (h Host) uploaded(ctx context.Context, serviceSID, functionSID string, code function.Code) (function.Version, error) {
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1FunctionVersion) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1FunctionVersion, string, error) {
		answer, err := h.api(ctx).PageFunctionVersion(serviceSID, functionSID, &openapi.ListFunctionVersionParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.FunctionVersions, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	if err != nil {
		return function.Version{}, err
	}
	used, err := h.built(ctx, serviceSID)
	if err != nil {
		return function.Version{}, err
	}
	for _, row := range rows {
		v := version{SID: twilio.Value(row.Sid), FunctionSID: twilio.Value(row.FunctionSid), Path: twilio.Value(row.Path), Visibility: twilio.Value(row.Visibility)}.read()
		if v.Path != code.Path || v.Visibility != code.Visibility || used[v.SID] {
			continue
		}
		source, err := h.Source(ctx, serviceSID, v)
		if err != nil || source == code.Source {
			return v, err
		}
	}
	return function.Version{}, confirm.Stale("no version has the code")
}

// Source is the code of a version.
func (h Host) Source(ctx context.Context, serviceSID string, v function.Version) (string, error) {
	if err := inService(serviceSID, "ZH", v.FunctionSID, "ZN", v.SID); err != nil {
		return "", err
	}
	answer, err := h.api(ctx).FetchFunctionVersionContent(serviceSID, v.FunctionSID, v.SID)
	if err != nil {
		return "", err
	}
	return twilio.Value(answer.Content), nil
}

// Build reads a build.
func (h Host) Build(ctx context.Context, serviceSID, sid string) (function.Build, error) {
	if err := inService(serviceSID, "ZB", sid); err != nil {
		return function.Build{}, err
	}
	row, err := h.api(ctx).FetchBuild(serviceSID, sid)
	if err != nil {
		return function.Build{}, err
	}
	return buildOf(row)
}

// buildOf reads a build, whose lists are of no stated type in Twilio's OpenAPI document.
func buildOf(row *openapi.ServerlessV1Build) (function.Build, error) {
	build := function.Build{SID: twilio.Value(row.Sid), Status: function.Status(twilio.Value(row.Status)), Runtime: twilio.Value(row.Runtime)}
	var functions, assets []version
	var dependencies []dependency
	for _, each := range []struct {
		list *[]any
		into any
	}{{row.FunctionVersions, &functions}, {row.AssetVersions, &assets}, {row.Dependencies, &dependencies}} {
		if each.list == nil {
			continue
		}
		text, err := json.Marshal(each.list)
		if err == nil {
			err = json.Unmarshal(text, each.into)
		}
		if err != nil {
			return build, fmt.Errorf("build %s cannot be read: %w", build.SID, err)
		}
	}
	for _, v := range functions {
		build.Functions = append(build.Functions, v.read())
	}
	for _, v := range assets {
		build.Assets = append(build.Assets, v.SID)
	}
	for _, d := range dependencies {
		if build.Dependencies == nil {
			build.Dependencies = map[string]string{}
		}
		build.Dependencies[d.Name] = d.Version
	}
	return build, nil
}

// builds lists the builds of a service.
func (h Host) builds(ctx context.Context, serviceSID string) ([]function.Build, error) {
	rows, err := twilio.All(ctx, func(row openapi.ServerlessV1Build) *string { return row.Sid }, func(page, token string) ([]openapi.ServerlessV1Build, string, error) {
		answer, err := h.api(ctx).PageBuild(serviceSID, &openapi.ListBuildParams{PageSize: new(twilio.MaxPageSize)}, token, page)
		if err != nil {
			return nil, "", err
		}
		return answer.Builds, twilio.Value(answer.Meta.NextPageUrl), nil
	})
	builds := make([]function.Build, len(rows))
	for i := range rows {
		if builds[i], err = buildOf(&rows[i]); err != nil {
			return nil, err
		}
	}
	return builds, err
}

// built are the SIDs of all versions of functions that a build has.
func (h Host) built(ctx context.Context, serviceSID string) (map[string]bool, error) {
	builds, err := h.builds(ctx, serviceSID)
	used := map[string]bool{}
	for _, b := range builds {
		for _, v := range b.Functions {
			used[v.SID] = true
		}
	}
	return used, err
}

// StartBuild starts a build. One whose start was not answered is known by the version of
// its function that no other build has.
func (h Host) StartBuild(ctx context.Context, serviceSID string, wanted function.Build) (function.Build, error) {
	if err := inService(serviceSID); err != nil {
		return function.Build{}, err
	}
	var versions []string
	for _, v := range wanted.Functions {
		versions = append(versions, v.SID)
	}
	params := &openapi.CreateBuildParams{FunctionVersions: &versions, Dependencies: dependenciesOf(wanted.Dependencies), Runtime: &wanted.Runtime}
	if len(wanted.Assets) > 0 {
		params.AssetVersions = &wanted.Assets
	}
	return confirm.CreateAgain(ctx, func(ctx context.Context) (function.Build, error) {
		row, err := h.api(ctx).CreateBuild(serviceSID, params)
		if err == nil {
			return buildOf(row)
		}
		sent := confirm.Write{Object: "a build of service " + serviceSID, Verb: "created", Err: err}
		return confirm.Read(ctx, sent, func(ctx context.Context) (function.Build, error) {
			builds, err := h.builds(ctx, serviceSID)
			at := slices.IndexFunc(builds, func(b function.Build) bool {
				return slices.ContainsFunc(b.Functions, func(v function.Version) bool { return v.SID == versions[0] })
			})
			switch {
			case err != nil:
				return function.Build{}, err
			case at < 0:
				return function.Build{}, confirm.Stale("no build has version %s", versions[0])
			}
			return builds[at], nil
		})
	})
}

// Deploy deploys a build, over the one that the environment had. Twilio refuses a build that
// is deployed already, so a deployment that was not answered can be sent again.
func (h Host) Deploy(ctx context.Context, from function.Environment, buildSID string) error {
	if err := inService(from.ServiceSID, "ZE", from.SID, "ZB", buildSID); err != nil {
		return err
	}
	look := func(ctx context.Context) (function.Environment, error) {
		now, err := h.Environment(ctx, from.ServiceSID, from.SID)
		switch {
		case errors.Is(err, bot.ErrNotFound) && from.BuildSID == "":
			return now, confirm.Stale("the environment is not there yet")
		case err != nil || now.BuildSID == buildSID:
			return now, err
		case now.BuildSID == from.BuildSID:
			return now, confirm.Stale("the build before it is deployed")
		default:
			return now, confirm.Changed("build %s is deployed", now.BuildSID)
		}
	}
	switch _, err := look(ctx); {
	case err == nil:
		return nil
	case !confirm.IsStale(err):
		return err
	}
	return confirm.Again(ctx, func(ctx context.Context) error {
		_, err := h.api(ctx).CreateDeployment(from.ServiceSID, from.SID, &openapi.CreateDeploymentParams{BuildSid: &buildSID})
		if conflicts(err) {
			err = nil // it is deployed already, which reading back shows
		}
		_, err = confirm.Read(ctx, confirm.Write{Object: "environment " + from.SID, Err: err}, look)
		return err
	}, func(ctx context.Context) (bool, error) {
		_, err := look(ctx)
		return confirm.IsStale(err), nil
	})
}
