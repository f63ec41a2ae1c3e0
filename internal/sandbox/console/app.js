// The console of the sandbox. What is shown comes from /console/events as it changes. Every
// text is put on the page as text: the page's policy allows no other way.
"use strict";

const byId = (id) => document.getElementById(id);

// el makes an element; attributes that are null or false are left out.
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// own is a text of the account: in any script, in either direction.
const own = (text, attributes) => el("bdi", attributes, text);

const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    throw new Error(`the sandbox answered ${response.status} without JSON`);
  }
  if (!response.ok) throw new Error((value && value.error) || `the sandbox answered ${response.status}`);
  return value;
}

function say(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = !text;
}

// ---- lists of any length, a page at a time

class List {
  constructor(name, options) {
    Object.assign(this, { name, page: 0, items: [], rows: new Map() }, options);
    this.body = byId(name);
    this.filter = byId(name + "-filter");
    this.empty = byId(name + "-empty");
    this.filter.addEventListener("input", () => {
      this.page = 0;
      this.draw();
    });
    const step = (by, text) => el("button", {
      type: "button", class: "quiet",
      onclick: () => {
        this.page += by;
        this.draw();
      },
    }, text);
    this.before = step(-1, "Previous");
    this.after = step(1, "Next");
    this.where = el("span", { role: "status" });
    this.pager = byId(name + "-pager");
    this.pager.append(this.before, this.where, this.after);
  }

  show(items) {
    this.items = items;
    this.draw();
  }

