package bot

import "fmt"

// Problem is an error written for the person who runs Terraform: what could not be
// done, and in the detail what is true now and what to do next.
type Problem struct {
	Summary string
	Detail  string
	// Cause is what the problem came from; nil where it is the provider's own
	// finding.
	Cause error
}

func (p *Problem) Error() string {
	if p.Cause != nil {
		return fmt.Sprintf("%s: %s (%v)", p.Summary, p.Detail, p.Cause)
	}
	return p.Summary + ": " + p.Detail
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Notice is something that was done, or was not, that the person should know.
type Notice struct {
	Summary string
	Detail  string
}
