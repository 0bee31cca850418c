/** "My path": a page of its own. What to do, ticked off; what goes on the paper; who may find it; start over, erase. */

import { situation } from "./bar";
import { bold, legal, strip } from "./card";
import type { Chat } from "./chat";
import type { Config } from "./config";
import { copy } from "./copy";
import { h, press, type Child } from "./dom";
import { fill } from "./lang";
import type { More } from "./more";
import { print, sheet, sheetText, stepKey, type Plan } from "./sheet";
import { stateName } from "./states";
import type { Store } from "./store";
import { dataOf, type Data } from "./types";

/** The legal answers so far, each once, as they were given last. */
export function cardsOf(chat: Chat): Data[] {
  const found = new Map<string, Data>();
  for (const { message } of chat.entries) {
    const data = dataOf(message ?? {});
    if (data.legal && data.answer && data.card) {
      found.delete(data.card);
      found.set(data.card, data);
    }
  }
  return [...found.values()];
}

export class Path {
  /** Cards that are not to go on the paper. */
  private readonly off = new Set<string>();
  private side = false;
  private preview = false;
  more: More | null = null;

  constructor(
    private readonly chat: Chat,
    private readonly config: Config,
    private readonly store: Store,
  ) {
    const { bar, path } = chat.shell;
    bar.back.addEventListener("click", () => this.close());
    path.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
  }

  open(): void {
    this.preview = false;
    this.draw();
    this.swap(true);
    this.chat.shell.path.querySelector<HTMLElement>("h3")?.focus({ preventScroll: true });
  }

  close(): void {
    this.swap(false);
    this.glance();
    this.chat.shell.options.focus({ preventScroll: true });
  }

  /** What is shown, anew where it is open. */
  update(): void {
    this.glance();
    if (!this.chat.shell.path.hidden) this.draw();
  }

  /** Situation, date and steps beside the talk; the newest answer's come first. */
  private glance(): void {
    const { words } = this.config;
    const cards = cardsOf(this.chat).reverse();
    const change = press("quiet", () => this.more?.change(change), h("u", {}, words.change));
    const all = press("quiet", () => this.open(), h("u", {}, words.path));
    const told = this.told(h("div", { class: "head" }, h("h3", {}, words.situation), change), true);
    const list = cards.some((data) => data.steps?.length) && this.list(cards, all);
    this.chat.shell.side.replaceChildren(...[told, list].filter((part): part is HTMLElement => Boolean(part)));
  }

  /** What is understood and the day in court, below `title`. */
  private told(title: HTMLElement, beside = false): HTMLElement | null {
    const { known } = this.chat;
    const [head, rest] = situation(known, this.config.words, this.config.lang, stateName);
    const day = known.hearing_date;
    const calendar = [...this.chat.entries]
      .reverse()
      .map(({ message }) => dataOf(message ?? {}))
      .find((data) => data.hearing === day)?.calendar;
    if (beside && !head && !rest && !day) return null;
    return h(
      "div",
      { class: "box" },
      title,
      beside && head && h("p", {}, h("b", {}, head)),
      rest && h("p", { class: "soft" }, rest),
      day && strip({ hearing: day, ...(calendar && { calendar }) }, this.chat.look),
    );
  }

  private before = 0;

  private swap(path: boolean): void {
    const { shell } = this.chat;
    if (path) this.before = scrollY;
    shell.chat.classList.toggle("at-path", path);
    shell.path.hidden = !path;
    shell.bar.back.hidden = !path;
    shell.bar.name.textContent = path ? this.config.words.path : this.config.title;
    // To where the person read before.
    scrollTo(0, path ? Math.min(scrollY, shell.chat.getBoundingClientRect().top + scrollY) : this.before);
  }

  private get plan(): Plan {
    const cards = cardsOf(this.chat).filter((data) => !this.off.has(data.card ?? ""));
    return { cards, known: this.chat.known, done: new Set(this.store.get("done") ?? []), side: this.side };
  }

  private draw(): void {
    const { shell, known } = this.chat;
    const { words, lang } = this.config;
    const cards = cardsOf(this.chat);
    const [head] = situation(known, words, lang, stateName);
    const title = h("h3", { tabindex: "-1" }, head || words.path);
    if (!cards.length) {
      shell.path.replaceChildren(h("div", { class: "box" }, title, h("p", {}, words.pathEmpty)), this.last());
      return;
    }
    const notice = cards[cards.length - 1] as Data;
    shell.path.replaceChildren(
      this.told(title) as HTMLElement,
      this.list(cards),
      this.paper(),
      h("div", { class: "box" }, legal(notice)),
      this.last(),
    );
  }

