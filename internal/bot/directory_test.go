package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeNumbers is an account's numbers in memory, with a count of the calls.
type fakeNumbers struct {
	mu      sync.Mutex
	rows    map[string]Number
	calls   map[string]int
	clock   time.Time
	onWrite func(sid string) error // after the write
}

func newFakeNumbers(n int) *fakeNumbers {
	f := &fakeNumbers{rows: map[string]Number{}, calls: map[string]int{}, clock: time.Unix(1_700_000_000, 0)}
	for i := range n {
		sid := fmt.Sprintf("PN%032x", i)
		f.rows[sid] = Number{SID: sid, AccountSID: testAccount, PhoneNumber: fmt.Sprintf("+1202555%04d", i), Capabilities: Capabilities{SMS: true, Voice: true}}
	}
	return f
}

func (f *fakeNumbers) count(call string) { f.calls[call]++ }

func (f *fakeNumbers) List(context.Context) ([]Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count("list")
	var all []Number
	for _, row := range f.rows {
		all = append(all, row)
	}
	return all, nil
}

func (f *fakeNumbers) Find(_ context.Context, phone string) (Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count("find")
	for _, row := range f.rows {
		if row.PhoneNumber == phone {
			return row, nil
		}
	}
	return Number{}, ErrNotFound
}

func (f *fakeNumbers) Get(_ context.Context, sid string) (Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count("get")
	row, ok := f.rows[sid]
	if !ok {
		return Number{}, ErrNotFound
	}
	return row, nil
}

func (f *fakeNumbers) Update(_ context.Context, sid string, change NumberChange) (Number, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count("update")
	f.clock = f.clock.Add(time.Second)
	row := change.Apply(f.rows[sid])
	row.DateUpdated = f.clock
	f.rows[sid] = row
	if f.onWrite != nil {
		if err := f.onWrite(sid); err != nil {
			return Number{}, err
		}
	}
	return row, nil
}

func directoryOver(f *fakeNumbers) *Directory {
	return NewDirectory(testAccount, Webhooks{}, f, NoServices{}, map[Engine]Host{})
}

func sidAt(i int) string { return fmt.Sprintf("PN%032x", i) }

func TestManyReadsCostOneListing(t *testing.T) {
	f := newFakeNumbers(200)
	d := directoryOver(f)
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if n, err := d.Number(t.Context(), sidAt(i)); err != nil || n.SID != sidAt(i) {
				t.Errorf("%s: %v %v", sidAt(i), n, err)
			}
		}()
	}
	wait.Wait()
	if f.calls["get"] != singleReads || f.calls["list"] != 1 {
		t.Errorf("200 reads cost %v", f.calls)
	}
}

func TestFewReadsNeverPayForALargeAccount(t *testing.T) {
	f := newFakeNumbers(200)
	d := directoryOver(f)
	for i := range singleReads {
		if _, err := d.Number(t.Context(), sidAt(i)); err != nil {
			t.Fatal(err)
		}
	}
	if f.calls["list"] != 0 {
		t.Errorf("%v", f.calls)
	}
}

func TestWhatThisProcessWroteIsReadAnew(t *testing.T) {
	f := newFakeNumbers(20)
	d := directoryOver(f)
	for i := range 12 {
		if _, err := d.Number(t.Context(), sidAt(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(3), BotSID: testFW, Channels: []Channel{Messaging}}, nil, ""); err != nil {
		t.Fatal(err)
	}
	n, err := d.Number(t.Context(), sidAt(3))
	if err != nil || n.Route(Messaging, Webhooks{}).BotSID != testFW {
		t.Errorf("an old listing was served: %+v %v", n, err)
	}
}

func TestGoneMeansThatNoListingHasItEither(t *testing.T) {
	f := newFakeNumbers(3)
	lag := &laggingNumbers{fakeNumbers: f, hidden: sidAt(1)}
	d := NewDirectory(testAccount, Webhooks{}, lag, NoServices{}, nil)
	if n, err := d.NumberNow(t.Context(), sidAt(1)); err != nil || n.SID != sidAt(1) {
		t.Errorf("a read that lags took the number away: %v %v", n, err)
	}
	if _, err := d.NumberNow(t.Context(), sidAt(7)); !errors.Is(err, ErrNotFound) {
		t.Errorf("a number that is gone: %v", err)
	}
}

// laggingNumbers does not find one number by its SID yet.
type laggingNumbers struct {
	*fakeNumbers
	hidden string
}

func (l *laggingNumbers) Get(ctx context.Context, sid string) (Number, error) {
	if sid == l.hidden {
		return Number{}, ErrNotFound
	}
	return l.fakeNumbers.Get(ctx, sid)
}

func TestCancelledReaderDoesNotFailTheOthers(t *testing.T) {
	f := newFakeNumbers(3)
	d := directoryOver(f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Numbers(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if all, err := d.Numbers(t.Context()); err != nil || len(all) != 3 {
		t.Errorf("%v %v", all, err)
	}
}

func TestBindWritesOnlyItsOwnFields(t *testing.T) {
	f := newFakeNumbers(1)
	row := f.rows[sidAt(0)]
	row.FriendlyName, row.Voice = "Front desk", Side{URL: "https://voice.example.com", Method: "GET"}
	f.rows[sidAt(0)] = row
	d := directoryOver(f)
	n, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testAP, Channels: []Channel{Messaging}}, nil, "")
	if err != nil || n.Messaging.ApplicationSID != testAP || n.Voice != row.Voice || n.FriendlyName != "Front desk" {
		t.Errorf("%+v %v", n, err)
	}
	// What answers already is not written again.
	if _, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testAP, Channels: []Channel{Messaging}}, nil, ""); err != nil || f.calls["update"] != 1 {
		t.Errorf("%v, %v", err, f.calls)
	}
}

