/* Pieces of a drawing, as text. */

import { safe } from "./text.js";

/** @param {string} name @param {string} d @param {string} [rest] */
export const path = (name, d, rest = "") => `<path class="lp-${name}" d="${d}" ${rest}/>`;

/** @param {string} name @param {number} x @param {number} y @param {number} w @param {number} h */
export const rect = (name, x, y, w, h) =>
  `<rect class="lp-${name}" x="${x}" y="${y}" width="${w}" height="${h}"/>`;

/** @param {number} x @param {number} y @param {string} text @param {string} [name] */
export const label = (x, y, text, name = "dim") =>
  `<text class="lp-${name}" x="${x}" y="${y}">${safe(text)}</text>`;

/** The class of a number's sign. @param {number} value */
export function tone(value) {
  if (value > 0) return "lp-pos";
  return value < 0 ? "lp-neg" : "lp-zero";
}

/**
 * Numbers as bars: side by side at together = 0, stacked at 1.
 * @param {number[]} values @param {number} x @param {number} y @param {number} width
 * @param {number} scale @param {number} [together]
 */
export function bars(values, x, y, width, scale, together = 1) {
  let high = 0;
  let low = 0;
  return values
    .slice(0, 9)
    .map((value, index) => {
      const tall = Math.min(Math.abs(value) * scale || 0, 999);
      const top = value > 0 ? -high * together - tall : low * together;
      if (value > 0) high += tall;
      else low += tall;
      const left = x + index * (width + 1.5) * (1 - together);
      return rect(`bar ${tone(value)}`, left, y + top, width, Math.max(0.6, tall));
    })
    .join("");
}
