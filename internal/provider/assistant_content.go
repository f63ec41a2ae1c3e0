package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// contentOf lists the attributes of content that each engine runs.
var contentOf = map[bot.Engine][]string{
	bot.Studio:      {"flow", "schema"},
	bot.Application: {"webhooks"},
	bot.Autopilot:   {"schema"},
}

type contentAttribute struct {
	name  string
	value attr.Value
}

// content lists the attributes of which one says what the bot is made of.
func (m assistantModel) content() []contentAttribute {
	return []contentAttribute{{"schema", m.Schema}, {"flow", m.Flow}, {"webhooks", m.Webhooks}}
}

// contents lists the attributes of content that are given, and those that may be: what is
// unknown may turn out null.
func (m assistantModel) contents() (given, unknown []string) {
	for _, each := range m.content() {
		switch {
		case each.value.IsNull():
		case each.value.IsUnknown():
			unknown = append(unknown, each.name)
		default:
			given = append(given, each.name)
		}
	}
	return given, unknown
}

// hasContent reports whether this configuration manages the bot's content.
func (m assistantModel) hasContent() bool {
	given, unknown := m.contents()
	return len(given)+len(unknown) > 0
}

// webhooksIn is what `webhooks` holds; empty where it is null or unknown.
func webhooksIn(ctx context.Context, object types.Object) webhooksModel {
	var w webhooksModel
	// The object has the schema's own types, so there is nothing to go wrong.
	object.As(ctx, &w, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true, UnhandledUnknownAsEmpty: true})
	return w
}

func quoted(names []string) string { return "`" + strings.Join(names, "` and `") + "`" }

func anyOf(names []string) string { return "`" + strings.Join(names, "` or `") + "`" }
