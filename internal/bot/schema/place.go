package schema

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// place is a position in a document in two forms: by index, for the reader of this
// file, and by name, which edits do not change.
type place struct {
	pointer jsontext.Pointer
	key     string // "tasks[greeting]/actions/redirect"
}

// member is the place of an object's member.
func (p place) member(name string) place {
	return place{p.pointer.AppendToken(name), p.key + "/" + name}
}

// index is the place of a list's element, which the key calls name.
func (p place) index(i int, name string) place {
	return place{p.pointer.AppendToken(strconv.Itoa(i)), p.key + "[" + name + "]"}
}

// named replaces the index of an element with its name, if it has one.
func (p place) named(n *jsondoc.Node, name string) place {
	if v := n.Get(name); v.Is('"') {
		p.key = p.key[:strings.LastIndexByte(p.key, '[')] + "[" + v.Text + "]"
	}
	return p
}

// what describes the object at the place for people.
func (p place) what() string {
	if p.key == "" {
		return "an assistant schema"
	}
	return strings.TrimPrefix(p.key, "/")
}
