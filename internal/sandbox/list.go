package sandbox

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

// paging is the page a list call asks for.
type paging struct {
	page, size int
	filters    url.Values
	// The page begins after so many rows (Twilio's tokens that begin with PA), or ends
	// after them (PB). What Twilio counts by is not documented: a page that begins after a
	// number of rows misses one, where one of those before it is deleted in between.
	after, before int
}

// listPage answers a list call: one page of the rows, which are in the order of
// table.list, each rendered as a fetch renders it, in the envelope of the host.
func listPage[T any](c *call, key string, rows []T, render func(T) object) (int, any, error) {
	p, err := c.paging()
	if err != nil {
		return 0, nil, err
	}
	from, to := 0, len(rows)
	switch {
	case p.after > 0:
		from = min(p.after, len(rows))
	case p.before > 0:
		to = min(p.before, len(rows))
		from = max(0, to-p.size)
	}
	to = min(to, from+p.size)
	rendered := make([]object, 0, to-from)
	for _, row := range rows[from:to] {
		rendered = append(rendered, render(row))
	}
	var next, previous any
	if to < len(rows) && to > from {
		next = c.pageLocation(p, p.page+1, pageToken('A', to, p.fingerprint(c)))
	}
	if from > 0 && p.page > 0 && to > from {
		previous = c.pageLocation(p, p.page-1, pageToken('B', from, p.fingerprint(c)))
	}
	token := c.params.Get("PageToken")
	envelope := object{key: rendered}
	if c.host.host == apiHost {
		start := p.page * p.size
		envelope["page"], envelope["page_size"] = p.page, p.size
		envelope["start"], envelope["end"] = start, max(start, start+len(rendered)-1)
		envelope["uri"], envelope["first_page_uri"] = c.pageLocation(p, p.page, token), c.pageLocation(p, 0, "")
		envelope["next_page_uri"], envelope["previous_page_uri"] = next, previous
		return http.StatusOK, envelope, nil
	}
	envelope["meta"] = object{
		"key": key, "page": p.page, "page_size": p.size,
		"url": c.pageLocation(p, p.page, token), "first_page_url": c.pageLocation(p, 0, ""),
		"next_page_url": next, "previous_page_url": previous,
	}
	return http.StatusOK, envelope, nil
}

func (c *call) paging() (paging, error) {
	p := paging{size: defaultPageSize, filters: url.Values{}}
	for name, values := range c.params {
		if !slices.Contains([]string{"PageSize", "Page", "PageToken"}, name) {
			p.filters[name] = values
		}
	}
	most := maxPageSize
	if c.route.largestPage > 0 {
		most = c.route.largestPage
	}
	var err error
	if text := c.params.Get("PageSize"); c.params.Has("PageSize") {
		if p.size, err = strconv.Atoi(text); err != nil || p.size < 1 {
			return p, invalidParameter(20001, "PageSize must be a number from 1 to %d", most)
		}
		if p.size > most {
			return p, invalidParameter(20007, "Page size must not be greater than %d", most)
		}
	}
	if text := c.params.Get("Page"); c.params.Has("Page") {
		if p.page, err = strconv.Atoi(text); err != nil || p.page < 0 {
			return p, invalidParameter(20001, "Page must be a number from 0")
		}
	}
	token := c.params.Get("PageToken")
	if p.page == 0 && token == "" {
		return p, nil
	}
	direction, rows, ok := readPageToken(token, p.fingerprint(c))
	switch {
	case ok && direction == 'A' && p.page > 0:
		p.after = rows
	case ok && direction == 'B':
		p.before = rows
	default:
		return p, invalidParameter(21481, "Invalid PageToken: follow the next page of the previous answer")
	}
	return p, nil
}

// fingerprint ties a token to its list, its filters and its page size.
func (p paging) fingerprint(c *call) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s?%s&%d", c.original.Path, p.filters.Encode(), p.size)
	return h.Sum64()
}

func pageToken(direction byte, rows int, fingerprint uint64) string {
	return fmt.Sprintf("P%c%016x%016x", direction, rows, fingerprint)
}

func readPageToken(token string, fingerprint uint64) (direction byte, rows int, ok bool) {
	if len(token) != 34 || token[0] != 'P' || token[1] != 'A' && token[1] != 'B' {
		return 0, 0, false
	}
	count, err := strconv.ParseInt(token[2:18], 16, 32)
	return token[1], int(count), err == nil && count > 0 && token == pageToken(token[1], int(count), fingerprint)
}

// pageLocation is the URL of a page: relative to the host on the 2010 API,
// absolute and on the product's real host elsewhere.
func (c *call) pageLocation(p paging, page int, token string) string {
	var query strings.Builder
	if len(p.filters) > 0 {
		query.WriteString(p.filters.Encode() + "&")
	}
	fmt.Fprintf(&query, "PageSize=%d&Page=%d", p.size, page)
	if token != "" {
		query.WriteString("&PageToken=" + token)
	}
	location := c.original.EscapedPath() + "?" + query.String()
	if c.host.host == apiHost {
		return location
	}
	return c.host.url(location)
}

// url is a path on the product's real host.
func (h *host) url(path string) string { return "https://" + h.host + ".twilio.com" + path }
