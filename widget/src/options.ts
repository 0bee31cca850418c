/** The two options: "my path" to copy or print, and "erase this chat". Both open a panel above the text box. */

import type { Chat } from "./chat";
import type { Config } from "./config";
import { h, type Child } from "./dom";
import { copy, pathText, print } from "./path";
import { prose } from "./prose";

// In the page's flow, not a modal dialog: that would put "Exit this page" out of reach.
export function wireOptions(chat: Chat, config: Config): void {
  const { panel, path, erase, box, options } = chat.shell;
  const { words, lang } = config;

  const summary = options.querySelector("summary") as HTMLElement;
  const close = (back: HTMLElement): void => {
    panel.hidden = true;
    panel.replaceChildren();
    back.focus();
  };
  const open = (title: string, ...content: Child[]): void => {
    const cancel = h("button", { type: "button" }, words.cancel);
    cancel.addEventListener("click", () => close(summary));
    options.open = false;
    panel.setAttribute("aria-label", title);
    panel.replaceChildren(h("h3", {}, title), ...content.filter((child): child is Node | string => Boolean(child)));
    (panel.querySelector(".row") ?? panel).append(cancel);
    panel.hidden = false;
    panel.focus();
    panel.scrollIntoView({ block: "nearest" });
    panel.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      // The chat in the corner closes on the same key: one thing at a time.
      event.preventDefault();
      close(summary);
    };
  };

  path.addEventListener("click", () => {
    const text = pathText(chat.said, words, lang);
    if (!text) return open(words.pathHead, h("p", {}, words.pathEmpty), h("div", { class: "row" }));
    const copyIt = h("button", { type: "button", class: "main" }, words.copy);
    const printIt = h("button", { type: "button", class: "main" }, words.print);
    copyIt.addEventListener("click", async () => chat.status((await copy(text)) ? words.copied : words.copyFailed));
    printIt.addEventListener("click", () => print(text, words, printIt));
    open(words.pathHead, ...prose(words.pathWarn), h("div", { class: "row" }, copyIt, printIt));
  });

  erase.addEventListener("click", () => {
    const yes = h("button", { type: "button", class: "main" }, words.eraseYes);
    yes.addEventListener("click", async () => {
      const done = await chat.line.erase();
      if (done) chat.clear();
      close(done ? box : summary);
      chat.status(done ? words.erased : words.eraseFailed);
    });
    open(words.erase, h("p", {}, words.eraseAsk), h("div", { class: "row" }, yes));
  });
}
