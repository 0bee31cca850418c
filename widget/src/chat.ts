/** What happens in the chat: from the person to the line, from the line to the page. */

import { answer, markChosen, question as questionNode } from "./card";
import type { Config } from "./config";
import { Connection, type Listener, type State } from "./connection";
import { calm, h } from "./dom";
import { linked, prose } from "./prose";
import { shell, type Shell } from "./shell";
import type { Store } from "./store";
import type { Choice, Entry, Message, Question, Refusal, SessionInfo } from "./types";

/** Nobody waits longer than this without a word. Sooner than the server gives up on an answer (8 s). */
const SLOW_AFTER = 6000;
/** The server answers in 10 s, whatever happens inside; later than this nothing will come. */
const SILENT_AFTER = 20000;
/** A short break (a lift, a tunnel) is not worth a warning. */
const OFFLINE_AFTER = 1500;
const FIRST_TRY = 4000;

interface Waiting {
  question: Question;
  typed: boolean;
  timers: number[];
  /** Told while waiting; taken away when the answer comes. */
  notice?: HTMLElement;
}

export class Chat implements Listener {
  readonly shell: Shell;
  readonly line: Connection;
  /** Everything the bot said, for "my path". */
  readonly said: Message[] = [];
  private readonly bubbles = new Map<string, HTMLElement>();
  private readonly waiting = new Map<string, Waiting>();
  /** Questions of this tab whose first answer has not been shown yet. */
  private readonly mine = new Set<string>();
  private state_: State = "connecting";
  private offlineTimer = 0;

  constructor(
    private readonly config: Config,
    store: Store,
  ) {
    this.shell = shell(config);
    this.line = new Connection(config.server, store, this);
    const { form, box } = this.shell;
    box.value = store.get("draft") ?? "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    // What is typed survives a reload and a way to the next page, in this tab alone.
    addEventListener("pagehide", () => store.set("draft", box.value));
  }

  /** Connects. */
  start(): void {
    for (const question of this.line.unsent) this.show(question, true);
    this.offlineTimer = window.setTimeout(() => this.warn(), FIRST_TRY);
    void this.line.start();
  }

  /** Empties the page; the start notice stays. */
  clear(): void {
    const { log } = this.shell;
    for (const node of Array.from(log.children)) if (!node.classList.contains("start")) node.remove();
    for (const id of [...this.waiting.keys()]) this.settle(id);
    this.bubbles.clear();
    this.mine.clear();
    this.said.length = 0;
    this.status("");
  }

  /** Says something short to eye and ear, outside the conversation. */
  status(text: string, busy = false): void {
    const { status } = this.shell;
    status.textContent = text;
    status.classList.toggle("busy", busy);
  }

  private submit(): void {
    const { box } = this.shell;
    const text = box.value.trim();
    if (!text) return box.focus();
    box.value = "";
    this.show(this.line.say(text, text), true);
  }

  private choose(choice: Choice, button: HTMLButtonElement): void {
    markChosen(button, this.config.words);
    this.show(this.line.say(choice.payload, choice.title), false);
  }

  /** Puts a question of this tab on the page and watches over its answer. */
  private show(question: Question, typed: boolean): void {
    const bubble = this.bubble(question.id, question.shown);
    if (this.state_ !== "online") this.note(bubble, this.config.words.waiting);
    this.mine.add(question.id);
    const slow = window.setTimeout(() => this.slow(question.id), SLOW_AFTER);
    const silent = window.setTimeout(() => this.silent(question.id), SILENT_AFTER);
    this.waiting.set(question.id, { question, typed, timers: [slow, silent] });
    if (this.state_ === "online") this.status(this.config.words.typing, true);
    bubble.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  }

  private bubble(id: string, text: string): HTMLElement {
    const bubble = questionNode(text, this.config.words);
    this.bubbles.set(id, bubble);
    this.shell.log.append(bubble);
    return bubble;
  }

  private note(bubble: HTMLElement, text: string): void {
    bubble.querySelector(".note")?.remove();
    bubble.classList.toggle("waiting", Boolean(text));
    if (text) bubble.append(h("span", { class: "note" }, text));
  }

  // --- what the line tells ---

  state(state: State): void {
    const before = this.state_;
    this.state_ = state;
    if (state === "online") {
      clearTimeout(this.offlineTimer);
      this.offlineTimer = 0;
      if (!this.shell.offline.hidden) this.status(this.config.words.back);
      this.shell.offline.hidden = true;
    } else {
      if (!this.offlineTimer) this.offlineTimer = window.setTimeout(() => this.warn(), before === "online" ? OFFLINE_AFTER : FIRST_TRY);
      for (const id of this.waiting.keys()) this.stopWaiting(id);
      this.status("");
    }
  }

