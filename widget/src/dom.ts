/** The few helpers that stand in for a framework. */

type Attributes = Record<string, string | boolean | null | undefined>;
export type Child = Node | string | null | undefined | false;

/** Makes an element. Text is only ever put in as text, so no message can bring markup along. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child): child is Node | string => Boolean(child)));
  return node;
}

/** A random id, where the page may not have `crypto.randomUUID` (it needs https). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the person asked their system for less movement. */
export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