  draw() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? this.items : this.items.filter((item) => {
      const text = this.text(item).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const pages = Math.max(1, Math.ceil(found.length / this.size));
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const first = this.page * this.size;
    const shown = found.slice(first, first + this.size);

    // A row stays the same element for as long as it is shown, so that the focus stays.
    const kept = new Map();
    let at = this.body.firstElementChild;
    for (const item of shown) {
      const key = String(this.key(item));
      const drawn = JSON.stringify(item);
      let row = this.rows.get(key);
      if (!row) row = { node: el("tr", { role: "row" }), drawn: "" };
      if (row.drawn !== drawn) {
        this.fill(row.node, item);
        row.drawn = drawn;
      }
      kept.set(key, row);
      if (row.node === at) at = at.nextElementSibling;
      else this.body.insertBefore(row.node, at);
    }
    for (const [key, row] of this.rows) if (!kept.has(key)) row.node.remove();
    this.rows = kept;

    this.empty.hidden = found.length > 0;
    this.empty.textContent = this.items.length === 0 ? this.none : "Nothing matches the filter.";
    this.body.parentElement.hidden = found.length === 0;
    this.pager.hidden = found.length <= this.size && words.length === 0;
    this.before.disabled = this.page === 0;
    this.after.disabled = this.page >= pages - 1;
    this.where.textContent = found.length === 0 ? "none"
      : `${(first + 1).toLocaleString("en")}–${(first + shown.length).toLocaleString("en")} of ${found.length.toLocaleString("en")}`;
  }
}

// cells fills a row; cells that can have the focus are made once.
function cells(row, labels, ...contents) {
  contents.forEach((content, i) => {
    let cell = row.children[i];
    if (!cell) row.append(cell = el("td", { role: "cell", "data-label": labels[i] }));
    else if (content === null) return;
    cell.replaceChildren(...[content].flat().filter(Boolean));
  });
}

// ---- who answers

const engines = { studio: "Studio", autopilot: "Autopilot", application: "Application" };
const states = {
  live: ["ok", "live"], suspended: ["warn", "suspended"], draft: ["plain", "draft, never published"],
  no_model: ["warn", "without a model"], building: ["plain", "model is being built"], empty: ["plain", "without a URL"],
};

const pill = (tone, text) => el("span", { class: "pill " + tone }, text);

function host(url) {
  try {
    const parsed = new URL(url);
    return parsed.host + parsed.pathname;
  } catch {
    return url;
  }
}

function lineCell(line, channel) {
  switch (line.status) {
    case "bot":
      return el("div", { class: "line" }, own(line.name, { class: "name" }), el("small", {}, engines[line.engine] || line.engine));
    case "suspended":
      return el("div", { class: "line" }, own(line.name, { class: "name" }), pill("warn", line.notice ? "suspended, gives a notice" : "suspended, silent"));
    case "external":
      return el("div", { class: "line" }, el("span", { class: "name" }, line.url ? "A webhook" : "A SIP trunk"), line.url ? el("small", {}, own(host(line.url))) : null);
    case "dangling":
      return el("div", { class: "line" }, pill("bad", "leads nowhere"), el("small", {}, `${line.via || "it"} leads to no bot`));
    case "unreachable":
      return el("div", { class: "line" }, el("span", { class: "nobody" }, channel === "voice" ? "takes no calls" : "takes no messages"));
    default:
      return el("div", { class: "line" }, el("span", { class: "nobody" }, "no one"));
  }
}

const numbers = new List("numbers", {
  size: 25, none: "The account has no numbers.", key: (n) => n.sid,
  text: (n) => [n.address, n.address.replace(/\D/g, ""), n.label, n.kind, n.service, n.sid, ...[n.messages, n.calls].flatMap((l) => [l.name, l.engine, l.status])].join(" "),
  fill(row, n) {
    const about = [n.kind === "number" ? null : n.kind, n.service ? "in Messaging Service " : null];
    const small = el("small", {});
    if (n.label) small.append(own(n.label));
    for (const part of about.filter(Boolean)) small.append(small.childNodes.length ? " · " : "", part, part.endsWith(" ") ? own(n.service) : "");
    const messages = [lineCell(n.messages, "messaging")];
    if (n.conversations) messages.push(el("small", { class: "also" }, "Conversations: ", own(n.conversations.name || n.conversations.status)));
    cells(row, ["Number", "Messages", "Calls", ""],
      [el("span", { class: "number", dir: "ltr" }, n.address), small.childNodes.length ? small : null],
      messages, lineCell(n.calls, "voice"),
      row.children.length ? null : el("button", { type: "button", class: "quiet", "aria-label": `Phone ${n.address}`, onclick: () => phone.pick(n.address) }, "Phone"));
  },
});

const bots = new List("bots", {
  size: 15, none: "The account has no bots.", key: (b) => b.sid,
  text: (b) => [b.name, b.title, b.engine, b.state, b.sid].join(" "),
  fill(row, b) {
    const [tone, text] = states[b.state] || ["plain", b.state];
    const on = [b.messages ? `${b.messages.toLocaleString("en")} by message` : null, b.calls ? `${b.calls.toLocaleString("en")} by call` : null].filter(Boolean);
    cells(row, ["Bot", "Engine", "State", "Numbers"],
      [own(b.name, { class: "name" }), b.title ? el("small", {}, own(b.title)) : null, el("small", { class: "sid" }, b.sid)],
      engines[b.engine] || b.engine, pill(tone, text),
      on.length ? on.join(", ") : el("span", { class: "nobody" }, "none"));
  },
});

// ---- the journal

const entries = new Map();

const journal = new List("journal", {
  size: 50, none: "No request yet.", key: (e) => e.id,
  text: (e) => [e.method, e.host, e.path, e.status || "", e.error ? `error ${e.error.code} ${e.error.message}` : ""].join(" "),
  fill(row, e) {
    const parameters = [...Object.entries(e.query || {}), ...Object.entries(e.form || {})];
    const list = el("dl", {}, ...parameters.flatMap(([name, values]) => [el("dt", {}, own(name)), el("dd", {}, own(values.join(", ")))]));
    const origin = el("div", { class: "origin" }, e.host ? el("small", {}, own(e.host)) : null);
    if (parameters.length) origin.append(el("details", {}, el("summary", {}, plural(parameters.length, "parameter", "parameters")), list));
    const request = [el("span", { class: "path", dir: "ltr" }, e.path || "(no request)"), origin];
    if (e.error) request.push(el("p", { class: "problem" }, `A bot failed${e.error.code ? `, error ${e.error.code}` : ""}: `, own(e.error.message)));
    const opened = row.querySelector("details");
    const open = opened && opened.open;
    const status = e.status ? (e.status >= 400 || e.error ? pill("bad", String(e.status)) : el("span", { class: "status" }, String(e.status)))
      : e.error ? pill("bad", "failed") : el("span", { class: "nobody" }, "no answer");
    const time = new Date(e.time);
    cells(row, ["Time", "Method", "Request", "Status"],
      el("time", { datetime: e.time }, time.toLocaleTimeString("en-GB")), e.method || "–", request, status);
    if (open) row.querySelector("details").open = true;
  },
});

function showEntries(news) {
  for (const id of [...entries.keys()]) if (id < news.oldest) entries.delete(id);
  for (const entry of news.entries) entries.set(entry.id, entry);
  journal.show([...entries.values()].sort((a, b) => b.id - a.id));
}

byId("journal-clear").addEventListener("click", () => ask("DELETE", "/console/journal").catch((err) => say("trouble", err.message)));

// ---- faults

function faultInWords(f) {
  const which = [f.method || "Any request", f.host ? ` to ${f.host}` : "", f.path ? ` at ${f.path}` : ""].join("");
  const what = {
    status: `is answered ${f.status}`, delay: `waits ${f.delay_ms} ms`, stale: `reads what was there ${f.delay_ms} ms ago`,
    cut_before: "is cut off and not done", cut_after: "is done and cut off", without_list: "is answered without its list",
    null_list: "is answered null for its list", error_body: `is answered 200 with the error ${f.status || 500}`,
  }[f.kind] || `is answered 429 where ${f.max_in_flight} are in flight`;
  if (!f.kind) return `${which} ${what}`;
  const first = f.nth > 1 ? `, from number ${f.nth}` : "";
  const often = f.times < 0 ? "every time" : plural(f.times || 1, "time", "times").replace(/^1 time$/, "once");
  return `${which} ${what}, ${often}${first}`;
}

function showFaults(faults) {
  const had = document.activeElement && document.activeElement.closest("#faults") ? document.activeElement.dataset.fault : null;
  byId("faults").replaceChildren(...faults.map((f) => el("li", {},
    el("div", {}, own(faultInWords(f)), el("small", {}, `applied to ${f.applied} of ${plural(f.selected, "request", "requests")} that it selects`)),
    el("button", {
      type: "button", class: "quiet", "data-fault": f.id, "aria-label": `Remove the fault: ${faultInWords(f)}`,
      onclick: () => ask("DELETE", `/console/faults/${f.id}`).catch((err) => say("trouble", err.message)),
    }, "Remove"))));
  if (had) (document.querySelector(`[data-fault="${had}"]`) || byId("faults-clear")).focus();
  byId("faults-empty").hidden = faults.length > 0;
  byId("faults-clear").hidden = faults.length === 0;
}

byId("faults-clear").addEventListener("click", () => {
  byId("fault-details").querySelector("summary").focus();
  ask("DELETE", "/console/faults").catch((err) => say("trouble", err.message));
});

const faultForm = byId("fault-form");

function faultFields() {
  const kind = faultForm.elements.kind.value;
  for (const label of faultForm.querySelectorAll("[data-for], [data-not]")) {
    const { for: only, not } = label.dataset;
    label.hidden = only ? !only.split(" ").includes(kind) : not.split(" ").includes(kind);
    label.querySelector("input").disabled = label.hidden;
  }
}
faultForm.elements.kind.addEventListener("change", faultFields);
faultFields();

faultForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fault = {};
  for (const [name, value] of new FormData(faultForm)) {
    if (value === "" || name === "kind" && value === "in_flight") continue;
    fault[name] = ["status", "delay_ms", "max_in_flight", "nth", "times"].includes(name) ? Number(value) : value;
  }
  try {
    await ask("POST", "/console/faults", fault);
    say("fault-error", "");
  } catch (err) {
    say("fault-error", err.message);
  }
});

