package twilio

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// account answers a number of requests at once and refuses more, as Twilio does.
type account struct {
	room    int
	silent  bool    // does not say how many are in flight
	failing float64 // the part of the requests that is refused at random
	others  int     // requests of another client that are in flight all the time

	mu       sync.Mutex
	random   *rand.Rand
	inFlight int
	most     int // in flight at once
	answered int
	refused  int
}

func (a *account) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.inFlight++
	count := a.inFlight + a.others
	a.most = max(a.most, a.inFlight)
	refused := count > a.room || a.random.Float64() < a.failing
	latency := 40*time.Millisecond + time.Duration(a.random.Int64N(int64(20*time.Millisecond)))
	a.mu.Unlock()
	time.Sleep(latency)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inFlight--
	answer := ok(`{"sid":"FW1"}`)
	if a.answered++; refused {
		a.answered--
		a.refused++
		answer = twilioError(429, 20429)
	}
	header := http.Header{}
	if !a.silent {
		header.Set("Twilio-Concurrent-Requests", strconv.Itoa(count))
	}
	return &http.Response{StatusCode: answer.status, Header: header, Body: io.NopCloser(strings.NewReader(answer.body))}, nil
}

// client is a client of an account, which waits as it does by default.
func (a *account) client(t *testing.T) *Client {
	t.Helper()
	a.random = rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a seed makes the test repeatable
	return newTest(t, func(config *Config) {
		config.Transport, config.RetryWait, config.MaxRetries = a, 0, DefaultMaxRetries
	})
}

// workers is how many send calls at once: more than Terraform does by default.
const workers = 12

// work sends calls, all of which must succeed.
func work(t *testing.T, c *Client, calls int) {
	t.Helper()
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for range calls / workers {
				if err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestLimiterLearnsHowManyTwilioTakes(t *testing.T) {
	for _, each := range []struct {
		room, others int
		silent       bool
	}{
		{room: 1}, {room: 3}, {room: 5}, {room: 10}, {room: 5, others: 2}, {room: 3, others: 2},
		{room: 1, silent: true}, {room: 5, silent: true}, {room: 5, others: 2, silent: true},
	} {
		t.Run(fmt.Sprintf("%d, %d of others, silent %v", each.room, each.others, each.silent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &account{room: each.room, others: each.others, silent: each.silent}
				c := a.client(t)
				work(t, c, 240) // it learns
				learned := a.refused
				work(t, c, 1200)
				// One more is tried now and then, and costs what is sent until it is refused.
				if refused := a.refused - learned; refused > 1200/6 {
					t.Errorf("of %d calls %d were refused", 1200, refused)
				}
				if a.answered != 1440 {
					t.Errorf("%d were answered", a.answered)
				}
			})
		})
	}
}

func TestLimiterFindsRoomAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &account{room: 3}
		c := a.client(t)
		work(t, c, 240)
		a.room, a.most = 100, 0
		work(t, c, 600)
		if a.most != workers {
			t.Errorf("of %d workers %d had a call on its way at once", workers, a.most)
		}
	})
}

// What is refused at random is not refused because of how many there are. Of the calls on
// their way some always wait, so the most at once is an average over several accounts.
func TestLimiterIsNotHeldBackByOtherRefusals(t *testing.T) {
	const accounts = 8
	sum := 0
	for range accounts {
		synctest.Test(t, func(t *testing.T) {
			a := &account{room: 100, failing: 0.2}
			c := a.client(t)
			work(t, c, 600)
			a.most = 0
			work(t, c, 120)
			sum += a.most
			if a.refused < 100 {
				t.Errorf("%d were refused", a.refused)
			}
		})
	}
	if average := float64(sum) / accounts; average < 7.5 {
		t.Errorf("of %d workers %.1f had a call on its way at once", workers, average)
	}
}

func TestTurnThatIsNotTakenIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		first, err := l.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if _, err := l.enter(ctx); err == nil {
					t.Error("it entered")
				}
			})
		}
		synctest.Wait()
		cancel()
		wait.Wait()
		// Its turn comes when its context is over, too.
		ctx, cancel = context.WithCancel(t.Context())
		wait.Go(func() {
			if turn, err := l.enter(ctx); err == nil {
				l.leave(turn, nil)
			}
		})
		synctest.Wait()
		go cancel()
		l.leave(first, nil)
		wait.Wait()
		if turn, err := l.enter(t.Context()); err != nil || turn.ours != 1 {
			t.Errorf("%d are on their way, %v", turn.ours, err)
		}
	})
}
