package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// optional is null for an empty string.
func optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

func dateOf(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

func sids(bots []bot.Bot) string {
	var all []string
	for _, b := range bots {
		all = append(all, b.SID)
	}
	return strings.Join(all, ", ")
}

func phones(numbers []bot.Number) string {
	all := make([]string, len(numbers))
	for i, number := range numbers {
		all[i] = number.PhoneNumber
	}
	return bot.JoinNames(all)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func listed[T fmt.Stringer](all []T) string {
	names := make([]string, len(all))
	for i, each := range all {
		names[i] = each.String()
	}
	return strings.Join(names, ", ")
}

func shownSID(sid types.String) string {
	if sid.IsUnknown() {
		return "the new bot"
	}
	return "bot " + sid.ValueString()
}

// words are the strings of a list of named values.
func words[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}

// loadPrivate reads a value from private state; one that is not there leaves out as it is.
func loadPrivate(ctx context.Context, private privateState, key, what string, out any) diag.Diagnostics {
	stored, diags := private.GetKey(ctx, key)
	if diags.HasError() || len(stored) == 0 {
		return diags
	}
	if err := json.Unmarshal(stored, out); err != nil {
		diags.AddError("Unable to read "+what, sentence(err))
	}
	return diags
}

func savePrivate(ctx context.Context, private privateState, key, what string, value any) diag.Diagnostics {
	stored, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to write "+what, sentence(err))}
	}
	return private.SetKey(ctx, key, stored)
}

// privateState is what the framework's private state of every request can do.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}
