/** Plain text of the library to elements: paragraphs, lists, small headings, links, dates. */

import { h } from "./dom";
import type { Strings } from "./lang";

// Addresses and phone numbers. "text START to 88788" opens the message with the word in it.
const LINK =
  /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])|\b(1-\d{3}-\d{3}-\d{4})\b|\b(911|988)\b(?![-\d])|\b(START to 88788)\b/g;
const HEADING_LENGTH = 60;
// A longer address is no help to the eye: the name of its site is.
const ADDRESS_LENGTH = 32;
export const START_TEXT = "sms:88788?&body=START";

/** What a screen reader says after a link that leaves the chat open beside it. Set once, by the language. */
let elsewhere = "";
export const speakOf = (words: Strings): void => void (elsewhere = words.elsewhere);

/** A link that opens beside the chat, says so, and does not tell where it was followed from. */
export function outside(url: string, text: string): HTMLAnchorElement {
  return h(
    "a",
    { href: url, target: "_blank", rel: "noreferrer noopener" },
    text,
    h("span", { class: "sr" }, ` ${elsewhere}`),
  );
}

export const isWeb = (url: string | undefined): url is string => /^https?:\/\//.test(url ?? "");
const tel = (number: string): string => `tel:${number.replace(/-/g, "")}`;

function target(found: RegExpMatchArray): HTMLAnchorElement {
  const text = found[0];
  if (found[1]) {
    const bare = text.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
    return outside(found[1], bare.length > ADDRESS_LENGTH ? (bare.split("/", 1)[0] as string) : bare);
  }
  return h("a", { href: found[4] ? START_TEXT : tel(text), class: "tel" }, text);
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

/** Lines to elements: a short line that ends in ":" is a heading, one in quotes is something to say. */
export function prose(text: string, heading: "h4" | "h5" | null = null): HTMLElement[] {
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
    if (heading && line.endsWith(":") && line.length < HEADING_LENGTH) nodes.push(h(heading, {}, line.slice(0, -1)));
    else nodes.push(h("p", { class: /^["“][^"”]*["”]$/.test(line) && "say" }, ...linked(line)));
  }
  return nodes;
}

/** "2026-11-22" as people of `lang` write it; as it is where it is no date. */
export function readableDate(
  iso: string,
  lang: string,
  options: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric" },
): string {
  const date = new Date(`${iso}T12:00:00`);
  return isNaN(date.getTime()) ? iso : date.toLocaleDateString(lang === "en" ? "en-US" : lang, options);
}

export const shortDate = (iso: string, lang: string): string =>
  readableDate(iso, lang, { month: "short", day: "numeric" });
export const weekday = (iso: string, lang: string): string =>
  readableDate(iso, lang, { weekday: "short", month: "short", day: "numeric" });

/** Whole days from today to `iso`. */
export function daysTo(iso: string): number {
  const now = new Date();
  return Math.round(
    (new Date(`${iso}T12:00:00`).getTime() - new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12).getTime()) /
      864e5,
  );
}