func TestMoveBetweenEnginesIsOneWriteAndLeavesNothingBehind(t *testing.T) {
	f := newFakeNumbers(1)
	d := directoryOver(f)
	was := ""
	for i, sid := range []string{testUA, testFW, testAP, testFW, testUA} {
		n, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: sid, Channels: []Channel{Messaging}}, See(f.rows[sidAt(0)]), was)
		if err != nil {
			t.Fatal(err)
		}
		if route := n.Route(Messaging, Webhooks{}); route.BotSID != sid || f.calls["update"] != i+1 {
			t.Errorf("%s: %+v after %d writes", sid, route, f.calls["update"])
		}
		if sid == testAP && n.Messaging.URL != "" || sid != testAP && n.Messaging.ApplicationSID != "" {
			t.Errorf("%s: left behind: %+v", sid, n.Messaging)
		}
		was = sid
	}
}

func TestFreeLeavesWhatIsSomebodyElses(t *testing.T) {
	f := newFakeNumbers(1)
	d := directoryOver(f)
	row := f.rows[sidAt(0)]
	row.FriendlyName = "bot"
	row.Messaging.ApplicationSID = testAP
	row.Voice.URL = "https://theirs.example.com"
	f.rows[sidAt(0)] = row
	notices, err := d.Free(t.Context(), sidAt(0), testAP, Channels(), "bot")
	n := f.rows[sidAt(0)]
	if err != nil || n.Messaging.ApplicationSID != "" || n.Voice.URL != "https://theirs.example.com" || len(notices) != 1 || n.FriendlyName != "bot" {
		t.Errorf("%+v %v %v", n, notices, err)
	}
}

func TestFreeClearsTheFallbackThatCannotStand(t *testing.T) {
	f := newFakeNumbers(1)
	d := directoryOver(f)
	row := f.rows[sidAt(0)]
	row.FriendlyName = "bot"
	row.Messaging = Side{URL: Webhooks{}.URL(Webhook{AccountSID: testAccount, BotSID: testFW}), Method: "POST", FallbackURL: "https://fallback.example.com"}
	f.rows[sidAt(0)] = row
	notices, err := d.Free(t.Context(), sidAt(0), testFW, []Channel{Messaging}, "bot")
	n := f.rows[sidAt(0)]
	if err != nil || n.Messaging.URL != "" || n.Messaging.FallbackURL != "" || n.FriendlyName != FreeLabel ||
		len(notices) != 1 || !strings.Contains(notices[0].Detail, "https://fallback.example.com") {
		t.Errorf("%+v %v %v", n, notices, err)
	}
}

func TestFreeNeverFreesWhatIsClaimedInThisRun(t *testing.T) {
	f := newFakeNumbers(1)
	d := directoryOver(f)
	if _, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testFW, Channels: []Channel{Messaging}}, nil, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Free(t.Context(), sidAt(0), testFW, Channels(), ""); err != nil {
		t.Fatal(err)
	}
	if route := f.rows[sidAt(0)].Route(Messaging, Webhooks{}); route.BotSID != testFW {
		t.Errorf("a claimed number was freed: %+v", route)
	}
}

func TestLostAnswerIsResolvedByLooking(t *testing.T) {
	f := newFakeNumbers(1)
	f.onWrite = func(string) error { return fmt.Errorf("cut: %w", ErrUncertain) }
	d := directoryOver(f)
	n, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testFW, Channels: []Channel{Messaging}}, nil, "")
	if err != nil || n.Route(Messaging, Webhooks{}).BotSID != testFW || f.calls["update"] != 1 {
		t.Errorf("%+v %v %v", n, err, f.calls)
	}
}

func TestSomebodyElsesWriteInTheSameMomentIsSaid(t *testing.T) {
	f := newFakeNumbers(1)
	f.onWrite = func(sid string) error {
		f.clock = f.clock.Add(time.Minute)
		row := f.rows[sid]
		row.Messaging.URL, row.DateUpdated = "https://theirs.example.com", f.clock
		f.rows[sid] = row
		return nil
	}
	d := directoryOver(f)
	// The write's own answer is older than what is there now.
	answer := &answeringNumbers{fakeNumbers: f}
	d.numbers = answer
	_, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testFW, Channels: []Channel{Messaging}}, nil, "")
	if !errors.Is(err, ErrChanged) {
		t.Errorf("%v", err)
	}
}

// answeringNumbers answers a write with the number as it was written.
type answeringNumbers struct{ *fakeNumbers }

func (a *answeringNumbers) Update(ctx context.Context, sid string, change NumberChange) (Number, error) {
	before := a.rows[sid]
	if _, err := a.fakeNumbers.Update(ctx, sid, change); err != nil {
		return Number{}, err
	}
	return change.Apply(before), nil
}

func TestNumberChangedSinceThePlanIsNotWritten(t *testing.T) {
	f := newFakeNumbers(1)
	d := directoryOver(f)
	seen := See(f.rows[sidAt(0)])
	row := f.rows[sidAt(0)]
	row.Messaging.URL = "https://theirs.example.com"
	f.rows[sidAt(0)] = row
	for _, overwrite := range []bool{false, true} {
		_, _, err := d.Bind(t.Context(), Binding{NumberSID: sidAt(0), BotSID: testFW, Channels: []Channel{Messaging}, Overwrite: overwrite}, seen, testAP)
		if !errors.Is(err, ErrChanged) || f.calls["update"] != 0 {
			t.Errorf("overwrite %v: %v %v", overwrite, err, f.calls)
		}
	}
	if !slices.Equal(Engines(), []Engine{Studio, Application, Autopilot}) {
		t.Error("the default engine comes first")
	}
}
