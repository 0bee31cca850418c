/** Enter that ends a word of an input method. */
const IME_KEY = 229;

/** Calls `send` where the person means to: by the button, or by Enter. Shift and Enter is a new line. */
export function onSubmit(form: HTMLFormElement, box: HTMLTextAreaElement, send: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === IME_KEY) return;
    event.preventDefault();
    send();
  });
}
