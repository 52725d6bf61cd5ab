/* The samples of the page: what Python sent along, moved by the noise that is asked for, or drawn. */

import { table } from "../blocks.js";
import { clamp, zeros } from "../lists.js";
import { seedOf, shuffled } from "./chance.js";

const MARGIN = 0.1; // of the plane beyond the outermost points

/**
 * @param {Dataset} set @param {number} noise
 * @returns {Samples}
 */
export function samplesOf(set, noise) {
  const [inputs, targets] = [set.inputs, set.targets].map((block) => table(block).all);
  if (set.draws) {
    const moved = set.draws.of === "inputs" ? inputs : targets;
    table(set.draws.block).all.forEach((draw, index) => (moved[index] += noise * draw));
  }
  return { inputs, targets, count: set.inputs.shape[0] };
}

/** Points that were put into the plane by hand: x, y and the number of their class.
 * @param {[number, number, number][]} points @param {number} outputs @returns {Samples} */
export function drawnSamples(points, outputs) {
  const targets = zeros(points.length * outputs);
  points.forEach(([, , label], index) => {
    if (outputs === 1) targets[index] = label;
    else targets[index * outputs + label] = 1;
  });
  return {
    inputs: Float64Array.from(points.flatMap(([x, y]) => [x, y])),
    targets,
    count: points.length,
  };
}

/** Which samples train and which test: so large a share of them in random order.
 * @param {number} count @param {number} share of the test @param {number} seed */
export function partsOf(count, share, seed) {
  const order = shuffled(count, seedOf(seed, -1));
  const tested = clamp(Math.round(count * share), 0, count - 1);
  return { test: order.slice(0, tested).sort(), train: order.slice(tested).sort() };
}

/** The part of the plane in which the points lie, square enough to be looked at.
 * @param {Samples} samples @returns {Plane} */
export function planeOf({ inputs, count }) {
  /** @param {number} offset */
  const span = (offset) => {
    let [low, high] = [Infinity, -Infinity];
    for (let index = 0; index < count; index++) {
      low = Math.min(low, inputs[2 * index + offset]);
      high = Math.max(high, inputs[2 * index + offset]);
    }
    if (!(low < high)) [low, high] = count ? [low - 1, low + 1] : [-1, 1];
    const margin = (high - low) * MARGIN;
    return [low - margin, high + margin];
  };
  const [[left, right], [bottom, top]] = [span(0), span(1)];
  return { left, right, bottom, top };
}
