package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// account is what Configure hands to resources and data sources. One is made for
// each walk, so what it remembers of a plan is of that plan alone.
type account struct {
	directory *bot.Directory
	engine    bot.Engine // of new assistants
	unready   error      // why nothing can be asked yet; nil when it can

	mu       sync.Mutex
	planned  map[string][]claimant
	priors   map[string]bool
	engines  map[string]bot.Engine    // that bots of this plan will run on, by the SID they have now
	webhooks map[string]webhooksModel // that bots hosted elsewhere will have, by their SID
	warned   map[string]bool
}

// accountFrom takes what Configure made. It is nil while Terraform validates,
// before the provider is configured.
func accountFrom(data any, diags *diag.Diagnostics) *account {
	if data == nil {
		return nil
	}
	made, ok := data.(*account)
	if !ok {
		diags.AddError("Unable to use the provider's configuration", fmt.Sprintf("It is a %T. This is a mistake of the provider; please report it.", data))
	}
	return made
}

// ready tells whether Twilio can be asked.
func (a *account) ready() bool { return a != nil && a.unready == nil && a.directory != nil }

// claimant is a resource that was planned to have something that only one may have.
type claimant struct {
	existed bool   // it has a prior state
	config  string // what tells it from others
}

// claim records that a resource is planned to have something, and tells whether
// another resource of this plan has it. Terraform plans a resource that is to be
// replaced twice, with its prior state and then without: the same configuration
// seen once each way is one resource.
func (a *account) claim(what string, existed bool, config string) (taken bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.planned == nil {
		a.planned = map[string][]claimant{}
	}
	for _, other := range a.planned[what] {
		if other.existed == existed || other.config != config {
			return true
		}
	}
	a.planned[what] = append(a.planned[what], claimant{existed, config})
	return false
}

// sameAccount refuses to touch what lives in another account than the one the
// provider is configured for; both are named.
func (a *account) sameAccount(accountSID, what string, diags *diag.Diagnostics) bool {
	if accountSID == "" || accountSID == a.directory.AccountSID {
		return true
	}
	diags.AddAttributeError(path.Root("account_sid"), "The provider is configured for another account",
		fmt.Sprintf("%s belongs to account %s, but the provider is configured for account %s. Nothing was read or written. "+
			"Check which profile, environment variables, attributes or sandbox file the provider uses; "+
			"if the account was meant to change, remove the old objects from the state first (`terraform state rm`).",
			what, accountSID, a.directory.AccountSID))
	return false
}

// addError says what could not be done. A problem written for people speaks for
// itself.
func addError(diags *diag.Diagnostics, summary string, err error) {
	var problem *bot.Problem
	if errors.As(err, &problem) {
		diags.AddError(problem.Summary, detail(problem))
		return
	}
	diags.AddError(summary, sentence(err))
}

// addAttributeError is addError for a problem with one attribute.
func addAttributeError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	var problem *bot.Problem
	if errors.As(err, &problem) {
		diags.AddAttributeError(at, problem.Summary, detail(problem))
		return
	}
	diags.AddAttributeError(at, summary, sentence(err))
}

// detail is a problem's own words, and behind them what Twilio said.
func detail(problem *bot.Problem) string {
	said := problem.Detail
	if problem.Cause != nil && problem.Cause != bot.ErrNameTaken && !errors.Is(problem.Cause, bot.ErrChanged) && !bot.IsStale(problem.Cause) { //nolint:errorlint // a bare sentinel says nothing, a wrapped one what Twilio said
		if cause := problem.Cause.Error(); cause != "" && !strings.Contains(said, cause) {
			said += "\n\nCause: " + cause
		}
	}
	return said
}

func addNotices(diags *diag.Diagnostics, notices []bot.Notice) {
	for _, notice := range notices {
		diags.AddWarning(notice.Summary, notice.Detail)
	}
}

// unreadyDirectory answers every question with the reason why nothing can be
// asked yet, so that no resource has to check for it.
func unreadyDirectory(reason error) *bot.Directory {
	hosts := map[bot.Engine]bot.Host{}
	for _, engine := range bot.Engines() {
		hosts[engine] = bot.Off{Reason: reason}
	}
	return bot.NewDirectory("", bot.Webhooks{}, unreadyNumbers{reason}, bot.NoServices{}, hosts)
}

type unreadyNumbers struct{ reason error }

func (u unreadyNumbers) List(context.Context) ([]bot.Number, error) { return nil, u.reason }
func (u unreadyNumbers) Find(context.Context, string) (bot.Number, error) {
	return bot.Number{}, u.reason
}
func (u unreadyNumbers) Get(context.Context, string) (bot.Number, error) {
	return bot.Number{}, u.reason
}
func (u unreadyNumbers) Update(context.Context, string, bot.NumberChange) (bot.Number, error) {
	return bot.Number{}, u.reason
}

// sawPrior notes a bot that some resource of this walk has in its state.
func (a *account) sawPrior(sid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.priors == nil {
		a.priors = map[string]bool{}
	}
	a.priors[sid] = true
}

// hadPrior tells whether some resource of this walk has the bot in its state: one
// that is to be replaced finds its own old self under its name.
func (a *account) hadPrior(sid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.priors[sid]
}

// replaces notes that a bot of this plan will be replaced by one of an engine.
func (a *account) replaces(sid string, engine bot.Engine) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.engines == nil {
		a.engines = map[string]bot.Engine{}
	}
	a.engines[sid] = engine
}

// engineAfter is what a bot will run on when this plan is applied.
func (a *account) engineAfter(sid string) bot.Engine {
	a.mu.Lock()
	defer a.mu.Unlock()
	if engine, ok := a.engines[sid]; ok {
		return engine
	}
	engine, _ := bot.EngineOf(sid)
	return engine
}

// firstTime tells whether something is said for the first time in this walk.
func (a *account) firstTime(what string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.warned == nil {
		a.warned = map[string]bool{}
	}
	if a.warned[what] {
		return false
	}
	a.warned[what] = true
	return true
}
