/* How well a net does on some samples; nothing of it is learned. */

import { range, zeros } from "../lists.js";
import { backward, expect, forward } from "./engine.js";

const MOST_ASKED = 32; // samples for the blame by generation

/**
 * The mean loss without the penalty, and the share of right answers.
 * @param {Engine} engine @param {Samples} samples @param {Int32Array} indices
 */
export function evaluated(engine, samples, indices) {
  const { inputs, outputs } = engine.net;
  let loss = 0;
  let right = 0;
  for (const index of indices) {
    forward(engine, samples.inputs, index * inputs.length);
    loss += expect(engine, samples.targets, index * outputs.length);
    right += Number(isRight(engine, samples, index));
  }
  engine.samples = 0;
  return { loss: loss / indices.length, right: right / indices.length };
}

/** Whether what the outputs say now is the class of the sample (or, of numbers, near enough).
 * @param {Engine} engine @param {Samples} samples @param {number} index */
export function isRight({ net, output }, { targets }, index) {
  const wide = net.outputs.length;
  const wanted = targets.subarray(index * wide, (index + 1) * wide);
  const answers = net.outputs.map((v) => output[v]);
  if (wide > 1) return answers.indexOf(Math.max(...answers)) === wanted.indexOf(Math.max(...wanted));
  return answers[0] >= 0.5 === wanted[0] >= 0.5;
}

/**
 * For each generation the mean size of the blame of its neurons, over some samples.
 * @param {Engine} engine @param {Samples} samples @param {Int32Array} indices
 */
export function blameByGeneration(engine, samples, indices) {
  const { net, gradient } = engine;
  const sums = zeros(Math.max(...net.generation) + 1);
  const counts = zeros(sums.length);
  const asked = indices.subarray(0, MOST_ASKED);
  const hidden = net.neurons.filter((v) => net.incoming[v].length);
  for (const index of asked) {
    forward(engine, samples.inputs, index * net.inputs.length);
    expect(engine, samples.targets, index * net.outputs.length);
    backward(engine);
    for (const v of hidden) {
      sums[net.generation[v]] += Math.abs(engine.sensitivity[v]);
      counts[net.generation[v]] += 1;
    }
  }
  gradient.fill(0);
  engine.samples = 0;
  return range(sums.length).map((g) => (counts[g] ? sums[g] / counts[g] : undefined));
}
