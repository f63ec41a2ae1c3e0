package twiml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// maxDepth bounds how deep the elements of raw XML nest; TwiML's own nest four deep.
const maxDepth = 16

// fragment reads XML without a root: text and elements, and nothing else. There are no
// entities but those of XML itself, since there is nothing to declare them in.
func fragment(text string) ([]etree.Token, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("has %d bytes, and a whole document may have %d", len(text), MaxSize)
	}
	document := etree.NewDocument()
	document.ReadSettings = etree.ReadSettings{PreserveDuplicateAttrs: true, MaxDepth: maxDepth}
	if err := document.ReadFromString(text); err != nil {
		return nil, wrong(err)
	}
	if err := proper(&document.Element); err != nil {
		return nil, err
	}
	// Adding a token to another element takes it out of this one.
	return append([]etree.Token(nil), document.Child...), nil
}

// wrong says in what way a text is not XML.
func wrong(err error) error {
	if errors.Is(err, etree.ErrMaxDepth) {
		return fmt.Errorf("nests elements more than %d deep", maxDepth)
	}
	reason := strings.TrimPrefix(err.Error(), "XML syntax error ")
	if errors.Is(err, etree.ErrXML) {
		reason = "an element is not closed, or another one is"
	}
	return fmt.Errorf("is not well-formed XML: %s", reason)
}

// proper checks what the parser lets pass.
func proper(e *etree.Element) error {
	taken := map[string]bool{}
	for i := range e.Attr {
		name := e.Attr[i].FullKey()
		if taken[name] {
			return fmt.Errorf("is not well-formed XML: <%s> has the attribute %q twice", e.FullTag(), name)
		}
		taken[name] = true
	}
	for _, token := range e.Child {
		switch token := token.(type) {
		case *etree.Element:
			if err := proper(token); err != nil {
				return err
			}
		case *etree.CharData:
		case *etree.Comment:
			return errors.New("has a comment")
		case *etree.ProcInst:
			return fmt.Errorf("has a processing instruction, <?%.20s", token.Target)
		default:
			return errors.New("has a declaration, such as a DOCTYPE")
		}
	}
	return nil
}

// rawVerbs reads verbs that are written as XML.
func (r *reader) rawVerbs(at string, given any) []etree.Token {
	text := r.value(at, someText, given)
	tokens, err := fragment(text)
	if err != nil {
		r.problem(at, "%v", err)
		return nil
	}
	verbs := tokens[:0]
	for _, token := range tokens {
		e, ok := token.(*etree.Element)
		if !ok {
			if text, ok := token.(*etree.CharData); ok && strings.TrimSpace(text.Data) != "" {
				r.problem(at, "has text outside an element")
			}
			continue
		}
		if e.Tag == "Response" {
			r.problem(at, "takes verbs, not a whole document: leave <Response> out")
		}
		verbs = append(verbs, token)
	}
	if len(verbs) == 0 {
		r.problem(at, "has no element")
	}
	return verbs
}

// speech reads SSML (https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml-overview).
func (r *reader) speech(at string, given any) []etree.Token {
	text := r.value(at, someText, given)
	tokens, err := fragment(text)
	if err != nil {
		r.problem(at, "%v", err)
		return nil
	}
	for _, token := range tokens {
		if e, ok := token.(*etree.Element); ok {
			r.spoken(at, e)
		}
	}
	return tokens
}

// spoken checks an element of SSML and those in it.
func (r *reader) spoken(at string, e *etree.Element) {
	attributes, ok := ssml[e.FullTag()]
	if !ok {
		hint := suggestion(e.FullTag(), keys(ssml))
		if e.Tag == "speak" {
			hint = " Leave <speak> out: Say stands for it."
		}
		r.problem(at, "there is no element <%s> in Twilio's SSML.%s", e.FullTag(), hint)
		return
	}
	for i := range e.Attr {
		if name := e.Attr[i].FullKey(); !attributes[name] {
			r.problem(at, "<%s> has no attribute %q", e.FullTag(), name)
		}
	}
	for _, child := range e.ChildElements() {
		r.spoken(at, child)
	}
}

// characters counts the text of SSML, without its elements.
func characters(tokens []etree.Token) (count int) {
	for _, token := range tokens {
		switch token := token.(type) {
		case *etree.CharData:
			count += utf8.RuneCountInString(token.Data)
		case *etree.Element:
			count += characters(token.Child)
		}
	}
	return count
}
