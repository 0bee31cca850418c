/** Which words, which direction: looks up what strings.ts says. */

import { en, type Strings } from "./strings";

/** The file with the Spanish words with its version, put in by build.mjs. */
declare const SPANISH: string;

export type { Strings };

const ALL: Record<string, Strings> = { en };
const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ps", "ur", "yi"]);
const baseOf = (lang: string): string => lang.toLowerCase().split("-")[0] ?? "en";

/** Whether the words for `lang` are there already, or there are none to fetch. */
export const speaks = (lang: string): boolean => baseOf(lang) !== "es" || "es" in ALL;

/** Fetches the words for `lang`; without them the words stay as they are. */
export async function learn(server: string, lang: string): Promise<void> {
  if (speaks(lang)) return;
  try {
    ALL["es"] = ((await import(`${server}/widget/${SPANISH}`)) as { es: Strings }).es;
  } catch {
    // The next press tries again.
  }
}

/** The words for `lang` ("es-MX" counts as "es"), English where there are none. */
export function stringsFor(lang: string): { words: Strings; lang: string } {
  const base = baseOf(lang);
  const words = ALL[base];
  return words ? { words, lang: base } : { words: en, lang: "en" };
}

/** Writing direction of `lang`, for the layout. */
export const directionOf = (lang: string): "rtl" | "ltr" => (RIGHT_TO_LEFT.has(baseOf(lang)) ? "rtl" : "ltr");

/** `text` with its `{name}` places filled. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));

/** Answers come in the language of the page, once the person has switched it; a typed message shows its own. */
export const tapped = (payload: string, lang: string, switched?: string): string =>
  lang !== "en" || switched ? payload.replace(/^\/inform\{/, `$&"language": "${lang}", `) : payload;
