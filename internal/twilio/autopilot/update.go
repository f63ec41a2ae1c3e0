package autopilot

import (
	"context"
	"net/url"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/operation"
)

// Update writes what differs and nothing else: content first, then the model build
// that makes it count, names last.
func (h Host) Update(ctx context.Context, sid string, from, to bot.Spec) (bot.Bot, error) {
	var found assistant
	var l *live
	var b bot.Bot
	changed := false
	const left = "The assistant answers by its last completed model build. The next plan shows what is left, the difference or that a model build is needed, and applies it."
	err := operation.Run(ctx, "the update of assistant "+sid, operation.Step{
		Name: "reading its names",
		Do: func(ctx context.Context) (err error) {
			if found, err = h.assistant(ctx, sid); err == nil {
				err = unchangedNames(summaryOf(found), from, to)
			}
			l = &live{assistant: found}
			return err
		},
	}, operation.Step{
		Name:    "uploading its content",
		Cut:     left,
		Forward: true,
		Do: func(ctx context.Context) (err error) {
			if to.Content.Schema != nil {
				l, changed, err = h.writeContent(ctx, sid, to.Content.Schema, from.Content.Schema)
			}
			return err
		},
	}, operation.Step{
		Name: "building its model",
		Cut:  left,
		Do: func(ctx context.Context) error {
			if to.Content.Schema == nil || (!changed && !needsBuild(l.assistant, l.build)) {
				return nil
			}
			return h.train(ctx, sid, changed, "")
		},
	}, operation.Step{
		Name: "writing its names",
		Cut:  "The content is uploaded and the assistant answers by it, under its old names; the next apply writes the new ones.",
		Do: func(ctx context.Context) (err error) {
			form := url.Values{}
			if found.UniqueName != to.UniqueName {
				form.Set("UniqueName", to.UniqueName)
			}
			if found.FriendlyName != to.FriendlyName {
				form.Set("FriendlyName", to.FriendlyName)
			}
			b, err = h.finish(ctx, l, form)
			return err
		},
	})
	return b, err
}
