/** Plain text of the library to elements: paragraphs, lists, small headings, links. */

import { h } from "./dom";

// Addresses and phone numbers. "text START to 88788" opens the message with the word in it.
const LINK = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])|\b(1-\d{3}-\d{3}-\d{4})\b|\b(911|988)\b(?![-\d])|\b(START to 88788)\b/g;
const HEADING_LENGTH = 60;
// A longer address is no help to the eye: the name of its site is.
const ADDRESS_LENGTH = 32;

/** A link that opens beside the chat and does not tell where it was followed from. */
export function outside(url: string, text: string): HTMLAnchorElement {
  return h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, text);
}

function target(found: RegExpMatchArray): HTMLAnchorElement {
  const text = found[0];
  if (found[1]) {
    const bare = text.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
    return outside(found[1], bare.length > ADDRESS_LENGTH ? (bare.split("/", 1)[0] as string) : bare);
  }
  if (found[4]) return h("a", { href: "sms:88788?&body=START", class: "tel" }, text);
  return h("a", { href: `tel:${text.replace(/-/g, "")}`, class: "tel" }, text);
}

/** `text` with its addresses and phone numbers as links. */
export function linked(text: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let last = 0;
  for (const found of text.matchAll(LINK)) {
    const start = found.index ?? 0;
    parts.push(text.slice(last, start), target(found));
    last = start + found[0].length;
  }
  parts.push(text.slice(last));
  return parts.filter((part) => part !== "");
}

/** Lines to elements. With `strong` the first line is the answer, and a line that ends in ":" a heading. */
export function prose(text: string, strong = false): HTMLElement[] {
  const nodes: HTMLElement[] = [];
  let list: HTMLElement | null = null;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const item = /^(?:(-)|(\d+)[.)])\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "ul" : "ol";
      if (!list || list.localName !== tag) nodes.push((list = h(tag)));
      list.append(h("li", {}, ...linked(item[3] as string)));
      continue;
    }
    list = null;
    if (!line) continue;
    if (strong && !nodes.length) nodes.push(h("p", { class: "first" }, ...linked(line)));
    else if (strong && line.endsWith(":") && line.length < HEADING_LENGTH) nodes.push(h("h4", {}, line.slice(0, -1)));
    else nodes.push(h("p", { class: strong && /^"[^"]*"$/.test(line) && "say" }, ...linked(line)));
  }
  return nodes;
}

/** "2026-11-22" as people of `lang` write it; as it is where it is no date. */
export function readableDate(iso: string, lang: string): string {
  const date = new Date(`${iso}T12:00:00`);
  if (isNaN(date.getTime())) return iso;
  return date.toLocaleDateString(lang === "en" ? "en-US" : lang, { year: "numeric", month: "long", day: "numeric" });
}
