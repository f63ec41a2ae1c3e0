package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// addError says what could not be done, and more about it. A problem written for people
// speaks for itself.
func addError(diags *diag.Diagnostics, summary string, err error, more ...string) {
	said := sentence(err)
	var problem *bot.Problem
	if errors.As(err, &problem) {
		summary, said = problem.Summary, detail(problem)
	}
	diags.AddError(summary, strings.Join(append([]string{said}, more...), "\n\n"))
}

// addAttributeError is addError for a problem with one attribute.
func addAttributeError(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	var problem *bot.Problem
	if errors.As(err, &problem) {
		diags.AddAttributeError(at, problem.Summary, detail(problem))
		return
	}
	diags.AddAttributeError(at, summary, sentence(err))
}

// addAttributeRefusal says at plan time why an apply would stop. Where drifted, the
// configuration was applied before, and what refuses it now is a change by another client:
// that is a warning, and the apply is what refuses. Before it destroys, Terraform plans as
// it does for an apply without telling the provider so, and an error would keep it from
// destroying what is still there.
func addAttributeRefusal(diags *diag.Diagnostics, at path.Path, summary string, err error, drifted bool) {
	if !drifted {
		addAttributeError(diags, at, summary, err)
		return
	}
	said := sentence(err)
	if problem := (*bot.Problem)(nil); errors.As(err, &problem) {
		summary, said = problem.Summary, detail(problem)
	}
	diags.AddAttributeWarning(at, summary, said+"\n\nAn apply of this plan stops here, before it writes; a destruction leaves it as it is.")
}

// detail is what a problem says, what to change in the configuration because of it, what
// is true now, and what Twilio said.
func detail(problem *bot.Problem) string {
	said := problem.Detail
	if advice := advice(problem); advice != "" {
		said += " " + advice
	}
	said = strings.Join(append([]string{said}, problem.Now...), "\n\n")
	if cause := problem.Cause; cause != nil && !sentinel(cause) && !strings.Contains(said, cause.Error()) {
		said += "\n\nCause: " + inWords(cause)
	}
	return said
}

// sentinel reports whether an error says nothing to people that the problem it caused
// does not: a bare sentinel, or a look that did not see what was expected.
func sentinel(err error) bool {
	return err == bot.ErrNameTaken || err == bot.ErrNotFound || err == bot.ErrHold || errors.Is(err, bot.ErrChanged) || confirm.IsStale(err) //nolint:errorlint // an error that wraps a name that is taken says what Twilio answered
}

// addNoJSON adds why a text is no document. The name of a file in place of what is in it is a
// mistake of its own.
func addNoJSON(diags *diag.Diagnostics, at path.Path, summary, text string, err error) {
	if name := strings.TrimSpace(text); strings.HasSuffix(name, ".json") && !strings.ContainsAny(name, "{[\n") {
		diags.AddAttributeError(at, summary, fmt.Sprintf("%q is the name of a file, and `%s` is what is in it. Write `%s = file(\"${path.module}/%s\")`.", name, at, at, name))
		return
	}
	addEach(diags, at, summary, err)
}

// addEach adds an error for each of those that are joined.
func addEach(diags *diag.Diagnostics, at path.Path, summary string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, each := range joined.Unwrap() {
			diags.AddAttributeError(at, summary, sentence(each))
		}
		return
	}
	diags.AddAttributeError(at, summary, sentence(err))
}

func addNotices(diags *diag.Diagnostics, notices []bot.Notice) {
	for _, notice := range notices {
		diags.AddWarning(notice.Summary, notice.Detail)
	}
}

func addProblem(diags *diag.Diagnostics, problem twilio.Problem, warning bool) {
	at := path.Root(problem.Attribute)
	switch {
	case warning && problem.Attribute != "":
		diags.AddAttributeWarning(at, problem.Summary, problem.Detail)
	case warning:
		diags.AddWarning(problem.Summary, problem.Detail)
	case problem.Attribute != "":
		diags.AddAttributeError(at, problem.Summary, problem.Detail)
	default:
		diags.AddError(problem.Summary, problem.Detail)
	}
}

// keepUnread says why a resource was not refreshed.
func keepUnread(data *providerData, diags *diag.Diagnostics) {
	diags.AddWarning("Not refreshed: the provider's configuration is not known yet", sentence(data.unready))
}

// unusable says that a data source could not be read.
func unusable(diags *diag.Diagnostics, what string, err error) {
	addError(diags, fmt.Sprintf("Unable to read %s", what), err)
}

// missing refuses a bot that does not exist. drifted is that of addAttributeRefusal.
func (d *providerData) missing(at path.Path, sid string, err error, drifted bool, diags *diag.Diagnostics) {
	if errors.Is(err, bot.ErrNotFound) {
		err = &bot.Problem{
			Summary: "There is no such bot",
			Detail: fmt.Sprintf("Account %s has no bot %s. Write a reference, such as `twiliobot_assistant.….sid`, so that the bot exists first. Where this is one already, the bot was deleted since the plan: plan again to see what is there now. "+
				"Or the bot lives in another account: then its resource has another `provider`, and this one needs the same.",
				d.account.SID, sid),
		}
	}
	addAttributeRefusal(diags, at, "Unable to read the bot", err, drifted)
}

// sentence makes an error's text one that people read: it begins with a capital
// and ends with a stop.
func sentence(err error) string {
	text := inWords(err)
	first, size := utf8.DecodeRuneInString(text)
	// A request ("GET /2010…") and a SID keep their spelling.
	if size > 0 && unicode.IsLower(first) {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// wordsOfContext is what Go's errors of a context are called in messages.
var wordsOfContext = strings.NewReplacer(
	context.Canceled.Error(), "it was cancelled",
	context.DeadlineExceeded.Error(), "the time for the whole operation ran out",
)

// inWords is an error's text in people's words, each line of it once: what failed at once in
// several places, as all does that is cancelled, says the same in each.
func inWords(err error) string {
	var lines []string
	for line := range strings.SplitSeq(wordsOfContext.Replace(err.Error()), "\n") {
		if line == "" || !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// movedBlock is the configuration that keeps a resource whose address changes.
func movedBlock(kind string) string {
	return "moved {\n  from = " + kind + ".the_old_name\n  to   = " + kind + ".the_new_name\n}"
}
