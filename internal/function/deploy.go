package function

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// deployment brings a function from what it is to what is wanted. live is what is true so
// far.
type deployment struct {
	host    Host
	want    Spec
	live    Function
	service Service
	fresh   bool // whether the service was created just now, so that it holds nothing

	version Version
	build   Build
	written []Variable // as they were before this wrote them
}

// Probe finds what a creation would meet: nothing (false), what a creation that was cut off
// left, or the very function, deployed. Anything else of the name is an error.
func Probe(ctx context.Context, host Host, name string) (f Function, found bool, err error) {
	service, err := host.Service(ctx, name)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return Function{}, false, nil
	case err != nil:
		return Function{}, false, err
	}
	if _, ours := bot.FunctionOwner(service.Name, service.Label); !ours {
		return Function{}, true, taken(service, fmt.Sprintf("its friendly name %q says of no bot that it is its function", service.Label))
	}
	held, err := contentsOf(ctx, host, service.SID)
	if err != nil {
		return Function{}, true, err
	}
	known, ok := held.only()
	if !ok {
		return Function{}, true, taken(service, "it holds more than one function")
	}
	f, err = readIn(ctx, host, service, known, true)
	return f, true, err
}

// Fits reports whether a creation may take up what Probe found: what was never deployed,
// which a creation that was cut off left, or exactly what is wanted.
func (f Function) Fits(want Spec) error {
	if f.BuildSID == "" || f.whole(want) {
		return nil
	}
	service := Service{Name: f.Name, SID: f.ServiceSID}
	return taken(service, fmt.Sprintf("it is the function of bot %q, and is deployed", f.Bot))
}

// Create deploys a new function. What a creation left that was cut off is taken up, by its
// name; existed reports whether it was deployed already, exactly as it is wanted.
func Create(ctx context.Context, host Host, want Spec) (made Function, existed bool, err error) {
	before, found, err := Probe(ctx, host, want.Name)
	if err == nil && found {
		err = before.Fits(want)
	}
	if err != nil || found && before.BuildSID != "" {
		return before, found, err
	}
	for _, v := range before.Variables {
		want.Drop = append(want.Drop, v.Key) // of what was cut off
	}
	d := &deployment{host: host, want: want, live: before}
	steps := append([]operation.Step{d.createService()}, d.steps()...)
	// Nobody would know of a function that could not be read back, so it is deleted.
	steps = append(steps, operation.Step{
		Name: "reading it back",
		Cut:  "The whole function exists; the next apply takes it up by its name.",
		Do: func(ctx context.Context) (err error) {
			made, err = d.read(ctx)
			return err
		},
	})
	if err := operation.Run(ctx, fmt.Sprintf("the creation of function %q", want.Name), steps...); err != nil {
		return Function{}, false, err
	}
	return made, false, nil
}

// Update brings a function to what is wanted. What runs goes on until the new version takes
// its place at once; where that fails, it stays.
func Update(ctx context.Context, host Host, prior Prior, want Spec) (Function, error) {
	live, err := read(ctx, host, prior.Function, true)
	if errors.Is(err, bot.ErrNotFound) {
		return live, changedSincePlan(fmt.Sprintf("Service %s of function %q no longer exists", prior.ServiceSID, prior.Name))
	}
	if err != nil {
		return live, err
	}
	if err := prior.changed(live, want); err != nil {
		return live, err
	}
	d := &deployment{host: host, want: want, live: live}
	if live.EnvironmentSID == "" || live.FunctionSID == "" {
		held, err := contentsOf(ctx, host, live.ServiceSID)
		if err != nil {
			return live, err
		}
		found, ok := held.only()
		if !ok {
			return live, changedSincePlan(fmt.Sprintf("Environment %s of function %q was deleted, and its service holds others", prior.EnvironmentSID, live.Name))
		}
		if live, err = read(ctx, host, Function{ServiceSID: live.ServiceSID, EnvironmentSID: found.EnvironmentSID, FunctionSID: found.FunctionSID}, true); err != nil {
			return live, err
		}
		d.live = live
	}
	d.service = Service{SID: live.ServiceSID, Name: live.Name}
	steps := append(d.steps(), d.label())
	if err := operation.Run(ctx, fmt.Sprintf("the update of function %q", want.Name), steps...); err != nil {
		return live, err
	}
	return d.read(ctx)
}

