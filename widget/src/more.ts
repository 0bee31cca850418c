/** The panel above the text box: more options, what was understood, who can see this, erase. */

// In the page's flow, not a modal dialog: that would put "Exit this page" out of reach.
import { dateField, stateField } from "./ask";
import type { Chat } from "./chat";
import type { Config } from "./config";
import { h, press, type Child } from "./dom";
import { linked } from "./prose";
import type { Choice } from "./types";

export interface More {
  /** Asks before everything is deleted. */
  erase(): void;
  /** Opens what was understood; the focus goes back to `from`. */
  change(from: HTMLElement): void;
  close(): void;
}

/** `path`: opens "my path"; `speak`: changes to the other language. */
export function wireMore(chat: Chat, config: Config, path: () => void, speak: () => void): More {
  const { panel, options, box, bar, log } = chat.shell;
  const { words } = config;
  let opener: HTMLElement = options;

  const close = (back: HTMLElement | null = opener): void => {
    panel.hidden = true;
    log.inert = false;
    panel.replaceChildren();
    options.setAttribute("aria-expanded", "false");
    back?.focus({ preventScroll: true });
  };
  const open = (title: string, from: HTMLElement, ...content: Child[]): void => {
    opener = from;
    const shut = press("quiet", () => close(), h("u", {}, words.close));
    panel.setAttribute("aria-label", title);
    panel.replaceChildren(
      h("div", { class: "head" }, h("h3", {}, title), shut),
      ...content.filter((child): child is Node | string => Boolean(child)),
    );
    panel.hidden = false;
    // What lies below it is out of reach; the way out is not.
    log.inert = true;
    options.setAttribute("aria-expanded", String(from === options));
    panel.focus({ preventScroll: true });
  };
  log.parentElement?.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !event.composedPath().includes(chat.shell.foot)) close(null);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // The chat in the corner closes on the same key: one thing at a time.
    event.preventDefault();
    close();
  });

  const take = (choice: Choice): void => {
    close(null);
    chat.choose(choice);
  };
  const row = (text: string, act: () => void, className = "item"): HTMLElement =>
    h("li", {}, press(className, act, text));

  const erase = (): void => {
    const yes = press(
      "danger",
      async () => {
        const done = await chat.line.erase();
        if (done) chat.clear();
        close(done ? box : opener);
        chat.status(done ? words.erased : words.eraseFailed);
      },
      words.eraseYes,
    );
    open(
      words.erase,
      opener,
      h("p", {}, words.eraseAsk),
      h(
        "div",
        { class: "row" },
        yes,
        press("alt", () => close(), words.cancel),
      ),
    );
  };

  const change = (from: HTMLElement): void => {
    const look = { ...chat.look, choose: take };
    const { known } = chat;
    const group = (title: string, rows: [string, string, boolean][]): HTMLElement =>
      h(
        "div",
        { role: "group", "aria-label": title },
        h("h4", {}, title),
        h(
          "div",
          { class: "pair" },
          ...rows.map(([text, payload, now]) => {
            const button = press("alt", () => take({ title: text, payload }), text);
            button.setAttribute("aria-pressed", String(now));
            return button;
          }),
        ),
      );
    open(
      words.understood,
      from,
      h("p", { class: "small soft" }, words.changeNote),
      group(words.changeSide, [
        [words.startAgainst, '/inform{"role": "restrained"}', known.role === "restrained"],
        [words.startAsked, '/inform{"role": "protected"}', known.role === "protected"],
      ]),
      group(words.changeStage, [
        [words.chooseStage, '/inform{"stage": "temporary"}', known.stage === "temporary"],
        [words.chooseFinal, '/inform{"stage": "final"}', known.stage === "final"],
      ]),
      h("h4", {}, words.changeState),
      stateField(look, words.changeState, known.state),
      h("h4", {}, words.changeDate),
      dateField(look, words.changeDate, known.hearing_date),
    );
  };

  const who = (): void =>
    open(
      words.who,
      options,
      ...[words.startWho, words.startLeave, words.startKept, words.startLaw].map((text) => h("p", {}, text)),
    );

  options.addEventListener("click", () => {
    if (options.getAttribute("aria-expanded") === "true") return close();
    open(
      words.options,
      options,
      h("p", { class: "numbers" }, ...linked(words.emergency)),
      h(
        "ul",
        { class: "items", role: "list" },
        row(words.path, () => {
          close(null);
          path();
        }),
        row(words.person, () => take({ title: words.person, payload: "/human" })),
        row(words.language, speak, "item lang"),
        row(words.change, () => change(options)),
        row(words.who, who),
        h("li", {}, h("a", { class: "item", href: `${config.server}/plain`, rel: "noreferrer" }, words.simple)),
        row(words.over, () => take({ title: words.over, payload: "/restart" })),
        row(
          words.erase,
          () => {
            opener = options;
            erase();
          },
          "item red",
        ),
      ),
    );
  });
  bar.sit.addEventListener("click", () => change(bar.sit));
  return { erase, change, close: () => !panel.hidden && close(null) };
}
