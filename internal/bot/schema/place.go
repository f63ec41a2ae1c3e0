package schema

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// place is where in a document something stands, told twice: for the reader of
// this file by positions, and across edits by names.
type place struct {
	pointer jsontext.Pointer
	key     string // "tasks[greeting]/actions/redirect"
}

// member is the place of an object's member.
func (p place) member(name string) place {
	return place{p.pointer.AppendToken(name), p.key + "/" + name}
}

// index is the place of a list's element, which is known elsewhere as name.
func (p place) index(i int, name string) place {
	return place{p.pointer.AppendToken(strconv.Itoa(i)), p.key + "[" + name + "]"}
}

// named replaces the position an element is known by with its name, if it has one.
func (p place) named(n *jsondoc.Node, name string) place {
	if v := n.Get(name); v.Is('"') {
		p.key = p.key[:strings.LastIndexByte(p.key, '[')] + "[" + v.Text + "]"
	}
	return p
}

// what says for people which object the place is.
func (p place) what() string {
	if p.key == "" {
		return "an assistant schema"
	}
	return strings.TrimPrefix(p.key, "/")
}
