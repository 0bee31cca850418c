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

/** A button that does `act`. */
export function press(className: string, act: (event: MouseEvent) => void, ...children: Child[]): HTMLButtonElement {
  const button = h("button", { type: "button", class: className }, ...children);
  button.addEventListener("click", act);
  return button;
}

const ICONS = {
  phone: "M5 4h4l2 5-2.500 1.500a12 12 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1z",
  text: "M4 5h16v11H10l-4 4v-4H4z",
  go: "M9 6l6 6-6 6",
  min: "M6 10l6 6 6-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  up: "M7 11l4-8c2 0 3 1 2.500 3L13 9h6l-2 11H7zM7 11H3v9h4",
};

/** A line drawing beside a word; never in the place of one. */
export function icon(name: keyof typeof ICONS): SVGElement {
  const make = (tag: string): SVGElement => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = make("svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name);
  svg.append(make("path"));
  svg.firstElementChild?.setAttribute("d", ICONS[name]);
  return svg;
}

/** Puts `node` above everything the page may have there, and above what was put there before. */
export function toTop(node: HTMLElement): void {
  // Old browsers have the z-index of style.css alone.
  if (!node.showPopover || !node.isConnected) return;
  node.popover = "manual";
  if (node.matches(":popover-open")) node.hidePopover();
  node.showPopover();
}

/** A random id, where the page may not have `crypto.randomUUID` (it needs https). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the person asked their system for less movement. */
export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
