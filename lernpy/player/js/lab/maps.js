/* What every neuron says to every point of a grid: all points at once, link by link. */

import { range, zeros } from "../lists.js";
import { activate } from "../maths.js";

/**
 * Fills `outputs[v]` for all neurons with what they say to each of the points.
 * @param {Engine} engine @param {Numbers[]} inputs for each input neuron its values
 * @param {Numbers[]} outputs
 */
export function answerAll({ net, units, acts, values, arriving }, inputs, outputs) {
  const { starts, ends, weights } = arriving;
  const points = inputs[0].length;
  const sums = zeros(points);
  for (const members of units) {
    const isGroup = !acts[members[0]]; // or a product
    for (const v of members) {
      const into = isGroup ? outputs[v] : sums;
      const position = net.inputs.indexOf(v);
      if (position < 0) into.fill(0);
      else into.set(inputs[position]);
      for (let link = starts[v]; link < starts[v + 1]; link++) {
        const weight = values[weights[link]];
        const from = outputs[ends[link]];
        for (let point = 0; point < points; point++) into[point] += weight * from[point];
      }
      if (isGroup) continue;
      const act = acts[v].value;
      const out = outputs[v];
      for (let point = 0; point < points; point++) out[point] = act(sums[point]);
    }
    if (isGroup) shareOut(net, members, outputs, points);
  }
}

/** @param {Network} net @param {number[]} members @param {Numbers[]} outputs @param {number} points */
function shareOut(net, members, outputs, points) {
  const z = zeros(net.count);
  const y = zeros(net.count);
  for (let point = 0; point < points; point++) {
    for (const v of members) z[v] = outputs[v][point];
    for (const v of net.factors[members[0]]) y[v] = outputs[v][point];
    activate(net, members, z, y);
    for (const v of members) outputs[v][point] = y[v];
  }
}

/** A square grid over the plane, row by row from the top: the values of both inputs.
 * @param {number} side points along a side @param {Plane} plane */
export function gridOf(side, { left, right, bottom, top }) {
  const x = zeros(side * side);
  const y = zeros(side * side);
  for (const row of range(side)) {
    for (const column of range(side)) {
      x[row * side + column] = left + ((column + 0.5) / side) * (right - left);
      y[row * side + column] = top - ((row + 0.5) / side) * (top - bottom);
    }
  }
  return [x, y];
}
