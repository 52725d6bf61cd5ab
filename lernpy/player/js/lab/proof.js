/* Proven: a short run of Python's, done again by this page. */

import { table } from "../blocks.js";
import { engineOf, learn } from "./engine.js";

const ALLOWED = 1e-9;

/**
 * The largest difference of the losses and weights; `good` within what engines may differ.
 * @param {Proof} proof @param {Record<string, number>} steepest
 */
export function proven({ file, inputs, targets, order, size, losses, weights }, steepest) {
  const engine = engineOf(file, steepest);
  const [samples, wanted, moved] = [
    { inputs: table(inputs).all, targets: table(targets).all, count: inputs.shape[0] },
    table(losses).all,
    table(weights).all,
  ];
  let worst = 0;
  const compare = (/** @type {number} */ a, /** @type {number} */ b) => {
    const off = Math.abs(a - b) / Math.max(1, Math.abs(a));
    if (!(off <= worst)) worst = off;
  };
  wanted.forEach((loss, update) => {
    const count = Math.min(size, order.length - update * size);
    const total = learn(engine, samples, order, update * size, update * size + count, size);
    compare(loss, total / count);
  });
  moved.forEach((value, w) => compare(value, engine.values[w]));
  return { good: worst <= ALLOWED, worst, updates: wanted.length };
}
