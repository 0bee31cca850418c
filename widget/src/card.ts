/** One message as the person sees it: an answer card, danger help, a question, or a plain reply. */

import { ask, choices } from "./ask";
import { danger } from "./danger";
import { h, icon, press, type Child } from "./dom";
import { directionOf, fill, type Strings } from "./lang";
import { daysTo, isWeb, linked, outside, prose, readableDate, weekday } from "./prose";
import { copy } from "./copy";
import { listen } from "./speak";
import { explain } from "./terms";
import { dataOf, type Choice, type Data, type Message } from "./types";

export interface Look {
  words: Strings;
  lang: string;
  choose(choice: Choice): void;
  status(text: string): void;
  leave(): void;
}

const STEPS = 3;
const FOLDS = 3;
/** Longer first words are a sentence, not a name of what to do. */
const BOLD = 44;

/** What the bot said, in its own language: the widget may speak another. `short`: its steps are folded, too. */
export function answer(message: Message, look: Look, short = false): HTMLElement {
  const data = dataOf(message);
  const node = body(message, data, look, short);
  node.lang = data.lang ?? "en";
  node.dir = directionOf(node.lang);
  return node;
}

function body(message: Message, data: Data, look: Look, short: boolean): HTMLElement {
  if (data.safety && !data.support) return danger(message, look);
  const buttons = message.buttons?.length ? h("div", { class: "pick" }, choices(message.buttons, look)) : null;
  if (data.legal && data.answer)
    return h("div", { class: "message bot card" }, card(data, data.answer, look, short), buttons);
  if (data.hearing) return h("div", { class: "message bot day" }, strip(data, look), buttons);
  if (!data.guard && !data.legal && (buttons || data.ask)) return ask(message, look);
  const text = h("div", { class: "box" }, ...prose(message.text ?? ""));
  return h("div", { class: `message bot ${data.guard ? "fault" : "plain"}` }, text, buttons);
}

/** The day in court, how far off it is, and its calendar entry. */
export function strip(data: Data, { words, lang }: Look): HTMLElement {
  const day = data.hearing ?? "";
  const days = daysTo(day);
  const far =
    days === 0
      ? words.today
      : days === 1
        ? words.tomorrow
        : fill(days < 0 ? words.past : words.left, { n: Math.abs(days) });
  const file =
    isWeb(data.calendar) &&
    h(
      "a",
      { href: data.calendar, download: true, "aria-label": words.calendar },
      icon("calendar"),
      h("u", {}, words.calendarShort),
    );
  return h(
    "p",
    { class: days < 0 ? "date over" : "date" },
    h("b", {}, h("time", { datetime: day }, weekday(day, lang)), " · ", h("span", {}, far)),
    file,
  );
}

function card(data: Data, text: string, look: Look, short: boolean): HTMLElement {
  const { words } = look;
  const all = data.steps ?? [];
  // The server counts the words: what is too many stands in the first folds.
  const brief = data.brief ?? { answer: text, steps: STEPS };
  const told = [
    ...prose(brief.answer),
    // What holds in the person's state stands out from what holds everywhere.
    brief.local && h("p", { class: "here" }, ...bold(brief.local, ":")),
    data.hearing && strip(data, look),
    ...(short || !brief.steps ? [] : [h("h4", {}, words.doFirst), list(all.slice(0, brief.steps))]),
  ];
  const body = h("div", { class: "told" }, ...told);
  const later = all.length > brief.steps && !short;
  const sections: Fold[] = [
    ...(later
      ? [[stepNames(brief.steps + 1, all.length, words), [list(all.slice(brief.steps), brief.steps)]] as Fold]
      : []),
    ...(data.local && data.local !== brief.local ? [stateFold(data.local)] : []),
    ...(data.sections ?? []).map(({ title, text: inside, lang }): Fold => [title, prose(inside, "h4"), lang]),
  ];
  const folds = h(
    "div",
    { class: "folds" },
    ...(short ? [together(all, sections, words)] : []),
    ...(short ? [] : few(sections, words)).map(([title, inside, lang]) =>
      h("details", {}, h("summary", {}, title), h("div", { lang }, ...inside)),
    ),
  );
  explain([body, folds], data.terms ?? []);
  return h(
    "div",
    { class: "box" },
    // To the eye the bar tells what is understood.
    data.lead && h("p", { class: data.known ? "sr" : "lead small" }, ...linked(data.lead)),
    h("h3", { tabindex: "-1" }, data.title),
    body,
    folds.childElementCount > 0 && folds,
    legal(data),
    ...tools(data, look, body),
  );
}

type Fold = [title: string, inside: HTMLElement[], lang?: string | undefined];

/** Where there are more folds than fit, the last one holds the rest under small headings. */
function few(sections: Fold[], words: Strings): Fold[] {
  const alone = sections.length > FOLDS ? sections.slice(0, FOLDS - 1) : sections;
  const rest = sections.slice(alone.length).flatMap(([title, inside]) => [h("h4", {}, title), ...inside]);
  return rest.length ? [...alone, [words.startMore, rest]] : alone;
}

/** The state's line where it is too long to stand before the folds: "In Florida". */
function stateFold(local: string): Fold {
  const [, title = "", line = local] = /^([^,:]+)[^:]*:\s*([\s\S]*)$/.exec(local) ?? [];
  return [title, prose(line)];
}