  /** The steps to tick off; beside the talk with `link` to the whole path, here with what goes on the paper. */
  private list(cards: Data[], link: HTMLElement | null = null): HTMLElement {
    const { words } = this.config;
    const done = new Set(this.store.get("done") ?? []);
    const keys = cards.flatMap((data) => (data.steps ?? []).map((step) => stepKey(data, step)));
    const number = keys.filter((key) => done.has(key)).length;
    const bar = h("progress", { max: String(keys.length), value: String(number), "aria-label": words.path });
    const count = h(link ? "h3" : "h4", {}, fill(words.pathDone, { n: number, all: keys.length }));
    const box = (text: Child[], on: boolean, act: (on: boolean) => void, className = ""): HTMLElement => {
      const tick = h("input", { type: "checkbox", checked: on });
      tick.addEventListener("change", () => act(tick.checked));
      return h("label", { class: `tick ${className}` }, tick, h("span", {}, ...text));
    };
    const step = (data: Data, text: string): HTMLElement =>
      box(bold(text, "."), done.has(stepKey(data, text)), (on) => {
        if (on) done.add(stepKey(data, text));
        else done.delete(stepKey(data, text));
        // In this tab alone, and gone with the chat.
        this.store.set("done", [...done]);
        const now = keys.filter((key) => done.has(key)).length;
        bar.value = now;
        count.textContent = fill(words.pathDone, { n: now, all: keys.length });
        this.seen();
      });
    return h(
      "div",
      { class: "box list" },
      keys.length > 0 && h("div", { class: "head" }, count, link),
      keys.length > 0 && bar,
      ...(link ? cards.filter((data) => data.steps?.length) : cards).map((data) =>
        h(
          "div",
          { class: "part", role: "group", "aria-label": data.title, lang: data.lang ?? "en" },
          h("h4", {}, data.title),
          ...(data.steps ?? []).map((text) => step(data, text)),
          !link &&
            box(
              [words.pathTake],
              !this.off.has(data.card ?? ""),
              (on) => {
                if (on) this.off.delete(data.card ?? "");
                else this.off.add(data.card ?? "");
                this.seen();
              },
              "take small",
            ),
        ),
      ),
    );
  }

  private paper(): HTMLElement {
    const { words } = this.config;
    const side = h("input", { type: "checkbox", checked: this.side });
    side.addEventListener("change", () => {
      this.side = side.checked;
      this.seen();
    });
    const see = press(
      "go",
      () => {
        if (this.preview) return print(this.plan, this.config, see);
        this.preview = true;
        this.seen();
        see.textContent = words.pathPrint;
      },
      this.preview ? words.pathPrint : words.pathSee,
    );
    const copyIt = press(
      "alt",
      async () => {
        status.textContent = (await copy(sheetText(this.plan, this.config))) ? words.copied : words.copyFailed;
      },
      words.copy,
    );
    const status = h("p", { class: "status", role: "status" });
    const paper = h("div", { class: "sheet", role: "region", "aria-label": words.pathPreview, hidden: true });
    const box = h(
      "div",
      { class: "box" },
      h("p", {}, words.pathWarn),
      h("label", { class: "tick" }, side, h("span", {}, words.pathSide)),
      h("div", { class: "pair" }, see, copyIt),
      status,
      paper,
    );
    this.fill(paper);
    return box;
  }

  /** The preview, as the paper would be now. */
  private seen(): void {
    const paper = this.chat.shell.path.querySelector<HTMLElement>(".sheet");
    if (paper) this.fill(paper);
  }

  private fill(paper: HTMLElement): void {
    paper.hidden = !this.preview;
    // Its headings are of the paper, not of this page.
    const parts = !this.preview
      ? []
      : sheet(this.plan, this.config).map((node) =>
          /^h\d$/.test(node.localName) ? h("p", { class: node.localName }, node.textContent) : node,
        );
    paper.replaceChildren(...parts);
  }

  private last(): HTMLElement {
    const { words } = this.config;
    const over = press(
      "alt",
      () => {
        this.close();
        this.chat.choose({ title: words.over, payload: "/restart" });
      },
      words.over,
    );
    const erase = press(
      "danger",
      () => {
        this.close();
        this.more?.erase();
      },
      words.erase,
    );
    return h("div", { class: "last-row" }, over, erase);
  }
}
