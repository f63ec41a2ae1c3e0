package function_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/function"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/serverless"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio/twiliotest"
)

const servicesURL = "https://serverless.twilio.com/v1/Services"

// account is an account with its services.
type account struct {
	*twiliotest.Account
	serverless.Host
}

func run(t *testing.T, test func(a account)) {
	t.Helper()
	t.Parallel()
	twiliotest.Run(t, func(a *twiliotest.Account) { test(account{a, serverless.New(a.Client)}) })
}

func spec(source string) function.Spec {
	return function.Spec{
		Name: "clinic-hours", Bot: "clinic",
		Code:      function.Code{Path: "/hours", Visibility: function.Public, Source: source, Runtime: "node22", Dependencies: map[string]string{"twilio": "5.0.0"}},
		Variables: map[string]string{"GREETING": "hello"},
	}
}

func (a account) create(want function.Spec) function.Function {
	a.Helper()
	made, existed, err := function.Create(a.Context(), a.Host, want)
	if err != nil || existed {
		a.Fatalf("existed %v: %v", existed, err)
	}
	a.Forget()
	return made
}

// visit is another client that calls the function: its status, and the version that answers.
// The sandbox runs no code without a stand-in, so that what answers has status 500.
func (a account) visit(f function.Function) (status int, version string) {
	a.Helper()
	w := httptest.NewRecorder()
	a.Box.ServeHTTP(w, httptest.NewRequest(http.MethodGet, f.URL(), nil))
	return w.Code, w.Header().Get(sandbox.FunctionVersionHeader)
}

// count is how many rows of each kind are left of functions.
func (a account) services() []map[string]any { a.Helper(); return a.Rows(servicesURL, "services") }

