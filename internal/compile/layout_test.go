package compile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// The size of a widget in the Console, in the units of the canvas: place leaves at
// least this much room.
const (
	widgetWidth  = 280
	widgetHeight = 180
)

// everySchema are those written here and, where the collection exists, the real ones, whose
// names end in .json.
func everySchema(t *testing.T) map[string]*schema.Schema {
	t.Helper()
	all := map[string]*schema.Schema{"rich": parsed(t, rich), "crowd": crowd(t, 40, 3), "two tasks": parsed(t, schemaOf(`{"say": "x"}, {"listen": true}`))}
	for _, l := range spoken {
		all["typed "+l.code] = typed(t, l.code)
	}
	t.Run("with the real ones", func(t *testing.T) {
		for name, s := range realSchemas(t) {
			all[name] = s
		}
	})
	return all
}

// typed is a schema of a question of each built-in type, in a language.
func typed(t *testing.T, language string) *schema.Schema {
	t.Helper()
	var questions []string
	for _, name := range sortedKeys(builtins) {
		questions = append(questions, fmt.Sprintf(`{"question": "And?", "name": %q, "type": %q}`, strings.TrimPrefix(name, "Twilio."), name))
	}
	return parsed(t, strings.ReplaceAll(schemaOf(collects(strings.Join(questions, ", "))), "en-US", language))
}

// laidOut calls back for the states of each schema that compiles, with each set of
// options.
func laidOut(t *testing.T, check func(t *testing.T, c *compiler, states []*widget)) {
	t.Helper()
	for name, s := range everySchema(t) {
		for label, o := range everyOptions {
			t.Run(name+"/"+label, func(t *testing.T) {
				c := newCompiler(s, o.normal())
				if HasErrors(c.report.list()) || c.definition("") == nil {
					skipFaulty(t, name, c.report.list())
				}
				check(t, c, append(c.reachable(c.trigger), c.widgets[len(c.widgets)-1]))
			})
		}
	}
}

func TestNoTwoWidgetsOverlap(t *testing.T) {
	laidOut(t, func(t *testing.T, _ *compiler, states []*widget) {
		for i, a := range states {
			for _, b := range states[:i] {
				if abs(a.x-b.x) < widgetWidth && abs(a.y-b.y) < widgetHeight {
					t.Errorf("%s at %d,%d and %s at %d,%d", a.name, a.x, a.y, b.name, b.x, b.y)
				}
			}
		}
	})
}

func abs(n int) int { return max(n, -n) }

func TestEachTaskHasAColumnAndEachChannelASide(t *testing.T) {
	laidOut(t, func(t *testing.T, c *compiler, states []*widget) {
		type lane struct {
			of *column
			n  int
		}
		lanes := map[lane]int{}
		owner := map[int]*column{}
		for _, w := range states {
			if w.side == nil {
				if w.x != 0 {
					t.Errorf("%s, which is of no channel, is at %d", w.name, w.x)
				}
				continue
			}
			if x, ok := lanes[lane{w.column, w.lane}]; ok && x != w.x {
				t.Errorf("%s is at %d beside its column at %d", w.name, w.x, x)
			}
			lanes[lane{w.column, w.lane}] = w.x
			if first := owner[w.x]; first != nil && first != w.column {
				t.Errorf("%s is in the column of another task at %d", w.name, w.x)
			}
			owner[w.x] = w.column
			if right := w.side == c.sides[0]; (w.x > 0) != right || w.x == 0 {
				t.Errorf("%s is at %d on the side of the other channel", w.name, w.x)
			}
		}
		for at, x := range lanes {
			for other, y := range lanes {
				a, b := at.of.task, other.of.task
				if a != nil && b != nil && at.n == 0 && other.n == 0 && (x > 0) == (y > 0) && a.order < b.order && abs(x) >= abs(y) {
					t.Errorf("the task %s is at %d, before %s at %d", b.name, y, a.name, x)
				}
			}
		}
	})
}

func TestWithinATaskTheConversationGoesDown(t *testing.T) {
	laidOut(t, func(t *testing.T, _ *compiler, states []*widget) {
		for _, w := range states {
			for _, way := range w.ways {
				next := way.to.widget
				if next == nil || w.column.task == nil || next.column != w.column || next.y > w.y {
					continue
				}
				// A refused answer leads back to the question; other ways may lead to
				// the start of the task, and a second lane is no lower than the state it
				// belongs to.
				back := strings.HasSuffix(w.name, "_tries") || w.lane > 0 || next.lane > 0 && next.y == w.y
				if !back && !begins(next, states) {
					t.Errorf("%s at %d leads up to %s at %d", w.name, w.y, next.name, next.y)
				}
			}
		}
	})
}

// begins reports whether a state is the first of its column.
func begins(w *widget, states []*widget) bool {
	for _, other := range states {
		if other.column == w.column && other.y < w.y {
			return false
		}
	}
	return true
}
