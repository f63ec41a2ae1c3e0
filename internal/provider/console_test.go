package provider

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/sandbox"
)

// served serves the console of the world's sandbox: the same sandbox as the provider's, without
// what records the provider's calls.
func (w *world) served(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(w.box)
	t.Cleanup(server.Close)
	return server.URL
}

// clinic is a configuration with the bot of the quickstart on a number, and whether it is
// suspended a variable.
func clinic(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs("../../examples/quickstart/clinic.json")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
variable "suspended" {
  type    = bool
  default = false
}
resource "twiliobot_assistant" "clinic" {
  unique_name = "clinic"
  schema      = file(%q)
}
resource "twiliobot_phone_number_binding" "clinic" {
  phone_number  = %q
  assistant_sid = twiliobot_assistant.clinic.sid
}
resource "twiliobot_suspension" "clinic" {
  count         = var.suspended ? 1 : 0
  assistant_sid = twiliobot_assistant.clinic.sid
}
`, filepath.ToSlash(file), ukNumber)
}

// A page of the console that stays open while Terraform works shows what Terraform does, and
// its phone gets the answers. Only the keyboard is used.
func TestConsoleFollowsTerraform(t *testing.T) {
	t.Parallel()
	chromium(t)
	w := newWorld(t, quick())
	f := newFolder(t, w.config(clinic(t)))
	url := w.served(t)
	p := openPage(t, url+"/console", 1280, 900)

	p.awaitText("#connection", "Live")
	p.awaitText("#numbers", ukNumber)
	p.awaitText("#phone-who", "No one answers")

	// The order in which Tab goes is that of the page.
	var order []string
	for len(order) < 40 && (len(order) == 0 || order[len(order)-1] != "phone-send") {
		p.press("\t")
		order = append(order, p.focus())
	}
	want := "Skip to the phone|Numbers and bots|Requests and faults|numbers-filter|Phone +12025550142|Phone " + ukNumber +
		"|Phone +447700900123|bots-filter|phone-to|phone-from|channel messaging|transcript|phone-text|phone-send"
	if got := strings.Join(order, "|"); got != want {
		t.Errorf("Tab goes to %s\nwant           %s", got, want)
	}

	// From the filter, the number's button leads to the phone.
	p.do(focusOn("#numbers-filter"))
	p.press("7735023")
	p.await(`document.querySelectorAll("#numbers tr").length === 1`)
	p.press("\t")
	p.press("\r")
	if at := p.focus(); at != "phone-text" {
		t.Errorf("the focus is at %s", at)
	}
	if at := evaluate[string](p, `document.getElementById("phone-to").value`); at != ukNumber {
		t.Errorf("the phone writes to %s", at)
	}

	f.run("apply", "-input=false", "-auto-approve")
	p.awaitText("#numbers", "clinic")
	p.awaitText("#bots", "live")
	p.awaitText("#phone-who", "clinic (Studio) answers messages.")
	p.awaitText("#transcript", "Now clinic (Studio) answers.")
	p.write("opening hours")
	p.awaitText("#transcript li:last-child", "We are open from 8 to 18")

	f.run("apply", "-input=false", "-auto-approve", "-var", "suspended=true")
	p.awaitText("#phone-who", "Silent: clinic (Studio) is suspended.")
	p.awaitText("#transcript", "clinic was suspended. It is silent now.")
	p.awaitText("#bots", "suspended")
	answers := evaluate[int](p, `document.querySelectorAll("#transcript .bot").length`)
	p.write("opening hours")
	p.awaitText("#transcript li:last-child", "No answer: clinic is suspended.")
	if got := evaluate[int](p, `document.querySelectorAll("#transcript .bot").length`); got != answers {
		t.Errorf("a suspended bot gave %d answers", got-answers)
	}
	// A page that is opened now begins at the bot's number, which is not the first.
	other := openPage(t, url+"/console", 390, 844)
	other.awaitText("#phone-who", "clinic (Studio) is suspended.")

	f.run("apply", "-input=false", "-auto-approve")
	p.awaitText("#phone-who", "clinic (Studio) answers messages.")
	p.awaitText("#transcript li:last-child", "clinic was resumed, and answers again.")
	p.write("opening hours")
	p.awaitText("#transcript li:last-child", "We are open from 8 to 18")

	// What Terraform asked is in the journal.
	p.do(focusOn(`header nav a[href="#requests"]`))
	p.press("\r")
	p.awaitText("#journal", "/v2/Flows")
	if shown := p.text("body"); strings.Contains(shown, sandbox.StarterAuthToken) {
		t.Error("the page shows the auth token")
	}
	if nameless := p.nameless(); len(nameless) > 0 {
		t.Errorf("without an accessible name: %v", nameless)
	}
	f.run("destroy", "-input=false", "-auto-approve")
	p.awaitText("#phone-who", "No one answers")
	p.quiet(url)
}

// What an account says is shown as text, in any script and of any length, and of many numbers
// some. Faults are added, counted and removed on the page.
func TestConsoleShowsWhatThereIs(t *testing.T) {
	t.Parallel()
	const script, image = `<script>document.title="run"</script>`, `<img src=x onerror='document.title="run"'>`
	w := &world{t: t, box: sandbox.New()}
	long := strings.Repeat("so long ", 6) + "العربية 日本語"
	for i := range 1000 {
		label := fmt.Sprintf("Desk %d", i)
		switch i {
		case 7:
			label = script + image
		case 8:
			label = long
		}
		if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number":"+1202556%04d","friendly_name":%q}`, i, label)); err != nil {
			t.Fatal(err)
		}
	}
	url := w.served(t)
	create := func(name string) (status int) {
		form := neturl.Values{"FriendlyName": {name}, "SmsUrl": {"http://user:hidden@127.0.0.1:1/" + name}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/2010-04-01/Accounts/"+sandbox.StarterAccountSID+"/Applications.json", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(sandbox.StarterAccountSID, sandbox.StarterAuthToken)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	p := openPage(t, url+"/console", 1280, 900)
	p.awaitText("#summary", "1,003 numbers")
	p.awaitText("#numbers-pager", "1–25 of 1,003")
	if rows := evaluate[int](p, `document.querySelectorAll("#numbers tr").length`); rows != 25 {
		t.Errorf("%d rows are drawn at once", rows)
	}
	p.do(focusOn("#numbers-filter"))
	p.press("<script>")
	p.awaitText("#numbers", script+image)
	if status := create(script); status != http.StatusCreated {
		t.Fatalf("creating a bot: %d", status)
	}
	p.awaitText("#bots", "<script>")
	p.do(focusOn("#numbers-filter"))
	evaluate[bool](p, `(() => { const at = document.activeElement; at.value = "日本語"; return at.dispatchEvent(new Event("input")); })()`)
	p.awaitText("#numbers", long)
	if wide := evaluate[int](p, "document.documentElement.scrollWidth"); wide > 1280 {
		t.Errorf("the page is %d wide", wide)
	}
	if title := evaluate[string](p, "document.title"); title != "Twilio sandbox" {
		t.Errorf("a script of the account ran: %s", title)
	}
	if shown := evaluate[string](p, "document.body.textContent"); strings.Contains(shown, "hidden@") {
		t.Error("the page shows a password")
	}

	// A call: the bot asks for a key, and hangs up.
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		if digit := r.FormValue("Digits"); digit != "" {
			fmt.Fprintf(w, "<Response><Say>You pressed %s.</Say><Hangup/></Response>", digit)
			return
		}
		fmt.Fprint(w, `<Response><Gather numDigits="1"><Say>Press a key.</Say></Gather></Response>`)
	}))
	t.Cleanup(desk.Close)
	if _, err := w.box.AddNumber(fmt.Sprintf(`{"phone_number":"+12025550100","voice_url":%q}`, desk.URL)); err != nil {
		t.Fatal(err)
	}
	p.do(focusOn("#numbers-filter"))
	evaluate[bool](p, `(() => { const at = document.activeElement; at.value = "12025550100"; return at.dispatchEvent(new Event("input")); })()`)
	p.await(`document.querySelector('[aria-label="Phone +12025550100"]')`)
	p.press("\t")
	p.press("\r")
	p.do(focusOn(`[name="channel"]:checked`))
	p.press(kb.ArrowRight)
	p.awaitText("#phone-who", "A webhook answers calls")
	p.do(focusOn("#call-start"))
	p.press("\r")
	p.awaitText("#transcript li:last-child", "Press a key.")
	p.await(`document.activeElement.id === "phone-text"`)
	p.do(focusOn(`[aria-label="Press 5"]`))
	p.press("\r")
	p.awaitText("#transcript", "You pressed 5.")
	p.awaitText("#transcript li:last-child", "The call has ended.")
	p.await(`document.activeElement.id === "call-start"`)

	p.do(focusOn(`header nav a[href="#requests"]`))
	p.press("\r")
	p.do(focusOn("#fault-details summary"))
	p.press("\r")
	p.do(focusOn(`#fault-form [name="path"]`))
	p.press("/Applications(")
	p.press("\r")
	p.awaitText("#fault-error", "missing closing")
	p.press("\b")
	p.press("\r")
	p.awaitText("#faults", "Any request at /Applications is answered 500, once")
	if status := create("another"); status != http.StatusInternalServerError {
		t.Errorf("under the fault: %d", status)
	}
	p.awaitText("#faults", "applied to 1 of 1 request")
	p.awaitText("#journal tr:first-child", "500")
	p.do(focusOn("#faults button"))
	p.press("\r")
	p.awaitText("#faults-empty", "No faults")
	if nameless := p.nameless(); len(nameless) > 0 {
		t.Errorf("without an accessible name: %v", nameless)
	}
	p.do(chromedp.EmulateViewport(390, 800))
	for _, view := range []string{"overview", "requests", "phone"} {
		evaluate[string](p, fmt.Sprintf("location.hash = %q", view))
		if wide := evaluate[int](p, "document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("on a phone the view %s is %d wide", view, wide)
		}
	}
	p.quiet(url, "status of 400") // of the fault that was refused
}
