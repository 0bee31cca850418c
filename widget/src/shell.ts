/** The elements of the chat, without any behaviour. */

import type { Config } from "./config";
import { h } from "./dom";
import { linked } from "./prose";
import css from "./style.css";

/** A host element with a shadow root of its own, in our style. */
export function island(config: Config, host: HTMLElement): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  host.lang = config.lang;
  host.dir = config.dir;
  for (const [name, value] of Object.entries(config.brand)) host.style.setProperty(name, value);
  if (config.light) host.dataset.scheme = "light";
  if ("adoptedStyleSheets" in root) {
    // Not inline: works where the site's Content-Security-Policy forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } else {
    (root as ShadowRoot).append(h("link", { rel: "stylesheet", href: `${config.server}/widget/whichpath.css` }));
  }
  return root;
}

export interface Shell {
  chat: HTMLElement;
  log: HTMLElement;
  offline: HTMLElement;
  panel: HTMLElement;
  status: HTMLElement;
  form: HTMLFormElement;
  box: HTMLTextAreaElement;
  options: HTMLDetailsElement;
  path: HTMLButtonElement;
  erase: HTMLButtonElement;
  close: HTMLButtonElement;
}

/** What is read before anything is typed: who may see it, how to leave, what is kept. */
function start(config: Config): HTMLElement {
  const { words } = config;
  return h(
    "div",
    { class: "message bot start" },
    h("h3", {}, words.startHead),
    h("ul", {}, ...[words.startWho, words.startLeave, words.startKept].map((line) => h("li", {}, line))),
    h("p", {}, words.startLaw),
    h("p", { class: "first" }, words.startAsk),
    h("p", { class: "example" }, words.startLike),
  );
}

/** The whole chat. */
export function shell(config: Config): Shell {
  const { words } = config;
  const close = h("button", { type: "button" }, words.close);
  const log = h("div", { class: "log", role: "log", "aria-label": words.log, "aria-relevant": "additions", tabindex: "0" });
  const offline = h(
    "div",
    { class: "offline", role: "alert", hidden: true },
    h("p", {}, words.offline),
    h("p", {}, ...linked(words.emergency), " ", words.clerk),
    h("p", {}, h("a", { href: `${config.server}/plain`, rel: "noreferrer" }, words.simple)),
  );
  const status = h("p", { class: "status", role: "status" });
  const panel = h("section", { class: "panel", tabindex: "-1", hidden: true });
  const box = h("textarea", { id: "box", rows: "2", maxlength: "4000", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "hint" });
  const path = h("button", { type: "button" }, words.path);
  const erase = h("button", { type: "button" }, words.erase);
  const options = h("details", { class: "options" }, h("summary", {}, words.options), h("div", { class: "row" }, path, erase));
  const form = h(
    "form",
    { autocomplete: "off", novalidate: true },
    h("div", { class: "above" }, h("label", { for: "box" }, words.box), options),
    h("div", { class: "row" }, box, h("button", { type: "submit", class: "main" }, words.send)),
    h("p", { class: "below", id: "hint" }, words.hint),
  );
  const chat = h(
    "section",
    { class: "chat", "aria-label": config.title },
    h("header", {}, h("h2", {}, config.title), close, config.numbers && h("p", { class: "emergency" }, ...linked(words.emergency))),
    log,
    h("div", { class: "foot" }, panel, offline, status, form),
  );
  log.append(start(config));
  return { chat, log, offline, panel, status, form, box, options, path, erase, close };
}
