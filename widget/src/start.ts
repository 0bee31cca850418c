/** What stands in the chat before anything is said: help, four buttons, and who may see it. */

import type { Config } from "./config";
import { h, icon, press } from "./dom";
import type { Choice } from "./types";

/** The numbers to call; none where the page around the chat shows them. */
export function calls({ numbers, words }: Config): HTMLElement | null {
  if (!numbers) return null;
  const all: [string, string, string][] = [
    ["911", "tel:911", words.danger],
    ["1-800-799-7233", "tel:18007997233", words.hotline],
    ["988", "tel:988", words.crisis],
  ];
  return h(
    "ul",
    { class: "calls", role: "list" },
    ...all.map(([number, href, what]) => h("li", {}, h("a", { href }, h("b", {}, number), " ", what))),
  );
}

/** `say`: how the choice is put to the bot, as on its own buttons or as typed. */
export function start(config: Config, choose: (choice: Choice) => void): HTMLElement {
  const { words } = config;
  const ways: [string, string, string][] = [
    [words.startAgainst, words.startAgainstNote, '/inform{"role": "restrained"}'],
    [words.startAsked, words.startAskedNote, '/inform{"role": "protected"}'],
    [words.startCharge, words.startChargeNote, '/inform{"matter": "criminal_case"}'],
    [words.startSoon, words.startSoonNote, words.startSoonSay],
  ];
  const notes = [words.startWho, words.startLeave, words.startKept];
  return h(
    "div",
    { class: "message bot start" },
    h(
      "section",
      { class: "safe", "aria-label": words.help },
      calls(config),
      h(
        "details",
        {},
        h("summary", {}, h("span", {}, words.startSafe), " ", h("u", {}, words.startMore)),
        h("ul", {}, ...notes.map((note) => h("li", {}, note))),
      ),
    ),
    h("h3", {}, words.startHead),
    h("p", { class: "soft" }, words.startLike),
    ...ways.map(([title, note, payload]) =>
      press(
        "way",
        () => choose({ title, payload }),
        h("span", {}, h("b", {}, title), " ", h("small", {}, note)),
        icon("go"),
      ),
    ),
    h("p", { class: "soft small" }, words.startLaw, " ", config.lang !== "en" && words.inLanguage),
  );
}
