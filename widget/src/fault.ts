import { h } from "./dom";
import { linked, prose } from "./prose";

/** What did not work, and whom to call. */
export const fault = (reason: string, numbers: string): HTMLElement =>
  h(
    "div",
    { class: "message bot fault" },
    h("div", { class: "box" }, ...prose(reason), h("p", {}, ...linked(numbers))),
  );
