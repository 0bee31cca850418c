/** Whichpath on any page: `<script src="https://…/widget/whichpath.js" async></script>`. See docs/widget.md. */

import { Chat } from "./chat";
import { configOf, type Config } from "./config";
import { h } from "./dom";
import { exitButton, leaveFor } from "./exit";
import { wireOptions } from "./options";
import { island } from "./shell";
import { Store } from "./store";

function mount(config: Config): void {
  let chat: Chat | null = null;
  const leave = (others: boolean): void =>
    leaveFor(config.exit, config.words.exitLoading, () => {
      const session = store.get("session");
      // Goes out although the page is going away; the type is one that needs no question to the server before.
      if (session) navigator.sendBeacon(`${config.server}/chat/end`, JSON.stringify({ session }));
      chat?.line.close();
      chat?.clear();
      if (chat) chat.shell.box.value = "";
      if (others) store.leave();
      else store.forget();
    });
  const store = new Store(() => leave(false));

  // First in the page, so that one press of the Tab key reaches it.
  const exitHost = h("div", {});
  const exitRegion = h("div", { role: "region", "aria-label": config.words.exit });
  exitRegion.append(exitButton(config, () => leave(true)));
  island(config, exitHost).append(exitRegion);
  document.body.prepend(exitHost);

  chat = new Chat(config, store);
  wireOptions(chat, config);
  const early = config.target?.querySelector("textarea");
  const typing = early === document.activeElement;
  const host = config.target ?? h("div", {});
  const root = island(config, host);
  if (config.target) {
    chat.shell.close.remove();
    root.append(chat.shell.chat);
    if (early) takeOver(early, typing, chat.shell.box);
    chat.start();
  } else {
    document.body.append(host);
    floating(root, chat, config);
  }
}

/** The page had a text box of its own until now: what was typed into it, and the cursor, move to ours. */
function takeOver(early: HTMLTextAreaElement, typing: boolean, box: HTMLTextAreaElement): void {
  box.value = early.value || box.value;
  if (typing) {
    box.focus({ preventScroll: true });
    box.setSelectionRange(early.selectionStart, early.selectionEnd);
  }
  (early.closest("form") ?? early).remove();
}

/** A button in the corner that opens and closes the chat. It connects when it is opened first. */
function floating(root: ShadowRoot, chat: Chat, config: Config): void {
  const { chat: section, close, box } = chat.shell;
  const launch = h("button", { type: "button", class: "launch", "aria-expanded": "false" }, config.words.open);
  const region = h("div", { role: "region", "aria-label": config.title }, launch);
  section.classList.add("floating");
  section.hidden = true;
  let started = false;
  const show = (open: boolean): void => {
    section.hidden = !open;
    region.hidden = open;
    launch.setAttribute("aria-expanded", String(open));
    if (open && !started) {
      started = true;
      chat.start();
    }
    (open ? box : launch).focus({ preventScroll: true });
  };
  launch.addEventListener("click", () => show(true));
  close.addEventListener("click", () => show(false));
  section.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) show(false);
  });
  root.append(region, section);
}

const script = document.currentScript as HTMLScriptElement | null;
if (script) {
  const go = (): void => mount(configOf(script));
  // Not before there is a body to stand in; a deferred or late script finds one.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", go);
  else go();
}