func (a account) leftovers() {
	a.Helper()
	contents, err := a.Box.Contents(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	if strings.Contains(string(contents), `"ZS`) {
		a.Errorf("something is left:\n%s", contents)
	}
}

func prior(f function.Function, secrets ...string) function.Prior {
	p := function.Prior{Function: f, Values: map[string]string{}, Secrets: map[string]time.Time{}}
	for _, v := range f.Variables {
		if slices.Contains(secrets, v.Key) {
			p.Secrets[v.Key] = v.Updated
		} else {
			p.Values[v.Key] = v.Value
		}
	}
	return p
}

// is checks that a function is deployed as it is wanted, and the only one.
func (a account) is(f function.Function, want function.Spec) {
	a.Helper()
	if !f.Same(want.Code) || f.Bot != want.Bot || f.Name != want.Name || f.Credentials != want.Credentials {
		a.Errorf("it is %+v", f)
	}
	values := map[string]string{}
	for _, v := range f.Variables {
		values[v.Key] = v.Value
	}
	if !maps.Equal(values, want.Variables) {
		a.Errorf("its variables are %v", values)
	}
	if status, version := a.visit(f); status == 404 || version != f.VersionSID {
		a.Errorf("%s answers %d with version %s, not %s", f.URL(), status, version, f.VersionSID)
	}
	if n := len(a.services()); n != 1 {
		a.Errorf("there are %d services", n)
	}
}

func TestFunctionIsDeployed(t *testing.T) {
	run(t, func(a account) {
		want := spec("exports.handler = 1")
		made := a.create(want)
		a.is(made, want)
		if !strings.HasPrefix(made.URL(), "https://clinic-hours-") || !strings.HasSuffix(made.URL(), ".twil.io/hours") {
			a.Errorf("its URL is %s", made.URL())
		}
		again, err := function.Read(a.Context(), a.Host, made)
		if err != nil || !again.Same(made.Code) {
			a.Errorf("%v %v", again, err)
		}
		if n := len(a.Sent()); n != 3 {
			a.Errorf("a refresh of what did not change takes %d calls: %v", n, a.Sent())
		}
		found, err := function.Find(a.Context(), a.Host, "clinic-hours")
		if err != nil || found.VersionSID != made.VersionSID || found.Source != want.Source {
			a.Errorf("%v %v", found, err)
		}
		if label := a.Fetch(servicesURL + "/" + made.ServiceSID)["friendly_name"]; label != "clinic-hours of bot clinic" {
			a.Errorf("the service is named %v", label)
		}
	})
}

// Whatever a creation left, the next one goes on with it: one service, deployed as wanted.
func TestCreationConvergesWhereverItIsCut(t *testing.T) {
	t.Parallel()
	want := spec("exports.handler = 1")
	twiliotest.Walk(t, func(on *twiliotest.Account) func() error {
		a := account{on, serverless.New(on.Client)}
		return func() error {
			_, _, err := function.Create(a.Context(), a.Host, want)
			return err
		}
	}, func(on *twiliotest.Account, err error) {
		a := account{on, serverless.New(on.Client)}
		if err == nil {
			found, err := function.Find(a.Context(), a.Host, want.Name)
			if err != nil {
				a.Fatal(err)
			}
			a.is(found, want)
			return
		}
		made, _, again := function.Create(a.Context(), a.Host, want)
		if again != nil {
			a.Fatalf("after %v: %v", err, again)
		}
		a.is(made, want)
	})
}

// Another client calls the URL before and after every call of a change.
func TestChangeIsDeployedWithoutAMomentOfNothing(t *testing.T) {
	run(t, func(a account) {
		made := a.create(spec("exports.handler = 1"))
		want := spec("exports.handler = 2")
		want.Variables = map[string]string{"GREETING": "bye", "MORE": "x"}
		want.Dependencies = nil
		visits, turned := 0, false
		poll := func() {
			visits++
			status, version := a.visit(made)
			if status == 404 {
				a.Errorf("visit %d: nothing is at the URL", visits)
			}
			if old := version == made.VersionSID; turned && old {
				a.Errorf("visit %d: the old version answers again", visits)
			} else {
				turned = !old
			}
		}
		for nth := range 40 {
			a.Before(twiliotest.Call{Nth: nth + 1}, poll)
			a.After(twiliotest.Call{Nth: nth + 1}, poll)
		}
		now, err := function.Update(a.Context(), a.Host, prior(made), want)
		if err != nil {
			a.Fatal(err)
		}
		if len(a.Sent()) > 40 {
			a.Fatalf("%d calls, of which 40 were watched", len(a.Sent()))
		}
		if !turned || visits < 20 || now.VersionSID == made.VersionSID || now.URL() != made.URL() {
			a.Errorf("%d visits, new version answered %v: %+v", visits, turned, now)
		}
		a.is(now, want)
	})
}

func TestChangeConvergesWhereverItIsCut(t *testing.T) {
	t.Parallel()
	before, want := spec("exports.handler = 1"), spec("exports.handler = 2")
	before.Variables = map[string]string{"GREETING": "hello", "OLD": "x"}
	want.Bot, want.Variables, want.Drop = "surgery", map[string]string{"GREETING": "bye", "NEW": "y"}, []string{"OLD"}
	var made function.Function
	twiliotest.Walk(t, func(on *twiliotest.Account) func() error {
		a := account{on, serverless.New(on.Client)}
		made = a.create(before)
		return func() error {
			_, err := function.Update(a.Context(), a.Host, prior(made), want)
			return err
		}
	}, func(on *twiliotest.Account, err error) {
		a := account{on, serverless.New(on.Client)}
		if status, _ := a.visit(made); status == 404 {
			a.Errorf("nothing answers after %v", err)
		}
		// Without a refresh in between, as -refresh=false has it.
		now, again := function.Update(a.Context(), a.Host, prior(made), want)
		if again != nil {
			a.Fatalf("after %v: %v", err, again)
		}
		a.is(now, want)
	})
}

func TestDeletionConvergesWhereverItIsCut(t *testing.T) {
	t.Parallel()
	var made function.Function
	twiliotest.Walk(t, func(on *twiliotest.Account) func() error {
		a := account{on, serverless.New(on.Client)}
		made = a.create(spec("exports.handler = 1"))
		return func() error { return function.Delete(a.Context(), a.Host, prior(made)) }
	}, func(on *twiliotest.Account, err error) {
		a := account{on, serverless.New(on.Client)}
		if err != nil {
			known, readErr := function.Read(a.Context(), a.Host, made)
			if errors.Is(readErr, bot.ErrNotFound) {
				readErr = nil
			} else if readErr == nil {
				readErr = function.Delete(a.Context(), a.Host, prior(known))
			}
			if readErr != nil {
				a.Fatalf("after %v: %v", err, readErr)
			}
		}
		a.leftovers()
	})
}

func TestFailedBuildLeavesTheOldOneLive(t *testing.T) {
	run(t, func(a account) {
		before := spec("exports.handler = 1")
		made := a.create(before)
		a.Setting(`{"fail_function_builds": 1}`)
		want := spec("exports.handler = {")
		want.Variables = map[string]string{"GREETING": "bye"}
		_, err := function.Update(a.Context(), a.Host, prior(made), want)
		if err == nil {
			a.Fatal("no error")
		}
		for _, said := range []string{"node22", "twilio 5.0.0", "Build " + made.BuildSID + " is live as before", made.URL()} {
			if !strings.Contains(err.Error(), said) {
				a.Errorf("%q is not in: %v", said, err)
			}
		}
		now, err := function.Read(a.Context(), a.Host, made)
		if err != nil {
			a.Fatal(err)
		}
		a.is(now, before)
	})
}

func TestFailedBuildOfANewFunctionLeavesNothing(t *testing.T) {
	run(t, func(a account) {
		a.Setting(`{"fail_function_builds": 1}`)
		_, _, err := function.Create(a.Context(), a.Host, spec("exports.handler = {"))
		if err == nil || !strings.Contains(err.Error(), "nothing of it is left") {
			a.Errorf("it says %v", err)
		}
		a.leftovers()
	})
}

func TestBuildIsWaitedForWithinTheTimeout(t *testing.T) {
	run(t, func(a account) {
		made := a.create(spec("exports.handler = 1"))
		a.Setting(`{"function_build_ms": 60000}`)
		for limit, done := range map[time.Duration]bool{30 * time.Second: false, 2 * time.Minute: true} {
			ctx, cancel := context.WithTimeout(a.Context(), limit)
			now, err := function.Update(ctx, a.Host, prior(made), spec(fmt.Sprintf("exports.handler = %v", limit)))
			cancel()
			if done != (err == nil) || !done && twiliotest.KindOf(err) != bot.BuildUnfinished {
				a.Errorf("within %v: %v", limit, err)
			}
			if err == nil {
				made = now
			} else if status, version := a.visit(made); status == 404 || version != made.VersionSID {
				a.Errorf("after %v the URL answers %d of %s", limit, status, version)
			}
		}
	})
}

func TestWhatAnotherClientChangedSinceThePlanStopsTheApply(t *testing.T) {
	for name, change := range map[string]func(a account, f function.Function) string{
		"a deployment": func(a account, f function.Function) string {
			_, err := function.Update(a.Context(), a.Host, prior(f), spec("exports.handler = 'theirs'"))
			if err != nil {
				a.Fatal(err)
			}
			return "What is deployed of function"
		},
		"a variable": func(a account, f function.Function) string {
			a.Post(servicesURL+"/"+f.ServiceSID+"/Environments/"+f.EnvironmentSID+"/Variables/"+f.Variables[0].SID, "Value", "theirs")
			return `Environment variable "GREETING"`
		},
		"its bot": func(a account, f function.Function) string {
			a.Post(servicesURL+"/"+f.ServiceSID, "FriendlyName", bot.MarkFunction(f.Name, "theirs"))
			return `is now "theirs"`
		},
		"its deletion": func(a account, f function.Function) string {
			if err := function.Delete(a.Context(), a.Host, prior(f)); err != nil {
				a.Fatal(err)
			}
			return "no longer exists"
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(a account) {
				made := a.create(spec("exports.handler = 1"))
				want := spec("exports.handler = 2")
				want.Variables = map[string]string{"GREETING": "bye"}
				said := change(a, made)
				a.Forget()
				_, err := function.Update(a.Context(), a.Host, prior(made), want)
				if twiliotest.KindOf(err) != bot.ChangedSincePlan || !strings.Contains(err.Error(), said) {
					a.Errorf("it says %v", err)
				}
				if n := len(a.Writes()); n != 0 {
					a.Errorf("%d writes: %v", n, a.Writes())
				}
			})
		})
	}
}

