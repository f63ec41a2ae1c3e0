package bot

import "fmt"

// DraftProblem refuses a write that would bury a draft.
func DraftProblem(b Bot) *Problem {
	return &Problem{
		Kind:    DraftInTheWay,
		Summary: "A newer draft is not published",
		Detail: fmt.Sprintf("Flow %s has a draft, revision %d, that was saved after revision %d was published. Publishing this configuration would bury it, so nothing was written. "+
			"Publish the draft in the Studio console and take it over into the configuration, or revert the flow there to its published revision.", b, b.Draft, b.Revision),
	}
}
