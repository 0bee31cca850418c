/** Whichpath on any page: `<script src="https://…/widget/whichpath.js" async></script>`. See docs/widget.md. */

import { Chat } from "./chat";
import { askedOf, configOf, type Config } from "./config";
import { corner, type Corner } from "./corner";
import { h } from "./dom";
import { exitButton, hasLeft, leaveFor } from "./exit";
import { learn, speaks } from "./lang";
import { island } from "./shell";
import { Store } from "./store";
import type { Entry } from "./types";

/** One widget on the page, in one language. Returns how to take it off. */
class Widget {
  private readonly off = new AbortController();
  private readonly exitHost = h("div", {});
  private readonly chat: Chat;
  private readonly exit;
  private host: HTMLElement;
  private corner: Corner | null = null;

  constructor(
    private readonly config: Config,
    private readonly store: Store,
    private readonly speak: (lang: string) => Promise<void>,
    entries: Entry[],
  ) {
    const { signal } = this.off;
    this.exit = exitButton(config, () => this.leave(true), signal);
    island(config, this.exitHost).replaceChildren(this.exit.region);
    document.body.prepend(this.exitHost);
    this.chat = new Chat(config, store, () => this.leave(true), signal);
    const { bar } = this.chat.shell;
    const other = bar.language.lang;
    bar.language.addEventListener("click", () => void this.speak(other));
    this.chat.ready = ({ Path, wireMore, organisation }) => {
      const path = new Path(this.chat, config, store);
      path.more = wireMore(
        this.chat,
        config,
        () => path.open(),
        () => void this.speak(other),
      );
      const before = this.chat.changed;
      this.chat.changed = (fresh) => {
        before(fresh);
        path.update();
      };
      this.chat.restore(entries);
      void organisation(this.chat, config);
    };
    const target = this.target;
    this.host = target ?? h("div", {});
    const early = this.host.querySelector("textarea");
    const typing = early !== null && early === document.activeElement;
    const root = island(config, this.host);
    if (target) {
      root.replaceChildren(this.chat.shell.chat);
      if (early) takeOver(early, typing, this.chat.shell.box);
      this.exit.raise();
      this.exit.at(this.chat.shell.bar.slot);
      this.chat.start();
    } else {
      document.body.append(this.host);
      root.replaceChildren();
      this.corner = corner(root, this.chat, config, store, this.exit);
    }
    // A page that builds itself anew takes us along.
    const watch = new MutationObserver(() => this.stay());
    watch.observe(document.documentElement, { childList: true, subtree: true });
    signal.addEventListener("abort", () => watch.disconnect());
  }

  /** Leaves the page, or only this tab where another one was left. */
  leave(others: boolean): void {
    const { store, chat, config } = this;
    leaveFor(config, () => {
      const session = store.get("session");
      // Goes out although the page is going away; the type is one that needs no question to the server before.
      if (session) navigator.sendBeacon(`${config.server}/chat/end`, JSON.stringify({ session }));
      chat.line.close();
      chat.clear();
      chat.shell.box.value = "";
      if (others) store.leave();
      else store.forget();
    });
  }

  /** Takes everything off; what was said comes back in the next one. */
  remove(): Entry[] {
    this.store.set("draft", this.chat.shell.box.value);
    this.off.abort();
    this.chat.line.hangUp();
    this.exitHost.remove();
    if (this.corner) this.host.remove();
    return [...this.chat.entries];
  }

  private get target(): HTMLElement | null {
    return this.config.target ? document.querySelector<HTMLElement>(this.config.target) : null;
  }

  private stay(): void {
    if (hasLeft() || !document.body) return;
    const lost = !this.exitHost.isConnected;
    if (lost) document.body.prepend(this.exitHost);
    const moved = !this.host.isConnected;
    if (moved && this.corner) document.body.append(this.host);
    else if (moved && this.target) {
      this.host = this.target;
      island(this.config, this.host).replaceChildren(this.chat.shell.chat);
    }
    if (!lost && !moved) return;
    if (this.corner) this.corner.raise();
    else this.exit.raise();
  }
}

/** The page had a text box of its own until now: what was typed into it, and the cursor, move to ours. */
function takeOver(early: HTMLTextAreaElement, typing: boolean, box: HTMLTextAreaElement): void {
  box.value = early.value || box.value;
  if (typing) {
    box.focus({ preventScroll: true });
    box.setSelectionRange(early.selectionStart, early.selectionEnd);
  }
  (early.closest("form") ?? early).remove();
}

function mount(script: HTMLScriptElement): void {
  let widget: Widget | null = null;
  const store = new Store(() => widget?.leave(false));
  const draw = (): void => {
    const entries = widget?.remove() ?? [];
    widget = new Widget(configOf(script, store.get("lang")), store, speak, entries);
  };
  const { server } = configOf(script);
  const speak = async (lang: string): Promise<void> => {
    await learn(server, lang);
    if (!speaks(lang) || hasLeft()) return;
    store.set("lang", lang);
    draw();
  };
  // The way out waits for no words: it stands there in English until they come.
  draw();
  const asked = askedOf(script, store.get("lang"));
  if (!speaks(asked)) void learn(server, asked).then(() => speaks(asked) && !hasLeft() && draw());
}

/** Two tags on a page are one chat. */
const ONE = Symbol.for("whichpath");
const script = document.currentScript as HTMLScriptElement | null;
const page = window as unknown as Record<symbol, boolean>;
if (script && !page[ONE]) {
  page[ONE] = true;
  const go = (): void => mount(script);
  // Not before there is a body to stand in; a deferred or late script finds one.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", go);
  else go();
}
