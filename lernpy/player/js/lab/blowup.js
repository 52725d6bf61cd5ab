/* Not a number: which link and which sample were the first. */

import { inputsAt } from "./engine.js";
import { backward, expect, forward, moveWeights } from "./engine.js";

/** @typedef {{link: string, sample: number, values: number[], what: string}} BlowUp */

/**
 * The batch again, part by part.
 * @param {Engine} engine @param {Samples} samples @param {ArrayLike<number>} order
 * @param {number} first @param {number} end
 * @returns {BlowUp | undefined}
 */
export function blowUpIn(engine, samples, order, first, end) {
  const { net, values, output, delta } = engine;
  const isBad = (/** @type {number} */ value) => !Number.isFinite(value);
  /** @param {number} l */
  const nameOf = (l) => `${net.names[net.links[l].from]} → ${net.names[net.links[l].to]}`;
  for (let at = first; at < end; at++) {
    const sample = order[at];
    const failure = (/** @type {number} */ link, /** @type {string} */ what) => ({
      ...{ link: nameOf(link), sample, what },
      values: [...inputsAt(samples, sample, net.inputs.length)],
    });
    forward(engine, samples.inputs, sample * net.inputs.length);
    for (const { kind, link } of net.order) {
      if (kind !== "link") continue;
      const { from, weight } = net.links[link];
      if (isBad(values[weight] * output[from])) return failure(link, "carries");
    }
    const loss = expect(engine, samples.targets, sample * net.outputs.length);
    backward(engine);
    for (const { kind, link } of net.order.toReversed()) {
      if (kind !== "link") continue;
      const { to, weight } = net.links[link];
      if (isBad(values[weight] * delta[to])) return failure(link, "hands back");
    }
    if (isBad(loss)) return failure(net.incoming[net.outputs[0]][0], "leads to a loss that is");
  }
  moveWeights(engine);
  const moved = net.links.findIndex(({ weight }) => isBad(values[weight]));
  if (moved < 0) return undefined;
  const sample = order[end - 1];
  return {
    ...{ link: nameOf(moved), sample, what: "moves to" },
    values: [...inputsAt(samples, sample, net.inputs.length)],
  };
}
