/* What is known after a step; a number that is not computed yet is undefined, never 0. */

import { detailsAt } from "./details.js";
import { outputIndex } from "./network.js";
import { handedBack, isFactor } from "./products.js";
import { weightAt } from "./trace.js";

/** @param {Recording} recording @param {number} index @param {number} at @returns {View} */
export function viewAt(recording, index, at) {
  const { net } = recording;
  const sample = recording.samples[index];
  const details = detailsAt(recording, index);
  const step = details.steps[at];
  const { link, neuron, cost, weight: moves } = net.times;
  const [says, turned] = neuron;
  const [carried, handed] = link;
  /**
   * The number, once it is there.
   * @param {Numbers} numbers @param {number} i @param {number} since
   */
  const known = (numbers, i, since) =>
    since <= step.at && (sample.weights || !isNaN(numbers[i])) ? numbers[i] : undefined;
  /** @param {number[]} times @param {number} l */
  const ofLink = (times, l) => (sample.weights ? times[l] : Infinity);
  /** @type {View} */
  const view = {
    ...{ net, sample, details, step },
    totalInput: (v) => known(sample.totalInput, v, net.isInput[v] ? 2 : says[v]),
    output: (v) => known(sample.output, v, says[v]),
    slope: (v) => known(details.slope, v, net.group[v] ? Infinity : says[v]),
    sensitivity: (v) => {
      const alone = outputIndex(net, v) >= 0 && !net.outgoing[v].length && !isFactor(net, v);
      return known(sample.sensitivity, v, alone ? cost : turned[v]);
    },
    delta: (v) => known(sample.delta, v, turned[v]),
    signal: (l) => known(details.signal, l, ofLink(carried, l)),
    blame: (l) => known(details.blame, l, ofLink(handed, l)),
    own: (l) => known(details.own, l, ofLink(handed, l)),
    moved: (w) =>
      sample.new && sample.old && moves[w] <= step.at ? sample.new[w] - sample.old[w] : undefined,
    weight: (w) => {
      if (view.moved(w) != null) return sample.new?.[w];
      return sample.weights ? weightAt(sample, sample.weights, w, step.at + 1) : undefined;
    },
    label: (v) => {
      const known = recording.trace.labels?.[v];
      return known ? ` (${known})` : "";
    },
    arrived: (v) => {
      const asked = outputIndex(net, v) >= 0 && cost <= step.at ? [details.asked[v]] : [];
      const blames = net.outgoing[v].map((l) => view.blame(l));
      const others = handedBack(net, v, sample, step.at).map(({ value }) => value);
      return [...asked, ...blames.filter((blame) => blame != null), ...others];
    },
  };
  return view;
}

/** How far the slope of a neuron lets blame through, 0 to 1.
 * @param {Network} net @param {Details} details @param {number} v */
export const opening = (net, details, v) =>
  Math.min(1, Math.abs(details.slope[v]) / net.steepest[v]) || 0;
