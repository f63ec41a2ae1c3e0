package twilio

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// edges maps a region to the edge that twilio-cli fills in for it
// (src/commands/profiles/create.js). Hosts with a region and no edge are
// deprecated and stop working on 2026-04-28
// (https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region).
var edges = map[string]string{
	"au1": "sydney",
	"br1": "sao-paulo",
	"de1": "frankfurt",
	"ie1": "dublin",
	"jp1": "tokyo",
	"jp2": "osaka",
	"sg1": "singapore",
	"us1": "ashburn",
	"us2": "umatilla",
}

// routes says where a request to a host of Twilio goes.
type routes struct {
	region, edge   string
	api, autopilot *url.URL // nil: Twilio itself
}

func newRoutes(r Resolved) (routes, error) {
	if (r.Region == "") != (r.Edge == "") {
		return routes{}, fmt.Errorf("region %q and edge %q: Twilio's hosts need both or neither", r.Region, r.Edge)
	}
	where := routes{region: r.Region, edge: r.Edge}
	var err error
	if where.api, err = parseBase(r.APIURL); err != nil {
		return routes{}, fmt.Errorf("api_url: %w", err)
	}
	if where.autopilot, err = parseBase(r.AutopilotURL); err != nil {
		return routes{}, fmt.Errorf("autopilot_url: %w", err)
	}
	return where, nil
}

// parseBase reads a URL under which other hosts are reached; nil for "".
func parseBase(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		// The error of url.Parse repeats the URL, with a password it may hold.
		return nil, errors.New("it is not a URL; give one such as https://twilio.example.com")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("it is not the URL of a host; give one such as https://twilio.example.com")
	case u.User != nil:
		return nil, errors.New("it holds a user name; credentials go into attributes of their own")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("it has a query or a fragment; requests bring their own")
	case !private(u):
		return nil, fmt.Errorf("it is plain http to %s, which would show the credentials to the network; use https, or a loopback address", u.Hostname())
	}
	return u, nil
}

// private reports whether credentials may be sent to u: over TLS, or without leaving
// the machine.
func private(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// regional is the name of a host of Twilio in the chosen region. Only hosts of the
// form product.twilio.com have one: anything else stays as it is.
func (r routes) regional(host string) string {
	product, ok := strings.CutSuffix(strings.ToLower(host), ".twilio.com")
	if !ok || r.region == "" || product == "" || strings.ContainsAny(product, ".:") {
		return host
	}
	return product + "." + r.edge + "." + r.region + ".twilio.com"
}

// route is where the request for u is sent, and the Host header it carries.
func (r routes) route(u *url.URL) (*url.URL, string) {
	host := r.regional(u.Host)
	switch {
	case r.autopilot != nil && isAutopilot(u.Hostname()):
		return under(r.autopilot, u), r.autopilot.Host
	case r.api != nil && isTwilio(u.Hostname()):
		return under(r.api, u), host
	}
	to := *u
	to.Host = host
	return &to, host
}

// reached is the address at which u is really reached.
func (r routes) reached(u *url.URL) *url.URL {
	to, _ := r.route(u)
	return to
}

func isTwilio(host string) bool {
	return strings.HasSuffix(strings.ToLower(host), ".twilio.com")
}

func isAutopilot(host string) bool {
	host = strings.ToLower(host)
	return host == "autopilot.twilio.com" || host == "channels.autopilot.twilio.com"
}

// under is u with base instead of its host.
func under(base, u *url.URL) *url.URL {
	to := *u
	to.Scheme, to.Host = base.Scheme, base.Host
	if prefix := strings.TrimRight(base.EscapedPath(), "/"); prefix != "" {
		to.RawPath = prefix + u.EscapedPath()
		to.Path = strings.TrimRight(base.Path, "/") + u.Path
	}
	return &to
}
