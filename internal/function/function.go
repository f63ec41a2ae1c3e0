// Package function deploys the Twilio Functions of bots. A function has a service of its
// own, with one environment: that is what makes its URL, and what goes when it is deleted.
// Which bot a function belongs to is in the friendly name of the service, so that Twilio
// alone shows it.
package function

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Visibility is who reaches a function by its URL.
type Visibility string

// The visibilities
// (https://www.twilio.com/docs/serverless/functions-assets/visibility).
const (
	Public    Visibility = "public"    // anybody
	Protected Visibility = "protected" // whoever signs as Twilio does
	Private   Visibility = "private"   // other functions of the service; it has no URL
)

// Service is a service as Twilio holds it: what a function, its environment and its builds
// live in.
type Service struct {
	SID, AccountSID string
	Name            string // its unique name, which never changes
	Label           string // its friendly name
	Credentials     bool   // whether functions are given the credentials of the account
	Created         time.Time
}

// Environment is an environment of a service: a domain, with what is deployed to it.
type Environment struct {
	SID, ServiceSID string
	Name            string // its unique name
	Domain          string
	BuildSID        string // that is deployed; empty for none
}

// EnvironmentName is the unique name of the environment that a function gets.
const EnvironmentName = "twiliobot"

// Member is a function or an asset of a service.
type Member struct{ SID, Name string }

// Version is a version of a function, which never changes.
type Version struct {
	SID, FunctionSID string
	Path             string
	Visibility       Visibility
}

// Status is how far a build is.
type Status string

// The statuses of a build.
const (
	Building  Status = "building"
	Completed Status = "completed"
	Failed    Status = "failed"
)

// Build is what can be deployed: versions of functions and assets, with what they need. It
// never changes but for its status.
type Build struct {
	SID          string
	Status       Status
	Functions    []Version
	Assets       []string // SIDs of versions
	Dependencies map[string]string
	Runtime      string
}

// Variable is an environment variable.
type Variable struct {
	SID, Key, Value string
	// Updated is when it was written last, to the second.
	Updated time.Time
}

// Code is what a function does when it is called.
type Code struct {
	Path         string
	Visibility   Visibility
	Source       string
	Dependencies map[string]string // versions of npm packages by name
	Runtime      string
}

// Same reports whether two functions do the same.
func (c Code) Same(other Code) bool {
	return c.Path == other.Path && c.Visibility == other.Visibility && c.Source == other.Source &&
		c.Runtime == other.Runtime && maps.Equal(c.Dependencies, other.Dependencies)
}

// Spec is what a function is wanted to be.
type Spec struct {
	Name string // the unique name of its service
	Bot  string // the unique name of the bot that it belongs to
	Code
	Credentials bool
	// Variables are the environment variables that are set. Others are left as they are,
	// but for those of Drop, which are deleted.
	Variables map[string]string
	Drop      []string
}

// Function is a function as Twilio holds it.
type Function struct {
	AccountSID, ServiceSID string
	EnvironmentSID         string // empty where its environment was deleted
	FunctionSID            string
	VersionSID, BuildSID   string // that are deployed; empty for none
	Name, Bot              string // Bot is empty for a service that belongs to none
	Domain                 string
	Credentials            bool
	Created                time.Time
	Code                   // that is deployed
	Variables              []Variable
	others                 []Version // of the build, of other functions
	assets                 []string  // of the build
}

// URL is where a function is called; empty where it is not deployed, and for a private one.
func (f Function) URL() string {
	if f.VersionSID == "" {
		return ""
	}
	return URL(f.Domain, f.Path, f.Visibility)
}

// URL is where a function is called that is deployed at a path of a domain; empty for a
// private one.
func URL(domain, path string, visibility Visibility) string {
	if visibility == Private {
		return ""
	}
	return "https://" + domain + path
}

// variable finds an environment variable.
func (f Function) variable(key string) (Variable, bool) {
	at := slices.IndexFunc(f.Variables, func(v Variable) bool { return v.Key == key })
	if at < 0 {
		return Variable{}, false
	}
	return f.Variables[at], true
}

// Host is the services of an account at Twilio. A SID that is not there is an error that
// wraps bot.ErrNotFound. Every write is read back where its answer was lost.
type Host interface {
	// Service reads a service, by SID or unique name.
	Service(ctx context.Context, sidOrName string) (Service, error)
	// CreateService creates a service. Where the name is another's, the error wraps
	// bot.ErrNameTaken.
	CreateService(ctx context.Context, wanted Service) (Service, error)
	// UpdateService writes the label and the credentials of a service, over those of before.
	UpdateService(ctx context.Context, before, wanted Service) error
	DeleteService(ctx context.Context, sid string) error

	Environments(ctx context.Context, serviceSID string) ([]Environment, error)
	Environment(ctx context.Context, serviceSID, sid string) (Environment, error)
	CreateEnvironment(ctx context.Context, serviceSID, name string) (Environment, error)
	// DeleteEnvironment takes what is deployed to an environment off the network with it.
	DeleteEnvironment(ctx context.Context, serviceSID, sid string) error

	Functions(ctx context.Context, serviceSID string) ([]Member, error)
	Assets(ctx context.Context, serviceSID string) ([]Member, error)
	CreateFunction(ctx context.Context, serviceSID, name string) (Member, error)
	// Upload makes a new version of a function.
	Upload(ctx context.Context, serviceSID, functionSID string, code Code) (Version, error)
	// Source is the code of a version.
	Source(ctx context.Context, serviceSID string, version Version) (string, error)

	Build(ctx context.Context, serviceSID, sid string) (Build, error)
	// StartBuild starts a build. One of its functions has a version that no build has.
	StartBuild(ctx context.Context, serviceSID string, wanted Build) (Build, error)
	// Deploy puts a build in the place of what is deployed to an environment. Where that has
	// another build by now than the caller read, the error wraps bot.ErrChanged.
	Deploy(ctx context.Context, from Environment, buildSID string) error

	Variables(ctx context.Context, serviceSID, environmentSID string) ([]Variable, error)
	// SetVariable creates a variable, or updates the one that the SID names.
	SetVariable(ctx context.Context, at Environment, wanted Variable) error
	DeleteVariable(ctx context.Context, at Environment, v Variable) error
}
