package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// MaxPageSize is the most that Twilio's lists give at a request.
const MaxPageSize = 1000

// Pages is a list that is read page by page. What Twilio counts its pages by is not
// documented: where a record is added or deleted while they are read, those behind it may
// move to the page after, or to the one before, which was read already. So a row is given
// once, and Missed looks for those that no page had. Only a token that names a record is known to
// count by records: nothing moves there.
type Pages[T any] struct {
	sid   func(T) string
	fetch func(ctx context.Context, page, token string) (rows []T, next string, err error)

	walk pageWalk
	sids map[string]bool // of all rows that were read
	read []readPage
}

// readPage is a page as it was read last.
type readPage struct {
	at   pageAt
	sids []string
	next pageAt // empty for the last page
}

// NewPages begins a list. sid gives the SID of a row; fetch is that of EachPage, and returns
// the rows too.
func NewPages[T any](sid func(T) string, fetch func(ctx context.Context, page, token string) (rows []T, next string, err error)) *Pages[T] {
	return &Pages[T]{sid: sid, fetch: fetch, sids: map[string]bool{}}
}

// Next reads the next page, and reports whether it is the last one.
func (p *Pages[T]) Next(ctx context.Context) (rows []T, last bool, err error) {
	at := p.walk.at
	rows, next, err := p.fetch(ctx, at.page, at.token)
	if err != nil {
		return nil, false, err
	}
	if next != "" {
		if err := p.walk.to(next); err != nil {
			return nil, false, err
		}
	}
	read := readPage{at: at, sids: p.sidsOf(rows)}
	if next != "" {
		read.next = p.walk.at
	}
	p.read = append(p.read, read)
	return p.unread(rows), next == "", nil
}

func (p *Pages[T]) sidsOf(rows []T) []string {
	sids := make([]string, len(rows))
	for i, row := range rows {
		sids[i] = p.sid(row)
	}
	return sids
}

// unread are the rows that no page had before.
func (p *Pages[T]) unread(rows []T) []T {
	return slices.DeleteFunc(rows, func(row T) bool {
		sid := p.sid(row)
		known := sid != "" && p.sids[sid]
		p.sids[sid] = true
		return known
	})
}

// looksForMissed is how often a list is looked at again that changes all the time. A row is
// on none of its pages then only if it moved across the end of one each time.
const looksForMissed = 3

// Missed gives the rows that none of the pages had, since those shifted; it is called after
// the last page. It reads every page but the last again, which have the same rows if nothing
// shifted, since a record that is deleted does not come back; where they have not, it reads
// the list anew. Where there is one page, or tokens name records, it reads nothing.
func (p *Pages[T]) Missed(ctx context.Context) (missed []T, err error) {
	if !slices.ContainsFunc(p.read, func(page readPage) bool { return page.next != (pageAt{}) && !page.next.namesRecord() }) {
		return nil, nil
	}
	for range looksForMissed {
		same := true
		for i := range p.read[:len(p.read)-1] {
			rows, _, err := p.fetch(ctx, p.read[i].at.page, p.read[i].at.token)
			if err != nil {
				return nil, err
			}
			same = same && slices.Equal(p.sidsOf(rows), p.read[i].sids)
			missed = append(missed, p.unread(rows)...)
		}
		if same {
			break
		}
		p.walk, p.read = pageWalk{}, nil
		for last := false; !last; {
			var rows []T
			if rows, last, err = p.Next(ctx); err != nil {
				return nil, err
			}
			missed = append(missed, rows...)
		}
	}
	return missed, nil
}

// all reads the whole list.
func (p *Pages[T]) all(ctx context.Context) (all []T, err error) {
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

// All reads a whole list. sid gives the SID of a row; fetch is that of EachPage, and returns
// the rows too.
func All[T any](ctx context.Context, sid func(T) *string, fetch func(page, token string) (rows []T, next string, err error)) ([]T, error) {
	return NewPages(func(row T) string { return Value(sid(row)) }, func(_ context.Context, page, token string) ([]T, string, error) {
		return fetch(page, token)
	}).all(ctx)
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

// recordToken is a token that ends in the SID of a record, as those of messages and of
// Messaging Services do in answers of Twilio that people published: PASM…, PTMG….
var recordToken = regexp.MustCompile(`^P[AT][A-Z]{2}[0-9a-f]{32}$`)

// namesRecord reports whether the page is said to begin behind a record, or with one.
func (a pageAt) namesRecord() bool { return recordToken.MatchString(a.token) }

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
