package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// MaxPageSize is the most that Twilio's lists give at a request.
const MaxPageSize = 1000

// EachPage reads a list page by page. fetch asks the list's own address for one
// page, given by the query parameters Page and PageToken (both "" for the first),
// and returns the answer's next_page_uri or meta.next_page_url; "" ends the list.
// A link is never followed as it is: what it says of the page is read out of it, so
// that it cannot send credentials anywhere.
func EachPage(fetch func(page, token string) (next string, err error)) error {
	var page, token string
	seen := map[[2]string]bool{}
	for {
		next, err := fetch(page, token)
		if err != nil || next == "" {
			return err
		}
		if page, token, err = parsePage(next); err != nil {
			return err
		}
		// A server that ignores the token would otherwise never end the list.
		here := [2]string{page, token}
		if seen[here] {
			return fmt.Errorf("the list never ends: page %q comes after itself", page)
		}
		seen[here] = true
	}
}

func parsePage(next string) (page, token string, err error) {
	u, err := url.Parse(next)
	if err != nil {
		return "", "", errors.New("the link to the list's next page is not a URL")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", "", errors.New("the link to the list's next page has a query that cannot be read")
	}
	page, token = query.Get("Page"), query.Get("PageToken")
	if page == "" && token == "" {
		return "", "", errors.New("the link to the list's next page has neither Page nor PageToken")
	}
	return page, token, nil
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
