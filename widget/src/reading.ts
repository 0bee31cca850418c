/** Where the person is reading. Typing, panels and sending never move that; a new turn begins under the bar. */

import { calm } from "./dom";
import type { Shell } from "./shell";

/** Pixels: who has moved by less is still where they were. */
const STILL = 60;

export class Reading {
  private at = 0;
  private waiting: HTMLElement | null = null;

  constructor(private readonly shell: Shell) {
    const look = (): void => {
      if (this.waiting && !this.below(this.waiting)) this.forget();
    };
    addEventListener("scroll", look, { passive: true });
    shell.log.addEventListener("scroll", look, { passive: true });
    shell.pill.addEventListener("click", () => {
      const turn = this.waiting;
      this.forget();
      if (turn) this.to(turn, true);
    });
  }

  /** From now on: whether the person moves by themselves. */
  mark(): void {
    this.at = this.now();
  }

  /** A turn has come. Who asked for it is led to its beginning, unless they went on reading elsewhere. */
  arrived(turn: HTMLElement, own: boolean, focus: boolean): void {
    if (own && Math.abs(this.now() - this.at) < STILL) this.to(turn, focus);
    else if (this.below(turn)) {
      this.waiting = turn;
      this.shell.pill.hidden = false;
    }
  }

  /** Shows `node` with the least movement, to somebody who waits for something. */
  reveal(node: HTMLElement): void {
    if (Math.abs(this.now() - this.at) < STILL) node.scrollIntoView({ block: "nearest" });
    this.mark();
  }

  /**
   * The turn's beginning under the bar, at once. A smooth scroll goes on for a second over a long answer and fights
   * with whoever scrolls meanwhile; `fresh`: what is new rises into its place instead.
   */
  to(turn: HTMLElement, focus: boolean, fresh = true): void {
    turn.scrollIntoView({ block: "start" });
    if (fresh && !calm()) turn.animate?.([{ transform: "translateY(16px)" }, {}], 160);
    if (focus) turn.querySelector<HTMLElement>("[tabindex='-1']:not(.me)")?.focus({ preventScroll: true });
  }

  forget(): void {
    this.waiting = null;
    this.shell.pill.hidden = true;
  }

  private now(): number {
    const { log } = this.shell;
    return scrollY + log.scrollTop;
  }

  private below(turn: HTMLElement): boolean {
    const first = turn.querySelector(".bot") ?? turn;
    return first.getBoundingClientRect().top > this.shell.foot.getBoundingClientRect().top - STILL;
  }
}
