package function

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Delete deletes a function, with the service that it has of its own. What another client
// put into that, or deployed since the plan, is not deleted: then nothing is.
func Delete(ctx context.Context, host Host, prior Prior) error {
	service, err := host.Service(ctx, prior.ServiceSID)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := contentsOf(ctx, host, service.SID)
	if err != nil {
		return err
	}
	if more := held.beside(prior.Function); len(more) > 0 {
		return &bot.Problem{
			Summary: "The service of the function holds more than it",
			Detail: fmt.Sprintf("Service %q (%s) also has what another client put there, and which would be deleted with it: %s. Nothing was deleted. "+
				"Delete that first, or remove the function from the state.", service.Name, service.SID, strings.Join(more, ", ")),
		}
	}
	for _, e := range held.environments {
		if e.BuildSID != prior.BuildSID {
			return changedSincePlan(fmt.Sprintf("What is deployed of function %q (%s) is now %s, which another client deployed", service.Name, service.SID, shownBuild(e.BuildSID)))
		}
	}
	return operation.Run(ctx, fmt.Sprintf("the deletion of function %q", service.Name), operation.Step{
		Name:    "deleting its environment",
		Cut:     "The function may have stopped answering; the next apply deletes the rest.",
		Forward: true,
		Do: func(ctx context.Context) error {
			for _, e := range held.environments {
				if err := host.DeleteEnvironment(ctx, e.ServiceSID, e.SID); err != nil {
					return err
				}
			}
			return nil
		},
	}, operation.Step{
		Name: "deleting its service",
		Cut:  "The function no longer answers, and its service may still exist; the next apply deletes it.",
		Do:   func(ctx context.Context) error { return host.DeleteService(ctx, service.SID) },
	})
}
