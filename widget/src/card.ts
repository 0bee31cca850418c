/** One message as the person sees it: an answer card, danger help, or a plain reply with its choices. */

import { h } from "./dom";
import { outside, prose, readableDate } from "./prose";
import type { Strings } from "./strings";
import type { Choice, Data, Message } from "./types";

export interface Look {
  words: Strings;
  lang: string;
  choose(choice: Choice, button: HTMLButtonElement): void;
}

const named = (who: string): HTMLElement => h("span", { class: "sr" }, `${who}: `);

/** What the person said. */
export function question(text: string, words: Strings): HTMLElement {
  return h("div", { class: "message me" }, named(words.you), text);
}

/** What the bot said. */
export function answer(message: Message, look: Look): HTMLElement {
  const data = message.custom?.data ?? {};
  const kind = data.safety ? "safety" : data.guard ? "fault" : data.legal ? "card" : "plain";
  const node = h("div", { class: `message bot ${kind}` }, named(look.words.bot));
  if (data.legal && data.body) node.append(...card(data, data.body, look));
  else node.append(...prose(message.text ?? "", Boolean(data.safety)));
  if (message.buttons?.length) node.append(choices(message.buttons, look));
  return node;
}

function card(data: Data, body: string, look: Look): HTMLElement[] {
  const parts: HTMLElement[] = data.lead ? [h("div", { class: "lead" }, ...prose(data.lead))] : [];
  if (data.title) parts.push(h("h3", {}, data.title));
  parts.push(...prose(body, true));
  for (const file of parts.flatMap((part) => Array.from(part.querySelectorAll<HTMLElement>('a[href$=".ics"]')))) {
    file.textContent = look.words.calendar;
    file.classList.add("file");
  }
  // Never folded: what it is, and where a lawyer is to be had.
  const referral = prose(data.referral ?? "", true);
  referral[0]?.classList.replace("first", "where");
  parts.push(h("div", { class: "legal" }, ...prose(data.notice ?? ""), ...referral));
  if (data.sources?.length) parts.push(sources(data, look));
  return parts;
}

function sources(data: Data, look: Look): HTMLElement {
  const { words, lang } = look;
  const date = data.reviewed ? `, ${words.checked} ${readableDate(data.reviewed, lang)}` : "";
  const items = (data.sources ?? []).map(({ title, url }) =>
    h("li", {}, /^https?:\/\//.test(url ?? "") ? outside(url as string, title) : title),
  );
  return h("details", {}, h("summary", {}, `${words.sources}${date}`), h("ul", {}, ...items));
}

/** Choices stay usable: whoever took the wrong one takes another. */
function choices(buttons: Choice[], look: Look): HTMLElement {
  const items = buttons.map((choice) => {
    const button = h("button", { type: "button", class: "choice" }, choice.title);
    button.addEventListener("click", () => look.choose(choice, button));
    return h("li", {}, button);
  });
  return h("ul", { class: "choices", role: "list" }, ...items);
}

/** Marks the choice that was taken, for the eye and for the ear. */
export function markChosen(button: HTMLButtonElement, words: Strings): void {
  button.closest("ul")?.querySelectorAll(".chosen").forEach((other) => {
    other.classList.remove("chosen");
    other.querySelector(".sr")?.remove();
  });
  button.classList.add("chosen");
  button.append(h("span", { class: "sr" }, ` (${words.chosen})`));
}
