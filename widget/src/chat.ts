/** What happens in the chat: from the person to the line, from the line to the page. */

import type { Look } from "./card";
import type { Config } from "./config";
import { Connection, type Listener, type State } from "./connection";
import { fault } from "./fault";
import { tapped } from "./lang";
import { load, type Later } from "./load";
import { onSubmit } from "./box";
import { Reading } from "./reading";
import { shell, type Shell } from "./shell";
import { start } from "./start";
import type { Store } from "./store";
import { Turns } from "./turns";
import {
  dataOf,
  type Choice,
  type Entry,
  type Known,
  type Message,
  type Question,
  type Refusal,
  type SessionInfo,
  type Waiting,
} from "./types";

/** Nobody waits longer than this without a word. Sooner than the server gives up on an answer (8 s). */
const SLOW_AFTER = 6000;
/** The server answers in 10 s, whatever happens inside; later than this nothing will come. */
const SILENT_AFTER = 20000;
/** A short break (a lift, a tunnel) is not worth a warning. */
const OFFLINE_AFTER = 1500;
const FIRST_TRY = 4000;

export class Chat implements Listener {
  readonly shell: Shell;
  readonly line: Connection;
  readonly look: Look;
  readonly turns: Turns;
  private readonly reading: Reading;
  /** Everything that was said, for "my path" and for another language. */
  readonly entries: Entry[] = [];
  known: Known = {};
  /** Called when something of the bot's has come, or everything is gone. */
  changed: (fresh: boolean) => void = () => {};
  /** Called when the second script is there. */
  ready: (later: Later) => void = () => {};
  private started = false;
  private readonly waiting = new Map<string, Waiting>();
  /** Questions of this tab whose first answer has not been shown yet: whether they were typed. */
  private readonly mine = new Map<string, boolean>();
  private state_: State = "connecting";
  private offlineTimer = 0;

  constructor(
    private readonly config: Config,
    private readonly store: Store,
    leave: () => void,
    signal: AbortSignal,
  ) {
    this.shell = shell(config);
    this.look = {
      words: config.words,
      lang: config.lang,
      choose: (choice) => this.choose(choice),
      status: (text) => this.status(text),
      leave,
    };
    this.turns = new Turns(this.shell, this.look, start(config, this.look.choose));
    this.reading = new Reading(this.shell);
    this.line = new Connection(config.server, store, this);
    const { form, box } = this.shell;
    box.value = store.get("draft") ?? "";
    onSubmit(form, box, () => this.submit());
    // What is typed survives a reload and a way to the next page, in this tab alone.
    addEventListener("pagehide", () => store.set("draft", box.value), { signal });
  }

  /** Connects, once the second script is there. */
  start(): void {
    this.started = true;
    for (const question of this.line.unsent) this.show(question, true);
    this.offlineTimer = window.setTimeout(() => this.warn(), FIRST_TRY);
    void this.line.start(() => this.fetch());
  }

  /** What is drawn and done with the second script. */
  async fetch(): Promise<Later> {
    const later = await load(this.config.server, () => this.started && this.line.lost());
    if (!this.turns.later) {
      this.turns.later = later;
      later.speakOf(this.config.words);
      this.ready(later);
    }
    return later;
  }

  /** Puts back what was said, in this language. */
  restore(entries: Entry[]): void {
    for (const entry of entries) this.append(entry);
  }

  /** Empties the page; its start stays. */
  clear(): void {
    this.turns.later?.hush();
    for (const id of [...this.waiting.keys()]) this.settle(id);
    this.turns.clear();
    this.reading.forget();
    this.mine.clear();
    this.entries.length = 0;
    this.learn({});
    this.status("");
    this.changed(false);
  }

  /** Says something short to eye and ear, outside the conversation. */
  status(text: string, busy = false): void {
    const { status } = this.shell;
    status.textContent = text;
    status.classList.toggle("busy", busy);
  }

  /** Sends what was tapped. */
  choose(choice: Choice): void {
    const question = this.line.say(tapped(choice.payload, this.config.lang, this.store.get("lang")), choice.title);
    // The tapped button goes: the focus is not to go with it.
    this.show(question, false).focus({ preventScroll: true });
  }

  private submit(): void {
    const { box } = this.shell;
    const text = box.value.trim();
    if (!text) return box.focus();
    box.value = "";
    this.show(this.line.say(text, text), true);
  }

  /** Puts a question of this tab on the page and watches over its answer. */
  private show(question: Question, typed: boolean): HTMLElement {
    const { words } = this.config;
    const online = this.state_ === "online";
    this.turns.bubble(question.id)?.remove();
    const bubble = this.turns.ask(question.id, question.shown);
    if (!online) this.turns.note(bubble, words.waiting);
    this.mine.set(question.id, typed);
    const slow = window.setTimeout(() => this.slow(question.id), SLOW_AFTER);
    const silent = window.setTimeout(() => this.silent(question.id), SILENT_AFTER);
    this.waiting.set(question.id, { question, typed, timers: [slow, silent] });
    if (online) this.status(words.typing, true);
    this.reading.mark();
    // What waits for the line stays in sight; what is answered at once moves nothing before its answer.
    if (!online) this.reading.reveal(bubble);
    return bubble;
  }

