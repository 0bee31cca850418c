/** The paper of "my path": what is chosen of the answers, on one page, without a word on where it comes from. */

import { situation } from "./bar";
import { legal } from "./card";
import type { Config } from "./config";
import { h } from "./dom";
import { fill } from "./lang";
import { prose, readableDate } from "./prose";
import { stateName } from "./states";
import type { Data, Known } from "./types";

export interface Plan {
  cards: Data[];
  known: Known;
  /** Steps that are done. */
  done: Set<string>;
  /** Whether the paper says which side the person is on. */
  side: boolean;
}

export const stepKey = (data: Data, step: string): string => `${data.card ?? ""}:${step}`;

/** The paper as elements. */
export function sheet({ cards, known, done, side }: Plan, config: Config): HTMLElement[] {
  const { words, lang } = config;
  const day = known.hearing_date;
  const [head, rest] = situation(known, words, lang, stateName);
  const [last] = cards.slice(-1);
  const steps = (data: Data): HTMLElement[] =>
    (data.steps ?? []).map((step) => h("li", { class: done.has(stepKey(data, step)) ? "done" : "" }, step));
  return [
    h(
      "h1",
      {},
      day
        ? fill(words.pathBefore, { date: readableDate(day, lang, { weekday: "long", month: "long", day: "numeric" }) })
        : words.pathSheet,
    ),
    h("p", {}, [rest, side && head].filter(Boolean).join(". ")),
    day ? h("p", { class: "room" }, words.pathRoom) : null,
    ...cards.flatMap((data) => [
      h("h2", {}, data.title),
      // The paper is one page: what to do goes before what was said.
      cards.length > 3 && data.steps?.length ? null : h("p", {}, data.answer),
      data.steps?.length ? h("ul", { class: "boxes" }, ...steps(data)) : null,
    ]),
    last ? legal(last, true) : null,
    ...prose(words.emergency),
  ].filter((node): node is HTMLElement => Boolean(node?.textContent));
}

/** The same as text. */
export const sheetText = (plan: Plan, config: Config): string =>
  sheet(plan, config)
    .map((node) =>
      node.localName === "ul"
        ? Array.from(node.children, (item) => `${item.className ? "[x]" : "[ ]"} ${item.textContent}`).join("\n")
        : node.className === "legal" && plan.cards.length
          ? [plan.cards[plan.cards.length - 1]?.notice, plan.cards[plan.cards.length - 1]?.referral]
              .filter(Boolean)
              .join("\n\n")
          : node.textContent,
    )
    .join("\n\n");

// No margin of the page's own: the browser would print the address into it.
const RULES = `
@page { margin: 0 }
@media screen { #wp-print { display: none } }
@media print {
  body > :not(#wp-print) { display: none !important }
  html, body { margin: 0 !important; padding: 0 !important; background: #fff !important }
  #wp-print { box-sizing: border-box; padding: 14mm 18mm; font: 10.5pt/1.4 system-ui, sans-serif; color: #000; background: #fff }
  #wp-print h1 { font-size: 17pt; margin: 0 0 2mm } #wp-print h2 { font-size: 11.5pt; margin: 4mm 0 1mm; border-bottom: 1px solid #000 }
  #wp-print p, #wp-print ul { margin: 1mm 0; padding: 0 } #wp-print li { list-style: none; padding-left: 6mm; text-indent: -6mm; break-inside: avoid }
  #wp-print li::before { content: "\\2610\\a0\\a0" } #wp-print .done::before { content: "\\2611\\a0\\a0" }
  #wp-print .room::after { content: " ______________________________" }
  #wp-print .legal { border-top: 1px solid #000; margin-top: 5mm; padding-top: 2mm } #wp-print a { color: #000 }
  #wp-print a[href^=http]::after { content: " (" attr(href) ")" } #wp-print .sr { display: none }
}
`;

/** Prints the paper alone: the page around it, and its title, stay off it. The focus goes back to `from`. */
export function print(plan: Plan, config: Config, from: HTMLElement): void {
  const rules = new CSSStyleSheet();
  rules.replaceSync(RULES);
  const page = h("div", { id: "wp-print", lang: config.lang }, ...sheet(plan, config));
  const title = document.title;
  const ours = Array.from(document.body.children).filter((child): child is HTMLElement => Boolean(child.shadowRoot));
  for (const host of ours) host.dataset.off = "";
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, rules];
  document.body.append(page);
  document.title = config.words.pathSheet;
  const restore = (): void => {
    page.remove();
    for (const host of ours) delete host.dataset.off;
    from.focus({ preventScroll: true });
    document.title = title;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== rules);
  };
  addEventListener("afterprint", restore, { once: true });
  window.print();
}
