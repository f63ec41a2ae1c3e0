package compile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema"
)

// speeches is a schema of n says of a text, in tasks with no more than Twilio
// allows: 16 KiB of actions.
func speeches(tb testing.TB, n int, text string) *schema.Schema {
	tb.Helper()
	s := parsed(tb, `{"uniqueName": "bot", "defaults": {"defaults": {"fallback": "task://task_1"}}}`)
	for i := 0; n > 0; i++ {
		says := min(n, 80, 16_000/(len(text)+len(`{"say":""},`)))
		n -= says
		list := strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"say":%q},`, text), says), ",")
		s.Tasks = append(s.Tasks, schema.Task{
			UniqueName: fmt.Sprintf("task_%d", i+1), Actions: []byte(`{"actions":[` + list + `]}`),
			Samples: []schema.Sample{{Language: "en-US", TaggedText: fmt.Sprintf("sample %d", i+1)}},
		})
	}
	return s
}

// refused is the one error of a schema that does not compile.
func refused(t *testing.T, s *schema.Schema, o Options, code Code) Diagnostic {
	t.Helper()
	f, found := Compile(s, o)
	if f != nil {
		t.Fatalf("it compiles, to %d states and %d bytes", len(f.States), len(f.Source()))
	}
	i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Severity == Error && d.Code == code })
	if i < 0 {
		t.Fatalf("there is no %s among %v", code, found)
	}
	return found[i]
}

func TestAFlowHasAThousandStatesAtMost(t *testing.T) {
	// Beside the says: the trigger, the start, the router and the source.
	f, found := Compile(speeches(t, 996, "hello"), messaging)
	if f == nil || len(f.States) != maxStates {
		t.Fatalf("996 says: %v", found)
	}
	checkFlow(t, f)

	got := refused(t, speeches(t, 997, "hello"), messaging, CodeTooManyStates)
	want := Diagnostic{Error, CodeTooManyStates, "/tasks", "The flow would have 1001 states, and Studio allows 1000.",
		"Split the assistant in two, or shorten its tasks: every say, question and listen is a state of its own."}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestTooManyStatesAreCountedByChannel(t *testing.T) {
	got := refused(t, speeches(t, 600, "hello"), Options{}, CodeTooManyStates)
	// Beside the says, messages have a start and a router. Calls have a start that
	// listens, two that take it in, a router, and two states for silence.
	want := "Each channel has states of its own: 606 are for calls and 602 for messages. Answer one channel only, or split the assistant in two."
	if got.Message != "The flow would have 1210 states, and Studio allows 1000." || got.Detail != want {
		t.Errorf("got %+v", got)
	}
}

func TestAFlowHasAMebibyteAtMost(t *testing.T) {
	smallest, largest := 1<<30, 0
	for n := 1150; n < 1350; n += 25 {
		f, found := Compile(speeches(t, 700, strings.Repeat("x", n)), messaging)
		if f != nil {
			if largest = len(f.Source()); largest > maxBytes {
				t.Errorf("a flow of %d bytes", largest)
			}
			continue
		}
		var bytes, limit int
		i := slices.IndexFunc(found, func(d Diagnostic) bool { return d.Code == CodeTooLarge })
		if i < 0 {
			t.Fatal(found)
		}
		if _, err := fmt.Sscanf(found[i].Message, "The flow would have %d bytes, and Studio allows %d.", &bytes, &limit); err != nil || limit != maxBytes || bytes <= limit {
			t.Fatalf("%q: %v", found[i].Message, err)
		}
		smallest = min(smallest, bytes)
	}
	if largest < maxBytes-20_000 || smallest > maxBytes+20_000 {
		t.Errorf("flows of up to %d bytes were compiled, and from %d on refused", largest, smallest)
	}
}

func TestAdviceForALargeFlowIsOfWhatIsLeftToDo(t *testing.T) {
	s := speeches(t, 800, strings.Repeat("x", 1400))
	for want, o := range map[string]Options{
		"Answer one channel only, or route by exact samples, or split the assistant in two.": {},
		"Answer one channel only, or split the assistant in two.":                            {Routing: Exact},
		"Route by exact samples, or split the assistant in two.":                             messaging,
		"Split the assistant in two.":                                                        {Channels: messaging.Channels, Routing: Exact},
	} {
		if got := refused(t, s, o, CodeTooLarge); got.Detail != want {
			t.Errorf("%+v: got %q, want %q", o, got.Detail, want)
		}
	}
}

func TestSixHundredTasksCompileOrAreRefusedWithTheCount(t *testing.T) {
	s := crowd(t, 600, 10)
	f, found := Compile(s, Options{Channels: []bot.Channel{bot.Messaging}, Routing: Exact})
	if f == nil {
		t.Fatalf("messages alone, by exact samples: %v", found)
	}
	checkFlow(t, f)

	if got := refused(t, s, messaging, CodeTooLarge); got.Pointer != "" || !strings.HasSuffix(got.Message, "and Studio allows 1048576.") {
		t.Errorf("messages alone, by keywords: %+v", got)
	}
	got := refused(t, s, Options{}, CodeTooManyStates)
	if got.Message != "The flow would have 1210 states, and Studio allows 1000." {
		t.Errorf("both channels: %+v", got)
	}
}

func TestASchemaThatAFlowCannotCarryIsRefused(t *testing.T) {
	// Tasks that nothing leads to have no states, and text that repeats itself compresses well.
	s := speeches(t, 300, strings.Repeat("x", 15_000))
	for i := range s.Tasks {
		s.Tasks[i].Samples = nil
	}
	got := refused(t, s, Options{}, CodeTooLarge)
	if want := "The flow must contain the schema, which is too large: it has more than 4194304 bytes."; got.Message != want {
		t.Errorf("got %q, want %q", got.Message, want)
	}
}

func TestMoreSamplesThanCanBeLearntFromAreRefused(t *testing.T) {
	s := speeches(t, 1, "hello")
	s.Tasks[0].Samples = nil
	for i := range 2100 {
		// Three characters that no other sample has.
		text := string([]rune{rune(0x4e00 + 3*i), rune(0x4e01 + 3*i), rune(0x4e02 + 3*i)})
		s.Tasks[0].Samples = append(s.Tasks[0].Samples, schema.Sample{Language: "zh-CN", TaggedText: text})
	}
	got := refused(t, s, Options{Channels: messaging.Channels, Routing: Trained}, CodeTooManySamples)
	want := Diagnostic{Error, CodeTooManySamples, "/tasks", "The samples are too many to learn from: an equation of 2100 unknowns, and 2000 can be solved at a plan.",
		"Route by keywords or by exact samples, or split the assistant in two."}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if f, found := Compile(s, messaging); f == nil {
		t.Errorf("by keywords: %v", found)
	}
}