  private learn(known: Known): void {
    this.known = known;
    this.shell.bar.tell(known, this.turns.later?.stateName);
  }

  // --- what the line tells ---

  state(state: State): void {
    const before = this.state_;
    const { offline } = this.shell.bar;
    this.state_ = state;
    if (state === "online") {
      clearTimeout(this.offlineTimer);
      this.offlineTimer = 0;
      if (!offline.hidden) this.status(this.config.words.back);
      offline.hidden = true;
    } else {
      if (!this.offlineTimer)
        this.offlineTimer = window.setTimeout(() => this.warn(), before === "online" ? OFFLINE_AFTER : FIRST_TRY);
      // One word on it is enough: the line below the bar.
      for (const [id, item] of this.waiting) (this.stopWaiting(id), item.notice?.remove());
      this.status("");
    }
  }

  session(info: SessionInfo): void {
    if (info.reset) {
      const kept = [...this.waiting.values()].filter(({ question }) => this.line.has(question.id));
      this.clear();
      let last: HTMLElement | undefined;
      for (const entry of info.entries) last = this.append(entry);
      for (const { question, typed } of kept) if (!this.turns.bubble(question.id)) this.show(question, typed);
      if (last) this.reading.to(last, false, false);
    } else {
      for (const entry of info.entries) this.entry(entry);
    }
    for (const [id, bubble] of this.turns.questions)
      if (!this.line.has(id) || info.open.includes(id)) this.turns.note(bubble, "");
    for (const id of [...this.waiting.keys()]) if (!this.line.has(id)) this.settle(id);
    if (info.open.length) this.status(this.config.words.typing, true);
  }

  entry(entry: Entry): void {
    const turn = this.append(entry);
    if (entry.who === "me") return;
    this.waiting.get(entry.id)?.notice?.remove();
    this.stopWaiting(entry.id);
    const typed = this.mine.get(entry.id);
    const own = this.mine.delete(entry.id);
    this.turns.tell(entry.message ?? {}, own && !typed);
    this.reading.arrived(turn, own, own && !typed);
    this.changed(true);
  }

  typing(id: string, on: boolean): void {
    if (!on) this.settle(id);
    const busy = on || this.waiting.size > 0;
    this.status(busy ? this.config.words.typing : "", busy);
  }

  accepted(id: string): void {
    const bubble = this.turns.bubble(id);
    if (bubble) this.turns.note(bubble, "");
  }

  refused(question: Question, error: Refusal): void {
    const { words } = this.config;
    this.giveBack(question.id, error === "rate" ? words.rate : words.refused);
  }

  ended(): void {
    this.clear();
    this.shell.box.value = "";
    this.status(this.config.words.closed);
  }

  // --- never silent ---

  /** Puts one line on the page. Returns its turn. */
  private append(entry: Entry): HTMLElement {
    this.entries.push(entry);
    if (entry.who === "me") {
      const bubble = this.turns.bubble(entry.id) ?? this.turns.ask(entry.id, entry.text ?? "");
      this.turns.note(bubble, "");
    } else {
      const message: Message = entry.message ?? {};
      this.turns.say(entry.id, message);
      const { known } = dataOf(message);
      if (known) this.learn(known);
    }
    return entry.id ? this.turns.turn(entry.id) : (this.shell.log.lastElementChild as HTMLElement);
  }

  private warn(): void {
    if (this.state_ === "online") return;
    this.shell.bar.offline.hidden = false;
    for (const { question } of this.waiting.values()) {
      const bubble = this.turns.bubble(question.id);
      if (!bubble) continue;
      this.turns.note(bubble, this.config.words.waiting);
      this.reading.reveal(bubble);
    }
  }

  private slow(id: string): void {
    const item = this.waiting.get(id);
    if (!item || this.state_ !== "online") return;
    const { words } = this.config;
    item.notice = fault(words.slow, words.emergency);
    this.turns.warn(id, item.notice);
    this.reading.reveal(item.notice);
  }

  private silent(id: string): void {
    if (this.state_ === "online" && this.waiting.has(id)) this.giveBack(id, this.config.words.silent);
  }

  /** The question failed: its words go back into the box, and the reason is told with the numbers. */
  private giveBack(id: string, reason: string): void {
    const item = this.waiting.get(id);
    const { box } = this.shell;
    const { emergency, clerk } = this.config.words;
    this.line.drop(id);
    this.settle(id);
    this.turns.remove(id);
    if (item?.typed) box.value = [item.question.text, box.value].filter(Boolean).join("\n");
    const notice = fault(reason, `${emergency} ${clerk}`);
    this.turns.warn("", notice);
    this.reading.reveal(notice);
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
