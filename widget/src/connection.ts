/** The line to the server: keeps what was not accepted yet, asks for what was missed. Knows nothing of the page. */

import type { io as connect, Socket } from "socket.io-client";
import { randomId } from "./dom";
import type { Store } from "./store";
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

/** The transport's file with its version, put in by build.mjs. */
declare const SOCKET: string;

const ACK_WITHIN = 6000;
const LOAD_AGAIN = [1000, 2000, 4000, 8000];

export class Connection {
  private socket: Socket | null = null;
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
  async start(): Promise<void> {
    const [io] = await Promise.all([this.load(), this.store.session()]);
    if (this.closed) return;
    const socket = io(this.server, {
      path: "/chat/live/",
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
      timeout: 8000,
      auth: (give) => give({ session: this.store.get("session") ?? null, epoch: this.epoch, last: this.last }),
    });
    this.socket = socket;
    socket.on("connect_error", () => this.lost());
    socket.on("disconnect", (reason) => {
      this.lost();
      // After a close by the server the client library stays away by itself.
      if (reason === "io server disconnect" && !this.closed) setTimeout(() => socket.connect(), 2000);
    });
    socket.on("session", (info: SessionInfo) => this.onSession(info));
    socket.on("entry", (entry: Entry) => this.onEntry(entry));
    socket.on("typing", ({ id, on }: { id: string; on: boolean }) => {
      if (!on) this.answered(id);
      this.listener.typing(id, on);
    });
    socket.on("ended", () => this.onEnded());
    addEventListener("online", () => socket.connect());
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
    try {
      const answer = (await this.socket.timeout(ACK_WITHIN).emitWithAck("erase", {})) as Ack;
      if (answer.ok) this.open.clear();
      this.keep();
      return answer.ok;
    } catch {
      return false;
    }
  }

  /** For good. */
  close(): void {
    this.closed = true;
    this.open.clear();
    this.socket?.close();
  }

  private async load(): Promise<typeof connect> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // A failed import is remembered by its address, so that each attempt has one of its own.
        const address = `${this.server}/widget/${SOCKET}${attempt ? `&again=${attempt}` : ""}`;
        return ((await import(address)) as { io: typeof connect }).io;
      } catch {
        this.lost();
        await new Promise((resume) => setTimeout(resume, LOAD_AGAIN[Math.min(attempt, LOAD_AGAIN.length - 1)]));
      }
    }
  }

  private lost(): void {
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
    socket.timeout(ACK_WITHIN).emit("say", question, (fault: Error | null, ack?: Ack) => {
      // No word from the server: it is sent again, under the same id, once the line is back.
      if (fault || !ack || !this.open.has(question.id)) return;
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