/** "Step 3", "Steps 2 to 3". */
const stepNames = (from: number, to: number, words: Strings): string =>
  fill(from === to ? words.step : words.stepsTo, { n: from, to });

/** Beside danger help there is room for one fold: steps and sections in it. */
function together(todo: string[], sections: Fold[], words: Strings): HTMLElement | null {
  const inside = [
    ...(todo.length ? [list(todo)] : []),
    ...sections.flatMap(([title, text]) => [h("h4", {}, title), ...text]),
  ];
  return inside.length ? h("details", {}, h("summary", {}, words.doFirst), h("div", {}, ...inside)) : null;
}

/** The first words of a step in bold: what to do. */
export function bold(step: string, end: "." | ":"): Child[] {
  const at = step.search(end === "." ? /[.:?](?=\s)/ : /:(?=\s)/);
  if (at < 0 || at > BOLD) return linked(step);
  return [h("b", {}, step.slice(0, at + 1)), ...linked(step.slice(at + 1))];
}

/** Steps with their numbers; `before`: how many stand above. */
function list(some: string[], before = 0): HTMLElement {
  const items = some.map((step) => h("li", {}, h("span", {}, ...bold(step, "."))));
  const steps = h("ol", { class: "steps", role: "list", start: String(before + 1) }, ...items);
  if (before) steps.style.counterReset = `a ${before}`;
  return steps;
}

/** Never folded: what it is, in one line with the full words below it (`whole`: those at once), and where a lawyer is to be had. */
export function legal({ notice, notice_short: line, referral }: Data, whole = false): HTMLElement {
  const [heading, ...lines] = (referral ?? "").split("\n").filter((line) => line.trim());
  const ways = lines.map((line) => {
    const [, name, rest] = /^-?\s*([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (!name || !rest) return h("span", { class: "way-out" }, ...linked(line.replace(/^-\s*/, "")));
    const short = (name.split(",")[0] ?? name).replace(/ in [A-Z][\w. ]+$/, "");
    return h("span", {}, ...(isWeb(rest) ? [outside(rest, short)] : [`${short}: `, ...linked(rest)]));
  });
  return h(
    "div",
    { class: "legal" },
    line && !whole
      ? h("details", {}, h("summary", {}, line), h("p", {}, ...linked(notice ?? "")))
      : h("p", {}, ...linked(notice ?? "")),
    h(
      "p",
      { class: "lawyer" },
      h("b", {}, (heading ?? "").replace(/,.*:$/, ":")),
      ...ways.flatMap((way) => [" ", way]),
    ),
  );
}

/** The whole card as text. */
export function textOf(data: Data): string {
  const numbered = (data.steps ?? []).map((step, at) => `${at + 1}. ${step}`).join("\n");
  return [data.title, data.answer, numbered, data.notice, data.referral].filter(Boolean).join("\n\n");
}

function tools(data: Data, look: Look, spoken: HTMLElement): HTMLElement[] {
  const { words, lang } = look;
  const date = data.reviewed ? `, ${words.checked} ${readableDate(data.reviewed, lang)}` : "";
  const items = (data.sources ?? []).map(({ title, url, page_date: day }) =>
    h("li", {}, isWeb(url) ? outside(url, title) : title, day && ` (${words.savedCopy} ${readableDate(day, lang)})`),
  );
  const from = h(
    "div",
    { class: "from small", hidden: true },
    h("p", {}, h("b", {}, `${words.sourcesHead}${date}`)),
    data.review === "drafted" && h("p", {}, words.drafted),
    h("ul", {}, ...items),
  );
  const open = press(
    "sources",
    () => {
      from.hidden = !from.hidden;
      open.setAttribute("aria-expanded", String(!from.hidden));
    },
    words.sources,
  );
  open.setAttribute("aria-expanded", "false");
  const copyIt = press(
    "",
    async () => look.status((await copy(textOf(data))) ? words.copied : words.copyFailed),
    words.copy,
  );
  const helped = press(
    "",
    () => {
      helped.setAttribute("aria-pressed", "true");
      look.status(words.thanks);
    },
    icon("up"),
    words.helped,
  );
  helped.setAttribute("aria-pressed", "false");
  const wrong = press("down", () => look.choose({ title: words.wrong, payload: "/correct" }), icon("up"), words.wrong);
  const row = h(
    "div",
    { class: "tools" },
    open,
    copyIt,
    listen(spoken, look, data),
    h("span", { class: "thumbs" }, helped, wrong),
  );
  // These are the widget's words, whatever language the answer has.
  for (const part of [row, from]) part.lang = lang;
  return [row, from];
}

/** What a screen reader is told of a message that has come: title, answer, and what more there is. */
export function summary(message: Message, words: Strings, untitled = false): string {
  const data = dataOf(message);
  if (!data.legal || !data.answer) {
    const offered = message.buttons?.length ? fill(words.choices, { n: message.buttons.length }) : "";
    return [message.text, offered].filter(Boolean).join(" ");
  }
  const count = (text: string, list?: unknown[]): string => (list?.length ? fill(text, { n: list.length }) : "");
  const counts = [count(words.steps, data.steps), count(words.sections, data.sections)].filter(Boolean).join(", ");
  return [!untitled && data.title, data.answer, counts]
    .filter((part): part is string => Boolean(part))
    .map((part) => part.replace(/[^.?!:]$/, "$&."))
    .join(" ");
}
