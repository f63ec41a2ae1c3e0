package studio

import (
	"encoding/json"
	"fmt"
	"time"

	openapi "github.com/twilio/twilio-go/rest/studio/v2"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// published is the status of a revision that answers.
const published = "published"

// revision is one revision of a flow. It is read past twilio-go's model, which
// would turn the definition into floating-point numbers and lose the order of its
// keys.
type revision struct {
	SID           string          `json:"sid"`
	AccountSID    string          `json:"account_sid"`
	FriendlyName  string          `json:"friendly_name"`
	Definition    json.RawMessage `json:"definition"`
	Status        string          `json:"status"`
	Revision      int             `json:"revision"`
	CommitMessage string          `json:"commit_message"`
	WebhookURL    string          `json:"webhook_url"`
	DateCreated   time.Time       `json:"date_created"`
	DateUpdated   time.Time       `json:"date_updated"`
}

// listedRevision is a row of a list, which has no definition.
func listedRevision(row *openapi.StudioV2Flow) revision {
	return revision{
		SID: twilio.Value(row.Sid), AccountSID: twilio.Value(row.AccountSid), FriendlyName: twilio.Value(row.FriendlyName),
		Status: twilio.Value(row.Status), Revision: row.Revision, CommitMessage: twilio.Value(row.CommitMessage),
		WebhookURL:  twilio.Value(row.WebhookUrl),
		DateCreated: twilio.Value(row.DateCreated), DateUpdated: twilio.Value(row.DateUpdated),
	}
}

// summaryOf is the bot that the latest revision of a flow shows, without content. The
// mark of what it replaces is decoded here and nowhere else.
func summaryOf(latest revision) bot.Bot {
	b := bot.Bot{
		SID: latest.SID, AccountSID: latest.AccountSID, UniqueName: latest.FriendlyName, FriendlyName: latest.FriendlyName,
		DateCreated: latest.DateCreated, DateUpdated: latest.DateUpdated,
		WebhookURL: latest.WebhookURL,
	}
	b.Replaces, _ = bot.ReplacedByFlow(latest.CommitMessage)
	if latest.Status == published {
		b.Revision = latest.Revision
	} else {
		b.Draft = latest.Revision
	}
	return b
}

// holdOf is the hold of which a flow is a part, by its name; false for any other flow.
func holdOf(latest revision) (bot.Hold, bool) {
	botSID, ok := bot.SuspendedBot(latest.FriendlyName)
	return bot.Hold{FlowSID: latest.SID, FlowURL: latest.WebhookURL, BotSID: botSID}, ok
}

// botOf is the bot that a flow is, by its latest revision and the published one.
func botOf(latest, live revision) (bot.Bot, error) {
	b := summaryOf(latest)
	b.Revision = live.Revision
	if live.Revision == 0 {
		return b, nil
	}
	parsed, err := flow.Parse(live.Definition)
	if err != nil {
		return b, fmt.Errorf("the definition of flow %s, revision %d, cannot be read: %w", b, live.Revision, err)
	}
	b.Content.Flow = parsed
	return b, nil
}