// ---- the phone

const named = (line) => `${line.name}${line.engine ? ` (${engines[line.engine] || line.engine})` : ""}`;

const phone = {
  to: null, // the number that it writes to or calls
  talks: new Map(),
  numbers: [],

  channel: () => document.querySelector('[name="channel"]:checked').value,
  from: () => byId("phone-from").value.trim(),
  entry() {
    return this.numbers.find((n) => n.address === this.to);
  },
  line() {
    const n = this.entry();
    return n && (this.channel() === "voice" ? n.calls : n.messages);
  },

  // talk is the conversation that is open.
  talk() {
    const key = JSON.stringify([this.to, this.from(), this.channel()]);
    if (!this.talks.has(key)) {
      this.talks.set(key, { list: el("ol", {}), known: new Set(), pending: null, busy: false, calling: false, bot: null, line: this.line(), loaded: false });
    }
    return this.talks.get(key);
  },

  pick(address) {
    this.to = address;
    byId("phone-to").value = address;
    this.open();
    location.hash = "#phone";
    byId(byId("compose").hidden ? "call-start" : "phone-text").focus();
  },

  open() {
    const talk = this.talk();
    byId("transcript").replaceChildren(talk.list);
    sessionStorage.setItem("phone", JSON.stringify([this.to, this.from(), this.channel()]));
    say("phone-error", "");
    this.draw();
    this.fetch(talk);
    this.scroll();
  },

  // fetch takes in the messages that are there.
  async fetch(talk) {
    if (this.channel() !== "messaging" || !this.to) return;
    try {
      const rows = await ask("GET", `/console/messages?${new URLSearchParams({ to: this.to, from: this.from() })}`);
      this.merge(talk, rows);
    } catch (err) {
      say("phone-error", err.message);
    }
  },

  merge(talk, rows) {
    for (const row of rows) {
      if (talk.known.has(row.sid)) continue;
      talk.known.add(row.sid);
      if (row.inbound && talk.pending && talk.pending.body === row.body) {
        talk.pending.node.classList.remove("pending");
        talk.pending = null;
        continue;
      }
      const node = this.bubble(row.inbound ? "me" : "bot", row.body, row.media);
      if (talk.waiting) talk.waiting.before(node);
      else talk.list.append(node);
      this.scroll();
    }
  },

  bubble(side, text, media) {
    return el("li", { class: side }, el("span", { class: "unseen" }, side === "me" ? "You: " : "Answer: "),
      el("p", { dir: "auto" }, text || ""), ...(media || []).map((url) => el("p", { class: "media" }, "Media: ", own(url))));
  },

  note(talk, text, tone, before) {
    const node = el("li", { class: "note " + (tone || "") }, el("p", { dir: "auto" }, text));
    if (before) before.after(node);
    else talk.list.append(node);
    this.scroll();
  },

  scroll() {
    const box = byId("transcript");
    box.scrollTop = box.scrollHeight;
  },

  // draw shows who would answer now.
  draw() {
    const line = this.line();
    const voice = this.channel() === "voice";
    const talk = this.talk();
    const who = byId("phone-who");
    const [tone, text] = !line ? ["bad", this.to ? `${this.to} is no number of this sandbox.` : "Pick a number."] : this.words(line, voice);
    if (who.textContent !== text) who.textContent = text;
    who.className = "who " + tone;

    byId("compose").hidden = voice && !talk.calling;
    byId("call").hidden = !voice;
    byId("call-start").hidden = talk.calling;
    byId("call-more").hidden = !talk.calling;
    byId("phone-text").placeholder = voice ? "Say something" : "Type a message";
    byId("phone-text-label").textContent = voice ? "What you say" : "Message";
    byId("phone-send").textContent = voice ? "Say" : "Send";
    byId("phone-send").setAttribute("aria-disabled", String(talk.busy));
  },

  words(line, voice) {
    const what = voice ? "calls" : "messages";
    switch (line.status) {
      case "bot": return ["ok", `${named(line)} answers ${what}.`];
      case "suspended": return ["warn", line.notice ? `${named(line)} is suspended: ${what} get its notice.` : `Silent: ${named(line)} is suspended.`];
      case "external": return ["plain", line.url ? `A webhook answers ${what}: ${host(line.url)}` : `A SIP trunk takes ${what}.`];
      case "dangling": return ["bad", `No one answers ${what}: ${line.via || "it"} leads to no bot.`];
      case "unreachable": return ["plain", `This number takes no ${what}.`];
      default: return ["plain", `No one answers ${what} on this number.`];
    }
  },

  // follow takes in what changed: it tells when another bot answers, or none.
  follow(list) {
    this.numbers = list;
    if (this.to === null && list.length) {
      let last = [];
      try {
        last = JSON.parse(sessionStorage.getItem("phone")) || [];
      } catch { /* another page's */ }
      const known = list.some((n) => n.address === last[0]);
      const ofABot = (way) => list.find((n) => ["bot", "suspended"].includes(n[way].status));
      const answered = ofABot("messages") || ofABot("calls") || list[0];
      this.to = known ? last[0] : answered.address;
      if (known && last[1]) byId("phone-from").value = last[1];
      if (known && last[2] === "voice") document.querySelector('[name="channel"][value="voice"]').checked = true;
      byId("phone-to").value = this.to;
      this.open();
    }
    const talk = this.talk();
    const line = this.line();
    const told = (l) => l && JSON.stringify([l.status, l.bot, l.name, l.notice]);
    if (told(line) !== told(talk.line)) {
      const before = talk.line;
      talk.line = line;
      if (line && before) this.note(talk, this.change(before, line), line.status === "bot" ? "ok" : "warn");
    }
    this.draw();
    this.suggest();
    if (!talk.busy) this.fetch(talk);
  },

  change(before, line) {
    const voice = this.channel() === "voice";
    if (line.status === "suspended" && before.bot === line.bot) {
      return `${line.name} was suspended. ${line.notice ? "Whoever writes or calls gets its notice." : "It is silent now."}`;
    }
    if (line.status === "bot" && before.status === "suspended" && before.bot === line.bot) return `${line.name} was resumed, and answers again.`;
    if (line.status === "bot") return `Now ${named(line)} answers.`;
    return this.words(line, voice)[1];
  },

  suggest() {
    const typed = byId("phone-to").value.trim().toLowerCase();
    const list = this.numbers.filter((n) => typed === "" || typed === this.to || [n.address, n.label, n.messages.name, n.calls.name].join(" ").toLowerCase().includes(typed));
    byId("phone-list").replaceChildren(...list.slice(0, 100).map((n) => el("option", { value: n.address }, n.messages.name || n.calls.name || n.label || "no one")));
  },

  // deliver sends what a person does, and shows what comes of it.
  async deliver(event, shown) {
    const talk = this.talk();
    if (talk.busy || !this.to) return;
    const channel = this.channel();
    talk.busy = true;
    say("phone-error", "");
    const node = this.bubble("me", shown);
    node.classList.add("pending");
    talk.list.append(node);
    if (channel === "messaging") talk.pending = { body: event.body, node };
    talk.waiting = el("li", { class: "note" }, el("p", {}, "Waiting for an answer …"));
    talk.list.append(talk.waiting);
    this.draw();
    this.scroll();
    try {
      const turn = await ask("POST", "/console/inbound", { to: this.to, from: this.from(), channel, ...event });
      this.merge(talk, turn.messages || []);
      talk.waiting.remove();
      node.classList.remove("pending");
      this.answer(talk, turn, channel, node);
      if (channel === "voice") {
        const ringing = !talk.calling;
        talk.calling = !turn.ended;
        if (turn.ended && (!ringing || turn.answers.length)) this.note(talk, "The call has ended.");
      }
    } catch (err) {
      talk.waiting.remove();
      node.classList.replace("pending", "failed");
      say("phone-error", `Not delivered: ${err.message}`);
    }
    talk.waiting = talk.pending = null;
    talk.busy = false;
    this.draw();
    this.scroll();
    // What had the focus may be gone: a call began or ended.
    const at = document.activeElement;
    if (at === document.body || at.closest("[hidden]")) byId(byId("compose").hidden ? "call-start" : "phone-text").focus();
  },

  answer(talk, turn, channel, asked) {
    const who = turn.who;
    if (who.status === "bot" && talk.bot !== who.bot) {
      if (talk.bot || channel === "voice") this.note(talk, `${named(who)} answers.`, "", asked);
      talk.bot = who.bot;
    }
    const ways = { play: "Plays ", dial: "Connects to ", enqueue: "Puts you on hold for a person: ", reject: "Rejects the call" };
    for (const reply of turn.answers) {
      if (reply.type === "message" && channel === "messaging") {
        if (reply.to) this.note(talk, `Sends to ${reply.to}: ${reply.text}`);
      } else if (reply.type === "message" || reply.type === "say") {
        talk.list.append(this.bubble("bot", reply.text, reply.media));
      } else {
        this.note(talk, (ways[reply.type] || "") + reply.text);
      }
    }
    if (turn.answers.length === 0 && !(channel === "voice" && talk.calling)) this.note(talk, this.silence(who, channel === "voice"), "warn");
    for (const e of turn.errors || []) this.note(talk, `${e.code ? `Error ${e.code}: ` : ""}${e.message}`, "bad");
    if (turn.parallel) this.answer(talk, { ...turn.parallel, answers: turn.parallel.answers }, channel, asked);
  },

  silence(who, voice) {
    switch (who.status) {
      case "suspended": return `No answer: ${who.name} is suspended.`;
      case "bot": return `No answer: ${who.name} says nothing.`;
      case "external": return "No answer from where this number leads.";
      case "dangling": return `No answer: ${who.via || "the number"} leads to a bot that does not exist.`;
      case "unreachable": return voice ? "This number takes no calls." : "This number takes no messages.";
      default: return "No answer: no one answers on this number.";
    }
  },
};

