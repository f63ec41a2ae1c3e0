package function

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
)

// Prior is a function as the plan knew it.
type Prior struct {
	Function
	// Values are the environment variables whose values were read.
	Values map[string]string
	// Secrets are those whose values are never stored: when each was written last.
	Secrets map[string]time.Time
}

// Keys are the environment variables that the function has of its own, in order.
func (p Prior) Keys() []string {
	keys := maps.Clone(p.Secrets)
	if keys == nil {
		keys = map[string]time.Time{}
	}
	for key := range p.Values {
		keys[key] = time.Time{}
	}
	return slices.Sorted(maps.Keys(keys))
}

// Drifted lists the secrets that another client wrote or deleted since they were written.
func (p Prior) Drifted(live []Variable) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(p.Secrets)) {
		if v, ok := (Function{Variables: live}).variable(key); !ok || !v.Updated.Equal(p.Secrets[key]) {
			keys = append(keys, key)
		}
	}
	return keys
}

// changed refuses what another client changed since the plan, where it is not what is
// wanted either.
func (p Prior) changed(live Function, want Spec) error {
	at := fmt.Sprintf("function %q (%s)", live.Name, live.ServiceSID)
	if live.BuildSID != p.BuildSID && (live.VersionSID == "" || !live.Same(want.Code)) {
		return changedSincePlan(fmt.Sprintf("What is deployed of %s is now %s, which another client deployed", at, shownBuild(live.BuildSID)))
	}
	if live.Bot != p.Bot && live.Bot != want.Bot {
		return changedSincePlan(fmt.Sprintf("The bot of %s is now %q", at, live.Bot))
	}
	for _, key := range p.Keys() {
		now, ok := live.variable(key)
		if wanted, sets := want.Variables[key]; !ok || sets && now.Value == wanted {
			continue
		}
		written, secret := p.Secrets[key]
		if secret && !now.Updated.Equal(written) || !secret && now.Value != p.Values[key] {
			return changedSincePlan(fmt.Sprintf("Environment variable %q of %s has another value now", key, at))
		}
	}
	return nil
}

func shownBuild(sid string) string {
	if sid == "" {
		return "nothing"
	}
	return "build " + sid
}

func changedSincePlan(what string) error {
	problem := confirm.ChangedSincePlan(what)
	problem.Summary = "The function was changed since the plan"
	return problem
}

// taken is the problem of a service that has the wanted name and is not the function that
// is wanted.
func taken(service Service, why string) error {
	return &bot.Problem{
		Kind:    bot.FunctionTaken,
		Summary: "The name of the function is taken",
		Detail:  fmt.Sprintf("The account has a service named %q (%s) already: %s. Nothing was written.", service.Name, service.SID, why),
		Name:    service.SID,
		Cause:   bot.ErrNameTaken,
	}
}

// assignment is a variable to write.
type assignment struct {
	before Variable // the zero value where there is none
	value  string
}

// assignments are the variables that a deployment writes, in the order of their keys.
func assignments(live []Variable, want map[string]string) []assignment {
	var all []assignment
	for _, key := range slices.Sorted(maps.Keys(want)) {
		before, ok := (Function{Variables: live}).variable(key)
		if !ok {
			before = Variable{Key: key}
		}
		if !ok || before.Value != want[key] {
			all = append(all, assignment{before, want[key]})
		}
	}
	return all
}

// dropped are the variables that a deployment deletes.
func dropped(live []Variable, want Spec) []Variable {
	return slices.DeleteFunc(slices.Clone(live), func(v Variable) bool {
		_, wanted := want.Variables[v.Key]
		return wanted || !slices.Contains(want.Drop, v.Key)
	})
}

// whole reports whether a function is deployed as it is wanted.
func (f Function) whole(want Spec) bool {
	return f.VersionSID != "" && f.Bot == want.Bot && f.Credentials == want.Credentials && f.Same(want.Code) &&
		len(assignments(f.Variables, want.Variables)) == 0 && len(f.Variables) == len(want.Variables)
}