// Another client deploys while a build of ours is waited for.
func TestDeploymentOfAnotherClientIsNeverOverwritten(t *testing.T) {
	run(t, func(a account) {
		made := a.create(spec("exports.handler = 1"))
		var theirs function.Function
		a.Before(twiliotest.Call{Path: `/Environments/ZE\w+$`, Nth: 2}, func() {
			a.Forget()
			var err error
			if theirs, err = function.Update(a.Context(), a.Host, prior(made), spec("exports.handler = 'theirs'")); err != nil {
				a.Fatal(err)
			}
		})
		_, err := function.Update(a.Context(), a.Host, prior(made), spec("exports.handler = 2"))
		if twiliotest.KindOf(err) != bot.ChangedSincePlan {
			a.Errorf("it says %v", err)
		}
		if _, version := a.visit(made); theirs.VersionSID == "" || version != theirs.VersionSID {
			a.Errorf("version %s is live, not %s", version, theirs.VersionSID)
		}
	})
}

// What another client put into the service stays deployed, and keeps the service.
func TestFunctionsOfOthersStayDeployed(t *testing.T) {
	run(t, func(a account) {
		made := a.create(spec("exports.handler = 1"))
		member, err := a.CreateFunction(a.Context(), made.ServiceSID, "theirs")
		if err != nil {
			a.Fatal(err)
		}
		code := function.Code{Path: "/theirs", Visibility: function.Public, Source: "x"}
		version, err := a.Upload(a.Context(), made.ServiceSID, member.SID, code)
		if err != nil {
			a.Fatal(err)
		}
		build, err := a.StartBuild(a.Context(), made.ServiceSID, function.Build{
			Functions: []function.Version{version, {SID: made.VersionSID}}, Runtime: "node22", Dependencies: made.Dependencies,
		})
		if err != nil {
			a.Fatal(err)
		}
		a.Later(time.Second)
		environment, err := a.Environment(a.Context(), made.ServiceSID, made.EnvironmentSID)
		if err == nil {
			err = a.Deploy(a.Context(), environment, build.SID)
		}
		if err != nil {
			a.Fatal(err)
		}
		now, err := function.Read(a.Context(), a.Host, made)
		if err != nil || now.BuildSID != build.SID || !now.Same(made.Code) {
			a.Fatalf("%+v %v", now, err)
		}
		now, err = function.Update(a.Context(), a.Host, prior(now), spec("exports.handler = 2"))
		if err != nil {
			a.Fatal(err)
		}
		for path, want := range map[string]string{"/theirs": version.SID, "/hours": now.VersionSID} {
			at := now
			at.Path = path
			if _, got := a.visit(at); got != want {
				a.Errorf("%s answers with %s, not %s", path, got, want)
			}
		}
		err = function.Delete(a.Context(), a.Host, prior(now))
		if err == nil || !strings.Contains(err.Error(), "theirs") || !strings.Contains(err.Error(), "Nothing was deleted") {
			a.Errorf("its deletion says %v", err)
		}
		if _, got := a.visit(now); got != now.VersionSID {
			a.Error("it no longer answers")
		}
		if _, err := function.Find(a.Context(), a.Host, made.ServiceSID); err == nil || !strings.Contains(err.Error(), member.SID) {
			a.Errorf("finding it says %v", err)
		}
	})
}

