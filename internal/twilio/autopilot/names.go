package autopilot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// rename writes the unique name, the friendly name or both, and reads them back. It is
// one write.
func (h Host) rename(ctx context.Context, sid string, names url.Values) (assistant, error) {
	var answer assistant
	err := h.post(ctx, names, &answer, "Assistants", sid)
	switch {
	case nameTaken(err):
		return answer, &bot.Problem{
			Kind:    bot.NameTaken,
			Summary: "The bot's name is taken",
			Detail:  fmt.Sprintf("Twilio has the name %q for another assistant, or keeps it for one that was deleted in the last 30 days. Assistant %s keeps its name.", names.Get("UniqueName"), sid),
			Cause:   errors.Join(bot.ErrNameTaken, err),
			Name:    names.Get("UniqueName"),
		}
	case err != nil && !errors.Is(err, bot.ErrUncertain):
		return answer, fmt.Errorf("writing the names of assistant %s: %w", sid, err)
	}
	sent := confirm.Write{Object: "the names of assistant " + sid, Err: err}
	look := func(ctx context.Context) (assistant, error) {
		found, err := h.assistant(ctx, sid)
		if err == nil && !isNamed(found, names) {
			err = confirm.Stale("they are %q and %q", found.UniqueName, found.FriendlyName)
		}
		return found, err
	}
	if err == nil && isNamed(answer, names) && h.ours(answer) == nil {
		return confirm.ReadOr(ctx, sent, answer, look)
	}
	return confirm.Read(ctx, sent, look)
}

// isNamed reports whether an assistant has the names that were written.
func isNamed(a assistant, names url.Values) bool {
	return (!names.Has("UniqueName") || a.UniqueName == names.Get("UniqueName")) &&
		(!names.Has("FriendlyName") || a.FriendlyName == names.Get("FriendlyName"))
}

// nameTaken knows Twilio's two ways to say it: error 90101, and a message.
func nameTaken(err error) bool {
	return twilio.HasCode(err, 90101) || (err != nil && strings.Contains(err.Error(), "UniqueName already in use"))
}

// unchangedNames refuses to write over a name that another client changed since the plan.
func unchangedNames(now bot.Bot, from, to bot.Spec) error {
	for _, name := range []struct{ what, now, planned, want string }{
		{"unique name", now.UniqueName, from.UniqueName, to.UniqueName},
		{"friendly name", now.FriendlyName, from.FriendlyName, to.FriendlyName},
	} {
		if name.now != name.planned && name.now != name.want {
			return confirm.ChangedSincePlan(fmt.Sprintf("The %s of assistant %s is now %q", name.what, now.SID, name.now))
		}
	}
	return nil
}
