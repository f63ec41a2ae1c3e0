package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// product is the API of one Twilio host.
type product struct {
	host string // first label of the host: "api" for api.twilio.com
	// prefixes are the paths by which a request without a Twilio host is routed
	// to this product.
	prefixes []string
	homeOnly bool // it is in us1 alone
	routes   []route
	tables   []stored
	bots     []botKind
	// receivers find what people write to or call. An earlier one wins.
	receivers []findReceiver
}

// allProducts lists the products; a new one is added here.
func allProducts() []product {
	return []product{
		apiProduct(),
		autopilotProduct(),
		studioProduct(),
		messagingProduct(),
		conversationsProduct(),
		routesProduct(),
		trunkingProduct(),
		voiceProduct(),
		flexProduct(),
		lookupsProduct(),
		serverlessProduct(),
		serverlessUploadProduct(),
	}
}

// handler answers a call with a status and a value to be written as JSON (nil:
// no body), or with an error.
type handler func(*call) (status int, body any, err error)

// route is one operation.
type route struct {
	method  string
	pattern string
	// params are the names the operation takes, in the form of a POST and in the
	// query of anything else. A name with a trailing "..." may be repeated.
	params []string
	list   bool // also takes PageSize, Page and PageToken
	// largestPage is the largest PageSize of a list, maxPageSize when 0.
	largestPage int
	json        bool // takes a JSON object instead of a form
	multipart   bool // takes a multipart form, one part of which may be a file
	noKeys      bool // refuses API keys, as Twilio does for /Accounts and /Keys
	// permission is what a restricted key needs, without "/twilio/" before it.
	permission string
	handler    handler
}

func (r route) takes(name string) (known, repeated bool) {
	if slices.Contains(r.params, name) {
		return true, false
	}
	if slices.Contains(r.params, name+"...") {
		return true, true
	}
	return r.list && slices.Contains([]string{"PageSize", "Page", "PageToken"}, name), false
}

// granted names the permission of routes that have none yet: a resource, whose action
// follows from the operation (route.needs), or a whole permission.
func granted(permission string, routes []route) []route {
	for i := range routes {
		if routes[i].permission == "" {
			routes[i].permission = permission
		}
	}
	return routes
}

// host is a product with its routes in a mux.
type host struct {
	product
	mux *http.ServeMux
}

type methods map[string]route

func newHost(p product) *host {
	byPattern := map[string]methods{}
	for _, r := range p.routes {
		if byPattern[r.pattern] == nil {
			byPattern[r.pattern] = methods{}
		}
		byPattern[r.pattern][r.method] = r
	}
	h := &host{product: p, mux: http.NewServeMux()}
	for pattern, byMethod := range byPattern {
		h.mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
			c := callOf(r)
			c.Request, c.routes = r, byMethod
		})
	}
	h.mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	return h
}

// find returns the operations at the request's path, none if there is no such
// path. A path with an empty or dotted segment is invalid: it must not be
// cleaned into another one.
func (h *host) find(c *call) methods {
	path := c.URL.EscapedPath()
	for _, segment := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return nil
		}
	}
	located := c.WithContext(withCall(c.Context(), c))
	if h.host == apiHost {
		// Without .json the 2010 API answers XML, which the sandbox does not support.
		if !strings.HasSuffix(path, ".json") {
			return nil
		}
		u := *c.URL
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, ".json"), strings.TrimSuffix(u.RawPath, ".json")
		located.URL = &u
	}
	h.mux.ServeHTTP(nil, located)
	return c.routes
}

// hostFor finds the product of a request, and the Region: by Host
// (api.dublin.ie1.twilio.com), or by its path, in us1, where the host is not Twilio's.
func (s *Sandbox) hostFor(r *http.Request) (h *host, region string) {
	name := strings.ToLower(r.Host)
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 {
		name = name[:colon]
	}
	if labels, ok := strings.CutSuffix(name, ".twilio.com"); ok {
		first, rest, _ := strings.Cut(labels, ".")
		if strings.Count(rest, ".") > 1 {
			return nil, ""
		}
		region = rest[strings.LastIndexByte(rest, '.')+1:]
		h = s.hosts[first]
		if !isRegion(region) || h != nil && h.homeOnly && rowsOf(region) != "" {
			return nil, ""
		}
		return h, rowsOf(region)
	}
	for _, h := range s.hosts {
		for _, prefix := range h.prefixes {
			if r.URL.Path == prefix || strings.HasPrefix(r.URL.Path, prefix+"/") || r.URL.Path == prefix+".json" {
				return h, ""
			}
		}
	}
	return nil, ""
}
