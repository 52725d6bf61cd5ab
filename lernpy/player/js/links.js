/* Links: two lanes, signal above and blame below, and the line of the weight between them. */

import { lineOf } from "./geometry.js";
import { mix } from "./lists.js";
import { PHASE } from "./network.js";
import { label, path, tone } from "./svg.js";
import { brief } from "./text.js";

const MANY = 60; // from there on without chevrons, signs and empty lanes
const VERY_MANY = 300;
const NEAR_START = [0.24, 0.32, 0.16, 0.4, 0.5]; // where a number may stand on its link
const NEAR_MIDDLE = [0.47, 0.4, 0.54, 0.33, 0.6];

/**
 * @param {import("./geometry.js").Geometry} geometry @param {Scale} scale @param {Theme} theme
 * @param {number[]} shown the links that are drawn one by one
 */
export function linkPainter(geometry, scale, theme, shown) {
  const { net, size, foot, font } = geometry;
  const dense = net.links.length > MANY;
  const thin = (net.links.length > VERY_MANY ? 0.3 : dense ? 0.5 : 1) * size;
  const lines = new Map(shown.map((link) => [link, lineOf(geometry, link)]));
  /** @param {number} link */
  const lineAt = (link) => lines.get(link) ?? lineOf(geometry, link);

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
    const sign = value > 0 ? "+" : value < 0 ? "−" : "";
    return colour + chevron(0.4) + chevron(0.6) + label(x, y + foot, sign, `head ${tone(value)}`);
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
    let core = stroke(dash, thin);
    if (view.step.phase === PHASE.update && value != null) {
      const after = scale.width(value, "weight") * thin;
      const before = scale.width(value - (moved ?? 0), "weight") * thin;
      const ghost = stroke("ghost", before + 2 * thin) + stroke("inner", before);
      core = (moved ? ghost : "") + stroke(dash, moved ? mix(before, after, part) : after);
      if (moved) core += stepOf(line, moved, Math.max(before, after), part);
    }
    return (
      core +
      lane(line, view.signal(link), "signal", 1, back ? 1 : part) +
      lane(line, view.blame(link), "blame", -1, back ? part : 1) +
      path("hit", middle)
    );
  };

  /** The numbers on the links, each where it lies on no other. @param {View} view */
  const numbers = (view) => {
    if (net.links.length > theme.most_numbers) return "";
    /** @type {[number, number, number][]} */
    const taken = net.neurons
      .filter((v) => geometry.radius[v])
      .map((v) => [geometry.x[v], geometry.y[v], geometry.circle + 22 * font]);
    /**
     * @param {import("./geometry.js").Line} line @param {number[]} places
     * @param {number} beside @param {string} text @param {string} name
     */
    const put = (line, places, beside, text, name) => {
      const free = places
        .map((u) => line.spot(u, beside))
        .find(([x, y]) =>
          taken.every(([x2, y2, h]) => Math.abs(x - x2) > 44 * font || Math.abs(y - y2) > h),
        );
      if (!free) return "";
      const [x, y] = free;
      taken.push([x, y, 15 * font]);
      return label(x, y + foot, text, `number ${name}`);
    };
    /** @param {number} value @param {string} quantity */
    const clear = (value, quantity) => 3 + scale.width(value, quantity) + 9 * font;
    return shown
      .map((link) => {
        const line = lineAt(link);
        const { weight } = net.links[link];
        const blame = view.blame(link);
        const signal = view.signal(link);
        const value = view.weight(weight);
        if (view.step.phase === PHASE.update) {
          const moved = view.moved(weight);
          if (moved == null) return "";
          const step = moved ? `${moved > 0 ? "+" : ""}${brief(moved, 2)}` : "stays";
          const beside = scale.width(value ?? 0, "weight") / 2 + clear(moved, "weight");
          return put(line, NEAR_START, beside, step, moved ? tone(moved) : "lp-weight");
        }
        if (blame != null) {
          const places = NEAR_START.map((u) => 1 - u);
          const text = put(line, places, -clear(blame, "blame"), brief(blame, 2), tone(blame));
          const own = `∂ ${brief(view.own(link), 2)}`;
          return text + (geometry.narrow ? "" : put(line, NEAR_MIDDLE, 0, own, "lp-tag"));
        }
        if (signal != null) {
          return put(line, NEAR_START, clear(signal, "signal"), brief(signal, 2), tone(signal));
        }
        return value == null ? "" : put(line, NEAR_START, 0, brief(value, 2), "lp-weight");
      })
      .join("");
  };
  return { paint, numbers };
}
