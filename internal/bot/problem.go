package bot

import (
	"fmt"
	"strings"
)

// Kind says what sort of problem it is, for whoever has to advise what to do next.
type Kind string

// The kinds of problem. A problem of no kind says all there is to say.
const (
	NumberTaken      Kind = "number taken"        // a number that a binding wants answers elsewhere
	NumberRepointed  Kind = "number re-pointed"   // a bound number was re-pointed since the last apply
	NumberIncapable  Kind = "number incapable"    // a number cannot carry a channel
	NumberSilenced   Kind = "number silenced"     // taking a live number over would silence it
	ServiceTaken     Kind = "service taken"       // a Messaging Service that a binding wants is another's
	ServiceRepointed Kind = "service re-pointed"  // a bound Messaging Service was re-pointed since the last apply
	ServiceSilenced  Kind = "service silenced"    // taking over a Messaging Service that answers would silence it
	ServiceSuspended Kind = "service suspended"   // the hold of a suspended bot has no flow, to silence a Messaging Service by
	NameTaken        Kind = "name taken"          // another bot has the name
	NameOfIdle       Kind = "name of idle"        // a bot that nothing routes to has the name, and is otherwise the same
	NameReserved     Kind = "name reserved"       // Twilio keeps the name for a deleted assistant
	StillRouted      Kind = "still routed"        // numbers route to a bot that is being deleted
	StillReferenced  Kind = "still referenced"    // what routes to a bot that is being deleted cannot be freed
	NoFlowForNotice  Kind = "no flow for notice"  // a notice needs a flow, and the credentials reach no flows
	NoURLForWay      Kind = "no URL for way in"   // a way in cannot be pointed at a bot without a URL for its channel
	NoContent        Kind = "no content"          // nothing says what a bot is made of on its new engine
	NotRestorable    Kind = "not restorable"      // Twilio has no deleted assistant of that SID
	BuildUnfinished  Kind = "build unfinished"    // a model build took longer than the timeout
	IsAHold          Kind = "hold"                // an application or a flow that was named as a bot is a hold
	ChangedSincePlan Kind = "changed since plan"  // another client changed an object after the plan
	WriteLost        Kind = "write lost"          // a write was not confirmed and is not there
	NotAsWritten     Kind = "not as written"      // reading back shows something else
	NumberNotForSale Kind = "number not for sale" // Twilio does not sell a number to this account
	AddressNeeded    Kind = "address needed"      // a number is not sold without an Address
	BundleNeeded     Kind = "bundle needed"       // nor without a bundle
	IdentityNeeded   Kind = "identity needed"     // nor without an identity document
	AccountBarred    Kind = "account barred"      // the account may not buy numbers, or no more
	NumberInUse      Kind = "number in use"       // a number that Terraform would release before it has another
	FunctionTaken    Kind = "function taken"      // another service has the name of a function
	DraftInTheWay    Kind = "draft"               // publishing would bury a newer draft
)

// Problem is an error written for the person who runs Terraform, in Twilio's words: what
// could not be done and what is true now. What to change in a configuration is added by
// the provider, from Kind and the objects named here.
type Problem struct {
	Kind    Kind
	Summary string
	Detail  string
	// Now says what is true at Twilio after an operation that failed, the innermost
	// operation first.
	Now []string
	// Cause is what the problem came from; nil where it is the provider's own
	// finding.
	Cause error

	// What the problem is about, as far as advice needs it.
	Bots     []Bot
	Name     string
	Channels []Channel // those that are affected
	Left     []Channel // those that are not
	Engine   Engine
}

func (p *Problem) Error() string {
	said := strings.Join(append([]string{p.Summary + ": " + p.Detail}, p.Now...), " ")
	if p.Cause != nil {
		return fmt.Sprintf("%s (%v)", said, p.Cause)
	}
	return said
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// DeletedProblem says that a bot which the plan knew is gone when it is applied. cause is
// what looking for it said.
func DeletedProblem(sid string, cause error) *Problem {
	return &Problem{
		Kind:    ChangedSincePlan,
		Summary: "The bot was deleted since the plan",
		Detail:  fmt.Sprintf("Bot %s no longer exists: another client deleted or replaced it after the plan was made. Plan again to see what is there now.", sid),
		Cause:   cause,
	}
}

// Notice is something that was done, or was not, that the person should know.
type Notice struct {
	Summary string
	Detail  string
}
