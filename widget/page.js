// The plain page: sends what is typed or pressed, shows what comes back. No library, no other host.
"use strict";
(() => {
  const KEY = "session"; // sessionStorage: gone with the tab, never in localStorage
  const WAIT = 15000; // ms; the server answers within 10 s, whatever happens inside
  const byId = (id) => document.getElementById(id);
  const log = byId("log"), form = byId("form"), box = byId("text"), status = byId("status");
  const send = form.querySelector("button");
  let busy = false;

  // A browser that forbids storage keeps the id in memory: the talk then ends with a reload.
  let memory = null;
  const session = () => { try { return sessionStorage.getItem(KEY) || memory; } catch { return memory; } };
  function store(value) {
    memory = value;
    try {
      if (value) sessionStorage.setItem(KEY, value);
      else sessionStorage.removeItem(KEY);
    } catch { /* memory alone */ }
  }

  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text) node.append(...linked(text));
    if (name) node.className = name;
    return node;
  };

  // Web addresses and phone numbers become links; everything else stays text, never markup.
  const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|\b(1-\d{3}-\d{3}-\d{4})\b/g;
  function linked(text) {
    const parts = [];
    let last = 0;
    for (const found of text.matchAll(LINK)) {
      parts.push(text.slice(last, found.index));
      const link = document.createElement("a");
      link.href = found[1] || `tel:${found[2].replaceAll("-", "")}`;
      if (found[1]) { link.rel = "noreferrer noopener"; link.target = "_blank"; }
      link.textContent = found[0];
      parts.push(link);
      last = found.index + found[0].length;
    }
    parts.push(text.slice(last));
    return parts;
  }

  // Lines to paragraphs, lists and small headings. A card's first line is its answer.
  function prose(text, strong) {
    const nodes = [];
    let list = null;
    for (const raw of text.split("\n")) {
      const line = raw.trim();
      const item = /^(?:(-)|(\d+)\.)\s+(.*)$/.exec(line);
      if (item) {
        const tag = item[1] ? "ul" : "ol";
        if (!list || list.localName !== tag) nodes.push(list = document.createElement(tag));
        list.append(make("li", item[3]));
        continue;
      }
      list = null;
      if (!line) continue;
      if (strong && !nodes.length) nodes.push(make("p", line, "first"));
      else if (strong && line.endsWith(":") && line.length < 60) nodes.push(make("h2", line));
      else nodes.push(make("p", line));
    }
    return nodes;
  }

  const asDate = (iso) => {
    const date = new Date(`${iso}T12:00:00`);
    return isNaN(date) ? iso : date.toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric" });
  };

  function sources(data) {
    const fold = document.createElement("details");
    fold.append(make("summary", `Where this comes from${data.reviewed ? `, checked ${asDate(data.reviewed)}` : ""}`));
    const list = document.createElement("ul");
    for (const source of data.sources) {
      const item = document.createElement("li");
      if (/^https?:\/\//.test(source.url || "")) {
        const link = make("a");
        link.textContent = source.title;
        link.href = source.url;
        link.rel = "noreferrer noopener";
        link.target = "_blank";
        item.append(link);
      } else item.textContent = source.title;
      list.append(item);
    }
    fold.append(list);
    return fold;
  }

  function choices(buttons) {
    const list = document.createElement("ul");
    list.className = "choices";
    for (const { title, payload } of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => say(payload, title));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    return list;
  }

  function show(message) {
    const data = (message.custom && message.custom.data) || {};
    const node = make("div", "", "message bot");
    node.append(make("p", "Answer", "who"));
    if (data.safety) node.classList.add("safety");
    if (data.legal && data.body) {
      if (data.lead) node.append(...prose(data.lead));
      node.append(...prose(data.body, true));
      const legal = make("div", "", "legal");
      legal.append(...prose(data.notice || ""), ...prose(data.referral || ""));
      node.append(legal);
    } else node.append(...prose(message.text || "", Boolean(data.legal || data.safety)));
    if (data.sources && data.sources.length) node.append(sources(data));
    if (message.buttons) node.append(choices(message.buttons));
    log.append(node);
    return node;
  }

  function trouble() {
    const node = make("div", "", "message bot fault");
    node.append(byId("silent").content.cloneNode(true));
    log.append(node);
    node.scrollIntoView({ block: "nearest" });
  }

  async function post(path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), WAIT);
    try {
      const answer = await fetch(path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: stop.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      return await answer.json();
    } finally { clearTimeout(timer); }
  }

  // `text` goes to the server, `shown` stands in the conversation (a button's words instead of its payload).
  async function say(text, shown) {
    if (busy || !text.trim()) return;
    busy = true;
    send.disabled = true;
    status.textContent = "Looking it up …";
    const mine = make("div", "", "message me");
    mine.append(make("p", "You", "who"), document.createTextNode(shown));
    log.append(mine);
    mine.scrollIntoView({ block: "nearest" });
    try {
      const answer = await post("/chat/message", { session: session(), text });
      store(answer.session);
      const nodes = answer.messages.map(show);
      if (text === shown) box.value = "";
      // The question stays in sight above its answer, unless it is so long that the answer would not be.
      (mine.offsetHeight < innerHeight / 5 ? mine : nodes[0]).scrollIntoView({ block: "start" });
    } catch {
      if (text === shown) box.value = text;
      trouble();
    }
    busy = false;
    send.disabled = false;
    status.textContent = "";
  }

  // The conversation is deleted on the server, the tab forgets it, and Back does not come here again.
  function leave(event) {
    event.preventDefault();
    const id = session();
    if (id) navigator.sendBeacon("/chat/end", JSON.stringify({ session: id }));
    store(null);
    log.textContent = "";
    box.value = "";
    location.replace(byId("leave").href);
  }

  const measure = () => document.documentElement.style.setProperty("--head", `${document.querySelector("header").offsetHeight}px`);
  measure();
  addEventListener("resize", measure);

  form.addEventListener("submit", (event) => { event.preventDefault(); say(box.value, box.value); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  byId("leave").addEventListener("click", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
