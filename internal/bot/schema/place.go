package schema

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/jsondoc"
)

// place is a place in a document, as a pointer and as a key. The pointer has positions
// in lists; the key has names in their stead, so that it survives edits.
type place struct {
	pointer jsontext.Pointer
	key     string // "tasks[greeting]/actions/redirect"
}

// member is the place of an object's member.
func (p place) member(name string) place {
	return place{p.pointer.AppendToken(name), p.key + "/" + name}
}

// index is the place of an element of a list. In the key it is called name.
func (p place) index(i int, name string) place {
	return place{p.pointer.AppendToken(strconv.Itoa(i)), p.key + "[" + name + "]"}
}

// named replaces the position of an element by its name, if it has one.
func (p place) named(n *jsondoc.Node, name string) place {
	if v := n.Get(name); v.Is('"') {
		p.key = p.key[:strings.LastIndexByte(p.key, '[')] + "[" + v.Text + "]"
	}
	return p
}

// what names the object at the place, for messages.
func (p place) what() string {
	if p.key == "" {
		return "an assistant schema"
	}
	return strings.TrimPrefix(p.key, "/")
}
