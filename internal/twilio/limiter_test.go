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
	mixed   bool    // does not say so with what is refused at random
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
	full, random := count > a.room, a.random.Float64() < a.failing
	refused := full || random
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
	if !a.silent && (!a.mixed || full || !random) {
		header.Set("Twilio-Concurrent-Requests", strconv.Itoa(count))
	}
	return &http.Response{StatusCode: answer.status, Header: header, Body: io.NopCloser(strings.NewReader(answer.body))}, nil
}

// client is a client of an account, which waits as it does by default.
func (a *account) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	a.random = rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a seed makes the test repeatable
	return newTest(t, func(config *Config) {
		config.Transport, config.RetryWait, config.MaxRetries = a, 0, DefaultMaxRetries
		for _, each := range change {
			each(config)
		}
	})
}

// workers is how many send calls at once: more than Terraform does by default.
const workers = 12

// work sends calls, all of which must succeed.
func work(t *testing.T, c *Client, calls int) {
	t.Helper()
	workAtOnce(t, c, workers, calls)
}

func workAtOnce(t *testing.T, c *Client, workers, calls int) {
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

// What is refused at random is not refused because of how many there are: what learning costs
// is small, also where Twilio does not say how many it counts, or does so for its bound alone.
// The time is that of the bubble, which does not pass while anything runs.
func TestLimiterTakesLittleLongerThanOneThatKnows(t *testing.T) {
	const calls, accounts = 600, 2
	// Of these, the one that is told what the account takes is refused at random alone.
	took := func(t *testing.T, known bool, workers int, a *account) (took time.Duration) {
		for seed := range uint64(accounts) {
			synctest.Test(t, func(t *testing.T) {
				served := &account{room: a.room, others: a.others, silent: a.silent, mixed: a.mixed, failing: a.failing}
				c := served.client(t, func(config *Config) {
					config.RetryWait = 10 * time.Millisecond // so that no one chain of refusals decides
					if known {
						config.MaxInFlight, config.KnownInFlight = min(DefaultMaxInFlight, a.room-a.others), true
					}
				})
				served.random = rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a seed makes the test repeatable
				began := time.Now()
				workAtOnce(t, c, workers, calls)
				took += time.Since(began)
				if served.answered != calls {
					t.Errorf("%d were answered", served.answered)
				}
			})
		}
		return took
	}
	for _, workers := range []int{10, 100} {
		for _, a := range []*account{
			{room: 1}, {room: 5}, {room: 5, silent: true}, {room: 5, others: 2}, {room: 5, others: 2, silent: true},
			{room: 100, failing: 0.2}, {room: 100, failing: 0.2, silent: true}, {room: 100, failing: 0.2, mixed: true},
			{room: 5, failing: 0.1}, {room: 5, failing: 0.1, silent: true}, {room: 5, failing: 0.1, mixed: true},
		} {
			name := fmt.Sprintf("%d workers, room for %d, %d of others, %.1f at random, silent %v, mixed %v", workers, a.room, a.others, a.failing, a.silent, a.mixed)
			t.Run(name, func(t *testing.T) {
				learning, knowing := took(t, false, workers, a), took(t, true, workers, a)
				if ratio := learning.Seconds() / knowing.Seconds(); ratio > 1.5 {
					t.Errorf("%.2f times as long as one that knows: %v for %v", ratio, learning, knowing)
				}
			})
		}
	}
}

func TestTurnThatIsNotTakenIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, false)
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
