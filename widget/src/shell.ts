/** The elements of the chat, without any behaviour. */

import { bar, type Bar } from "./bar";
import type { Config } from "./config";
import { h, icon, press } from "./dom";
import { calls } from "./start";
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
  bar: Bar;
  log: HTMLElement;
  foot: HTMLElement;
  /** "My path": in the place of the conversation, or beside it. */
  path: HTMLElement;
  /** Beside the conversation, where there is room: situation, date and steps are put into it. */
  side: HTMLElement;
  panel: HTMLElement;
  pill: HTMLButtonElement;
  status: HTMLElement;
  /** What a screen reader is told: what has come, at the next pause; danger at once. */
  polite: HTMLElement;
  urgent: HTMLElement;
  form: HTMLFormElement;
  box: HTMLTextAreaElement;
  options: HTMLButtonElement;
}

/** The whole chat. */
export function shell(config: Config): Shell {
  const { words } = config;
  const nothing = (): void => {};
  const top = bar(config);
  // Off: a whole card read out at one go is no help. `polite` tells what has come.
  const log = h("div", { class: "log", role: "log", "aria-live": "off", "aria-label": words.log, tabindex: "0" });
  const path = h("section", { class: "path", "aria-label": words.path, tabindex: "-1", hidden: true });
  const now = h("div", {});
  const side = h(
    "section",
    { class: "side", "aria-label": words.glance },
    now,
    config.numbers && h("div", { class: "box" }, h("h3", {}, words.help), calls(config)),
  );
  const polite = h("div", { class: "sr", "aria-live": "polite" });
  const urgent = h("div", { class: "sr", "aria-live": "assertive" });
  const panel = h("section", { class: "panel", tabindex: "-1", hidden: true, id: "panel" });
  const pill = press("pill", nothing, words.newAnswer, icon("min"));
  pill.hidden = true;
  const status = h("p", { class: "status", role: "status" });
  const options = press("quiet", nothing, icon("more"));
  for (const [name, value] of [
    ["aria-label", words.options],
    ["aria-expanded", "false"],
    ["aria-controls", "panel"],
  ] as const)
    options.setAttribute(name, value);
  const box = h("textarea", {
    id: "box",
    rows: "1",
    maxlength: "4000",
    autocomplete: "off",
    enterkeyhint: "send",
    "aria-describedby": "hint",
    placeholder: words.placeholder,
    dir: "auto",
  });
  const form = h(
    "form",
    { autocomplete: "off", novalidate: true },
    options,
    h("label", { for: "box", class: "sr" }, words.box),
    box,
    h("button", { type: "submit", class: "send" }, words.send),
    h("span", { id: "hint", class: "sr" }, words.hint),
  );
  const foot = h("div", { class: "foot" }, pill, panel, form, status);
  const chat = h(
    "section",
    { class: config.page ? "chat page" : "chat", "aria-label": config.title },
    top.node,
    h("div", { class: "talk" }, log, foot),
    path,
    config.page && side,
    polite,
    urgent,
  );
  return { chat, bar: top, log, foot, path, side: now, panel, pill, status, polite, urgent, form, box, options };
}
