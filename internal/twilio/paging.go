package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// MaxPageSize is the most that Twilio's lists give at a request.
const MaxPageSize = 1000

// Pages is a list that is read page by page. A row is given once, also where pages overlap
// since a row was added while they were read.
type Pages[T any] struct {
	sid   func(T) string
	fetch func(ctx context.Context, page, token string) (rows []T, next string, err error)

	walk pageWalk
	sids map[string]bool
}

// NewPages begins a list. sid gives the SID of a row; fetch is that of EachPage, and returns
// the rows too.
func NewPages[T any](sid func(T) string, fetch func(ctx context.Context, page, token string) (rows []T, next string, err error)) *Pages[T] {
	return &Pages[T]{sid: sid, fetch: fetch, sids: map[string]bool{}}
}

// Next reads the next page, and reports whether it is the last one.
func (p *Pages[T]) Next(ctx context.Context) (rows []T, last bool, err error) {
	rows, next, err := p.fetch(ctx, p.walk.at.page, p.walk.at.token)
	if err != nil {
		return nil, false, err
	}
	rows = slices.DeleteFunc(rows, func(row T) bool {
		sid := p.sid(row)
		known := p.sids[sid]
		p.sids[sid] = true
		return known
	})
	if next == "" {
		return rows, true, nil
	}
	return rows, false, p.walk.to(next)
}

// Missed gives the rows that are on none of the pages since those shifted.
func (p *Pages[T]) Missed(context.Context) ([]T, error) { return nil, nil }

// All reads the whole list.
func (p *Pages[T]) All(ctx context.Context) (all []T, err error) {
	for last := false; !last; {
		var rows []T
		if rows, last, err = p.Next(ctx); err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	missed, err := p.Missed(ctx)
	return append(all, missed...), err
}

// EachPage reads a list page by page. fetch asks the list's own address for one
// page, given by the query parameters Page and PageToken (both "" for the first),
// and returns the answer's next_page_uri or meta.next_page_url; "" ends the list.
// A link is never followed as it is: what it says of the page is read out of it, so
// that it cannot send credentials anywhere.
func EachPage(fetch func(page, token string) (next string, err error)) error {
	var walk pageWalk
	for {
		next, err := fetch(walk.at.page, walk.at.token)
		if err != nil || next == "" {
			return err
		}
		if err := walk.to(next); err != nil {
			return err
		}
	}
}

// pageWalk is a way through a list by its links.
type pageWalk struct {
	at      pageAt
	visited map[pageAt]bool
}

// pageAt is the place of a page in its list; that of the first is empty.
type pageAt struct{ page, token string }

// to goes to the next page.
func (w *pageWalk) to(next string) error {
	at, err := parsePage(next)
	if err != nil {
		return err
	}
	// A server that ignores the token would otherwise never end the list.
	if w.visited[at] {
		return fmt.Errorf("the list never ends: page %q comes after itself", at.page)
	}
	if w.visited == nil {
		w.visited = map[pageAt]bool{}
	}
	w.at, w.visited[at] = at, true
	return nil
}

func parsePage(next string) (pageAt, error) {
	u, err := url.Parse(next)
	if err != nil {
		return pageAt{}, errors.New("the link to the list's next page is not a URL")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return pageAt{}, errors.New("the link to the list's next page has a query that cannot be read")
	}
	at := pageAt{query.Get("Page"), query.Get("PageToken")}
	if at == (pageAt{}) {
		return pageAt{}, errors.New("the link to the list's next page has neither Page nor PageToken")
	}
	return at, nil
}

// checkNextPage refuses an answer whose next page is not one of the list that was
// asked for: on another host, or under another path. at are the addresses the
// list has: the one Twilio documents, and the one it was reached at.
func checkNextPage(answer []byte, at ...*url.URL) error {
	for _, name := range []string{"next_page_uri", "meta.next_page_url"} {
		link := gjson.GetBytes(answer, name).String()
		if link == "" {
			continue
		}
		next, err := url.Parse(link)
		if err != nil {
			return errors.New("the link to the list's next page is not a URL")
		}
		known := slices.ContainsFunc(at, func(u *url.URL) bool {
			return (next.Host == "" || strings.EqualFold(next.Host, u.Host)) && next.EscapedPath() == u.EscapedPath()
		})
		if !known {
			return fmt.Errorf("the list's next page is said to be at %s%s, which is not this list", next.Host, next.EscapedPath())
		}
	}
	return nil
}
