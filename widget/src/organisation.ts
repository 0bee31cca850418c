/** Who runs this: name, phone, hours, where to ask for help; nothing where the server knows of nobody. */

import type { Chat } from "./chat";
import { brandOf } from "./colour";
import type { Config } from "./config";
import { h } from "./dom";
import { fill } from "./lang";
import { isWeb, outside } from "./prose";
import type { Organisation } from "./types";

/** Asks the server, once the line stands: nothing waits for it. Shows it at the start, beside the talk, in its colours. */
export async function organisation(chat: Chat, config: Config): Promise<void> {
  let own: Organisation;
  try {
    const answer = await fetch(`${config.server}/widget/organisation.json`, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    own = (await answer.json()) as Organisation;
  } catch {
    return; // The chat does all it does without it.
  }
  if (!own.name) return;
  const { chat: section, log, side } = chat.shell;
  const host = (section.getRootNode() as ShadowRoot).host as HTMLElement;
  // The tag's own colour goes first.
  if (!Object.keys(config.brand).length)
    for (const [name, value] of Object.entries(brandOf(own.colours?.brand ?? "", own.colours?.on_brand)))
      host.style.setProperty(name, value);
  log.querySelector(".start")?.append(card(own, config));
  side.parentElement?.append(card(own, config));
}

function card(own: Organisation, { words, lang }: Config): HTMLElement {
  const logo = isWeb(own.logo ?? undefined)
    ? h("img", { src: own.logo, alt: "", referrerpolicy: "no-referrer", height: "40" })
    : null;
  // Where the page's policy keeps it out, there is the name.
  logo?.addEventListener("error", () => logo.remove());
  const hours = own.open
    ? own.until && fill(words.orgOpen, { time: clock(own.until, own.zone, lang, false) })
    : own.opens && fill(words.orgOpens, { time: clock(own.opens, own.zone, lang, true) });
  return h(
    "section",
    { class: "box org", "aria-label": own.name },
    logo,
    h("p", {}, h("b", {}, fill(words.orgName, { name: own.name ?? "" }))),
    hours && h("p", { class: "small soft" }, hours),
    own.phone && h("p", {}, h("a", { class: "tel", href: `tel:${own.phone.replace(/[^+\d]/g, "")}` }, own.phone)),
    isWeb(own.intake ?? undefined) && h("p", {}, outside(own.intake as string, words.orgIntake)),
    Boolean(own.languages?.length) &&
      h("p", { class: "small soft" }, fill(words.orgSpeak, { languages: (own.languages ?? []).join(", ") })),
  );
}

/** "5:00 PM CST", with the day where it may be another one. */
function clock(iso: string, zone: string | undefined, lang: string, day: boolean): string {
  const date = new Date(iso);
  try {
    return date.toLocaleString(lang === "en" ? "en-US" : lang, {
      ...(day && { weekday: "long" }),
      hour: "numeric",
      minute: "2-digit",
      ...(zone && { timeZone: zone }),
      timeZoneName: "short",
    });
  } catch {
    return iso;
  }
}