func TestNameOfAnotherServiceIsRefused(t *testing.T) {
	run(t, func(a account) {
		theirs := a.Post(servicesURL, "UniqueName", "clinic-hours", "FriendlyName", "theirs")["sid"].(string)
		_, _, err := function.Create(a.Context(), a.Host, spec("x"))
		if twiliotest.KindOf(err) != bot.FunctionTaken || !strings.Contains(err.Error(), theirs) || len(a.Writes()) != 0 {
			a.Errorf("it says %v, after %v", err, a.Writes())
		}
		a.Remove(servicesURL + "/" + theirs)
		want := spec("exports.handler = 1")
		made := a.create(want)
		again, existed, err := function.Create(a.Context(), a.Host, want)
		if err != nil || !existed || again.VersionSID != made.VersionSID || len(a.Writes()) != 0 {
			a.Errorf("the very same: %v %v, after %v", existed, err, a.Writes())
		}
		_, _, err = function.Create(a.Context(), a.Host, spec("exports.handler = 2"))
		if twiliotest.KindOf(err) != bot.FunctionTaken || len(a.Writes()) != 0 {
			a.Errorf("another function of the name: %v, after %v", err, a.Writes())
		}
	})
}

func TestEnvironmentDeletedByHandIsMadeAnew(t *testing.T) {
	run(t, func(a account) {
		want := spec("exports.handler = 1")
		made := a.create(want)
		a.Remove(servicesURL + "/" + made.ServiceSID + "/Environments/" + made.EnvironmentSID)
		now, err := function.Read(a.Context(), a.Host, made)
		if err != nil || now.EnvironmentSID != "" || now.URL() != "" {
			a.Fatalf("%+v %v", now, err)
		}
		now, err = function.Update(a.Context(), a.Host, prior(now), want)
		if err != nil {
			a.Fatal(err)
		}
		a.is(now, want)
		if now.URL() != made.URL() {
			a.Errorf("its URL is %s", now.URL())
		}
	})
}

