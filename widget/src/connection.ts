/** The line to the server: keeps what was not accepted yet, asks for what was missed. Knows nothing of the page. */

import { randomId } from "./dom";
import type { Store } from "./store";
import type { Transport } from "./transport";
import type { Ack, Entry, Question, Refusal, SessionInfo } from "./types";

export type State = "connecting" | "online" | "offline";

/** What the page does about it. */
export interface Listener {
  state(state: State): void;
  session(info: SessionInfo): void;
  entry(entry: Entry): void;
  typing(id: string, on: boolean): void;
  accepted(id: string): void;
  refused(question: Question, error: Refusal): void;
  ended(): void;
}

const ACK_WITHIN = 6000;

export class Connection {
  private socket: Transport | null = null;
  private ready = false;
  private closed = false;
  private epoch = "";
  private last = 0;
  /** Not answered yet, in order; `accepted` once the server has it. */
  private readonly open = new Map<string, { question: Question; accepted: boolean }>();

  constructor(
    private readonly server: string,
    private readonly store: Store,
    private readonly listener: Listener,
  ) {
    for (const question of store.get("unsent") ?? []) this.open.set(question.id, { question, accepted: false });
  }

  /** Questions that were typed before the page was loaded anew and never reached the server. */
  get unsent(): Question[] {
    return [...this.open.values()].filter((item) => !item.accepted).map((item) => item.question);
  }

  /** Whether the question `id` is still to be answered. */
  has(id: string): boolean {
    return this.open.has(id);
  }

  /** Connects, and keeps trying. */
  async start(load: () => Promise<{ Transport: typeof Transport }>): Promise<void> {
    const [later] = await Promise.all([load(), this.store.session()]);
    if (this.closed) return;
    const hello = (): unknown => ({ session: this.store.get("session") ?? null, epoch: this.epoch, last: this.last });
    const socket = new later.Transport(this.server, hello, () => this.lost());
    this.socket = socket;
    socket.on("session", (info: SessionInfo) => this.onSession(info));
    socket.on("entry", (entry: Entry) => this.onEntry(entry));
    socket.on("typing", ({ id, on }: { id: string; on: boolean }) => {
      if (!on) this.answered(id);
      this.listener.typing(id, on);
    });
    socket.on("ended", () => this.onEnded());
    addEventListener("online", () => socket.connect());
    // Sooner than the silence of the line would tell.
    addEventListener("offline", () => socket.cut());
    socket.connect();
  }

  /** Sends `text`, now or when the line is back. */
  say(text: string, shown: string): Question {
    const question = { id: randomId(), text, shown };
    this.open.set(question.id, { question, accepted: false });
    this.keep();
    this.send(question);
    return question;
  }

  /** Gives up on a question: its words go back to the person. */
  drop(id: string): void {
    this.open.delete(id);
    this.keep();
  }

  /** Deletes the conversation on the server. */
  async erase(): Promise<boolean> {
    if (!this.socket || !this.ready) return false;
    const answer = await this.socket.send<Ack>("erase", {}, ACK_WITHIN);
    if (answer?.ok) this.open.clear();
    this.keep();
    return Boolean(answer?.ok);
  }

  /** Gives the line up; another one goes on with the same session. */
  hangUp(): void {
    this.closed = true;
    this.socket?.close();
  }

  /** For good. */
  close(): void {
    this.open.clear();
    this.hangUp();
  }

  /** No line, or not even its script. */
  lost(): void {
    this.ready = false;
    if (!this.closed) this.listener.state("offline");
  }

  private onSession(info: SessionInfo): void {
    this.store.set("session", info.session);
    this.epoch = info.epoch;
    if (info.reset) this.last = 0;
    if (info.erased) this.open.clear();
    this.ready = true;
    for (const entry of info.entries) this.last = Math.max(this.last, entry.seq);
    const known = new Set(info.open);
    for (const { question } of [...this.open.values()]) {
      // After a restart of the server the ids of old questions are gone; their words are not.
      const told = info.entries.some(
        (entry) => entry.who === "me" && (entry.id === question.id || (info.reset && entry.text === question.shown)),
      );
      if (told && !known.has(question.id)) this.open.delete(question.id);
      else if (info.reset || known.has(question.id)) this.mark(question.id, known.has(question.id));
    }
    this.listener.state("online");
    this.listener.session(info);
    for (const { question, accepted } of this.open.values()) if (!accepted) this.send(question);
    this.keep();
  }

  private onEntry(entry: Entry): void {
    if (entry.seq <= this.last) return;
    this.last = entry.seq;
    this.listener.entry(entry);
  }

  private onEnded(): void {
    this.ready = false;
    this.open.clear();
    this.store.forget();
    this.epoch = "";
    this.last = 0;
    this.listener.ended();
  }

  private mark(id: string, accepted: boolean): void {
    const item = this.open.get(id);
    if (item) item.accepted = accepted;
  }

  private answered(id: string): void {
    this.open.delete(id);
    this.keep();
  }

  private keep(): void {
    const unsent = this.unsent;
    if (unsent.length || this.store.get("unsent")?.length) this.store.set("unsent", unsent);
  }

  private send(question: Question): void {
    const socket = this.socket;
    if (!socket || !this.ready) return;
    void socket.send<Ack>("say", question, ACK_WITHIN).then((ack) => {
      // No word from the server: it is sent again, under the same id, once the line is back.
      if (!ack || !this.open.has(question.id)) return;
      if (ack.ok) {
        this.mark(question.id, true);
        this.keep();
        this.listener.accepted(question.id);
      } else {
        this.drop(question.id);
        this.listener.refused(question, ack.error ?? "bad");
      }
    });
  }
}
