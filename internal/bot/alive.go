package bot

import (
	"context"
	"errors"
	"fmt"
)

// alive leaves out what is no conflict for a binding: an application that is gone and
// still stands in front of the bot's own webhook, or of a number that the binding had,
// as it does when somebody deletes the inert application of a suspension. Nobody
// answers there, and nothing is taken from anybody.
func (d *Directory) alive(ctx context.Context, n Number, b Binding, was string, conflicts []Conflict) ([]Conflict, error) {
	var alive []Conflict
	for _, conflict := range conflicts {
		gone, err := d.ownAndGone(ctx, n, b, was, conflict)
		if err != nil {
			return nil, err
		}
		if !gone {
			alive = append(alive, conflict)
		}
	}
	return alive, nil
}

func (d *Directory) ownAndGone(ctx context.Context, n Number, b Binding, was string, c Conflict) (bool, error) {
	if engine, _ := EngineOf(c.Route.BotSID); c.Route.Kind != ToBot || engine != Application {
		return false, nil
	}
	behind, isBot := d.Webhooks.Parse(n.Side(c.Channel).URL)
	own := isBot && behind.BotSID != "" && (behind.BotSID == b.BotSID || d.was(behind.BotSID, was))
	if !own && (was == "" || isBot) {
		return false, nil
	}
	_, err := d.Host(Application).Get(ctx, c.Route.BotSID)
	switch {
	case errors.Is(err, ErrNotFound):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("looking for the application in front of %s: %w", n, err)
	default:
		return false, nil
	}
}
