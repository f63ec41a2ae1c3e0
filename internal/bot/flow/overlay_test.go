package flow

import (
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

func overlaid(t *testing.T, prior, live string) string {
	t.Helper()
	text, err := Overlay([]byte(prior), mustParse(t, live))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// changedLines counts the lines two documents do not share, apart from their commas.
func changedLines(a, b string) int {
	x, y := strings.Split(strings.ReplaceAll(a, ",\n", "\n"), "\n"), strings.Split(strings.ReplaceAll(b, ",\n", "\n"), "\n")
	return len(x) + len(y) - 2*len(jsondoc.Common(x, y))
}

func TestOverlayTouchesOnlyWhatDrifted(t *testing.T) {
	for _, tt := range drifts {
		t.Run(tt.name, func(t *testing.T) {
			live := edit(t, tt.old, tt.new)
			prior := mustParse(t, menu)
			text := overlaid(t, menu, live)
			if !Equal(mustParse(t, text), mustParse(t, live)) {
				t.Fatalf("the overlay has another meaning:\n%s", text)
			}
			plain := string(indented(prior.root.Compact()))
			want := string(indented(mustParse(t, live).root.Compact()))
			if got, most := changedLines(plain, text), changedLines(plain, want); got == 0 || got > most && len(tt.want) == 1 { // a state renamed is a new one, at the end
				t.Errorf("%d lines changed where %d would do:\n%s", got, most, text)
			}
		})
	}
}

func TestOverlayOfTheSameMeaningIsThePriorDocument(t *testing.T) {
	live := string(mustParse(t, menu).Canonical())
	if got := overlaid(t, menu, live); got != menu {
		t.Errorf("changed:\n%s", got)
	}
}

func TestOverlayKeepsTheOffsetsOfTheFile(t *testing.T) {
	live := strings.NewReplacer(`"x": 10, "y": 200`, `"x": 77, "y": 88`, "Tea or coffee?", "Tee?").Replace(menu)
	text := overlaid(t, menu, live)
	if strings.Contains(text, "77") || !strings.Contains(text, `"x": 10`) || !strings.Contains(text, "Tee?") {
		t.Errorf("got\n%s", text)
	}
}

func TestOverlayKeepsTheOrderOfStatesAndKeys(t *testing.T) {
	f := mustParse(t, edit(t, `"Bye"`, `"Ciao"`))
	slices.Reverse(f.root.Get("states").Elems)
	text := overlaid(t, menu, string(Export(f)))
	want := mustParse(t, edit(t, `"Bye"`, `"Ciao"`))
	if got := string(indented(want.root.Compact())); text != got {
		t.Errorf("got\n%s\nwant\n%s", text, got)
	}
}

func TestOverlayPutsMatchesInTheLiveOrder(t *testing.T) {
	live := string(turned(t))
	if text := overlaid(t, menu, live); !Equal(mustParse(t, text), mustParse(t, live)) {
		t.Errorf("got\n%s", text)
	}
}

func TestOverlayOnNothingIsTheExport(t *testing.T) {
	live := mustParse(t, menu)
	for _, prior := range []string{"", "no JSON", `{"states": [{"name": "a"}, {"name": "a"}]}`} {
		if got := overlaid(t, prior, menu); got != string(Export(live)) {
			t.Errorf("%q: got\n%s", prior, got)
		}
	}
	if _, err := Overlay([]byte(menu), nil); err == nil {
		t.Error("no error without a live flow")
	}
}

func TestRealFlowsOverlayEachOther(t *testing.T) {
	texts := files(t)
	for a, prior := range texts {
		for b, text := range texts {
			if err := invariants([]byte(prior), mustParse(t, text)); err != nil {
				t.Errorf("%s over %s: %v", b, a, err)
			}
		}
	}
}

func TestEveryDriftOverlaysEveryOther(t *testing.T) {
	for _, a := range drifts {
		for _, b := range drifts {
			if err := invariants([]byte(edit(t, a.old, a.new)), mustParse(t, edit(t, b.old, b.new))); err != nil {
				t.Errorf("%s over %s: %v", b.name, a.name, err)
			}
		}
	}
}

func TestOverlayFindsTheWiredOfTwoTransitions(t *testing.T) {
	prior := `{"states": [{"name": "a", "type": "send-message", "transitions": [], "properties": {}}]}`
	live := strings.Replace(prior, `"transitions": []`, `"transitions": [{"event": "sent"}, {"event": "sent", "next": "a"}]`, 1)
	if text := overlaid(t, strings.Replace(prior, "[]", `[{"event": "failed", "next": "a"}]`, 1), live); !Equal(mustParse(t, text), mustParse(t, live)) {
		t.Errorf("got\n%s", text)
	}
}

func TestAByteOrderMarkBeforeAFlowMakesNoDifference(t *testing.T) {
	marked := "\ufeff" + menu
	f := mustParse(t, marked)
	if !Equal(f, mustParse(t, menu)) || len(Validate(f)) > 0 {
		t.Errorf("the mark makes a difference: %+v", Validate(f))
	}
	if got := string(f.Source()); got != menu {
		t.Errorf("the source that is sent to Twilio begins with %q", got[:8])
	}
	if got := overlaid(t, marked, menu); got != marked {
		t.Errorf("the document of a flow that is as it was begins with %q", got[:8])
	}
	drifted := edit(t, "Bye", "Ciao")
	if got, want := overlaid(t, marked, drifted), overlaid(t, menu, drifted); got != want {
		t.Errorf("drift is shown as\n%s\nwant\n%s", got, want)
	}
}
