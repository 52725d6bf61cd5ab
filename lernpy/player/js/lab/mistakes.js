/*
 * Seven mistakes in backpropagation, each with one rule changed, part by part; no fast code does them.
 * The names and what they do are those of lernpy/lessons/mistakes.py.
 */

import { sum } from "../lists.js";
import { turn } from "../maths.js";
import { isProduct } from "../products.js";

/** What each does, as it is told. @type {Record<string, string>} */
export const MISTAKES = {
  "updated weights": "each weight moves at once, so it is the new weight that hands the blame back",
  "one path": "a neuron keeps the blame that came last and forgets the other links",
  pie: "a neuron's blame is divided up among its links by the size of their weights",
  "slope forgotten": "blame for the output is taken for blame for the sum",
  "not cleared": "a neuron does not forget the blame of the samples before",
  "sign flipped": "a weight's own blame has the other sign: it walks uphill",
  swapped: "the value goes back with the blame, and the weight is blamed for itself",
};

/**
 * What a link hands back, and what its weight is blamed for.
 * @param {Engine} engine @param {number} l
 * @returns {[number, number]}
 */
function handed(engine, l) {
  const { net, values, output, sensitivity, delta, mistake } = engine;
  const { from, to, weight } = net.links[l];
  const own = output[from] * delta[to];
  if (mistake === "updated weights") return [updated(engine, weight, own) * delta[to], own];
  if (mistake === "pie") return [share(net, values, l) * sensitivity[to], own];
  if (mistake === "sign flipped") return [values[weight] * delta[to], -own];
  if (mistake === "swapped") return [own, values[weight] * delta[to]];
  return [values[weight] * delta[to], own];
}

/** The weight as it would be after this link's blame alone.
 * @param {Engine} engine @param {number} w @param {number} gradient */
function updated(engine, w, gradient) {
  const { values, memory, options, optimizer, rate, isFresh, isExempt, isFrozen, l1, l2 } = engine;
  const moved = Float64Array.of(values[w]);
  const remembered = isFresh[w] ? optimizer.memory(rate) : memory.map((slot) => slot[w]);
  const kept = remembered.map((number) => Float64Array.of(number));
  const [pull1, pull2] = isExempt[w] ? [0, 0] : [l1, l2];
  const rule = /** @type {const} */ ([isFrozen[w], 1, -Infinity, Infinity]);
  optimizer.move(moved, 0, gradient, rate, kept, options, pull1, pull2, ...rule);
  return moved[0];
}

/** Of all that comes to its neuron, biases left out. @param {Network} net @param {Numbers} values
 * @param {number} l */
function share(net, values, l) {
  const { from, to, weight } = net.links[l];
  if (net.isBias[from]) return 0;
  const whole = sum(net.incoming[to], (link) => {
    const one = net.links[link];
    return net.isBias[one.from] ? 0 : Math.abs(values[one.weight]);
  });
  return whole ? Math.abs(values[weight]) / whole : 0;
}

/** The backward pass with its mistake. @param {Engine} engine */
export function backwardWrongly(engine) {
  const { net, units, acts, gradient, totalInput, output, sensitivity, delta, mistake } = engine;
  for (const members of units.toReversed()) {
    for (const v of members.toReversed()) {
      for (const l of net.outgoing[v].toReversed()) {
        const [blame, own] = handed(engine, l);
        sensitivity[v] = mistake === "one path" ? blame : sensitivity[v] + blame;
        gradient[net.links[l].weight] += own;
      }
    }
    const [v] = members;
    if (net.group[v] || isProduct(net, v)) turn(net, members, engine);
    else if (mistake === "slope forgotten") delta[v] = sensitivity[v];
    else delta[v] = sensitivity[v] * acts[v].slope(totalInput[v], output[v]);
  }
}
