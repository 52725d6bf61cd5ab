/* Where letters stand on the stage: each on no other and on no neuron, or beside, with a line to it. */

import { path } from "./svg.js";
import { safe, widthOf } from "./text.js";

/** @typedef {{x: number, y: number, anchor?: "start" | "end", from?: number[], within?: boolean}} Spot
 * `y` is the middle of the line of text; `from`: where a leader line begins; `within`: in a neuron */
/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

/**
 * A sheet that letters are put on. `put` gives the first spot that is free, as text of a drawing; what
 * finds none is counted in `left`.
 * @param {{width: number, height: number, font: number}} space @param {Box[]} taken
 */
export function sheetOf({ width, height, font }, taken) {
  const boxes = [...taken];
  const sheet = {
    left: 0,
    /** The same sheet once more, to be written on. */
    copy: () => sheetOf({ width, height, font }, boxes),
    /** @param {Box} box */
    isFree: (box) => {
      const [left, top, right, bottom] = box;
      if (left < 0 || top < 0 || right > width || bottom > height) return false;
      return boxes.every((b) => right <= b[0] || b[2] <= left || bottom <= b[1] || b[3] <= top);
    },
    /** @param {Box} box */
    take: (box) => {
      boxes.push(box);
    },
    /**
     * @param {string} text @param {Spot[]} spots @param {string} look @param {string} [of] whose it is
     */
    put(text, spots, look, of = "") {
      if (!text) return "";
      const inside = spots.map((spot) => kept(spot, text));
      const free = inside.find((spot) => spot.within || sheet.isFree(boxAt(spot, text)));
      if (!free) {
        sheet.left += 1;
        return "";
      }
      sheet.take(boxAt(free, text));
      return written(free, text, look, of);
    },
  };
  /** Moved aside so far that it is on the sheet. @param {Spot} spot @param {string} text @returns {Spot} */
  const kept = (spot, text) => {
    const [start, , end] = boxAt(spot, text);
    return { ...spot, x: spot.x + Math.max(0, -start) - Math.max(0, end - width) };
  };
  /** @param {Spot} spot @param {string} text @returns {Box} */
  const boxAt = ({ x, y, anchor }, text) => {
    const wide = widthOf(text, font);
    const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
    return [left, y - 0.55 * font, left + wide, y + 0.6 * font];
  };
  /** @param {Spot} spot @param {string} text @param {string} look @param {string} of */
  const written = ({ x, y, anchor, from }, text, look, of) => {
    const name = `lp-${look} lp-${anchor ?? "centre"}`;
    const whose = of && `data-of="${of}"`;
    const [left, foot] = [fixed(x), fixed(y + 0.35 * font)];
    const line = from ? path("leader", `M${from.map(fixed).join()}L${left},${fixed(y)}`) : "";
    return `${line}<text class="${name}" ${whose} x="${left}" y="${foot}">${safe(text)}</text>`;
  };
  return sheet;
}

/** @param {number} value */
const fixed = (value) => value.toFixed(1);

/** @typedef {ReturnType<typeof sheetOf>} Sheet */

const STEPS = [1.7, 2.6, 3.5];

/**
 * Spots along a link: on it or beside it, then farther off with a leader line.
 * @param {import("./geometry.js").Line} line @param {number[]} along shares of its length
 * @param {number[]} beside in pixels @param {number} font @returns {Spot[]}
 */
export function spotsAlong(line, along, beside, font) {
  /** @param {number} u @param {number} aside @returns {Spot} */
  const at = (u, aside) => {
    const [x, y] = line.spot(u, aside);
    return { x, y };
  };
  const near = along.flatMap((u) => beside.map((aside) => at(u, aside)));
  const far = STEPS.flatMap((step) =>
    along.flatMap((u) =>
      [1, -1].map((way) => ({ ...at(u, way * step * font), from: line.spot(u, 0) })),
    ),
  );
  return [...near, ...far];
}
