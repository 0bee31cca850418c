/** What the site's owner sets on the `<script>` tag. docs/widget.md describes every attribute. */

import { brandOf } from "./colour";
import { directionOf, stringsFor, type Strings } from "./lang";

export interface Config {
  /** Address of the server without a slash at its end. */
  server: string;
  lang: string;
  dir: "rtl" | "ltr";
  words: Strings;
  title: string;
  /** Where "Exit this page" leads. */
  exit: string;
  brand: Record<string, string>;
  /** Whether the chat shows the emergency numbers at its start: not where the page does so itself. */
  numbers: boolean;
  /** The site has no dark scheme: the chat stays light too. */
  light: boolean;
  /** The chat is the page: it fills the screen, with a column for the path where there is room. */
  page: boolean;
  /** Where the chat stands in the page; a button in the corner opens it where there is none. */
  target: string;
}

// Neutral, well known, and what many people have open.
const EXIT = "https://www.weather.gov/";

const isWebAddress = (value: string | undefined): value is string => /^https?:\/\//.test(value ?? "");

/** The language of the page, or the one that the person switched to. */
export const askedOf = (script: HTMLScriptElement, chosen?: string): string =>
  chosen || script.dataset.lang || document.documentElement.lang || "en";

/** Reads the attributes of `script`. `chosen`: the language that the person switched to. */
export function configOf(script: HTMLScriptElement, chosen?: string): Config {
  const data = script.dataset;
  const asked = askedOf(script, chosen);
  const { words, lang } = stringsFor(asked);
  return {
    server: (isWebAddress(data.server) ? data.server : new URL(script.src).origin).replace(/\/+$/, ""),
    lang,
    dir: data.dir === "rtl" || data.dir === "ltr" ? data.dir : directionOf(asked),
    words,
    title: data.title || words.title,
    exit: isWebAddress(data.exit) ? data.exit : EXIT,
    brand: brandOf(data.colour || data.color || ""),
    numbers: data.numbers !== "page",
    light: data.scheme === "light",
    page: data.layout === "page",
    target: data.target ?? "",
  };
}
