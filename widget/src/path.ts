/** "My path": the legal answers so far as plain text, to copy or to print, after a warning. */

import { h } from "./dom";
import { prose, readableDate } from "./prose";
import type { Strings } from "./strings";
import type { Message } from "./types";

/** The cards among `messages` as text: each once, notice and referral at the end of each as they were given. */
export function pathText(messages: Message[], words: Strings, lang: string): string {
  const parts = new Map<string, string>();
  for (const { custom } of messages) {
    const data = custom?.data;
    if (!data?.legal || !data.body || !data.card) continue;
    const from = (data.sources ?? []).map(({ title, url }) => `- ${title}${url ? ` ${url}` : ""}`);
    const checked = data.reviewed ? `, ${words.checked} ${readableDate(data.reviewed, lang)}` : "";
    const lines = [data.title, data.body, data.notice, data.referral, `${words.sources}${checked}:`, from.join("\n")];
    parts.set(data.card, lines.filter(Boolean).join("\n\n"));
  }
  return [...parts.values()].join("\n\n* * *\n\n");
}

/** Copies `text`; false where the browser does not allow it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is only the old way.
    const box = h("textarea", { readonly: true });
    box.value = text;
    Object.assign(box.style, { position: "fixed", opacity: "0" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

const PRINT_RULES = `
@media screen { #wp-print { display: none } }
@media print { body > :not(#wp-print) { display: none !important } #wp-print { font: 12pt/1.5 sans-serif; color: #000; background: #fff } #wp-print a[href^=http]::after { content: " (" attr(href) ")" } }
`;

/** Prints `text` alone: the page around it, and its title, stay off the paper. The focus goes back to `from`. */
export function print(text: string, words: Strings, from: HTMLElement): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PRINT_RULES);
  const page = h("div", { id: "wp-print" }, h("h1", {}, words.pathHead), ...prose(text, true));
  const title = document.title;
  const ours = Array.from(document.body.children).filter((child): child is HTMLElement => Boolean(child.shadowRoot));
  for (const host of ours) host.dataset.off = "";
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.append(page);
  document.title = words.pathHead;
  const restore = (): void => {
    page.remove();
    for (const host of ours) delete host.dataset.off;
    from.focus();
    document.title = title;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
  addEventListener("afterprint", restore, { once: true });
  window.print();
}
