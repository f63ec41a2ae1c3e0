package twilio

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// concurrentHeader is the header by which Twilio says how many requests of the account it
// was answering, this one included: "Monitor Twilio response headers like
// Twilio-Concurrent-Requests to understand current load and adjust client behavior"
// (https://www.twilio.com/docs/api/errors/20429).
const concurrentHeader = "Twilio-Concurrent-Requests"

// probeAfter is how many times as many requests as the limit allows are answered before
// one more than Twilio last refused is tried.
const probeAfter = 20

// remembered is of how many requests it is remembered what came of them: twice as many as
// are refused in a row now and then where one in five is refused at random.
const remembered = 16

// limiter bounds how many requests are on their way, and learns from the answers how many
// Twilio takes: it halves the bound where Twilio refuses a request (429), but not below
// what Twilio says it was answering, and raises it by one each time that as many requests
// as it allows were answered. It is shared by all products, since Twilio's bound is one for
// an account (https://www.twilio.com/docs/api/errors/20429). Clients of one account, be
// they in one process or in several, learn each for themselves: Twilio counts them together.
//
// Nothing in it depends on time.
type limiter struct {
	most  int  // the limit never exceeds it
	known bool // whether the limit stays what it is

	mu       sync.Mutex
	limit    int
	inFlight int
	waiting  []*waiter // the first to ask first

	// round counts the reductions of the limit: requests that were sent before one tell
	// nothing new when they are refused.
	round int
	// ceiling is where the limit was last reduced to; raising it further takes longer.
	// It is most where Twilio has taken more since.
	ceiling int
	// full counts the answers, since the limit last changed, to requests that were sent
	// while as many were on their way as it allows.
	full int
	// lately is what came of the last requests, the oldest first.
	lately []outcome
}

// outcome is what came of a request.
type outcome struct {
	ours    int // requests on their way when it was sent, this one included
	count   int // what Twilio counted; 0 where it did not say
	refused bool
}

type waiter struct {
	turn  turn
	ready chan struct{} // closed once it has its turn
}

// turn is a request on its way.
type turn struct {
	ours  int // requests on their way when it was sent, this one included
	round int
}

func newLimiter(most int, known bool) *limiter {
	return &limiter{most: most, known: known, limit: most, ceiling: most}
}

// enter waits until one more request may be sent, as long as the context lasts. Without an
// error, leave must follow.
func (l *limiter) enter(ctx context.Context) (turn, error) {
	if err := ctx.Err(); err != nil {
		return turn{}, err
	}
	l.mu.Lock()
	if l.inFlight < l.limit && len(l.waiting) == 0 {
		defer l.mu.Unlock()
		return l.begin(), nil
	}
	w := &waiter{ready: make(chan struct{})}
	l.waiting = append(l.waiting, w)
	l.mu.Unlock()
	select {
	case <-w.ready:
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	err := ctx.Err()
	select {
	case <-w.ready:
		if err != nil { // both came at once
			l.end()
		}
	default:
		l.waiting = slices.DeleteFunc(l.waiting, func(each *waiter) bool { return each == w })
	}
	return w.turn, err
}

// leave ends a request; resp is nil where no answer came, which says nothing of the limit.
func (l *limiter) leave(t turn, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.end()
	if resp == nil || l.known {
		return
	}
	count, _ := strconv.Atoi(resp.Header.Get(concurrentHeader))
	refused := resp.StatusCode == http.StatusTooManyRequests
	if len(l.lately) == remembered {
		l.lately = slices.Delete(l.lately, 0, 1)
	}
	l.lately = append(l.lately, outcome{t.ours, count, refused})
	if refused {
		l.refused(t, count)
	} else {
		l.answered(t, count)
	}
}

// refused learns from a request that Twilio refused while it counted so many; 0 where it
// does not say.
func (l *limiter) refused(t turn, count int) {
	if count > 0 && l.takes(func(o outcome) int { return o.count }, count) || count == 0 && l.takes(byOurs, t.ours) {
		// It takes as many: this refusal is for another reason, such as Studio's limit of
		// executions a second. Where it takes fewer from now on, it refuses again.
		return
	}
	fewer := t.ours - 1
	if count > 0 {
		// Requests overtake each other: more may have been on their way when this one came.
		fewer = count - 1
	}
	limit := min(fewer, t.ours-1)
	if t.round == l.round {
		limit = min(limit, l.limit/2)
	}
	for n := min(fewer, l.limit); n > limit; n-- {
		if l.takes(byOurs, n) {
			limit = n
		}
	}
	if limit = max(limit, 1); limit < l.limit {
		l.limit, l.full = limit, 0
		l.round++
	}
	l.ceiling = l.limit
}

func byOurs(o outcome) int { return o.ours }

// takes reports whether Twilio lately took so many as a rule: more were answered while there
// were at least as many than refused while there were no more.
func (l *limiter) takes(of func(outcome) int, many int) bool {
	answered, refused := 0, 0
	for _, each := range l.lately {
		switch at := of(each); {
		case each.refused && at > 0 && at <= many:
			refused++
		case !each.refused && at >= many:
			answered++
		}
	}
	return answered > refused
}

// answered learns from a request that Twilio did not refuse while it counted so many; 0
// where it does not say.
func (l *limiter) answered(t turn, count int) {
	if t.ours > l.ceiling && (count == 0 || count > l.ceiling) {
		l.ceiling = l.most
	}
	if t.ours < l.limit || l.limit == l.most {
		return
	}
	need := l.limit
	if l.limit >= l.ceiling {
		need *= probeAfter
	}
	if l.full++; l.full >= need {
		l.limit, l.full = l.limit+1, 0
	}
}

// begin counts a request. The caller holds the lock.
func (l *limiter) begin() turn {
	l.inFlight++
	return turn{l.inFlight, l.round}
}

// end uncounts a request and gives those that wait their turn. The caller holds the lock.
func (l *limiter) end() {
	l.inFlight--
	for l.inFlight < l.limit && len(l.waiting) > 0 {
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		next.turn = l.begin()
		close(next.ready)
	}
}
