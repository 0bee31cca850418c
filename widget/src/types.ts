/** What goes over the wire. The server's side of it: whichpath/channels/web/live.py. */

export interface Source {
  title: string;
  url?: string;
}

/** `custom.data` of a message: made by whichpath/pathway/compose.py, or by domain.yml for the short replies. */
export interface Data {
  card?: string;
  title?: string;
  route?: string | null;
  legal?: boolean;
  reviewed?: string;
  sources?: Source[];
  lead?: string | null;
  body?: string;
  notice?: string;
  referral?: string;
  safety?: boolean;
  erase?: boolean;
  /** Said by the channel itself: the answer could not be looked up, the message was too long, and the like. */
  guard?: boolean;
}

export interface Choice {
  title: string;
  payload: string;
}

export interface Message {
  text?: string;
  buttons?: Choice[];
  custom?: { data?: Data };
}

/** One line of the conversation. `id` is the question's, on the question and on each of its answers. */
export interface Entry {
  seq: number;
  who: "me" | "bot";
  id: string;
  text?: string;
  message?: Message;
}

/** What the server tells after a connection. `reset`: what is on the page is to be replaced by `entries`. */
export interface SessionInfo {
  session: string;
  epoch: string;
  reset: boolean;
  entries: Entry[];
  /** Ids of questions that are being answered. */
  open: string[];
  /** The person had everything deleted. */
  erased?: boolean;
}

export type Refusal = "rate" | "size" | "bad" | "ended";

export interface Ack {
  ok: boolean;
  error?: Refusal;
}

/** A question on its way. `shown` is what the person sees of it (a choice's words instead of its payload). */
export interface Question {
  id: string;
  text: string;
  shown: string;
}
