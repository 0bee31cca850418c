/** The bar that is always in sight: what is understood, the language, the way out. */

import type { Config } from "./config";
import { h, icon, press } from "./dom";
import type { Strings } from "./lang";
import { linked, shortDate } from "./prose";
import type { Known } from "./types";

export interface Bar {
  node: HTMLElement;
  name: HTMLElement;
  /** What is understood; a press changes it. */
  sit: HTMLButtonElement;
  language: HTMLButtonElement;
  minimise: HTMLButtonElement;
  back: HTMLButtonElement;
  /** Where the exit button has its place. */
  slot: HTMLElement;
  offline: HTMLElement;
  /** `called`: how a state is called, once that is there. */
  tell(known: Known, called?: (code: string) => string): void;
}

/** What is understood, in words: whose order and how far, then where and when. */
export function situation(
  known: Known,
  words: Strings,
  lang: string,
  called: (code: string) => string,
): [head: string, place: string, when: string] {
  const matters: Record<string, string> = { criminal_case: words.criminal, criminal_no_contact_order: words.noContact };
  const roles: Record<string, string> = {
    restrained: words.roleRestrained,
    protected: words.roleProtected,
    third_party: words.roleThird,
  };
  const stages: Record<string, string> = {
    none: words.stageNone,
    temporary: words.stageTemporary,
    final: words.stageFinal,
  };
  const outcomes: Record<string, string> = {
    petition_denied: words.petitionDenied,
    motion_denied: words.motionDenied,
    ended: words.ended,
  };
  const { role, stage, matter, state, outcome, hearing_date: day } = known;
  const head = [matters[matter ?? ""] ?? roles[role ?? ""], outcomes[outcome ?? ""] ?? stages[stage ?? ""]];
  const when = day ? `${words.court} ${shortDate(day, lang)}` : "";
  return [head.filter(Boolean).join(" · "), state ? called(state) : "", when];
}

export function bar(config: Config): Bar {
  const { words, lang } = config;
  const nothing = (): void => {};
  const sit = press("sit", nothing);
  sit.hidden = true;
  const language = press("quiet lang", nothing, h("u", {}, words.language));
  language.lang = lang === "es" ? "en" : "es";
  const minimise = press("quiet", nothing, icon("min"));
  minimise.setAttribute("aria-label", words.minimise);
  const call = h("a", { class: "quiet tel", href: "tel:911", "aria-label": words.call911 }, "911");
  const back = press("quiet back", nothing, icon("go"), h("u", {}, words.pathBack));
  back.hidden = true;
  const slot = h("span", { class: "slot" });
  const name = h("h2", { class: "name" }, config.title);
  const offline = h(
    "p",
    { class: "offline", role: "alert", hidden: true },
    h("span", {}, words.offline),
    ...linked("911"),
    ...linked("1-800-799-7233"),
  );
  const node = h("header", { class: "bar" }, back, name, sit, language, call, minimise, slot, offline);
  const tell = (known: Known, called: (code: string) => string = String): void => {
    const [head, place, when] = situation(known, words, lang, called);
    const [first, ...more] = [head, place, when].filter(Boolean);
    const empty = !first;
    sit.hidden = empty;
    name.classList.toggle("sr", !empty);
    node.classList.toggle("knows", !empty);
    // The day goes first where there is little room: it stands in the answer, too.
    const rest = more.map((text) => h("span", { class: text === when ? "when" : "" }, `${text} · `));
    sit.replaceChildren(h("b", {}, first), " ", h("span", {}, ...rest, h("u", {}, words.change)));
  };
  return { node, name, sit, language, minimise, back, slot, offline, tell };
}
