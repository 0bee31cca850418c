/** Fetches the second script, as often as it takes. */

/** Its file with its version, put in by build.mjs. */
declare const LATER: string;

export type Later = typeof import("./later");

const AGAIN = [1000, 2000, 4000, 8000];

/** `lost` is called for each attempt that fails. */
export async function load(server: string, lost: () => void): Promise<Later> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      // A failed import is remembered by its address, so that each attempt has one of its own.
      const address = `${server}/widget/${LATER}${attempt ? `&again=${attempt}` : ""}`;
      return (await import(address)) as Later;
    } catch {
      lost();
      await new Promise((resume) => setTimeout(resume, AGAIN[Math.min(attempt, AGAIN.length - 1)]));
    }
  }
}