byId("phone-to").addEventListener("input", () => phone.suggest());
byId("phone-to").addEventListener("change", () => {
  phone.to = byId("phone-to").value.trim();
  if (phone.entry()) phone.open();
  else phone.draw();
});
byId("phone-from").addEventListener("change", () => phone.open());
for (const radio of document.querySelectorAll('[name="channel"]')) radio.addEventListener("change", () => phone.open());

byId("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("phone-text").value;
  if (text.trim() === "" || phone.talk().busy) return;
  byId("phone-text").value = "";
  phone.deliver({ body: text }, text);
});
byId("call-start").addEventListener("click", () => phone.deliver({}, "You call."));
byId("call-nothing").addEventListener("click", () => phone.deliver({}, "You say nothing."));
byId("call-end").addEventListener("click", () => phone.deliver({ hangup: true }, "You hang up."));
for (const key of "123456789*0#") {
  byId("call-more").querySelector(".keypad").append(el("button", {
    type: "button", class: "quiet", "aria-label": `Press ${{ "*": "star", "#": "hash" }[key] || key}`, onclick: () => phone.deliver({ digits: key }, `You press ${key}.`),
  }, key));
}

// ---- views

const narrow = matchMedia("(max-width: 980px)"); // as in app.css

function showView() {
  const view = location.hash === "#requests" ? "requests" : "overview";
  const atPhone = location.hash === "#phone";
  document.body.classList.toggle("at-phone", atPhone);
  if (!atPhone || byId("view-overview").hidden === byId("view-requests").hidden) {
    byId("view-overview").hidden = view !== "overview";
    byId("view-requests").hidden = view !== "requests";
  }
  // Beside the phone, the view that is seen; in its place, the phone.
  const shown = atPhone && narrow.matches ? "#phone" : byId("view-requests").hidden ? "#overview" : "#requests";
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
window.addEventListener("hashchange", showView);
narrow.addEventListener("change", showView);
showView();
document.querySelector("code.url").textContent = `api_url = "${location.origin}"`;

// ---- what happens

function showState(state) {
  const silent = state.bots.filter((b) => b.state === "suspended").length;
  byId("summary").replaceChildren(
    el("strong", {}, state.numbers.length.toLocaleString("en")), state.numbers.length === 1 ? " number, " : " numbers, ",
    el("strong", {}, state.bots.length.toLocaleString("en")), state.bots.length === 1 ? " bot" : " bots",
    silent ? `, ${silent.toLocaleString("en")} suspended` : "", ". Stored ", state.file ? el("span", {}, "in ", own(state.file)) : "in memory: lost when the sandbox stops", ".");
  say("trouble", "");
  numbers.show(state.numbers);
  bots.show(state.bots);
  phone.follow(state.numbers);
}

const events = new EventSource("/console/events");
const connected = (text, lost) => {
  byId("connection").textContent = text;
  byId("connection").classList.toggle("lost", lost);
};
events.addEventListener("open", () => {
  entries.clear();
  connected("Live", false);
});
events.addEventListener("error", () => connected("Connection lost, trying again", true));
events.addEventListener("state", (event) => showState(JSON.parse(event.data)));
events.addEventListener("journal", (event) => showEntries(JSON.parse(event.data)));
events.addEventListener("faults", (event) => showFaults(JSON.parse(event.data)));
events.addEventListener("trouble", (event) => say("trouble", JSON.parse(event.data).error));