  session(info: SessionInfo): void {
    const { log } = this.shell;
    if (info.reset) {
      const kept = [...this.waiting.values()].filter(({ question }) => this.line.has(question.id));
      // Old lines are not news: the screen reader is not to read them all again.
      log.setAttribute("aria-live", "off");
      this.clear();
      for (const entry of info.entries) this.append(entry);
      for (const { question, typed } of kept) if (!this.bubbles.has(question.id)) this.show(question, typed);
      if (info.entries.length) log.lastElementChild?.scrollIntoView({ block: "nearest" });
      window.setTimeout(() => log.removeAttribute("aria-live"), 500);
    } else {
      for (const entry of info.entries) this.entry(entry);
    }
    for (const [id, bubble] of this.bubbles) if (!this.line.has(id) || info.open.includes(id)) this.note(bubble, "");
    for (const id of [...this.waiting.keys()]) if (!this.line.has(id)) this.settle(id);
    if (info.open.length) this.status(this.config.words.typing, true);
  }

  entry(entry: Entry): void {
    const node = this.append(entry);
    if (entry.who === "me") return;
    const notice = this.waiting.get(entry.id)?.notice;
    notice?.remove();
    this.stopWaiting(entry.id);
    if (!this.mine.delete(entry.id)) return;
    // A short question stays in sight above its answer.
    const bubble = this.bubbles.get(entry.id);
    const from = bubble && bubble.offsetHeight < innerHeight / 5 ? bubble : node;
    from.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }

  typing(id: string, on: boolean): void {
    if (!on) this.settle(id);
    const busy = on || this.waiting.size > 0;
    this.status(busy ? this.config.words.typing : "", busy);
  }

  accepted(id: string): void {
    const bubble = this.bubbles.get(id);
    if (bubble) this.note(bubble, "");
  }

  refused(question: Question, error: Refusal): void {
    const { words } = this.config;
    this.giveBack(question.id, error === "rate" ? words.rate : words.refused);
  }

  ended(): void {
    this.clear();
    this.shell.box.value = "";
    this.status(this.config.words.ended);
  }

  // --- never silent ---

  private append(entry: Entry): HTMLElement {
    if (entry.who === "me") {
      const bubble = this.bubbles.get(entry.id) ?? this.bubble(entry.id, entry.text ?? "");
      this.note(bubble, "");
      return bubble;
    }
    const message = entry.message ?? {};
    this.said.push(message);
    const { words, lang } = this.config;
    const node = answer(message, { words, lang, choose: (choice, button) => this.choose(choice, button) });
    this.shell.log.append(node);
    return node;
  }

  private warn(): void {
    if (this.state_ === "online") return;
    this.shell.offline.hidden = false;
    for (const { question } of this.waiting.values()) {
      const bubble = this.bubbles.get(question.id);
      if (!bubble) continue;
      this.note(bubble, this.config.words.waiting);
      // The warning takes room at the bottom: what waits is to be seen above it.
      bubble.scrollIntoView({ block: "start" });
    }
  }

  private slow(id: string): void {
    const item = this.waiting.get(id);
    if (!item || this.state_ !== "online") return;
    const { words } = this.config;
    item.notice = h("div", { class: "message bot fault" }, ...prose(words.slow), h("p", {}, ...linked(words.emergency)));
    this.shell.log.append(item.notice);
    item.notice.scrollIntoView({ block: "nearest" });
  }

  private silent(id: string): void {
    if (this.state_ === "online" && this.waiting.has(id)) this.giveBack(id, this.config.words.silent);
  }

  /** The question failed: its words go back into the box, and the reason is told with the numbers. */
  private giveBack(id: string, reason: string): void {
    const item = this.waiting.get(id);
    const { box, log } = this.shell;
    const { words } = this.config;
    this.line.drop(id);
    this.settle(id);
    this.bubbles.get(id)?.remove();
    this.bubbles.delete(id);
    if (item?.typed) box.value = [item.question.text, box.value].filter(Boolean).join("\n");
    const notice = h("div", { class: "message bot fault" }, ...prose(reason), h("p", {}, ...linked(words.emergency), " ", words.clerk));
    log.append(notice);
    notice.scrollIntoView({ block: "nearest" });
    this.status("");
  }

  private stopWaiting(id: string): void {
    for (const timer of this.waiting.get(id)?.timers ?? []) clearTimeout(timer);
  }

  private settle(id: string): void {
    this.stopWaiting(id);
    this.waiting.get(id)?.notice?.remove();
    this.waiting.delete(id);
  }
}
