/** "Exit this page": GOV.UK's component (button, Shift three times, announcements), with an exit that leaves nothing. */

import { ExitThisPage } from "govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs";
import type { Config } from "./config";
import { h } from "./dom";

let left: string | null = null;

/** Empties the page and takes everything that tells what it was out of the tab. */
function blank(word: string): void {
  document.title = word;
  const cover = h("div", { role: "alert" }, word);
  // Properties, not a style attribute: the site's Content-Security-Policy need not allow inline styles.
  Object.assign(cover.style, {
    position: "fixed", inset: "0", zIndex: "2147483647", background: "Canvas", color: "CanvasText", padding: "2rem",
  });
  document.body.replaceChildren(cover);
}

/** Leaves for `url`. `wipe` forgets the conversation, here and on the server. */
export function leaveFor(url: string, word: string, wipe: () => void): void {
  if (left) return;
  left = url;
  blank(word);
  try {
    wipe();
  } finally {
    document.head.append(h("meta", { name: "referrer", content: "no-referrer" }));
    // Takes this page's place in the history: Back does not lead here.
    location.replace(url);
  }
}

// A browser may keep the page alive and show it again as it was.
addEventListener("pageshow", (event) => {
  if (event.persisted && left) location.replace(left);
});

class Exit extends ExitThisPage {
  constructor(root: HTMLElement, config: Config, private readonly leave: () => void) {
    const { words } = config;
    super(root, {
      i18n: {
        activated: words.exitLoading,
        timedOut: words.exitOver,
        pressTwoMoreTimes: words.exitTwo,
        pressOneMoreTime: words.exitOne,
      },
    });
  }

  /** The class on <body> that GOV.UK asks for would change the host page. */
  static override checkSupport(): void {}

  override exitPage(): void {
    this.leave();
  }
}

/** The button. It stays where it is seen, also when the phone's keyboard or two fingers move the page. */
export function exitButton(config: Config, leave: () => void): HTMLElement {
  const { words } = config;
  const root = h(
    "div",
    { class: "govuk-exit-this-page exit" },
    h(
      "a",
      { class: "govuk-exit-this-page__button", href: config.exit, rel: "nofollow noreferrer", draggable: "false" },
      h("span", {}, words.exit),
      h("span", { class: "hint" }, words.exitHint),
    ),
  );
  new Exit(root, config, leave);
  const seen = window.visualViewport;
  if (seen) {
    const left = config.dir === "rtl";
    root.style.transformOrigin = left ? "0 0" : "100% 0";
    const follow = (): void => {
      const { offsetTop, offsetLeft, width, scale } = seen;
      const side = left ? offsetLeft : offsetLeft + width - document.documentElement.clientWidth;
      // Two fingers make the page larger: the button stays in the corner, and as large as it was.
      root.style.transform = offsetTop || scale !== 1 ? `translate(${side}px, ${offsetTop}px) scale(${1 / scale})` : "";
    };
    seen.addEventListener("resize", follow);
    seen.addEventListener("scroll", follow);
  }
  return root;
}
