/* Checks that bite: the whole page against its own numbers, one gradient against a nudge. */

import { detailsAt } from "./details.js";
import { sum } from "./lists.js";
import { unknownFunctions } from "./maths.js";
import { relearn } from "./relearn.js";
import { LOSSES } from "./tables.js";
import { penalty } from "./trace.js";

const NUDGE = 1e-5;

/**
 * Recompute every lesson of the recording; `worst` is the largest difference.
 * @param {Recording} recording
 */
export function selfCheck(recording) {
  const { net, trace, samples } = recording;
  const comparison = comparisonWithin(trace.dtype === "float32" ? 2e-5 : 1e-9);
  for (const sample of samples) {
    if (!canBeRecomputed(recording, sample) || !sample.weights) continue;
    const { asked } = detailsAt(recording, sample.index);
    const again = relearn(recording, sample, asked, sample.weights);
    const where = `, sample ${sample.index + 1}`;
    for (const v of trace.samples.recorded) {
      const [inputs, blames] = [again.inputSizes[v], again.blameSizes[v]];
      const name = net.names[v] + where;
      comparison.add(sample.totalInput[v], again.totalInput[v], inputs, name);
      comparison.add(sample.output[v], again.output[v], again.totalInput[v], name);
      comparison.add(sample.sensitivity[v], again.sensitivity[v], blames, name);
      comparison.add(sample.delta[v], again.delta[v], again.totalInput[v], name);
    }
    if (!sample.edits.length && LOSSES[net.header.loss]) {
      const loss = again.loss + penalty(recording, sample.weights);
      comparison.add(sample.loss, loss, 0, `the loss${where}`);
    }
    const { moves, old } = sample;
    if (!moves || !old) continue;
    sample.derived?.forEach((step, w) => {
      comparison.add(moves[w], step, Math.abs(old[w]), `the step of weight ${w + 1}${where}`);
    });
  }
  return comparison.result();
}

/** Not a sample that was cut short, nor one in which more was edited than weights.
 * @param {Recording} recording @param {Sample} sample */
function canBeRecomputed({ net }, sample) {
  const whole = sample.size >= 2 * net.order.length + 3;
  const others = sample.edits.some(
    ({ what, name }) => (what !== "weight" && what !== "network") || name === "loss",
  );
  return whole && !others;
}

/** @param {number} tolerance */
function comparisonWithin(tolerance) {
  let worst = 0;
  let farthest = 0;
  let where = "";
  return {
    /** @param {number} recorded @param {number} again @param {number} size @param {string} name */
    add(recorded, again, size, name) {
      if (Object.is(recorded, again) || !isFinite(recorded)) return; // nothing to compare with
      const off = Math.abs(recorded - again);
      const far = off / (tolerance * Math.max(1, Math.abs(recorded), size));
      if (!(off <= worst)) worst = off;
      if (far <= farthest) return;
      farthest = far;
      where = name;
    },
    result: () => ({ good: farthest <= 1, worst, where }),
  };
}

/**
 * Nudge a weight down and up: the slope of the loss beside the recorded gradient.
 * Nothing where the page does not know a function or the weights.
 * @param {Recording} recording @param {Sample} sample @param {number} w
 */
export function nudge(recording, sample, w) {
  const { net } = recording;
  const { weights } = sample;
  if (!weights || unknownFunctions(net).length) return null;
  const { own, asked } = detailsAt(recording, sample.index);
  const [low, high] = [-NUDGE, NUDGE].map((by) => {
    const nudged = weights.map((value, index) => (index === w ? value + by : value));
    return relearn(recording, sample, asked, nudged).loss;
  });
  const slope = (high - low) / (2 * NUDGE);
  const gradient = sum(net.holders[w], (link) => own[link]);
  const off = Math.abs(slope - gradient);
  return { low, high, slope, gradient, off, good: off <= 1e-6 + 1e-4 * Math.abs(gradient) };
}
