/* Proven: a short run of Python's, done again by this page. */

import { table } from "../blocks.js";
import { engineOf, learn } from "./engine.js";

const ALLOWED = 1e-9;

/**
 * The largest difference of the losses and weights; `good` within what engines may differ, which in the
 * weights of portable maths is nothing: `isExact`.
 * @param {Proof} proof @param {Record<string, number>} steepest
 */
export function proven({ file, inputs, targets, order, size, losses, weights }, steepest) {
  const engine = engineOf(file, steepest);
  const [samples, wanted, moved] = [
    { inputs: table(inputs).all, targets: table(targets).all, count: inputs.shape[0] },
    table(losses).all,
    table(weights).all,
  ];
  const ours = wanted.map((_, update) => {
    const start = update * size;
    const count = Math.min(size, order.length - start);
    return learn(engine, samples, order, start, start + count, size) / count;
  });
  const worst = Math.max(apart(wanted, ours), apart(moved, engine.values));
  const isExact = moved.every((value, w) => Object.is(value, engine.values[w]));
  const good = worst <= ALLOWED && (isExact || file.maths !== "portable");
  return { good, worst, isExact, updates: wanted.length };
}

/** The largest difference, relative where numbers are large; NaN where one is none.
 * @param {Numbers} wanted @param {Numbers} numbers */
const apart = (wanted, numbers) =>
  Math.max(0, ...wanted.map((value, at) => Math.abs(value - numbers[at]) / Math.max(1, Math.abs(value))));
