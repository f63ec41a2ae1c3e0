// Command docshtml writes the pages of docs/ as HTML, so that they can be looked at as
// pages, and fails where a link between them leads nowhere:
//
//	docshtml DOCS OUT
package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"go.abhg.dev/goldmark/frontmatter"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: docshtml DOCS OUT")
		os.Exit(2)
	}
	if err := write(os.DirFS(os.Args[1]), os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "docshtml:", err)
		os.Exit(1)
	}
	fmt.Println(filepath.Join(os.Args[2], "index.html"))
}

// page is one file of the documentation.
type page struct {
	Name   string // its path, with slashes and without .md
	Title  string
	source []byte
	tree   ast.Node
	ids    []string // what a link can end in
}

// parts are the folders of the documentation, in the order of the menu.
var parts = []string{"", "guides", "resources", "data-sources", "list-resources", "actions", "functions"}

func (p *page) folder() string {
	folder, _, _ := strings.Cut(p.Name, "/")
	if folder == p.Name {
		return ""
	}
	return folder
}

// Part is the heading of the menu that the page is under.
func (p *page) Part() string {
	words := strings.ReplaceAll(p.folder(), "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// Short is the page's entry in the menu: a guide has its title, all else its name.
func (p *page) Short() string {
	if folder := p.folder(); folder != "guides" && folder != "" {
		return path.Base(p.Name)
	}
	return p.Title
}

// markdown reads what the registry's pages are written in: headings have anchors, and
// a page may hold HTML.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.GFM, &frontmatter.Extender{}),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

func write(docs fs.FS, out string) error {
	pages, err := read(docs)
	if err != nil {
		return err
	}
	dead := link(pages)
	for _, each := range pages {
		var body, whole bytes.Buffer
		if err := markdown.Renderer().Render(&body, each.source, each.tree); err != nil {
			return err
		}
		up := strings.Repeat("../", strings.Count(each.Name, "/"))
		if err := layout.Execute(&whole, map[string]any{
			"Page": each, "Pages": pages, "Up": up, "Body": template.HTML(body.String()), //nolint:gosec // the project's own pages
		}); err != nil {
			return err
		}
		file := filepath.Join(out, filepath.FromSlash(each.Name)+".html")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, whole.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return dead
}

// read reads the pages, the provider's own first.
func read(docs fs.FS) ([]*page, error) {
	var pages []*page
	err := fs.WalkDir(docs, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		source, err := fs.ReadFile(docs, name)
		if err != nil {
			return err
		}
		context := parser.NewContext()
		made := &page{Name: strings.TrimSuffix(name, ".md"), source: source}
		made.tree = markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
		var meta struct {
			Title string `yaml:"page_title"`
		}
		if data := frontmatter.Get(context); data != nil {
			if err := data.Decode(&meta); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		made.Title = meta.Title
		pages = append(pages, made)
		return ast.Walk(made.tree, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
			if id, ok := node.AttributeString("id"); ok && entering {
				made.ids = append(made.ids, string(id.([]byte)))
			}
			if raw, ok := node.(*ast.RawHTML); ok && entering {
				if _, id, found := strings.Cut(string(raw.Segments.Value(source)), `<a id="`); found {
					made.ids = append(made.ids, strings.TrimSuffix(id, `">`))
				}
			}
			return ast.WalkContinue, nil
		})
	})
	slices.SortStableFunc(pages, func(a, b *page) int { return slices.Index(parts, a.folder()) - slices.Index(parts, b.folder()) })
	return pages, err
}

// link has the links between pages lead to their HTML.
func link(pages []*page) error {
	named := map[string]*page{}
	for _, each := range pages {
		named[each.Name] = each
	}
	var dead []error
	for _, each := range pages {
		err := ast.Walk(each.tree, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
			to, ok := node.(*ast.Link)
			if !ok || !entering || strings.Contains(string(to.Destination), "://") {
				return ast.WalkContinue, nil
			}
			destination, anchor, anchored := strings.Cut(string(to.Destination), "#")
			target := each
			if destination != "" {
				target = named[strings.TrimSuffix(path.Join(path.Dir(each.Name), destination), ".md")]
			}
			if target == nil || anchored && !slices.Contains(target.ids, anchor) {
				dead = append(dead, fmt.Errorf("%s.md: the link %s leads nowhere", each.Name, to.Destination))
				return ast.WalkContinue, nil
			}
			if destination != "" {
				changed := strings.TrimSuffix(destination, ".md") + ".html"
				if anchored {
					changed += "#" + anchor
				}
				to.Destination = []byte(changed)
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(dead...)
}

// layout is about as wide as the registry shows a page.
var layout = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ .Page.Title }}</title>
<style>
  body { display: grid; grid-template-columns: 17rem minmax(0, 50rem); gap: 2rem; margin: 1.5rem; font: 16px/1.55 system-ui, sans-serif; color: #1d1d24; }
  nav { font-size: 14px; overflow-wrap: anywhere; }
  nav a { display: block; padding: .1rem 0; }
  nav b { display: block; margin-top: .8rem; }
  main { overflow-wrap: anywhere; }
  a { color: #1a4fb4; }
  pre { background: #f4f4f6; padding: .8rem; overflow-x: auto; font-size: 14px; line-height: 1.45; }
  code { background: #f4f4f6; font-size: .9em; }
  table { border-collapse: collapse; display: block; overflow-x: auto; }
  th, td { overflow-wrap: normal; border: 1px solid #c9c9d2; padding: .35rem .6rem; text-align: left; vertical-align: top; }
  @media (max-width: 60rem) { body { grid-template-columns: minmax(0, 1fr); } nav { display: none; } }
</style>
<nav>{{ $up := .Up }}{{ $part := "" }}{{ range .Pages }}{{ if ne .Part $part }}{{ $part = .Part }}<b>{{ $part }}</b>{{ end -}}
<a href="{{ $up }}{{ .Name }}.html">{{ .Short }}</a>{{ end }}</nav>
<main>{{ .Body }}</main>
`))
