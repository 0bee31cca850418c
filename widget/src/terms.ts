/** Words of the field with a dotted underline: a press opens one line that explains them. */

import { h, press } from "./dom";

/** The first place of each term becomes a button. */
export function explain(within: HTMLElement[], terms: { term: string; text: string }[]): void {
  for (const { term, text } of terms) {
    const found = within.map((part) => find(part, term)).find(Boolean);
    if (!found) continue;
    const rest = found.splitText(wordAt(found.data, term));
    rest.splitText(term.length);
    const line = h("span", { class: "meaning", hidden: true }, text);
    const button = press(
      "term",
      () => {
        line.hidden = !line.hidden;
        button.setAttribute("aria-expanded", String(!line.hidden));
      },
      rest.data,
    );
    button.setAttribute("aria-expanded", "false");
    rest.replaceWith(button);
    (button.closest("p, li > span, li") ?? button).append(line);
  }
}

/** Where `term` stands as a whole word, not in "emotion"; nor where brackets show that it is explained. */
const wordAt = (text: string, term: string): number => {
  const found = new RegExp(`(^|[^\\p{L}\\d(-])${term}(?![\\p{L}\\d-]|\\s*\\()`, "iu").exec(text);
  return found ? found.index + (found[1] as string).length : -1;
};

function find(part: HTMLElement, term: string): Text | undefined {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (wordAt(text.data, term) >= 0 && !text.parentElement?.closest("a, summary, button")) return text;
  }
  return undefined;
}
