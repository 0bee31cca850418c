/** Reads an answer aloud, with a voice of the device alone: others send the words to somebody's server. */

import type { Look } from "./card";
import { press } from "./dom";
import type { Data } from "./types";

const synth = "speechSynthesis" in window ? window.speechSynthesis : null;

const voiceFor = (lang: string): SpeechSynthesisVoice | undefined =>
  synth?.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(lang));

export const hush = (): void => synth?.cancel();

/** The button; hidden where the device has no voice of its own for the answer's language. */
export function listen(spoken: HTMLElement, { words }: Look, data: Data): HTMLButtonElement {
  const lang = data.lang ?? "en";
  let on = false;
  const tell = (speaking: boolean): void => {
    on = speaking;
    button.textContent = on ? words.stop : words.listen;
  };
  const button = press(
    "",
    () => {
      const voice = voiceFor(lang);
      hush();
      if (on || !voice) return tell(false);
      const text = [data.title, ...Array.from(spoken.querySelectorAll("p, li, h4"), (part) => part.textContent)].join(
        ". ",
      );
      const said = Object.assign(new SpeechSynthesisUtterance(text), {
        voice,
        lang: voice.lang,
        onend: () => tell(false),
        onerror: () => tell(false),
      });
      synth?.speak(said);
      tell(true);
    },
    words.listen,
  );
  const look = (): void => void (button.hidden = !voiceFor(lang));
  look();
  // Voices arrive late in some browsers.
  synth?.addEventListener?.("voiceschanged", look);
  return button;
}
