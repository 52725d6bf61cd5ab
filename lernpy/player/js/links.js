/* Links: two lanes, signal above and blame below, and the line of the weight between them. */

import { lineOf } from "./geometry.js";
import { spotsAlong } from "./labels.js";
import { mix } from "./lists.js";
import { PHASE } from "./network.js";
import { lettersOf, putLetters, tieOf } from "./shared.js";
import { path, tone } from "./svg.js";
import { brief } from "./text.js";

const MANY = 60; // from there on without chevrons, signs and empty lanes
const NEAR_START = [0.24, 0.32, 0.16, 0.4, 0.5, 0.6, 0.7]; // where a number may stand on its link
const NEAR_MIDDLE = [0.47, 0.4, 0.54, 0.33, 0.6, 0.26, 0.68];

/**
 * @param {import("./geometry.js").Geometry} geometry @param {Scale} scale @param {Theme} theme
 * @param {number[]} shown the links that are drawn one by one
 */
export function linkPainter(geometry, scale, theme, shown) {
  const { net, size, font } = geometry;
  const dense = shown.length > MANY;
  const thin = (dense ? 0.5 : 1) * size;
  const lines = new Map(shown.map((link) => [link, lineOf(geometry, link)]));
  const letterOf = lettersOf(net);
  /** @param {number} link */
  const lineAt = (link) => lines.get(link) ?? lineOf(geometry, link);

  /** A plus or a minus. @param {number} x @param {number} y @param {number} value */
  const signAt = (x, y, value) => {
    const arm = 4.5 * size;
    const upright = value > 0 ? `M0,${-arm}V${arm}` : "";
    const at = `transform="translate(${x.toFixed(1)},${y.toFixed(1)})"`;
    return value ? path(`head ${tone(value)}`, `M${-arm},0H${arm}${upright}`, at) : "";
  };

  /**
   * One lane, as far as its colour has spread. `way`: 1 signal, to the outputs; -1 blame, back.
   * @param {import("./geometry.js").Line} line @param {Known} value @param {string} quantity
   * @param {1 | -1} way @param {number} part
   */
  const lane = (line, value, quantity, way, part) => {
    if (value == null) return dense ? "" : path("empty", line.path(way * (theme.lane_gap / 2 + 1)));
    const width = scale.width(value, quantity) * thin;
    const beside = (way * (theme.lane_gap * thin + width)) / 2;
    const start = way > 0 ? 0 : 1;
    const colour = path(
      `lane ${tone(value)}`,
      line.path(beside, start, start + way * part),
      `stroke-width="${width.toFixed(2)}"`,
    );
    if (dense || part < 1) return colour;
    const half = width / 2 + 2.5;
    /** @param {number} u */
    const chevron = (u) => {
      const [x, y] = line.spot(u, beside);
      const [nextX, nextY] = line.spot(u + way * 0.01, beside);
      const angle = (Math.atan2(nextY - y, nextX - x) * 180) / Math.PI;
      return path(
        `chevron ${tone(value)}`,
        `M${-half},${-half}L0,0L${-half},${half}`,
        `transform="translate(${x},${y})rotate(${angle})"`,
      );
    };
    const end = 1 - start + (way * -12 * size) / line.length;
    const [x, y] = line.spot(end, beside + way * (width / 2 + 6 * size));
    return colour + chevron(0.4) + chevron(0.6) + signAt(x, y, value);
  };

  /** The step of a weight, beside it and on its scale, with its sign.
   * @param {import("./geometry.js").Line} line @param {number} moved @param {number} wide
   * @param {number} part */
  const stepOf = (line, moved, wide, part) => {
    const width = scale.width(moved, "weight") * thin;
    const d = line.path(wide / 2 + width / 2 + 3 * thin, 0, part);
    return path(`step ${tone(moved)}`, d, `stroke-width="${width.toFixed(2)}"`);
  };

  /** A link as text; `part`: how far the lane of this step has spread.
   * @param {number} link @param {View} view @param {number} [part] */
  const paint = (link, view, part = 1) => {
    const line = lineAt(link);
    const { weight } = net.links[link];
    const value = view.weight(weight);
    const middle = line.path(0);
    const back = view.step.phase > PHASE.cost;
    const dash = value != null && value < 0 ? "core lp-dash" : "core";
    /** @param {string} name @param {number} width */
    const stroke = (name, width) => path(name, middle, `stroke-width="${width}"`);
    const moved = view.moved(weight);
    const look = dash + tieOf(letterOf(weight));
    let core = stroke(look, thin);
    if (view.step.phase === PHASE.update && value != null) {
      const after = scale.width(value, "weight") * thin;
      const before = scale.width(value - (moved ?? 0), "weight") * thin;
      const ghost = stroke("ghost", before + 2 * thin) + stroke("inner", before);
      core = (moved ? ghost : "") + stroke(look, moved ? mix(before, after, part) : after);
      if (moved) core += stepOf(line, moved, Math.max(before, after), part);
    }
    return (
      core +
      lane(line, view.signal(link), "signal", 1, back ? 1 : part) +
      lane(line, view.blame(link), "blame", -1, back ? part : 1) +
      path("hit", middle)
    );
  };

  /** What the numbers of a link are: text, where it may stand, look.
   * @param {number} link @param {View} view @returns {[string, import("./labels.js").Spot[], string][]} */
  const numbersOf = (link, view) => {
    const line = lineAt(link);
    const { from, weight } = net.links[link];
    const [blame, signal, value] = [view.blame(link), view.signal(link), view.weight(weight)];
    /** @param {number} number @param {string} quantity */
    const clear = (number, quantity) => 3 + scale.width(number, quantity) * thin + 0.65 * font;
    /** @param {number[]} along @param {number[]} beside */
    const spots = (along, beside) => spotsAlong(line, along, beside, font);
    if (view.step.phase === PHASE.update) {
      const moved = view.moved(weight);
      if (moved == null) return [];
      const text = moved ? `${moved > 0 ? "+" : ""}${brief(moved, 2)}` : "stays";
      const aside = scale.width(value ?? 0, "weight") / 2 + clear(moved, "weight");
      const look = `number ${moved ? tone(moved) : "lp-weight"}`;
      return [[text, spots(NEAR_START, [aside, -aside]), look]];
    }
    if (blame != null) {
      const aside = clear(blame, "blame");
      const back = NEAR_START.map((u) => 1 - u);
      const own = `∂ ${brief(view.own(link), 2)}`;
      const isUsed = !net.isBias[from] && !net.isInput[from];
      const handed = [brief(blame, 2), spots(back, [-aside, aside]), `number ${tone(blame)}`];
      const kept = [own, spots(NEAR_MIDDLE, [0, -aside, aside]), "number lp-tag"];
      if (view.own(link) == null) kept.length = 0; // a bundle has no weight
      return /** @type {any} */ ([handed, kept].filter((one) => one.length && (isUsed || one === kept)));
    }
    if (signal != null) {
      const aside = clear(signal, "signal");
      return [[brief(signal, 2), spots(NEAR_START, [aside, -aside]), `number ${tone(signal)}`]];
    }
    return value == null ? [] : [[brief(value, 2), spots(NEAR_START, [0]), "number lp-weight"]];
  };

  /** With the letter of a weight that is on other links, too. @param {number} link @param {string} text */
  const lettered = (link, text) => [letterOf(net.links[link].weight), text].filter(Boolean).join(" ");

  /** Put the numbers of some links on a sheet.
   * @param {number[]} some @param {View} view @param {import("./labels.js").Sheet} sheet */
  const numbers = (some, view, sheet) =>
    some
      .flatMap((link) =>
        numbersOf(link, view).map(([text, spots, look], nth) =>
          sheet.put(nth ? text : lettered(link, text), spots, look, `l${link}`),
        ),
      )
      .join("");
  /** @param {import("./labels.js").Sheet} sheet */
  const letters = (sheet) => putLetters(net, shown, lineAt, NEAR_START, sheet);
  return { paint, numbers, letters };
}
