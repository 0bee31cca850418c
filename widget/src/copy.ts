import { h } from "./dom";

/** Copies `text`; false where the browser does not allow it. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is only the old way.
    const box = h("textarea", { readonly: true });
    box.value = text;
    Object.assign(box.style, { position: "fixed", opacity: "0" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
