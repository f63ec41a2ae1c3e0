package studio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/confirm"
	"github.com/twiliobot/terraform-provider-twiliobot/internal/twilio"
)

// endBound is how long End ends executions. Each takes a call of its own, so this is enough
// for thousands; a flow on which more wait for a reply would hold up an apply for as long
// as an execution lasts, which is 30 days
// (https://twilio.com/docs/studio/user-guide/studio-faq).
const endBound = 2 * time.Minute

// endedAtOnce is how many executions are ended at the same time. Twilio documents no limit
// for it.
const endedAtOnce = 8

// execution is an execution of a flow: what began it, twilio-go's model leaves out.
type execution struct {
	SID         string    `json:"sid"`
	Status      string    `json:"status"`
	InitiatedBy string    `json:"initiated_by"`
	Contact     string    `json:"contact_channel_address"`
	DateCreated time.Time `json:"date_created"`
}

// channel is what an execution began with: a call, or anything else, which waits for a
// message.
func (e execution) channel() bot.Channel {
	if strings.HasPrefix(e.InitiatedBy, "CA") {
		return bot.Voice
	}
	return bot.Messaging
}

// isAmong reports whether an execution is one of those that are meant.
func (e execution) isAmong(which bot.Executions) bool {
	return (which.Contact == "" || e.Contact == which.Contact) && (which.Channel == "" || e.channel() == which.Channel) &&
		(which.Before.IsZero() || e.DateCreated.Before(which.Before))
}

const (
	executionActive = "active"
	executionEnded  = "ended"
)

func addTo(active *bot.Activity, e execution) {
	if e.channel() == bot.Voice {
		active.Calls++
	} else {
		active.Conversations++
	}
}

// Activity counts a flow's active executions: those that a call began, and all
// others, which wait for a message
// (https://www.twilio.com/docs/studio/rest-api/v2/execution).
func (h Host) Activity(ctx context.Context, sid string) (bot.Activity, error) {
	var active bot.Activity
	err := h.eachActive(ctx, sid, func(page []execution) error {
		for _, each := range page {
			addTo(&active, each)
		}
		return nil
	})
	return active, err
}

// eachActive reads the active executions of a flow page by page.
func (h Host) eachActive(ctx context.Context, sid string, do func(page []execution) error) error {
	if err := twilio.CheckSID(sid, "FW"); err != nil {
		return err
	}
	return twilio.EachPage(func(page, token string) (string, error) {
		query := url.Values{"status": {executionActive}, "PageSize": {fmt.Sprint(twilio.MaxPageSize)}}
		if page != "" || token != "" {
			query.Set("Page", page)
			query.Set("PageToken", token)
		}
		var answer struct {
			Executions []execution `json:"executions"`
			Meta       struct {
				NextPageURL string `json:"next_page_url"`
			} `json:"meta"`
		}
		if err := h.client.Do(ctx, http.MethodGet, executionsOf(sid), query, &answer); err != nil {
			return "", err
		}
		return answer.Meta.NextPageURL, do(answer.Executions)
	})
}

func executionsOf(sid string) string { return flows + "/" + sid + "/Executions" }

// End ends the active executions of a flow page by page, for as long as endBound: a contact
// stays caught in one whose flow is deleted. It lists them again until it finds none that it
// has not ended, since the pages move up as executions end. left are those that it did not
// get to.
func (h Host) End(ctx context.Context, sid string) (ended, left bot.Activity, err error) {
	until := time.Now().Add(endBound)
	return h.end(ctx, sid, ending{
		of:   func([]execution, execution) bool { return true },
		late: func() bool { return !time.Now().Before(until) },
		said: func(bot.Activity) {},
	})
}

// EndExecutions ends those active executions of a flow that are meant, page by page. The flow
// goes on answering: what began after the newest execution that it found first is left.
func (h Host) EndExecutions(ctx context.Context, sid string, which bot.Executions, progress func(bot.Activity)) (bot.Activity, error) {
	if _, err := h.Read(ctx, sid); err != nil {
		return bot.Activity{}, err // a hold's flow among them
	}
	var newest time.Time
	ended, _, err := h.end(ctx, sid, ending{
		of: func(page []execution, e execution) bool {
			if newest.IsZero() {
				for _, each := range page {
					if each.DateCreated.After(newest) {
						newest = each.DateCreated
					}
				}
			}
			return !e.DateCreated.After(newest) && e.isAmong(which)
		},
		late: func() bool { return false },
		said: progress,
	})
	return ended, err
}

// ending is which executions are ended, and for how long.
type ending struct {
	of   func(page []execution, e execution) bool
	late func() bool
	said func(ended bot.Activity) // after each page on which some were ended
}

func (h Host) end(ctx context.Context, sid string, which ending) (ended, left bot.Activity, err error) {
	var mu sync.Mutex
	done := map[string]bool{}
	for {
		before := len(done)
		left = bot.Activity{}
		err := h.eachActive(ctx, sid, func(page []execution) error {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(endedAtOnce)
			already := len(done)
			for _, each := range page {
				if !which.of(page, each) {
					continue
				}
				group.Go(func() error {
					mu.Lock()
					known, late := done[each.SID], which.late()
					if !known && late {
						addTo(&left, each)
					}
					mu.Unlock()
					if known || late {
						return nil
					}
					if err := h.endExecution(ctx, sid, each.SID); err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					done[each.SID] = true
					addTo(&ended, each)
					return nil
				})
			}
			err := group.Wait()
			if len(done) > already {
				which.said(ended)
			}
			return err
		})
		if err != nil || len(done) == before || left != (bot.Activity{}) {
			return ended, left, err
		}
	}
}

// endExecution ends an execution; one that has ended, or is gone, is no error.
func (h Host) endExecution(ctx context.Context, flowSID, sid string) error {
	if err := twilio.CheckSID(sid, "FN"); err != nil {
		return err
	}
	at := executionsOf(flowSID) + "/" + sid
	look := func(ctx context.Context) (execution, error) {
		var now execution
		err := h.client.Do(ctx, http.MethodGet, at, nil, &now)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return now, nil
		case err == nil && now.Status == executionActive:
			return now, confirm.Stale("it is active")
		default:
			return now, err
		}
	}
	err := h.client.Do(ctx, http.MethodPost, at, url.Values{"Status": {executionEnded}}, &execution{})
	if err == nil {
		return nil // the next listing reads it back
	}
	if !errors.Is(err, bot.ErrUncertain) {
		// Twilio does not document what it says to one that ended meanwhile.
		if _, lookErr := look(ctx); lookErr == nil {
			return nil
		}
		return err
	}
	_, err = confirm.Read(ctx, confirm.Write{Object: "execution " + sid, Verb: "ended", Err: err}, look)
	return err
}
