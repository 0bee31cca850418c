/** Which words, which direction: looks up what strings.ts says. */

import { en, STATES, type Strings } from "./strings";
import { es } from "./strings.es";

export type { Strings };

export const states: [code: string, name: string][] = STATES.split("|").map((row) => [row.slice(0, 2), row.slice(2)]);

/** The name of the state `code`; the code itself where it is not known. */
export const stateName = (code: string): string => states.find(([each]) => each === code)?.[1] ?? code;

const ALL: Record<string, Strings> = { en, es };
const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ps", "ur", "yi"]);
const baseOf = (lang: string): string => lang.toLowerCase().split("-")[0] ?? "en";

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
