/** Questions and what can be tapped for an answer: buttons, the list of states, a day. */

import type { Look } from "./card";
import { h, press } from "./dom";
import type { Strings } from "./lang";
import { linked, readableDate } from "./prose";
import { states } from "./states";
import { dataOf, type Choice, type Message } from "./types";

/** The device's own list of states. */
export function stateField(look: Look, name: string, now?: string | null): HTMLElement {
  const { words } = look;
  const options = states.map(([code, title]) => h("option", { value: code, selected: code === now }, title));
  const list = h("select", { "aria-label": name }, h("option", { value: "" }, words.pickState), ...options);
  const go = press(
    "go",
    () => {
      if (!list.value) return list.focus();
      look.choose({ title: list.selectedOptions[0]?.text ?? list.value, payload: `/inform{"state": "${list.value}"}` });
    },
    words.ok,
  );
  return h("div", { class: "row" }, list, go);
}

/** The device's own calendar. The day goes out in words, so that it is read as if typed. */
export function dateField(look: Look, name: string, now?: string | null): HTMLElement {
  const { words, lang } = look;
  const field = h("input", { type: "date", "aria-label": name, value: now });
  const go = press(
    "go",
    () => {
      if (!field.value) return field.focus();
      look.choose({ title: readableDate(field.value, lang), payload: readableDate(field.value, "en") });
    },
    words.ok,
  );
  return h("div", { class: "row" }, field, go);
}

/** Buttons below a message. */
export function choices(buttons: Choice[], look: Look): HTMLElement {
  const items = buttons.map((choice) => {
    const button = press(
      "choice",
      (event) => {
        // The second tap of a double tap is no second answer.
        if (event.detail < 2) look.choose(choice);
      },
      choice.title,
    );
    return h("li", {}, button);
  });
  return h("ul", { class: "choices", role: "list" }, ...items);
}

/** A question with its ways to answer. */
export function ask(message: Message, look: Look): HTMLElement {
  const { words } = look;
  const text = message.text ?? "";
  // The question as a heading, where the text begins with it.
  const found = /^([^.?!\n]{1,110}\?)\s*([\s\S]*)$/.exec(text);
  const rest = (found?.[2] ?? text).split("\n").filter((line) => line.trim());
  const asked = dataOf(message).ask;
  const question = found?.[1];
  const field =
    asked === "state"
      ? stateField(look, question ?? words.pickState)
      : asked === "hearing_date" && dateField(look, question ?? words.pickDate);
  const buttons = message.buttons ?? [];
  const only = buttons.length === 1 && buttons[0];
  // One way round the question stands beside its field.
  if (field && only) field.append(press("quiet choice-text", () => look.choose(only), h("u", {}, only.title)));
  const others = buttons.length && !(field && only) ? choices(buttons, look) : null;
  return h(
    "div",
    { class: "message bot ask" },
    question && h("h3", { tabindex: "-1" }, question),
    ...rest.map((line) => h("p", { class: question ? "small soft" : "" }, ...linked(line))),
    h("div", { class: "pick" }, field, others),
  );
}

const NAMES = ".choice, .choice-text, option";

/** What was chosen stands in the place of what could be; one press brings the rest back. */
export function settle(within: HTMLElement, shown: string, words: Strings): void {
  for (const pick of within.querySelectorAll<HTMLElement>(".pick:not([hidden])")) {
    const named = Array.from(pick.querySelectorAll(NAMES)).some((each) => each.textContent === shown);
    const day = pick.querySelector<HTMLInputElement>("input[type=date]");
    if (!named && !(day?.value && /\d{4}$/.test(shown))) continue;
    const again = press(
      "quiet",
      () => {
        chose.remove();
        pick.hidden = false;
        pick.querySelector<HTMLElement>("button, select")?.focus({ preventScroll: true });
      },
      h("u", {}, words.change),
    );
    const chose: HTMLElement = h("p", { class: "chose" }, h("span", {}, `${words.chose} `, h("b", {}, shown)), again);
    pick.hidden = true;
    pick.after(chose);
  }
}
