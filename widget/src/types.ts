/** What goes over the wire. The server's side of it: whichpath/channels/web/live.py. */

export interface Source {
  title: string;
  url?: string;
  /** The day of the page where a saved copy was read. */
  page_date?: string;
}

export interface Section {
  title: string;
  text: string;
  /** Where it is another than the answer's. */
  lang?: string;
}

/** What the bot has understood so far; empty fields are left out. */
export interface Known {
  role?: string | null;
  stage?: string | null;
  matter?: string | null;
  state?: string | null;
  hearing_date?: string | null;
  order_type?: string | null;
  outcome?: string | null;
}

/** `custom.data` of a message: made by whichpath/pathway/compose.py, or by domain.yml for the short replies. */
export interface Data {
  card?: string;
  question?: string | null;
  title?: string;
  route?: string | null;
  legal?: boolean;
  reviewed?: string;
  review?: string;
  sources?: Source[];
  lead?: string | null;
  answer?: string;
  steps?: string[];
  sections?: Section[];
  notice?: string;
  /** The same in one line. */
  notice_short?: string;
  /** The line of the state, whole. */
  local?: string | null;
  /** What is seen before the folds: the answer, the state's line (whole, short or none), the number of steps. */
  brief?: { answer: string; local?: string | null; steps: number };
  referral?: string;
  /** The day in court, ISO 8601, and the address of its calendar entry. */
  hearing?: string;
  calendar?: string;
  /** What a question asks for: "state" and "hearing_date" have a native field. */
  ask?: string;
  known?: Known;
  lang?: string;
  /** Words of the answer that open a line of explanation. */
  terms?: { term: string; text: string }[];
  safety?: boolean;
  /** The hotline for somebody whom nothing threatens now: no alarm. */
  support?: boolean;
  erase?: boolean;
  /** Said by the channel itself: the answer could not be looked up, the message was too long, and the like. */
  guard?: boolean;
}

/** Who runs this, as `/widget/organisation.json` has it; all may be empty. */
export interface Organisation {
  name?: string | null;
  phone?: string | null;
  intake?: string | null;
  logo?: string | null;
  colours?: { brand?: string; on_brand?: string };
  languages?: string[];
  /** Whether somebody is there now; null where no hours are known. Until when, or from when, with the time zone. */
  open?: boolean | null;
  until?: string | null;
  opens?: string | null;
  zone?: string;
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

/** A question of this tab that has no answer yet. */
export interface Waiting {
  question: Question;
  typed: boolean;
  timers: number[];
  /** Told while waiting; taken away when the answer comes. */
  notice?: HTMLElement;
}

export const dataOf = (message: Message): Data => message.custom?.data ?? {};
