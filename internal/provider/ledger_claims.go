package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// claim says how a resource comes to what only one may have.
type claim string

const (
	keeps claim = "keeps" // it has it in its state
	takes claim = "takes" // it is new to it: the resource is new, or changes to it
	frees claim = "frees" // the plan destroys the resource that has it
	// leaves is that of a resource that is destroyed and leaves it to another which has it
	// too.
	leaves claim = "leaves"
)

// claimFor records how a resource that is planned comes to something, and returns how the
// others of this walk come to it that were planned so far. Terraform plans resources that
// do not depend on each other in any order, so that each of two must look for the other.
func (l *ledger) claimFor(what exclusive, how claim) (others []claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	others = l.claims[what]
	l.claims[what] = append(others[:len(others):len(others)], how)
	return others
}

// recordRead records that something was refreshed in this walk.
func (l *ledger) recordRead(what exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads[what]++
}

// recordCreated records that a resource created something in this walk.
func (l *ledger) recordCreated(what exclusive) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created[what] = true
}

// isCreated reports whether a resource created something in this walk, which is then that
// of an apply: what Terraform replaces with create_before_destroy stands beside its
// successor, and its destruction is planned once more. In the walk of a plan nothing is
// created. That something was refreshed would not tell the two apart: Terraform may plan
// the destruction of what left the configuration before it refreshes it, and with
// -refresh=false it refreshes nothing.
func (l *ledger) isCreated(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.created[what]
}

// isShared reports whether another resource has something and keeps it, which the plan
// of a destruction asks before it claims to free it: of several that are destroyed, the
// last frees it.
func (l *ledger) isShared(what exclusive) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	leaving := 1
	for _, how := range l.claims[what] {
		switch how {
		case keeps:
			return true
		case frees, leaves:
			leaving++
		}
	}
	return leaving < l.reads[what]
}

// readsNothing reports whether nothing was refreshed in this walk: it may be that of an
// apply.
func (l *ledger) readsNothing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.reads) == 0
}

// planBeside records a bot that a new one of the same name may be created beside.
func (l *ledger) planBeside(name, sid string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beside[name] = []string{sid}
}

// besideOf is what planBeside recorded of a name. Terraform plans a resource once more
// right before it creates it, by the same process.
func (l *ledger) besideOf(name string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.beside[name]
}

// recordBeside records that a bot was created beside one of its name.
func (l *ledger) recordBeside(sid, other string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.other[sid] = other
}

// createdBeside is the bot beside which this walk created another, which Terraform
// replaces it by; empty where there is none.
func (l *ledger) createdBeside(sid string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.other[sid]
}

// plannedKey is the private data of a plan: what the plan is of. Terraform plans a
// resource that it replaces twice, with its prior state and then as a new one, and hands
// the private data of the first plan to the second. A destruction has that of its own
// plan, or, of a resource that is replaced, that of the second.
const plannedKey = "planned"

// plannedAs is what a plan is of.
type plannedAs struct {
	// Object is the SID of what the resource has, or had before it is replaced; empty for
	// a new one.
	Object string `json:"object,omitempty"`
	// Destroys reports whether the plan is of a destruction that is no replacement.
	Destroys bool `json:"destroys,omitempty"`
	// Shared reports whether another resource has the same, and keeps it.
	Shared bool `json:"shared,omitempty"`
	// Changes reports whether the configuration asks for something else than the
	// resource has.
	Changes bool `json:"changes,omitempty"`
}

func loadPlanned(ctx context.Context, private privateState) (plannedAs, diag.Diagnostics) {
	var as plannedAs
	diags := loadPrivate(ctx, private, plannedKey, "the plan's private data", &as)
	return as, diags
}

func (as plannedAs) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, plannedKey, "the plan's private data", as)
}

// movedBlock is the configuration that keeps a resource whose address changes.
func movedBlock(kind string) string {
	return "moved {\n  from = " + kind + ".the_old_name\n  to   = " + kind + ".the_new_name\n}"
}

// handOver records what a suspension that Terraform replaces kept, for the one that comes
// after it in this walk.
func (l *ledger) handOver(botSID string, prior priorSuspension) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed[botSID] = prior
}

// handedOver is what a suspension of the bot left in this walk that Terraform replaces.
func (l *ledger) handedOver(botSID string) priorSuspension {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.handed[botSID]
}
