/** Names of the states: of the second script alone. */

import { STATES } from "./strings";

export const states: [code: string, name: string][] = STATES.split("|").map((row) => [row.slice(0, 2), row.slice(2)]);

/** The name of the state `code`; the code itself where it is not known. */
export const stateName = (code: string): string => states.find(([each]) => each === code)?.[1] ?? code;