func TestSecretsThatAnotherClientWroteAreKnown(t *testing.T) {
	run(t, func(a account) {
		made := a.create(spec("exports.handler = 1"))
		p := prior(made, "GREETING")
		if drifted := p.Drifted(made.Variables); len(drifted) != 0 {
			a.Errorf("without a change: %v", drifted)
		}
		a.Later(2 * time.Second)
		a.Post(servicesURL+"/"+made.ServiceSID+"/Environments/"+made.EnvironmentSID+"/Variables/"+made.Variables[0].SID, "Value", "theirs")
		now, err := function.Read(a.Context(), a.Host, made)
		if err != nil {
			a.Fatal(err)
		}
		if drifted := p.Drifted(now.Variables); !slices.Equal(drifted, []string{"GREETING"}) {
			a.Errorf("drifted: %v", drifted)
		}
		want := spec("exports.handler = 2")
		want.Variables = map[string]string{"GREETING": "bye"}
		if _, err := function.Update(a.Context(), a.Host, p, want); twiliotest.KindOf(err) != bot.ChangedSincePlan {
			a.Errorf("it says %v", err)
		}
	})
}

// No error has the value of a variable, whatever Twilio quotes.
func TestErrorsHideTheValuesOfVariables(t *testing.T) {
	run(t, func(a account) {
		a.Fault(sandbox.Fault{Method: http.MethodPost, Path: `/Environments/ZE\w+/Variables$`, Kind: sandbox.FaultStatus, Status: 400, Body: `{"code":20001,"message":"hunter2 is no value","status":400}`, Times: 1})
		want := spec("exports.handler = 1")
		want.Variables = map[string]string{"TOKEN": "hunter2"}
		_, _, err := function.Create(a.Context(), a.Host, want)
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "(hidden)") {
			a.Errorf("it says %v", err)
		}
		a.leftovers()
	})
}

// What ran before gets the values that it had.
func TestFailedDeploymentPutsTheVariablesBack(t *testing.T) {
	run(t, func(a account) {
		before := spec("exports.handler = 1")
		made := a.create(before)
		a.Fault(sandbox.Fault{Method: http.MethodPost, Path: `/Deployments$`, Kind: sandbox.FaultStatus, Status: 400, Body: `{"code":20001,"message":"refused","status":400}`, Times: -1})
		want := spec("exports.handler = 2")
		want.Variables = map[string]string{"GREETING": "bye", "NEW": "x"}
		if _, err := function.Update(a.Context(), a.Host, prior(made), want); err == nil || strings.Contains(err.Error(), "nothing of it is left") ||
			!strings.Contains(err.Error(), "was undone. A version and a build that are not deployed may be left") {
			a.Errorf("it says %v", err)
		}
		now, err := function.Read(a.Context(), a.Host, made)
		if err != nil {
			a.Fatal(err)
		}
		a.is(now, before)
	})
}

// A write whose answer was lost is found by looking, and is no error.
func TestLostAnswersOfADeploymentAreLookedFor(t *testing.T) {
	for _, path := range []string{"Services", "Environments", "Functions", "Versions", "Builds", "Variables", "Deployments"} {
		t.Run(path, func(t *testing.T) {
			run(t, func(a account) {
				a.Cut(twiliotest.Call{Method: http.MethodPost, Path: "/" + path + "$"}, twiliotest.CutAfter)
				want := spec("exports.handler = 1")
				made := a.create(want)
				a.is(made, want)
				versions := a.Rows(servicesURL+"/"+made.ServiceSID+"/Functions/"+made.FunctionSID+"/Versions", "function_versions")
				if builds := a.Rows(servicesURL+"/"+made.ServiceSID+"/Builds", "builds"); len(versions) != 1 || len(builds) != 1 {
					a.Errorf("%d versions, %d builds", len(versions), len(builds))
				}
			})
		})
	}
}
