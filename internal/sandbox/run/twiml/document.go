package twiml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds how deep elements nest; TwiML's own nest three deep.
const maxDepth = 32

// node is an element of a document. Twilio's names are case-sensitive.
type node struct {
	Name     string
	Attr     map[string]string
	Text     string // all text of the element, nested text included, in order
	Own      string // its text without that of nested elements
	Children []node
}

// parse reads a document: one Response element.
func parse(body []byte) (node, error) {
	decoder := xml.NewDecoder(strings.NewReader(string(body)))
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return input, nil
		}
		return nil, fmt.Errorf("the encoding is %s, not UTF-8", charset)
	}
	var root *node
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return node{}, err
		}
		begin, ok := token.(xml.StartElement)
		if !ok {
			if text, ok := token.(xml.CharData); ok && strings.TrimSpace(string(text)) != "" {
				return node{}, errors.New("there is text outside the root element")
			}
			continue
		}
		if root != nil {
			return node{}, errors.New("there is more than one root element")
		}
		n, err := element(decoder, begin, 1)
		if err != nil {
			return node{}, err
		}
		root = &n
	}
	switch {
	case root == nil:
		return node{}, errors.New("there is no element")
	case root.Name != "Response":
		return node{}, fmt.Errorf("the root element is %s, not Response", root.Name)
	}
	return *root, nil
}

func element(decoder *xml.Decoder, begin xml.StartElement, depth int) (node, error) {
	n := node{Name: begin.Name.Local, Attr: map[string]string{}}
	if depth > maxDepth {
		return n, errors.New("elements nest too deep")
	}
	for _, a := range begin.Attr {
		n.Attr[a.Name.Local] = a.Value
	}
	var text, own strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			return n, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := element(decoder, token, depth+1)
			if err != nil {
				return n, err
			}
			text.WriteString(child.Text)
			n.Children = append(n.Children, child)
		case xml.CharData:
			text.Write(token)
			own.Write(token)
		case xml.EndElement:
			n.Text, n.Own = text.String(), own.String()
			return n, nil
		}
	}
}

// said is the text as it is read aloud or sent, without the white space of
// indentation around it.
func (n node) said() string { return strings.TrimSpace(n.Text) }

// or is the value of an attribute, or absent where it is not set.
func (n node) or(attribute, absent string) string {
	if value, ok := n.Attr[attribute]; ok {
		return value
	}
	return absent
}
