/** What this tab keeps, and how the tabs of one browser find each other. Never localStorage: it outlives the tab. */

import { randomId } from "./dom";
import type { Question } from "./types";

const KEY = "wp";
const CHANNEL = "wp";
// A tab answers at once; this only bounds the wait where there is none.
const ANSWER_WITHIN = 120;

interface Kept {
  session?: string;
  /** Typed, not sent. */
  draft?: string;
  /** Sent, not accepted by the server yet. */
  unsent?: Question[];
  /** Whether the chat in the corner is open. */
  open?: boolean;
  /** The language that was switched to. */
  lang?: string;
  /** Steps of "my path" that are ticked off. */
  done?: string[];
}

type Note = { ask: string } | { answer: string; session: string } | { exit: true };

/** `sessionStorage` where it is allowed, else only this page's memory. */
export class Store {
  private kept: Kept = {};
  private readonly channel: BroadcastChannel | null = null;
  private gone = false;

  /** @param leave called when another tab was left by "Exit this page". */
  constructor(leave: () => void) {
    try {
      this.kept = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Kept;
    } catch {
      this.kept = {};
    }
    if ("BroadcastChannel" in self) {
      this.channel = new BroadcastChannel(CHANNEL);
      this.channel.addEventListener("message", (event: MessageEvent<Note>) => {
        const note = event.data;
        if ("exit" in note) leave();
        else if ("ask" in note && this.kept.session)
          this.channel?.postMessage({ answer: note.ask, session: this.kept.session } satisfies Note);
      });
    }
  }

  get<K extends keyof Kept>(name: K): Kept[K] {
    return this.kept[name];
  }

  set<K extends keyof Kept>(name: K, value: Kept[K]): void {
    if (this.gone) return;
    this.kept[name] = value;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // Storage is off or full: the page's memory has it.
    }
  }

  /** The session of this tab, or of another one that is open on the same site. */
  async session(): Promise<string | null> {
    if (this.kept.session) return this.kept.session;
    const channel = this.channel;
    if (!channel) return null;
    const ask = randomId();
    const found = await new Promise<string | null>((resolve) => {
      const listen = (event: MessageEvent<Note>): void => {
        if ("answer" in event.data && event.data.answer === ask) resolve(event.data.session);
      };
      channel.addEventListener("message", listen);
      setTimeout(() => {
        channel.removeEventListener("message", listen);
        resolve(null);
      }, ANSWER_WITHIN);
      channel.postMessage({ ask } satisfies Note);
    });
    if (found) this.set("session", found);
    return found;
  }

  /** Forgets everything. */
  forget(): void {
    this.kept = {};
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Was never written then.
    }
  }

  /** Forgets everything for good and takes the other tabs along. */
  leave(): void {
    this.forget();
    this.gone = true;
    this.channel?.postMessage({ exit: true } satisfies Note);
  }
}
