package provider

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

func TestMessagesOfWhatWasStopped(t *testing.T) {
	t.Parallel()
	cancelled := fmt.Errorf("reading the phone number PN1: %w", context.Canceled)
	for _, each := range []struct {
		err  error
		want string
	}{
		{context.Canceled, "It was cancelled."},
		{errors.Join(cancelled, cancelled, context.DeadlineExceeded), "Reading the phone number PN1: it was cancelled\nthe time for the whole operation ran out."},
		{errors.New("one\n\ntwo\n\nthree"), "One\n\ntwo\n\nthree."},
	} {
		if said := sentence(each.err); said != each.want {
			t.Errorf("%q, want %q", said, each.want)
		}
	}
	said := detail(&bot.Problem{Detail: "It failed.", Cause: errors.Join(context.Canceled, context.Canceled)})
	if want := "It failed.\n\nCause: it was cancelled"; said != want {
		t.Errorf("%q, want %q", said, want)
	}
}
