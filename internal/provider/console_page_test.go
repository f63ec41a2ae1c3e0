package provider

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// pagePatience bounds the wait for something on a page: an apply may be behind it.
const pagePatience = time.Minute

// chromium is the command of a Chromium, from the variable CHROMIUM or the PATH.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium was found on the PATH, and CHROMIUM names none: on Debian, apt-get install chromium")
	return ""
}

// page is a page in a headless Chromium.
type page struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // It stands for the page.

	mu       sync.Mutex
	complain []string // of the page's console
	asked    []string // URLs
}

// openPage opens a page, whose window is closed at the end of the test.
func openPage(t *testing.T, url string, width, height int64) *page {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(chromium(t)))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // as root Chromium has none
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	messages, requests := chromedp.Console(ctx), chromedp.Events(ctx, network.RequestWillBeSent)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.complain = append(p.complain, m.String())
			p.mu.Unlock()
		}
	}()
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.asked = append(p.asked, r.Request.URL)
			p.mu.Unlock()
		}
	}()
	p.do(chromedp.Navigate(url))
	return p
}

func (p *page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pagePatience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%v\nthe page:\n%s", err, p.text("body"))
	}
}

// evaluate is the value of an expression in the page.
func evaluate[T any](p *page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pagePatience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// text is what is read in an element, by its selector.
func (p *page) text(selector string) string {
	p.t.Helper()
	return evaluate[string](p, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// await waits until a condition holds, which is looked at whenever the page changes.
func (p *page) await(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pagePatience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`new Promise((done) => {
		const look = () => { if (%s) { watch.disconnect(); done(true); } };
		const watch = new MutationObserver(look);
		watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
		look();
	})`, condition), chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("waiting for %s: %v\nthe page:\n%s", condition, err, p.text("body"))
	}
}

// awaitText waits until a text can be read in an element.
func (p *page) awaitText(selector, text string) {
	p.t.Helper()
	p.await(fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", selector, text))
}

// press presses keys, wherever the focus is.
func (p *page) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// write types a text into the element that has the focus, and presses Enter.
func (p *page) write(text string) {
	p.t.Helper()
	p.press(text)
	p.press("\r")
}

// focusOn moves the focus to an element.
func focusOn(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Focus(selector, chromedp.NodeVisible)
}

// focus is what has the focus: its id, else its name for those who do not see it.
func (p *page) focus() string {
	p.t.Helper()
	return evaluate[string](p, `(() => {
		const at = document.activeElement;
		return at.id || at.getAttribute("aria-label") || at.name && at.name + " " + at.value || at.innerText || at.tagName;
	})()`)
}

// nameless are the elements to act on that have no accessible name.
func (p *page) nameless() (found []string) {
	p.t.Helper()
	tree, err := chromedp.Run(p.ctx, func(ctx context.Context, target *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	roles := []string{
		"button", "link", "textbox", "searchbox", "combobox", "radio", "spinbutton", "table", "navigation", "region",
		"complementary", "log", "group", "list", "DisclosureTriangle",
	}
	read := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		text, err := strconv.Unquote(string(v.Value))
		if err != nil {
			p.t.Fatalf("%s: %v", v.Value, err)
		}
		return text
	}
	seen := 0
	for _, node := range tree.Nodes {
		role := read(node.Role)
		if node.Ignored || !slices.Contains(roles, role) {
			continue
		}
		seen++
		if parent := role == "list" || role == "group"; !parent && read(node.Name) == "" {
			found = append(found, role)
		}
	}
	if seen < 10 {
		p.t.Errorf("%d elements to act on were found", seen)
	}
	return found
}

// quiet reports what the page complained of, but what is expected, and what it asked of others
// than its own server.
func (p *page) quiet(url string, expected ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, message := range p.complain {
		if slices.ContainsFunc(expected, func(part string) bool { return strings.Contains(message, part) }) {
			continue
		}
		p.t.Errorf("the page's console: %s", message)
	}
	if len(p.asked) == 0 {
		p.t.Error("no request of the page was seen")
	}
	for _, asked := range p.asked {
		if !strings.HasPrefix(asked, url+"/console") {
			p.t.Errorf("the page asked for %s", asked)
		}
	}
}
