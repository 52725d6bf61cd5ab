/* How wide a number is drawn: against the largest of its kind in the whole recording. */

import { detailsAt } from "./details.js";
import { sum } from "./lists.js";

/** @param {Recording} recording @param {Theme} theme @returns {Scale} */
export function scaleOf(recording, theme) {
  const { net, samples } = recording;
  /** @type {Record<string, number>} */
  const largest = {};
  /** @param {string} quantity @param {Iterable<number> | null} values */
  const raise = (quantity, values) => {
    for (const value of values ?? []) {
      if (!isFinite(value)) continue;
      largest[quantity] = Math.max(Math.abs(value), largest[quantity] ?? 0);
    }
  };
  const senders = net.neurons.filter((v) => !net.isBias[v]);
  for (const sample of samples.filter((one) => one.detail >= 0)) {
    const { signal, blame, asked } = detailsAt(recording, sample.index);
    raise("signal", signal);
    raise("blame", blame);
    raise("weight", sample.weights);
    raise("weight", sample.new);
    raise("output", sample.output);
    const hidden = senders.filter((v) => !net.isInput[v]);
    raise("sensitivity", hidden.map((v) => sample.sensitivity[v]));
    const arrived = senders.map(
      (v) => sum(net.outgoing[v], (link) => Math.abs(blame[link])) + Math.abs(asked[v]),
    );
    raise("arrived", arrived);
  }
  return {
    largest,
    width: (value, quantity) => {
      const share = Math.abs(value) / (largest[quantity] || 1);
      return theme.thinnest + theme.spread * Math.sqrt(Math.min(1, share) || 0);
    },
  };
}
