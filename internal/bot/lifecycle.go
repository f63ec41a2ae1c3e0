package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CreateBot makes a bot whose name no other bot of the account has, on any engine.
// Within one process one bot of a name is made at a time.
func (d *Directory) CreateBot(ctx context.Context, engine Engine, spec Spec) (Bot, error) {
	unlock, err := d.claims.lock(ctx, "bot "+spec.UniqueName)
	if err != nil {
		return Bot{}, err
	}
	defer unlock()
	defer d.BotsChanged()

	named, err := d.FindBots(ctx, spec.UniqueName)
	if err != nil {
		return Bot{}, err
	}
	named = slices.DeleteFunc(named, func(b Bot) bool {
		// What an earlier create left is taken up by its mark.
		return b.Engine() == engine && (b.Uploading && b.Replaces == "" || b.SID == spec.RestoreSID)
	})
	if len(named) > 0 {
		return Bot{}, NameProblem(spec.UniqueName, named)
	}
	made, err := d.Host(engine).Create(ctx, spec)
	if errors.Is(err, ErrNameTaken) {
		return made, nameTakenSince(spec.UniqueName, err)
	}
	return made, err
}

// ListNumbers names numbers for people.
func listNumbers(numbers []Number) string {
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = number.String()
	}
	return strings.Join(names, ", ")
}

// ImportBlock is the configuration that has a bot managed.
func ImportBlock(b Bot) string {
	return fmt.Sprintf("import {\n  to = twiliobot_assistant.this\n  id = %q\n}", b.SID)
}

// NameProblem says whose a name is, and how to have that bot managed instead.
func NameProblem(name string, owners []Bot) *Problem {
	var said, imports []string
	for _, owner := range owners {
		said = append(said, fmt.Sprintf("%s, on the engine %s", owner.SID, owner.Engine()))
		imports = append(imports, ImportBlock(owner))
	}
	detail := fmt.Sprintf("The account has a bot named %q: %s. Names are unique across engines, and nothing was written. "+
		"Choose another `unique_name`, or have that bot managed by importing it:\n\n%s", name, said[0], imports[0])
	if len(owners) > 1 {
		detail = fmt.Sprintf("The account has %d bots named %q: %s. A bot can be told from them only by its SID, and nothing was written. "+
			"Choose another `unique_name`, or import the one that is meant by its SID:\n\n%s",
			len(owners), name, strings.Join(said, "; "), strings.Join(imports, "\n\n"))
	}
	return &Problem{Summary: "The bot's name is taken", Detail: detail, Cause: ErrNameTaken}
}

func nameTakenSince(name string, cause error) error {
	var problem *Problem
	if errors.As(cause, &problem) {
		return cause
	}
	return &Problem{
		Summary: "The bot's name is taken",
		Detail:  fmt.Sprintf("Another bot took the name %q in this very moment (%v). Plan again to see it.", name, cause),
		Cause:   cause,
	}
}
