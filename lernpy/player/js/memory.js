/* The state of the page in its address and in the session, where the host allows either. */

import { attempt, clamp } from "./lists.js";

/** @typedef {{position: number, speed: number, level: string, focus: string}} State */

/** @param {State} state @param {string} key */
export function remember({ position, speed, level, focus }, key) {
  const fields = { step: String(Number(position.toFixed(4))), speed: String(speed), by: level };
  const text = String(new URLSearchParams(focus ? { ...fields, focus } : fields));
  attempt(() => history.replaceState(null, "", `#${text}`));
  attempt(() => sessionStorage.setItem(key, text));
}

/** What was remembered. @param {string} key */
export const remembered = (key) =>
  location.hash.slice(1) || attempt(() => sessionStorage.getItem(key)) || "";

/** The state that a text tells; nonsense is left out. @param {string} text */
export function parsedState(text) {
  const fields = new URLSearchParams(text);
  const speed = Number(fields.get("speed"));
  const position = parseFloat(fields.get("step") ?? "");
  return {
    speed: speed ? clamp(speed, 0.25, 4) : undefined,
    level: fields.get("by"),
    focus: fields.get("focus"),
    position: position >= 0 ? position : undefined,
  };
}

/** @typedef {{font: number, stubs: boolean, theme: string, notes: boolean}} Looks */

/** Letters, biases, light or dark, notes on the page. @param {Looks} looks @param {string} key */
export const rememberLooks = (looks, key) =>
  attempt(() => sessionStorage.setItem(`${key}-looks`, JSON.stringify(looks)));

/** @param {string} key @returns {Partial<Looks>} */
export const rememberedLooks = (key) =>
  attempt(() => JSON.parse(sessionStorage.getItem(`${key}-looks`) ?? "")) ?? {};

/** @typedef {{right: number, count: number, passed: number[]}} Answers */

/** Right answers, all answers, and which questions of the trace were passed.
 * @param {Answers} answers @param {string} key */
export const rememberAnswers = (answers, key) =>
  attempt(() => sessionStorage.setItem(`${key}-answers`, JSON.stringify(answers)));

/** @param {string} key @returns {Answers} */
export function rememberedAnswers(key) {
  const text = attempt(() => sessionStorage.getItem(`${key}-answers`));
  return attempt(() => JSON.parse(text ?? "")) ?? { right: 0, count: 0, passed: [] };
}

/** What a session keeps under a key, part by part; a host that allows none forgets it.
 * @param {string} key */
export function keptUnder(key) {
  /** @returns {Record<string, any>} */
  const get = () => attempt(() => JSON.parse(sessionStorage.getItem(key) ?? "")) ?? {};
  return {
    get,
    /** @param {object} part */
    put: (part) =>
      attempt(() => sessionStorage.setItem(key, JSON.stringify({ ...get(), ...part }))),
    forget: () => attempt(() => sessionStorage.removeItem(key)),
  };
}

/** A short sum of a text; another text has another. @param {string} text */
export function adler32(text) {
  let a = 1;
  let b = 0;
  for (const sign of text) {
    a = (a + sign.charCodeAt(0)) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
