package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

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
	// Next names what a new resource gets, which may be what comes in the place of another:
	// a phone number; empty while it is not known.
	Next string `json:"next,omitempty"`
}

func loadPlanned(ctx context.Context, private privateState) (plannedAs, diag.Diagnostics) {
	var as plannedAs
	diags := loadPrivate(ctx, private, plannedKey, "the plan's private data", &as)
	return as, diags
}

func (as plannedAs) save(ctx context.Context, private privateState) diag.Diagnostics {
	return savePrivate(ctx, private, plannedKey, "the plan's private data", as)
}
