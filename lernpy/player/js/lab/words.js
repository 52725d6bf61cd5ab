/* Text of strangers in messages. */

import { REFUSALS } from "../tables.js";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What cannot be seen as its code. @param {string} text */
export const visible = (text) =>
  text.replace(UNSEEN, (letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);

/** Whether a text would steer what stands beside it, so that it is no name. @param {string} text */
export const isSteering = (text) => new RegExp(REFUSALS.steering, "u").test(text);

/** What somebody gave, short and in quotes where it is a text. @param {unknown} value */
export function shownText(value) {
  const text = visible(value === undefined ? "missing" : (JSON.stringify(value) ?? String(value)));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What each mistake does, as it is told. @type {Record<string, string>} */
export const WRONG_RULES = {
  "updated weights": "each weight moves at once, so it is the new weight that hands the blame back",
  "one path": "a neuron keeps the blame that came last and forgets the other links",
  pie: "a neuron's blame is divided up among its links by the size of their weights",
  "slope forgotten": "blame for the output is taken for blame for the sum",
  "not cleared": "a neuron does not forget the blame of the samples before",
  "sign flipped": "a weight's own blame has the other sign: it walks uphill",
  swapped: "the value goes back with the blame, and the weight is blamed for itself",
};
