/** "Exit this page": a button, Shift three times, and a way out that leaves nothing. As GOV.UK's component, in less. */

import type { Config } from "./config";
import { h, toTop } from "./dom";

/** Seconds that three presses of Shift may take. */
const PRESSES_WITHIN = 5000;
const FRAME_WAIT = 1500;

let left: string | null = null;
export const hasLeft = (): boolean => left !== null;

/** Empties the page and takes everything that tells what it was out of the tab. */
function blank(word: string): HTMLElement {
  document.title = word;
  const cover = h("div", { role: "alert" }, word);
  // Properties, not a style attribute: the site's Content-Security-Policy need not allow inline styles.
  Object.assign(cover.style, {
    position: "fixed",
    inset: "0",
    zIndex: "2147483647",
    background: "Canvas",
    color: "CanvasText",
    padding: "2rem",
  });
  document.body.replaceChildren(cover);
  return cover;
}

/** Takes this page's place in the history, and that of the page around it: Back does not lead here. */
function go(url: string, cover: HTMLElement, words: Config["words"]): void {
  if (window.top === window || !window.top) return location.replace(url);
  // In a frame: the page around it stays where the browser does not let us; then that is said.
  const stuck = (): void => void (cover.textContent = words.exitFrame);
  try {
    window.top.location.replace(url);
    setTimeout(stuck, FRAME_WAIT);
  } catch {
    stuck();
  }
}

/** Leaves. `wipe` forgets the conversation, here and on the server. */
export function leaveFor({ exit, words }: Config, wipe: () => void): void {
  if (left) return;
  left = exit;
  const cover = blank(words.exitLoading);
  try {
    wipe();
  } finally {
    document.head.append(h("meta", { name: "referrer", content: "no-referrer" }));
    go(exit, cover, words);
  }
}

// A browser may keep the page alive and show it again as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted && left) location.replace(left);
});

/** Shift three times. Capitals are no exit: another key between two presses starts the count anew. */
function watchShift(
  { words }: Config,
  root: HTMLElement,
  status: HTMLElement,
  leave: () => void,
  signal: AbortSignal,
): void {
  let count = 0;
  let alone = false;
  let timer = 0;
  const to = (number: number, word: string): void => {
    clearTimeout(timer);
    count = number;
    root.dataset.count = String(number);
    status.textContent = word;
    if (number) timer = window.setTimeout(() => to(0, words.exitOver), PRESSES_WITHIN);
  };
  // In the capturing phase: what is typed in the chat goes no further than the chat.
  const options = { capture: true, signal };
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Shift") alone = alone || !event.repeat;
      else {
        alone = false;
        if (count) to(0, "");
      }
    },
    options,
  );
  addEventListener("pointerdown", () => void (alone = false), options);
  addEventListener(
    "keyup",
    (event) => {
      if (event.key !== "Shift" || !alone) return;
      alone = false;
      if (count === 2) leave();
      else to(count + 1, count ? words.exitOne : words.exitTwo);
    },
    options,
  );
}

export interface Exit {
  /** For the page's beginning, so that one press of the Tab key reaches the button. */
  region: HTMLElement;
  /** The button's place is over `slot`, which is made as large as the button. */
  at(slot: HTMLElement, short?: boolean): void;
  /** Puts it above the page again. */
  raise(): void;
}

/** The button. In the place kept for it, else in the corner of what is seen: never out of sight. */
export function exitButton(config: Config, leave: () => void, signal: AbortSignal): Exit {
  const { words } = config;
  const name = h("span", {}, words.exit);
  const link = h(
    "a",
    { class: "exit-link", href: config.exit, rel: "nofollow noreferrer", draggable: "false" },
    name,
    h("span", { class: "hint" }, words.exitHint),
    h("span", { class: "lights", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
  );
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  const status = h("span", { class: "sr", role: "status" });
  const root = h("div", { class: "exit" }, link);
  const region = h("div", { role: "region", "aria-label": words.exit }, root, status);
  watchShift(config, root, status, leave, signal);

  let slot: HTMLElement | null = null;
  const seen = window.visualViewport;
  const place = (): void => {
    if (slot) Object.assign(slot.style, { width: `${link.offsetWidth}px`, height: `${link.offsetHeight}px` });
    const { style } = root;
    const page = document.documentElement;
    const spot = slot?.isConnected ? slot.getBoundingClientRect() : null;
    const whole = !seen || (seen.scale < 1.01 && !seen.offsetTop);
    const fits =
      spot?.width &&
      spot.top >= 0 &&
      spot.bottom <= innerHeight &&
      spot.left >= 0 &&
      spot.right <= page.clientWidth + 1;
    if (whole && spot && fits) {
      Object.assign(style, {
        left: `${spot.left}px`,
        top: `${spot.top}px`,
        right: "auto",
        bottom: "auto",
        transform: "",
      });
      return;
    }
    const start = config.dir === "rtl";
    const side = seen && !whole ? (start ? seen.offsetLeft : seen.offsetLeft + seen.width - page.clientWidth) : 0;
    Object.assign(style, {
      left: start ? "8px" : "auto",
      right: start ? "auto" : "8px",
      top: "4px",
      bottom: "auto",
      transformOrigin: start ? "0 0" : "100% 0",
      // Two fingers make the page larger: the button stays in the corner, and as large as it was.
      transform: seen && !whole ? `translate(${side}px, ${seen.offsetTop}px) scale(${1 / seen.scale})` : "",
    });
  };
  const options = { capture: true, passive: true, signal };
  addEventListener("scroll", place, options);
  addEventListener("resize", place, options);
  seen?.addEventListener("resize", place, { signal });
  seen?.addEventListener("scroll", place, { signal });
  if ("ResizeObserver" in window) {
    const sizes = new ResizeObserver(place);
    sizes.observe(link);
    sizes.observe(document.documentElement);
    signal.addEventListener("abort", () => sizes.disconnect());
  }
  return {
    region,
    at(place_, short = false) {
      slot = place_;
      name.textContent = short ? words.exitShort : words.exit;
      if (short) link.setAttribute("aria-label", words.exit);
      else link.removeAttribute("aria-label");
      link.classList.toggle("short", short);
      place();
    },
    raise() {
      toTop(root);
      place();
    },
  };
}
