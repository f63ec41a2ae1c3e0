package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// The statuses of a model build, as Twilio's OpenAPI document lists them.
const (
	enqueued  = "enqueued"
	building  = "building"
	completed = "completed"
)

func (b modelBuild) running() bool { return b.Status == enqueued || b.Status == building }

// builds gives the newest model build, and when the last completed one was done.
func (a api) builds(ctx context.Context, sid string) (newest modelBuild, built time.Time, err error) {
	rows, err := list[modelBuild](ctx, a, "model_builds", "Assistants", sid, "ModelBuilds")
	if err != nil {
		return newest, built, err
	}
	newest, built = newestOf(rows)
	return newest, built, nil
}

func named(builds []modelBuild, name string) bool {
	return slices.ContainsFunc(builds, func(b modelBuild) bool { return b.UniqueName == name })
}

func newestOf(rows []modelBuild) (newest modelBuild, built time.Time) {
	if len(rows) == 0 {
		return newest, built
	}
	oldestFirst(rows, func(b modelBuild) time.Time { return b.DateCreated })
	for _, row := range slices.Backward(rows) {
		if row.Status == completed {
			built = row.DateUpdated
			break
		}
	}
	return rows[len(rows)-1], built
}

// needsBuild reports whether the assistant does not answer by all of its content
// yet. Which writes Twilio counts is not documented, nor whether a failed build is,
// so both its own word and the newest build are asked.
func needsBuild(a assistant, newest modelBuild) bool {
	return a.NeedsModelBuild || newest.SID == "" || newest.Status != completed
}

// train builds the assistant's model anew and waits for it. The name of the build says
// which bot the assistant replaces, replaces, where it is not empty.
//
// A build that runs already may be of older content, so it is waited for first and
// counts only where nothing was written since (fresh is false). Cut off at any call,
// the assistant still answers by its last completed build, and the next plan shows
// that it needs one.
func (a api) train(ctx context.Context, sid string, fresh bool, replaces string) error {
	builds, err := list[modelBuild](ctx, a, "model_builds", "Assistants", sid, "ModelBuilds")
	if err != nil {
		return err
	}
	newest, _ := newestOf(builds)
	if newest.running() {
		if newest, err = a.await(ctx, sid, newest.SID); err != nil {
			return err
		}
		if !fresh && newest.Status == completed {
			if assistant, err := a.assistant(ctx, sid); err != nil || !assistant.NeedsModelBuild {
				return err
			}
		}
	}
	form := url.Values{}
	if replaces != "" && !named(builds, bot.MarkBuild(replaces)) {
		form.Set("UniqueName", bot.MarkBuild(replaces))
	}
	build, err := a.startBuild(ctx, sid, newest.SID, form)
	if err != nil {
		return err
	}
	build, err = a.await(ctx, sid, build.SID)
	if err != nil {
		return err
	}
	if build.Status != completed {
		code := ""
		if build.ErrorCode != nil && *build.ErrorCode != 0 {
			code = fmt.Sprintf(" with Twilio error %d (https://www.twilio.com/docs/api/errors/%d)", *build.ErrorCode, *build.ErrorCode)
		}
		return &bot.Problem{
			Summary: "The model build did not complete",
			Detail: fmt.Sprintf("Model build %s of assistant %s ended as %q%s. "+
				"Look at the samples and field types that were changed, then apply again: it starts another build.", build.SID, sid, build.Status, code),
		}
	}
	return nil
}

// startBuild starts a model build. One whose start was not answered is known by being
// newer than the newest before it.
func (a api) startBuild(ctx context.Context, sid, before string, form url.Values) (modelBuild, error) {
	return confirm.CreateAgain(ctx, func(ctx context.Context) (modelBuild, error) { return a.startBuildOnce(ctx, sid, before, form) })
}

func (a api) startBuildOnce(ctx context.Context, sid, before string, form url.Values) (modelBuild, error) {
	var build modelBuild
	err := a.post(ctx, form, &build, "Assistants", sid, "ModelBuilds")
	switch {
	case err == nil:
		return build, nil
	case !errors.Is(err, bot.ErrUncertain):
		return build, fmt.Errorf("starting a model build of assistant %s: %w", sid, err)
	}
	sent := confirm.Write{Object: "a model build of assistant " + sid, Verb: "created", Err: err}
	return confirm.Read(ctx, sent, func(ctx context.Context) (modelBuild, error) {
		newest, _, err := a.builds(ctx, sid)
		if err == nil && newest.SID == before {
			err = confirm.Stale("the newest model build is an older one")
		}
		return newest, err
	})
}

// await waits for a build to end, as long as the context allows.
func (a api) await(ctx context.Context, sid, buildSID string) (modelBuild, error) {
	build, err := confirm.Poll(ctx, func(ctx context.Context) (modelBuild, error) {
		var build modelBuild
		err := a.get(ctx, &build, "Assistants", sid, "ModelBuilds", buildSID)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return build, confirm.Stale("model build %s is not there yet", buildSID)
		case err != nil:
			return build, err
		case build.running():
			return build, confirm.Stale("model build %s is %s", buildSID, build.Status)
		default:
			return build, nil
		}
	})
	switch {
	case err == nil:
		return build, nil
	case ctx.Err() == nil && !confirm.IsStale(err):
		return build, fmt.Errorf("looking at model build %s of assistant %s: %w", buildSID, sid, err)
	}
	problem := &bot.Problem{
		Kind:    bot.BuildUnfinished,
		Summary: "The model build was not waited for",
		Detail:  fmt.Sprintf("Model build %s of assistant %s did not finish within the timeout. It goes on at Twilio.", buildSID, sid),
		Cause:   errors.Join(errUnderway, err),
		Bots:    []bot.Bot{{SID: sid}},
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		problem.Kind = ""
		problem.Detail = fmt.Sprintf("Model build %s of assistant %s had not finished when the apply was interrupted. It goes on at Twilio.", buildSID, sid)
	}
	return build, problem
}

// errUnderway is in the chain of an error for a model build that goes on at Twilio.
var errUnderway = errors.New("the model build goes on")
