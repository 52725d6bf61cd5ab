/* Some samples of a batch as a trace: the lesson that stands still when the training stops. */

import { range, zeros } from "../lists.js";
import { backward, collect, expect, forward, moveWeights, penaltyOf, restore, weightsOf } from "./engine.js";

/** @param {Numbers} values @param {number[]} shape @returns {Block} */
function blockOf(values, shape) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return { data: btoa(text), dtype: "float64", shape };
}

/**
 * The lessons of the samples `order[first]` ... `order[end - 1]` of a batch that begins at `start` and
 * ends at `stop`: all of them done, and with its last the update. The engine is as it was before.
 * @param {Engine} engine @param {Samples} data @param {ArrayLike<number>} order
 * @param {{start: number, first: number, end: number, stop: number}} part
 * @param {{title: string, image: [number, number] | null, labels: string[]}} about
 * @returns {Trace}
 */
export function traceOf(engine, data, order, { start, first, end, stop }, about) {
  const { net } = engine;
  const before = weightsOf(engine);
  const recorded = net.neurons.filter(
    (v) => !net.isBias[v] && !(net.isInput[v] && net.activation[v] === "identity"),
  );
  const count = end - first;
  const penalty = penaltyOf(engine);
  collect(engine, data, order, start, first);
  const gradients = engine.gradient.slice();
  const samples = range(count).map((index) => order[first + index]);
  const quantities = /** @type {const} */ (["totalInput", "output", "sensitivity", "delta"]);
  const rows = quantities.map(() => zeros(count * recorded.length));
  const losses = zeros(count);
  samples.forEach((sample, index) => {
    forward(engine, data.inputs, sample * net.inputs.length);
    losses[index] = expect(engine, data.targets, sample * net.outputs.length) + penalty;
    backward(engine);
    quantities.forEach((quantity, row) =>
      recorded.forEach((v, at) => (rows[row][index * recorded.length + at] = engine[quantity][v])),
    );
  });
  const steps = zeros(count * engine.values.length);
  if (end === stop) {
    moveWeights(engine);
    const last = (count - 1) * engine.values.length;
    engine.values.forEach((value, w) => (steps[last + w] = value - before.values[w]));
  }
  engine.gradient.fill(0);
  engine.samples = 0;
  restore(engine, before);

  /** @param {Numbers} all @param {number} wide */
  const perSample = (all, wide) => {
    const picked = samples.map((sample) => all.subarray(sample * wide, (sample + 1) * wide));
    return blockOf(Float64Array.from(picked.flatMap((row) => [...row])), [count, wide]);
  };
  const [totalInput, output, sensitivity, delta] = rows.map((row) =>
    blockOf(row, [count, recorded.length]),
  );
  const weights = before.values.length;
  return {
    ...{ format: "lernpy-trace/1", dtype: "float64", ...about },
    network: {
      ...net.header,
      weights: blockOf(before.values, [weights]),
      frozen: range(weights).filter((w) => engine.isFrozen[w]),
      gradients: blockOf(gradients, [weights]),
      unfinished: first - start,
      ...{ learning_rate: engine.rate, l1: engine.l1, l2: engine.l2 },
    },
    samples: {
      count,
      batches: [[count + Number(end < stop), 1, first === start]],
      epochs: [[count, 1]],
      cut: [],
      inputs: perSample(data.inputs, net.inputs.length),
      targets: perSample(data.targets, net.outputs.length),
      importance: null,
      loss: blockOf(losses, [count]),
      rate: engine.rate,
      recorded,
      ...{ total_input: totalInput, output, sensitivity, delta },
    },
    detail: {
      samples: range(count),
      steps: blockOf(steps, [count, weights]),
      weights_at: blockOf(
        Float64Array.from(range(count).flatMap(() => [...before.values])),
        [count, weights],
      ),
    },
    ...{ edits: [], script: [], gates: [], breakpoints: [] },
  };
}
