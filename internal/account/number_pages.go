package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// numberPages is a list of numbers as far as it was read. It never changes: a page more
// makes another of it.
type numberPages struct {
	// read are the pages; once all are read, one that has all numbers, in the order in which
	// they are shown.
	read []numberPage
	// next reads the next page, and missed those numbers that are on none of them since they
	// shifted.
	next   func(context.Context) (rows []bot.Number, last bool, err error)
	missed func(context.Context) ([]bot.Number, error)
}

// numberPage is a page of the list, with the places of the numbers on it.
type numberPage struct {
	rows    []bot.Number
	bySID   map[string]int32
	byPhone map[string]int32 // E.164
}

func pageOf(rows []bot.Number) numberPage {
	page := numberPage{rows: rows, bySID: make(map[string]int32, len(rows)), byPhone: make(map[string]int32, len(rows))}
	for i := range rows {
		page.bySID[rows[i].SID], page.byPhone[rows[i].PhoneNumber] = int32(i), int32(i)
	}
	return page
}

// ofSID finds a number.
func (p numberPages) ofSID(sid string) (bot.Number, bool) {
	for _, page := range p.read {
		if at, ok := page.bySID[sid]; ok {
			return page.rows[at], true
		}
	}
	return bot.Number{}, false
}

// ofPhone finds a number by its E.164 form.
func (p numberPages) ofPhone(phoneNumber string) (bot.Number, bool) {
	for _, page := range p.read {
		if at, ok := page.byPhone[phoneNumber]; ok {
			return page.rows[at], true
		}
	}
	return bot.Number{}, false
}

// rows are the numbers; of a list that was read whole they are in order.
func (p numberPages) rows() []bot.Number {
	if len(p.read) == 1 {
		return p.read[0].rows
	}
	var all []bot.Number
	for _, page := range p.read {
		all = append(all, page.rows...)
	}
	return all
}

// more reads one page more of the numbers, of those with a label where it is not empty.
func (n *numbers) more(label string) func(context.Context, numberPages, int) (numberPages, int, error) {
	return func(ctx context.Context, pages numberPages, depth int) (numberPages, int, error) {
		if depth == 0 {
			pages.next, pages.missed = n.api.Pages(label)
		}
		var rows []bot.Number
		var last bool
		var err error
		if depth < whole {
			rows, last, err = pages.next(ctx)
		} else {
			rows, err = pages.missed(ctx)
		}
		if err != nil {
			return numberPages{}, 0, fmt.Errorf("listing the account's phone numbers: %w", err)
		}
		if label == "" && depth < whole {
			n.hasPages(depth + 1)
			if !last {
				n.hasPages(depth + 2)
			}
		}
		switch {
		case depth >= whole:
			depth = settled
		case last:
			depth = whole
		default:
			pages.read = append(slices.Clip(pages.read), pageOf(rows))
			return pages, depth + 1, nil
		}
		if len(rows) > 0 || len(pages.read) != 1 {
			all := slices.Concat(pages.rows(), rows)
			bot.SortNumbers(all)
			pages.read = []numberPage{pageOf(all)}
		}
		return pages, depth, nil
	}
}

// hasPages remembers that the list of all has at least so many pages.
func (n *numbers) hasPages(pages int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pages = max(n.pages, pages)
}
