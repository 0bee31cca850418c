/** What is needed once the line stands: comes after the text box, so that the box need not wait for it. */

export { answer, strip, summary } from "./card";
export { organisation } from "./organisation";
export { settle } from "./ask";
export { wireMore } from "./more";
export { Path } from "./path";
export { hush } from "./speak";
export { speakOf } from "./prose";
export { stateName } from "./states";
export { Transport } from "./transport";