// read reads what came of it. The code that was uploaded is not read again.
func (d *deployment) read(ctx context.Context) (Function, error) {
	known := d.live
	if d.build.SID != "" {
		known.BuildSID, known.VersionSID, known.Code = d.build.SID, d.version.SID, d.want.Code
	}
	now, err := confirm.Settle(ctx, func(ctx context.Context) (Function, error) {
		now, err := read(ctx, d.host, known, false)
		switch {
		case errors.Is(err, bot.ErrNotFound), err == nil && now.EnvironmentSID == "":
			return now, confirm.Stale("it is not there yet")
		case err == nil && now.BuildSID != known.BuildSID && now.BuildSID == d.live.BuildSID:
			return now, confirm.Stale("the build before it is still read")
		case err == nil && now.BuildSID != known.BuildSID:
			return now, confirm.Changed("%s is deployed", shownBuild(now.BuildSID))
		case err == nil && len(assignments(now.Variables, d.want.Variables)) > 0:
			return now, confirm.Stale("its environment variables are read as they were")
		case err == nil && (now.Bot != d.want.Bot || now.Credentials != d.want.Credentials):
			return now, confirm.Stale("its service is read as it was")
		}
		return now, err
	})
	if err != nil {
		return now, fmt.Errorf("function %q was deployed but could not be read back: %w", d.want.Name, err)
	}
	return now, nil
}

func (d *deployment) createService() operation.Step {
	return operation.Step{
		Name: "creating its service",
		Cut:  "A service of that name may exist to which nothing is deployed; the next apply takes it up by its name.",
		Do: func(ctx context.Context) (err error) {
			wanted := Service{Name: d.want.Name, Label: bot.MarkFunction(d.want.Name, d.want.Bot), Credentials: d.want.Credentials}
			if d.live.ServiceSID == "" {
				d.fresh = true
				d.service, err = d.host.CreateService(ctx, wanted)
				if errors.Is(err, bot.ErrNameTaken) {
					return taken(d.service, "another client created it at this moment")
				}
				d.live.ServiceSID = d.service.SID
				return err
			}
			d.service, err = d.host.Service(ctx, d.live.ServiceSID)
			if err != nil || d.service.Label == wanted.Label && d.service.Credentials == wanted.Credentials {
				return err
			}
			return d.host.UpdateService(ctx, d.service, wanted)
		},
		Undo: d.discard,
	}
}

// discard deletes what a creation made, unless another client deployed something to it.
func (d *deployment) discard(ctx context.Context) error {
	if d.service.SID == "" {
		return nil
	}
	environments, err := d.host.Environments(ctx, d.service.SID)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(environments, func(e Environment) bool { return e.BuildSID != "" && e.BuildSID != d.build.SID }) {
		return fmt.Errorf("another client deployed something to service %s", d.service.SID)
	}
	for _, e := range environments {
		if err := d.host.DeleteEnvironment(ctx, e.ServiceSID, e.SID); err != nil {
			return err
		}
	}
	return d.host.DeleteService(ctx, d.service.SID)
}

// steps are those from a service on.
func (d *deployment) steps() []operation.Step {
	steps := []operation.Step{{
		Name: "creating its environment",
		Cut:  "Its environment may exist, to which nothing is deployed; the next apply goes on with it.",
		Do: func(ctx context.Context) error {
			if d.live.EnvironmentSID != "" {
				return nil
			}
			made, err := d.host.CreateEnvironment(ctx, d.live.ServiceSID, EnvironmentName)
			d.live.EnvironmentSID, d.live.Domain = made.SID, made.Domain
			return err
		},
	}, {
		Name: "creating the function",
		Cut:  "The function may exist, without a version; the next apply goes on with it.",
		Do: func(ctx context.Context) error {
			if d.live.FunctionSID != "" {
				return nil
			}
			made, err := d.host.CreateFunction(ctx, d.live.ServiceSID, d.want.Name)
			d.live.FunctionSID = made.SID
			return err
		},
	}}
	deploys := d.live.VersionSID == "" || !d.live.Same(d.want.Code)
	if deploys {
		steps = append(steps, d.upload(), d.make())
	}
	steps = append(steps, d.set())
	if deploys {
		steps = append(steps, d.deploy())
	}
	return append(steps, d.drop())
}

