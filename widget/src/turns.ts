/** The conversation on the page: each turn an article with a heading, the question and what was said to it. */

import type { Look } from "./card";
import { h } from "./dom";
import type { Later } from "./load";
import type { Shell } from "./shell";
import { dataOf, type Message } from "./types";

/** What comes in one turn is told as one. */
const TELL_AFTER = 200;

export class Turns {
  /** How messages are drawn; there once the second script is. */
  later: Later | null = null;
  private readonly articles = new Map<string, HTMLElement>();
  private readonly bubbles = new Map<string, HTMLElement>();
  private told: string[] = [];
  private timer = 0;

  constructor(
    private readonly shell: Shell,
    private readonly look: Look,
    private readonly start: HTMLElement,
  ) {
    shell.log.append(start);
  }

  /** Empties the page but for its start. */
  clear(): void {
    this.shell.log.replaceChildren(this.start);
    this.start.hidden = false;
    this.articles.clear();
    this.bubbles.clear();
    this.told = [];
  }

  bubble(id: string): HTMLElement | undefined {
    return this.bubbles.get(id);
  }

  get questions(): IterableIterator<[string, HTMLElement]> {
    return this.bubbles.entries();
  }

  /** The turn of question `id`; what answers none stands in one of its own. */
  turn(id: string): HTMLElement {
    const known = id ? this.articles.get(id) : undefined;
    if (known?.isConnected) return known;
    this.start.hidden = true;
    const article = h("article", { class: "turn" });
    this.shell.log.append(article);
    if (id) this.articles.set(id, article);
    return article;
  }

  /** What the person said. It takes the place of the buttons that offered it. */
  ask(id: string, text: string): HTMLElement {
    const { words } = this.look;
    this.later?.settle(this.shell.log, text, words);
    const bubble = h(
      "div",
      { class: "message me", dir: "auto", tabindex: "-1" },
      h("span", { class: "sr" }, `${words.you}: `),
      text,
    );
    this.bubbles.set(id, bubble);
    this.turn(id).append(bubble);
    return bubble;
  }

  /** What the bot said. */
  say(id: string, message: Message): HTMLElement {
    const turn = this.turn(id);
    const later = this.later;
    if (!later) return turn;
    const data = dataOf(message);
    const told = data.legal ? null : turn.querySelector(".told");
    if (told && data.hearing) {
      // The day belongs to the answer above it.
      if (!told.querySelector(".date")) told.insertBefore(later.strip(data, this.look), told.querySelector("h4"));
      if (!message.buttons?.length) return turn;
    }
    const node = later.answer(message, this.look, Boolean(turn.querySelector(".safety")));
    if (told && data.hearing) node.querySelector(".date")?.remove();
    this.add(turn, node);
    return node;
  }

  /** A word of the page itself, inside a turn. */
  add(turn: HTMLElement, node: HTMLElement): void {
    let heading = turn.querySelector("h3");
    turn.append(node);
    if (!heading) heading = node.querySelector("h3");
    if (!heading) node.prepend((heading = h("h3", { class: "sr", tabindex: "-1" }, this.look.words.bot)));
    heading.id = heading.id || `turn-${this.shell.log.children.length}`;
    turn.setAttribute("aria-labelledby", heading.id);
  }

  /** A fault, to eye and ear. */
  warn(id: string, node: HTMLElement): void {
    this.add(this.turn(id), node);
    this.shell.polite.textContent = node.textContent;
  }

  /** Takes a question off the page, its turn too where nothing else is in it. */
  remove(id: string): void {
    this.bubbles.get(id)?.remove();
    this.bubbles.delete(id);
    const turn = this.articles.get(id);
    if (turn && !turn.children.length) turn.remove();
  }

  note(bubble: HTMLElement, text: string): void {
    bubble.querySelector(".note")?.remove();
    bubble.classList.toggle("waiting", Boolean(text));
    if (text) bubble.append(h("span", { class: "note" }, text));
  }

  /** To the ear: what has come, in short. `untitled`: the focus goes to the title, which is read then. */
  tell(message: Message, untitled: boolean): void {
    if (dataOf(message).safety && !dataOf(message).support) {
      this.shell.urgent.textContent = message.text ?? "";
      return;
    }
    this.told.push(this.later?.summary(message, this.look.words, untitled && !this.told.length) ?? "");
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.shell.polite.textContent = this.told.join(" ");
      this.told = [];
    }, TELL_AFTER);
  }
}
