// Package drawio reads the files of draw.io (diagrams.net): `.drawio` and `.xml`, plain or
// compressed, and `.drawio.svg`.
//
// The format: https://www.drawio.com/doc/faq/diagram-source-edit and
// https://jgraph.github.io/mxgraph/docs/manual.html.
package drawio

import (
	"compress/flate"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram/chart"
)

// The bounds of a file. draw.io's own largest templates are far below them.
const (
	maxUnpacked = 32 << 20 // bytes of XML that a file may unpack to, all pages together
	maxCells    = 100_000  // cells of all pages together
	maxPages    = 1_000
	maxDepth    = 100 // elements within elements
)

// Read reads the pages of a file.
func Read(source string) ([]chart.Page, error) {
	f := &file{left: maxUnpacked}
	if err := f.read(source, 0); err != nil {
		return nil, err
	}
	if len(f.pages) == 0 {
		return nil, errors.New("the draw.io file has no page")
	}
	return f.pages, nil
}

type file struct {
	pages []chart.Page
	left  int // bytes that may still be unpacked
	cells int
	vars  map[string]string // of the whole file
}

// read reads a document: `mxfile`, one page's `mxGraphModel`, or an SVG image that contains
// either.
func (f *file) read(source string, wrapped int) error {
	tokens := newTokens(source)
	root, err := tokens.root()
	if err != nil {
		return err
	}
	switch root.Name.Local {
	case "mxfile":
		return f.file(tokens, root)
	case "mxGraphModel":
		return f.page(tokens, "")
	case "svg":
		content := attribute(root, "content")
		if content == "" || wrapped > 0 {
			return errors.New("the SVG image contains no diagram; export it from draw.io with “Include a copy of my diagram”")
		}
		text, err := f.unpack(content)
		if err != nil {
			return err
		}
		return f.read(text, wrapped+1)
	default:
		return fmt.Errorf("the XML is no draw.io file: it begins with <%s>, not <mxfile> or <mxGraphModel>", root.Name.Local)
	}
}

// file reads the pages of an `mxfile`.
func (f *file) file(tokens *tokens, root xml.StartElement) error {
	f.vars = variables(attribute(root, "vars"))
	for {
		token, err := tokens.next()
		if err != nil || token == nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if _, ended := token.(xml.EndElement); ended {
			return nil
		}
		if !ok {
			continue
		}
		if start.Name.Local != "diagram" {
			if err := tokens.skip(); err != nil {
				return err
			}
			continue
		}
		if err := f.diagram(tokens, attribute(start, "name")); err != nil {
			return err
		}
	}
}

// diagram reads a page: a child `mxGraphModel`, or the same as text, packed or not.
func (f *file) diagram(tokens *tokens, name string) error {
	var text strings.Builder
	found := false
	for {
		token, err := tokens.next()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			if token.Name.Local == "mxGraphModel" && !found {
				found = true
				err = f.page(tokens, name)
			} else {
				err = tokens.skip()
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			if found {
				return nil
			}
			return f.packed(text.String(), name)
		}
	}
}

// packed reads a page that is text.
func (f *file) packed(text, name string) error {
	if strings.TrimSpace(text) == "" {
		return f.add(model{}, name) // draw.io writes an empty element for a page never drawn on
	}
	unpacked, err := f.unpack(text)
	if err != nil {
		return &chart.Error{Page: f.named(name), Message: err.Error()}
	}
	inner := newTokens(unpacked)
	root, err := inner.root()
	if err != nil {
		return &chart.Error{Page: f.named(name), Message: err.Error()}
	}
	if root.Name.Local != "mxGraphModel" {
		return &chart.Error{Page: f.named(name), Message: fmt.Sprintf("its content is a <%s>, not an <mxGraphModel>", root.Name.Local)}
	}
	return f.page(inner, name)
}

// named is the name of the page that is read next.
func (f *file) named(name string) string {
	if name = chart.OneLine(chart.Tidy(name)); name != "" {
		return name
	}
	return fmt.Sprintf("Page-%d", len(f.pages)+1)
}

var spaces = strings.NewReplacer(" ", "", "\n", "", "\r", "", "\t", "")

// unpack undoes what draw.io does to the XML of a page: encodeURIComponent, deflate without a
// header, base64. Each step may be missing in a file that another program wrote.
func (f *file) unpack(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "<") {
		return text, f.spend(len(text))
	}
	if !strings.HasPrefix(text, "%") {
		packed, err := base64.StdEncoding.DecodeString(spaces.Replace(text))
		if err != nil {
			return "", fmt.Errorf("its content is neither XML nor compressed by draw.io: %w", err)
		}
		unpacked, err := io.ReadAll(io.LimitReader(flate.NewReader(strings.NewReader(string(packed))), int64(f.left)+1))
		if err != nil && len(unpacked) <= f.left {
			return "", fmt.Errorf("its content is neither XML nor compressed by draw.io: %w", err)
		}
		if err := f.spend(len(unpacked)); err != nil {
			return "", err
		}
		text = string(unpacked)
	}
	if strings.HasPrefix(text, "%") {
		unescaped, err := url.PathUnescape(text) // a plus sign stands for itself
		if err != nil {
			return "", fmt.Errorf("its content is neither XML nor compressed by draw.io: %w", err)
		}
		text = unescaped
	}
	return strings.TrimSpace(text), nil
}

var tooLarge = fmt.Sprintf("the file unpacks to more than %d MiB", maxUnpacked>>20)

func (f *file) spend(bytes int) error {
	if f.left -= bytes; f.left < 0 {
		return errors.New(tooLarge)
	}
	return nil
}

// tokens reads XML as it comes, so that depth costs no stack.
type tokens struct {
	decoder *xml.Decoder
	depth   int
}

func newTokens(text string) *tokens {
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	// What a declaration says of the encoding is of the file: this is text already.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return &tokens{decoder: decoder}
}

var entityDeclaration = regexp.MustCompile(`(?i)<!ENTITY|%[A-Za-z_][\w.-]*;`)

// next returns the next token; nil at the end of the document.
func (t *tokens) next() (xml.Token, error) {
	token, err := t.decoder.Token()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the XML is not valid: %w", err)
	}
	switch each := token.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth {
			line, _ := t.decoder.InputPos()
			return nil, fmt.Errorf("line %d: elements are nested more than %d deep", line, maxDepth)
		}
	case xml.EndElement:
		t.depth--
	case xml.Directive:
		// encoding/xml expands none; a file that counts on it is refused rather than read in part.
		if entityDeclaration.Match(append([]byte("<!"), each...)) {
			return nil, errors.New("the XML declares entities of its own, which are not read")
		}
	}
	return token, nil
}

// root returns the first element.
func (t *tokens) root() (xml.StartElement, error) {
	for {
		token, err := t.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		if token == nil {
			return xml.StartElement{}, errors.New("the XML has no element")
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

// skip reads to the end of the element that has begun.
func (t *tokens) skip() error {
	for depth := t.depth; t.depth >= depth; {
		token, err := t.next()
		if err != nil {
			return err
		}
		if token == nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