// left says what stays of a change that is undone; a new function goes with its service.
func (d *deployment) left(what string) string {
	if d.live.BuildSID == "" {
		return ""
	}
	return what + " may be left, which Twilio deletes after a week."
}

func (d *deployment) upload() operation.Step {
	return operation.Step{
		Left: d.left("A version that is not deployed"),
		Name: "uploading its code",
		Cut:  "A version may exist that is not deployed, which Twilio deletes after a week; what was deployed still is.",
		Do: func(ctx context.Context) (err error) {
			d.version, err = d.host.Upload(ctx, d.live.ServiceSID, d.live.FunctionSID, d.want.Code)
			return err
		},
	}
}

// make builds the new version with what else is deployed, and waits for it.
func (d *deployment) make() operation.Step {
	return operation.Step{
		Left: d.left("A version and a build that are not deployed"),
		Name: "building it",
		Cut:  "A build may exist that is not deployed, which Twilio deletes after a week; what was deployed still is.",
		Do: func(ctx context.Context) (err error) {
			wanted := Build{
				Functions: append([]Version{d.version}, d.live.others...), Assets: d.live.assets,
				Dependencies: d.want.Dependencies, Runtime: d.want.Runtime,
			}
			if d.build, err = d.host.StartBuild(ctx, d.live.ServiceSID, wanted); err != nil {
				return err
			}
			return d.await(ctx)
		},
	}
}

// now says what is live.
func (d *deployment) now() []string {
	if d.live.BuildSID == "" {
		return nil // the service goes with what was made
	}
	where := "the function has no URL in it"
	if url := d.live.URL(); url != "" {
		where = "answers at " + url
	}
	return []string{fmt.Sprintf("Build %s is live as before, and %s. Nothing else was changed.", d.live.BuildSID, where)}
}

// await waits for a build to end, as long as the context allows.
func (d *deployment) await(ctx context.Context) error {
	build, err := confirm.Poll(ctx, func(ctx context.Context) (Build, error) {
		build, err := d.host.Build(ctx, d.live.ServiceSID, d.build.SID)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return build, confirm.Stale("build %s is not there yet", d.build.SID)
		case err == nil && build.Status == Building:
			return build, confirm.Stale("build %s is %s", d.build.SID, build.Status)
		}
		return build, err
	})
	object := fmt.Sprintf("Build %s of function %q", d.build.SID, d.want.Name)
	switch {
	case err == nil && build.Status == Completed:
		return nil
	case err == nil:
		return &bot.Problem{
			Summary: "The build of the function failed",
			Detail: fmt.Sprintf("%s ended as %q, and Twilio's API gives no reason. It was made for the runtime %s, with %s. "+
				"A package or a version of one that does not exist, a runtime that Twilio retired, and code that Node.js cannot load are what fails a build. "+
				"The console shows its log, under Functions and Assets.", object, build.Status, d.want.Runtime, shownDependencies(d.want.Dependencies)),
			Now: d.now(),
		}
	case ctx.Err() == nil && !confirm.IsStale(err):
		return fmt.Errorf("looking at build %s of function %q: %w", d.build.SID, d.want.Name, err)
	}
	problem := &bot.Problem{
		Kind:    bot.BuildUnfinished,
		Summary: "The build of the function was not waited for",
		Detail:  object + " did not finish within the timeout, and is not deployed.",
		Now:     d.now(),
		Cause:   err,
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		problem.Kind = ""
		problem.Detail = object + " had not finished when the apply was interrupted, and is not deployed."
	}
	return problem
}

