/*
 * The links that are missed most: drawn where they would be, with the blame they would carry. A page
 * without any gets `without-ghosts.js` in place of this.
 */

import { lineOf } from "./geometry.js";
import { spotsAlong } from "./labels.js";
import { path, tone } from "./svg.js";
import { brief } from "./text.js";

const BOW = 5; // letters; ghosts bend aside, so as not to lie on links
const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7];

/** What the dotted lines mean. @param {Network} net */
export const ghostNote = (net) =>
  net.header.ghosts ? "Dotted: links that are missed most, and the mean blame they would carry. " : "";

/** @param {import("./geometry.js").Geometry} geometry @param {import("./labels.js").Sheet} sheet */
export function ghostLines(geometry, sheet) {
  const { net, font, fold } = geometry;
  const ghosts = (net.header.ghosts ?? []).map(({ from, to, gradient }) => ({
    ...{ from: fold?.homeOf(from) ?? from, to: fold?.homeOf(to) ?? to, weight: 0, gradient },
  }));
  const bow = (/** @type {number} */ nth) => (nth % 2 ? BOW : -BOW) * font;
  const haunted = { ...geometry, net: { ...net, links: ghosts }, bow };
  return ghosts
    .map(({ from, to, gradient }, nth) => {
      if (from === to) return "";
      const line = lineOf(haunted, nth);
      const name = `missed: ${net.names[from]} to ${net.names[to]}, ${brief(gradient, 2)}`;
      const spots = spotsAlong(line, ALONG, [0], font);
      const text = sheet.put(`∂ ${brief(gradient, 2)}`, spots, `number ${tone(gradient)}`);
      return path(`missed ${tone(gradient)}`, line.path(0), `role="img" aria-label="${name}"`) + text;
    })
    .join("");
}
