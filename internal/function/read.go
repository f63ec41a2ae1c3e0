package function

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Read reads a function. known is what was read of it before: the SIDs of its parts, and
// its code, which is not read again while the same build is deployed.
func Read(ctx context.Context, host Host, known Function) (Function, error) {
	return read(ctx, host, known, false)
}

// read is Read; whole reads the build also where it is known.
func read(ctx context.Context, host Host, known Function, whole bool) (Function, error) {
	service, err := host.Service(ctx, known.ServiceSID)
	if err != nil {
		return Function{}, err
	}
	return readIn(ctx, host, service, known, whole)
}

func readIn(ctx context.Context, host Host, service Service, known Function, whole bool) (Function, error) {
	now := Function{
		AccountSID: service.AccountSID, ServiceSID: service.SID, Name: service.Name,
		Credentials: service.Credentials, Created: service.Created, FunctionSID: known.FunctionSID,
	}
	now.Bot, _ = bot.FunctionOwner(service.Name, service.Label)
	if known.EnvironmentSID == "" {
		return now, nil
	}
	environment, err := host.Environment(ctx, service.SID, known.EnvironmentSID)
	if errors.Is(err, bot.ErrNotFound) {
		return now, nil
	}
	if err != nil {
		return now, err
	}
	now.EnvironmentSID, now.Domain, now.BuildSID = environment.SID, environment.Domain, environment.BuildSID
	if now.Variables, err = host.Variables(ctx, service.SID, environment.SID); err != nil {
		return now, err
	}
	if now.BuildSID == "" {
		return now, nil
	}
	if now.BuildSID == known.BuildSID && known.VersionSID != "" && !whole {
		now.VersionSID, now.Code = known.VersionSID, known.Code
		return now, nil
	}
	return now, now.readBuild(ctx, host, known)
}

// readBuild reads what is deployed.
func (f *Function) readBuild(ctx context.Context, host Host, known Function) error {
	build, err := host.Build(ctx, f.ServiceSID, f.BuildSID)
	if err != nil {
		return err
	}
	f.assets = build.Assets
	f.others = slices.DeleteFunc(slices.Clone(build.Functions), func(v Version) bool { return v.FunctionSID == f.FunctionSID })
	at := slices.IndexFunc(build.Functions, func(v Version) bool { return v.FunctionSID == f.FunctionSID })
	if at < 0 {
		return nil // another client deployed a build without it
	}
	version := build.Functions[at]
	f.VersionSID = version.SID
	f.Code = Code{Path: version.Path, Visibility: version.Visibility, Dependencies: build.Dependencies, Runtime: build.Runtime}
	if version.SID == known.VersionSID {
		f.Source = known.Source
		return nil
	}
	f.Source, err = host.Source(ctx, f.ServiceSID, version)
	return err
}

// contents is what a service holds.
type contents struct {
	environments []Environment
	functions    []Member
	assets       []Member
}

func contentsOf(ctx context.Context, host Host, serviceSID string) (c contents, err error) {
	if c.environments, err = host.Environments(ctx, serviceSID); err != nil {
		return c, err
	}
	if c.functions, err = host.Functions(ctx, serviceSID); err != nil {
		return c, err
	}
	c.assets, err = host.Assets(ctx, serviceSID)
	return c, err
}

// beside lists what a service holds but the parts of a function.
func (c contents) beside(f Function) []string {
	var all []string
	for _, e := range c.environments {
		if e.SID != f.EnvironmentSID {
			all = append(all, fmt.Sprintf("environment %q (%s)", e.Name, e.SID))
		}
	}
	for _, each := range c.functions {
		if each.SID != f.FunctionSID {
			all = append(all, fmt.Sprintf("function %q (%s)", each.Name, each.SID))
		}
	}
	for _, each := range c.assets {
		all = append(all, fmt.Sprintf("asset %q (%s)", each.Name, each.SID))
	}
	return all
}

// only is the function of a service that holds one, without its code; false where what it
// holds is not that of one function, or not yet.
func (c contents) only() (f Function, ok bool) {
	if len(c.environments) == 1 {
		f.EnvironmentSID, f.BuildSID = c.environments[0].SID, c.environments[0].BuildSID
	}
	if len(c.functions) == 1 {
		f.FunctionSID = c.functions[0].SID
	}
	return f, len(c.beside(f)) == 0
}

// Find reads the function of a service, by the SID or the unique name of that: it must hold
// one function and one environment, and nothing else.
func Find(ctx context.Context, host Host, sidOrName string) (Function, error) {
	service, err := host.Service(ctx, sidOrName)
	if err != nil {
		return Function{}, err
	}
	held, err := contentsOf(ctx, host, service.SID)
	if err != nil {
		return Function{}, err
	}
	f, ok := held.only()
	if !ok || f.FunctionSID == "" || f.EnvironmentSID == "" {
		has := held.beside(Function{})
		said := "nothing"
		if len(has) > 0 {
			said = strings.Join(has, ", ")
		}
		return Function{}, &bot.Problem{
			Summary: "The service does not hold one function",
			Detail: fmt.Sprintf("Service %q (%s) has %s. What can be managed is a service with one environment, one function and no assets.",
				service.Name, service.SID, said),
		}
	}
	return readIn(ctx, host, service, f, true)
}
