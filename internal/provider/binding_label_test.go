package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A label that was a bot's name is recognised as such after the bot was renamed, in
// either way.
func TestLabelOfARenamedBotDoesNotStayBehind(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		for _, inPlace := range []bool{false, true} {
			for _, atOnce := range []bool{false, true} {
				t.Run(strings.Join([]string{engine, map[bool]string{false: "replaced", true: "renamed in place"}[inPlace], map[bool]string{false: "before", true: "in the same apply"}[atOnce]}, ", "), func(t *testing.T) {
					t.Parallel()
					b := newBench(t)
					config := func(name, phone string, more ...block) []block {
						values := content(engine, name, 1)
						if inPlace {
							values["rename"] = str(renameInPlace)
						}
						return append([]block{botBlock("bot", values), bindingBlock(phone, "bot")}, more...)
					}
					b.applied(config("first", ukNumber)...)
					if !atOnce {
						b.applied(config("second", ukNumber)...)
					}
					b.applied(config("second", usNumber)...)
					if label := field(b.w.number(ukNumber), "friendly_name"); label != "free" {
						t.Errorf("the number that was freed is labelled %q", label)
					}
					if label := field(b.w.number(usNumber), "friendly_name"); label != "second" {
						t.Errorf("the number that was bound is labelled %q", label)
					}
				})
			}
		}
	}
}

// A change of a binding leaves the label to the rename of the bot in the same apply.
func TestBindingThatChangesKeepsTheNewNameOfItsBot(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		for _, rename := range []string{renameReplace, renameInPlace} {
			t.Run(engine+", "+rename, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				config := func(name string, channels ...tftypes.Value) []block {
					values := content(engine, name, 1)
					values["rename"] = str(rename)
					return []block{botBlock("bot", values), bindingBlock(ukNumber, "bot").with("channels", tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, channels))}
				}
				b.applied(config("first", str("messaging"))...)
				b.applied(config("second", str("voice"))...)
				if label := field(b.w.number(ukNumber), "friendly_name"); label != "second" {
					t.Errorf("the number is labelled %q", label)
				}
			})
		}
	}
}

// A number of a binding is not taken over by it, whatever overwrite says: pointed at a
// suspended bot, it is silenced with overwrite or without.
func TestOverwriteChangesNothingOfABindingsOwnNumber(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"studio", "application", "autopilot"} {
		for _, overwrite := range []bool{false, true} {
			t.Run(engine+map[bool]string{false: "", true: ", overwrite"}[overwrite], func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				config := func(to string) []block {
					return []block{
						botBlock("bot", content(engine, "first", 1)), botBlock("other", content(engine, "other", 1)), suspensionBlock(),
						bindingBlock(ukNumber, to).with("overwrite", tftypes.NewValue(tftypes.Bool, overwrite)),
					}
				}
				b.applied(config("other")...)
				if err := b.apply(config("bot"), true); err != nil {
					t.Fatal(err)
				}
				for _, warning := range b.warnings {
					if strings.Contains(warning, "A phone number was taken over") {
						t.Error(warning)
					}
				}
				if err := b.empty(config("bot")); err != nil {
					t.Error(err)
				}
				b.answersOn()
			})
		}
	}
}

// A bot that is taken off a number leaves no name of its own there, also where another
// client answers on the other channel: no bot does.
func TestLabelOfABotThatLeavesANumberToAnotherClient(t *testing.T) {
	t.Parallel()
	for _, engine := range everyEngine {
		for _, way := range []string{"removed", "moved"} {
			t.Run(engine+", "+way, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				defer b.close()
				engines := map[string]string{"bot": engine}
				b.done(turn{blocks: on(engines, sideBlock("front", ukNumber, "bot", "messaging"))})
				b.w.setNumber(ukNumber, map[string]string{"VoiceUrl": "https://theirs.example.com/"})
				b.expect("bound", `bot/ "bot"`)
				b.unchanged("the binding goes", "voice", func() {
					if way == "removed" {
						b.done(turn{blocks: on(engines)})
					} else {
						b.done(turn{blocks: on(engines, sideBlock("front", usNumber, "bot", "messaging"))})
					}
				})
				b.expect(way, `/ "free"`)
			})
		}
	}
}
