/** The chat in the corner of somebody else's page: a button opens it, the bar closes it, keys stay inside. */

import type { Chat } from "./chat";
import type { Config } from "./config";
import { h, icon, press, toTop } from "./dom";
import type { Exit } from "./exit";
import { fill } from "./lang";
import type { Store } from "./store";

export interface Corner {
  /** Above the page, again. */
  raise(): void;
}

export function corner(root: ShadowRoot, chat: Chat, config: Config, store: Store, exit: Exit): Corner {
  const { chat: section, bar, box } = chat.shell;
  const { words } = config;
  const label = h("b", {}, words.open);
  const news = h("small", { "aria-live": "polite" });
  const launch = press("launch", () => show(true), icon("text"), h("span", {}, label, news));
  launch.setAttribute("aria-expanded", "false");
  const slot = h("span", { class: "slot" });
  const region = h("div", { class: "dock", role: "region", "aria-label": config.title }, slot, launch);
  section.classList.add("corner");
  section.hidden = true;
  root.append(region, section);
  let started = false;
  let unread = 0;

  const raise = (): void => {
    toTop(section.hidden ? region : section);
    // Last: the way out lies above the chat.
    exit.raise();
    exit.at(section.hidden ? slot : bar.slot, !section.hidden);
  };
  const tell = (): void => {
    launch.classList.toggle("news", unread > 0);
    news.textContent = unread === 0 ? "" : unread === 1 ? words.one : fill(words.many, { n: unread });
  };
  const show = (open: boolean, focus = true): void => {
    section.hidden = !open;
    region.hidden = open;
    launch.setAttribute("aria-expanded", String(open));
    store.set("open", open);
    if (open && !started) {
      started = true;
      chat.start();
    }
    if (open) unread = 0;
    tell();
    raise();
    if (focus) (open ? box : launch).focus({ preventScroll: true });
  };
  const before = chat.changed;
  chat.changed = (fresh) => {
    before(fresh);
    if (fresh && section.hidden) unread += 1;
    if (!fresh) unread = 0;
    tell();
  };
  bar.minimise.addEventListener("click", () => show(false));
  section.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) show(false);
  });
  // What is typed here is no shortcut of the page. Shift and Escape have a meaning everywhere.
  for (const kind of ["keydown", "keypress", "keyup"] as const) {
    section.addEventListener(kind, (event) => {
      if (event.key !== "Shift" && event.key !== "Escape") event.stopPropagation();
    });
  }
  show(Boolean(store.get("open")), false);
  return { raise };
}
