/* A whole state as text for the address: network with its weights, data, settings, epoch, points. */

import { attempt } from "../lists.js";
import { networkIn, textOf } from "./files.js";

/** @typedef {{set: string, file: NetworkFile, settings: Settings, epoch: number,
 *   points: [number, number, number][], at?: number, one?: number}} Kept */

/** @param {Kept} kept */
export function addressOf({ file, ...rest }) {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...rest, file: JSON.parse(textOf(file)) }));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The state of an address, or nothing where it is none. @param {string} text
 * @param {unknown} maths of the page @returns {Kept | undefined} */
export const keptIn = (text, maths) =>
  attempt(() => {
    const bytes = Uint8Array.from(
      atob(text.replaceAll("-", "+").replaceAll("_", "/")),
      (sign) => sign.charCodeAt(0),
    );
    const kept = JSON.parse(new TextDecoder().decode(bytes));
    return { ...kept, file: networkIn(JSON.stringify(kept.file), maths) };
  });
