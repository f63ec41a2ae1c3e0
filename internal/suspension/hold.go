package suspension

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/account"
)

// DeleteHolds deletes the holds of a bot, which no number is pointed at any more.
func DeleteHolds(ctx context.Context, a *account.Account, botSID string) error {
	found, err := a.FindHolds(ctx, botSID)
	if err != nil {
		return err
	}
	for _, hold := range found {
		if err := a.DeleteHold(ctx, hold.SID); err != nil {
			return fmt.Errorf("deleting %s: %w", hold, err)
		}
	}
	return nil
}

// Move makes the suspension of one bot that of another: the mark moves, and with it every
// silenced channel at once. What answers for the other bot all the same is silenced: the
// suspension may have come after its numbers had moved. A bot that is not suspended is no
// error.
func Move(ctx context.Context, a *account.Account, from, to string) error {
	if from == "" {
		return nil
	}
	found, err := a.FindHolds(ctx, from)
	if err != nil {
		return err
	}
	for _, hold := range found {
		if err := a.MoveHold(ctx, hold, to); err != nil {
			return fmt.Errorf("renaming %s: %w", hold, err)
		}
	}
	if len(found) == 0 {
		return nil
	}
	_, err = silenceNumbers(ctx, a, to, found[0].SID, nil, nil)
	return err
}
