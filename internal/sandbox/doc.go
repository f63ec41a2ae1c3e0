// Package sandbox is Twilio on your own disk: an http.Handler that behaves as
// Twilio's REST API does, in memory or on one readable JSON file. It knows
// nothing of the provider, so that it can disagree with it. Where Twilio's
// documents leave a behaviour open, the sandbox takes the harsher one.
//
// # Adding a product
//
// A product is one Twilio host (autopilot.twilio.com, studio.twilio.com, ...).
// It lives in files of its own and is registered by one line in allProducts
// (product.go). It consists of:
//
//   - Rows. A plain struct that embeds record, with a JSON tag on every field;
//     the tags are the file's format. Rows are values: a slice, map or
//     json.RawMessage inside a row is replaced, never changed in place, because
//     older versions of the state (stale reads, refused writes) share it.
//   - Tables. One package variable for each kind of row,
//     var assistants = newTable[assistant]("autopilot_assistants"), listed in
//     product.tables. get, put, remove and list (newest first) take the state
//     of the call: assistants.get(c.state, sid). A row created with put gets its
//     place in the order; call c.newRecord("UA") for SID, account and dates,
//     c.touch(&row.record) on an update.
//   - Routes. Patterns of http.ServeMux with the version but without a method
//     and, on the 2010 host, without ".json". A route names every parameter it
//     takes (form for POST, query otherwise); any other is refused before the
//     handler runs. list: true adds PageSize, Page and PageToken.
//   - Handlers: func(*call) (status int, body any, err error). A handler that
//     returns an error has changed nothing: its writes are discarded. Errors
//     are *apiError; use c.notFound(), invalidParameter, apiErrorf. Read
//     parameters with c.fields(), which checks bools, URLs and methods and keeps
//     the first error. A list returns listPage(c, key, rows, render), with the
//     same render as the fetch; it writes the envelope of the host.
//     A route that takes JSON (json: true) reads c.body instead. What must be done
//     without a lock, once the writes are stored, is c.after.
//   - Permissions. granted names the resource that a restricted key needs for a route,
//     behind notGrantable where Twilio has none.
//   - Receivers, where people write to or call what the product has: a findReceiver in
//     product.receivers, so that an inbound message or call finds it by its address or
//     SID. A way in is one file: rows, calls, its findReceiver, and in receivers_knobs.go
//     the knob that makes one, where no API does.
//   - Bots, where the product runs bots: a botKind in product.bots, so that
//     inbound messages and calls find them by webhook URL and run them.
//
// Rows belong to the Region of the host that a call was sent to, and are seen in it alone;
// a table that is everywhere, or has an abroad, says otherwise. Work on the rows of
// another Region is state.in to read and state.within to write.
//
// A handler never reads the wall clock (it uses c.now), never makes an identifier
// (c.newSID) and never sleeps: what takes time is computed from its start on
// every read.
//
// # Running bots
//
// The packages below run are interpreters of the content of bots: flow
// definitions (run/studio), assistants (run/autopilot) and TwiML (run/twiml).
// They hold one conversation each and know nothing of this package. An inbound
// message or call (conversations.go) is handled in three steps: read the state and
// find or begin the conversation; let the bot run, without a lock on the state or
// the file, since its webhook may call the sandbox back or be slow; write the
// result, unless the conversation was ended or removed meanwhile. Events of one
// contact are handled one after the other.
//
// Webhooks are called, and the WebSockets of ConversationRelay opened (relay.go), on
// loopback addresses only, signed as Twilio signs. Any
// other, and any other failure of a bot, is an error in the journal, as it
// would be in the account's error log at Twilio.
//
// # The console
//
// At /console is a page for people (console.go, and the page itself in the folder console). It
// shows what the sandbox knows: who answers (console_view.go), the journal and the faults, as
// they change (console_watch.go); its phone delivers inbound messages and calls. It has no state
// of its own. It needs no credentials, so it is for its own page alone, and never for another
// site.
package sandbox
