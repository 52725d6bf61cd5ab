/* One lesson done again with other weights: for the self-check and for nudges. */

import { range, zeros } from "./lists.js";
import { activate, outputLoss, outputSlope, turn } from "./maths.js";
import { LOSSES } from "./tables.js";
import { weightAt } from "./trace.js";

/**
 * What cannot be recomputed (a function of the user's own that could not be printed) keeps the
 * recorded number. `sizes` tell how large the terms of each sum were.
 * @param {Recording} recording @param {Sample} sample
 * @param {Numbers} asked blame from the loss, as recorded
 * @param {Numbers} weights
 */
export function relearn({ net }, sample, asked, weights) {
  const [totalInput, sensitivity, inputSizes, blameSizes] = range(4).map(() => zeros(net.count));
  const output = sample.output.slice();
  const delta = sample.delta.slice();
  /** @type {Map<number[], number>} */
  const logSums = new Map();
  net.inputs.forEach((v, position) => (totalInput[v] = sample.inputs[position]));
  for (const { kind, link, members } of net.order) {
    if (kind !== "link") {
      logSums.set(members, activate(net, members, totalInput, output));
      continue;
    }
    const { from, to, weight } = net.links[link];
    const signal = weightAt(sample, weights, weight, net.times.link[0][link]) * output[from];
    totalInput[to] += signal;
    inputSizes[to] += Math.abs(signal);
  }
  const loss = lossOf(net, sample, asked, { totalInput, output, sensitivity, logSums });
  for (const { kind, link, members } of net.order.toReversed()) {
    if (kind !== "link") {
      turn(net, members, { totalInput, output, sensitivity, delta });
      continue;
    }
    const { from, to, weight } = net.links[link];
    const blame = weightAt(sample, weights, weight, net.times.link[1][link]) * delta[to];
    sensitivity[from] += blame;
    blameSizes[from] += Math.abs(blame);
  }
  return { totalInput, output, sensitivity, delta, loss, inputSizes, blameSizes };
}

/**
 * The loss; its slopes are put on the outputs.
 * @param {Network} net @param {Sample} sample @param {Numbers} asked
 * @param {{totalInput: Numbers, output: Numbers, sensitivity: Numbers,
 *   logSums: Map<number[], number>}} numbers
 */
function lossOf(net, sample, asked, { totalInput, output, sensitivity, logSums }) {
  const loss = LOSSES[net.header.loss];
  const share = net.header.share * sample.sampleWeight;
  let total = loss ? 0 : NaN;
  net.outputs.forEach((v, position) => {
    if (!loss) {
      sensitivity[v] += asked[v];
      return;
    }
    const target = sample.targets[position];
    const group = net.group[v];
    const logSum = group ? (logSums.get(group) ?? 0) : 0;
    total += share * outputLoss(net, loss, v, totalInput, output, target, logSum);
    sensitivity[v] += share * outputSlope(net, loss, v, output, target);
  });
  return total;
}