func shownDependencies(all map[string]string) string {
	if len(all) == 0 {
		return "no dependencies"
	}
	var names []string
	for name, version := range all {
		names = append(names, name+" "+version)
	}
	slices.Sort(names)
	return "the dependencies " + bot.JoinNames(names)
}

// environment is that of the function, with the build that was read in it.
func (d *deployment) environment() Environment {
	return Environment{SID: d.live.EnvironmentSID, ServiceSID: d.live.ServiceSID, BuildSID: d.live.BuildSID}
}

// set writes the environment variables before the code that needs them runs.
func (d *deployment) set() operation.Step {
	return operation.Step{
		Name: "setting its environment variables",
		Cut:  "Some environment variables may have their new values, which what is deployed already gets; the next apply sets the rest.",
		Do: func(ctx context.Context) error {
			for _, each := range assignments(d.live.Variables, d.want.Variables) {
				d.written = append(d.written, each.before)
				wanted := each.before
				wanted.Value = each.value
				if err := d.host.SetVariable(ctx, d.environment(), wanted); err != nil {
					return err
				}
			}
			return nil
		},
		Undo: d.unset,
	}
}

// unset puts the variables back, unless the new build is live, which needs them.
func (d *deployment) unset(ctx context.Context) error {
	if len(d.written) == 0 {
		return nil
	}
	now, err := d.host.Environment(ctx, d.live.ServiceSID, d.live.EnvironmentSID)
	if errors.Is(err, bot.ErrNotFound) || err == nil && d.build.SID != "" && now.BuildSID == d.build.SID {
		return nil
	}
	if err != nil {
		return err
	}
	live, err := d.host.Variables(ctx, d.live.ServiceSID, d.live.EnvironmentSID)
	if err != nil {
		return err
	}
	for _, before := range d.written {
		now, exists := (Function{Variables: live}).variable(before.Key)
		switch {
		case !exists || now.Value != d.want.Variables[before.Key]: // it was not written, or another client's value is there now
		case before.SID == "":
			err = d.host.DeleteVariable(ctx, d.environment(), now)
		default:
			err = d.host.SetVariable(ctx, d.environment(), before)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deploy puts the new build in the place of what is deployed.
func (d *deployment) deploy() operation.Step {
	return operation.Step{
		Name: "deploying it",
		Cut:  "Either build may be live, and each is whole; the next apply goes on from there.",
		Do: func(ctx context.Context) error {
			err := d.host.Deploy(ctx, d.environment(), d.build.SID)
			if problem, ok := errors.AsType[*bot.Problem](err); !ok || problem == nil {
				if errors.Is(err, bot.ErrChanged) {
					return changedSincePlan(fmt.Sprintf("What is deployed of function %q (%s) is no longer %s, since another client deployed something at this moment",
						d.want.Name, d.live.ServiceSID, shownBuild(d.live.BuildSID)))
				}
			}
			return err
		},
	}
}

// drop deletes the environment variables that nothing needs any more. Of a new function
// everything can still be undone.
func (d *deployment) drop() operation.Step {
	return operation.Step{
		Name:    "deleting environment variables",
		Cut:     "The new version is live. Some environment variables that it does not need may be left; the next apply deletes them.",
		Forward: d.live.BuildSID != "",
		Do: func(ctx context.Context) error {
			for _, v := range dropped(d.live.Variables, d.want) {
				if err := d.host.DeleteVariable(ctx, d.environment(), v); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// label writes which bot the function belongs to, and whether it gets credentials.
func (d *deployment) label() operation.Step {
	return operation.Step{
		Name: "naming its bot",
		Cut:  "The new version is live, and its service may have its old friendly name; the next apply writes it.",
		Do: func(ctx context.Context) error {
			if d.live.Bot == d.want.Bot && d.live.Credentials == d.want.Credentials {
				return nil
			}
			before, err := d.host.Service(ctx, d.live.ServiceSID)
			if err != nil {
				return err
			}
			return d.host.UpdateService(ctx, before, Service{Label: bot.MarkFunction(d.live.Name, d.want.Bot), Credentials: d.want.Credentials})
		},
	}
}
