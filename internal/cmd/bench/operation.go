package main

// operation is what a user does, as arguments of one run of Terraform.
type operation struct {
	name string
	args []string
	// fromNothing begins without a bot, a binding or a state. The others begin with all of
	// them.
	fromNothing bool
	// reads changes nothing.
	reads bool
}

// operations are measured unless flags say otherwise, in this order.
func operations() []operation {
	return []operation{
		{name: "refresh", args: []string{"apply", "-refresh-only", "-auto-approve"}, reads: true},
		// The status of a plan with changes is not 0: there are none.
		{name: "plan", args: []string{"plan", "-detailed-exitcode"}, reads: true},
		{name: "create", args: []string{"apply", "-auto-approve"}, fromNothing: true},
		// Each number is pointed at the next bot.
		{name: "update", args: []string{"apply", "-auto-approve", "-var", "shift=1"}},
		{name: "rename", args: []string{"apply", "-auto-approve", "-var", "name=renamed"}},
		{name: "suspension", args: []string{"apply", "-auto-approve", "-var", "suspended=true"}},
		{name: "destroy", args: []string{"destroy", "-auto-approve"}},
	}
}

func names(operations []operation) []string {
	var all []string
	for _, op := range operations {
		all = append(all, op.name)
	}
	return all
}
