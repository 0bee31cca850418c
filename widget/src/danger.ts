/** Danger help as buttons: the numbers that the bot names, as wide as the screen, and the way out. */

import { h, icon, press } from "./dom";
import type { Look } from "./card";
import { linked, START_TEXT } from "./prose";
import type { Message } from "./types";

type Call = [icon: "phone" | "text", href: string, title: string, note?: string];

/** Which calls belong to the words of `text`: whoever thinks of suicide is offered 988 first. */
function calls(text: string, { words }: Look): Call[] {
  const has = (number: string): boolean => new RegExp(`\\b${number}\\b`).test(text);
  const found: Call[] = [];
  if (has("988")) found.push(["phone", "tel:988", words.call988, words.callNote], ["text", "sms:988", words.text988]);
  if (has("911")) found.push(["phone", "tel:911", words.call911]);
  if (has("text 911")) found.push(["text", "sms:911", words.text911, words.text911Note]);
  if (has("1-800-799-7233")) found.push(["phone", "tel:18007997233", "1-800-799-7233", words.hotline]);
  if (has("START to 88788")) found.push(["text", START_TEXT, words.startText, words.startNote]);
  return found;
}

export function danger(message: Message, look: Look): HTMLElement {
  const { words } = look;
  const text = message.text ?? "";
  const all = calls(text, look);
  // The numbers are on the buttons; what else the bot says stands above them.
  const rest = text.split(/(?<=[.?!])\s+/).filter((sentence) => sentence && !/\d/.test(sentence));
  const buttons = all.map(([kind, href, title, note], at) =>
    h(
      "a",
      { class: at ? "call" : "call main", href },
      icon(kind),
      h("span", {}, h("b", {}, title), " ", note && h("small", {}, note)),
    ),
  );
  const leave = press(
    "call",
    () => look.leave(),
    icon("go"),
    h("span", {}, h("b", {}, words.leave), " ", h("small", {}, words.leaveNote)),
  );
  return h(
    "div",
    { class: "message bot safety" },
    h("h3", { tabindex: "-1" }, all[0]?.[1] === "tel:988" ? words.now988 : all.length ? words.now911 : words.help),
    h("p", { class: "small" }, ...linked(all.length ? rest.join(" ") : text)),
    ...buttons,
    leave,
  );
}
