/* The verbs of a unit (a neuron, or a softmax group) on the numbers of all neurons. */

import { blameFactors, isProduct, multiply } from "./products.js";
import { ACTIVATIONS, LOSSES, SOFTMAX } from "./tables.js";

/** The numbers of the members alone. @param {number[]} members @param {Numbers} numbers */
const of = (members, numbers) => members.map((member) => numbers[member]);

/** @param {Network} net @param {number} v */
export const isKnown = (net, v) =>
  Boolean(net.group[v] || isProduct(net, v) || ACTIVATIONS[net.activation[v]]);

/** Functions of the network that were recorded but cannot be recomputed. @param {Network} net */
export function unknownFunctions(net) {
  const names = net.neurons.filter((v) => !isKnown(net, v)).map((v) => net.activation[v]);
  if (!LOSSES[net.header.loss]) names.push(net.header.loss);
  return [...new Set(names)];
}

/**
 * Total inputs become outputs. What is not known keeps its recorded output.
 * Returns ln of the whole that a softmax group shares.
 * @param {Network} net @param {number[]} members @param {Numbers} z @param {Numbers} y
 */
export function activate(net, members, z, y) {
  const [v] = members;
  if (isProduct(net, v)) return multiply(net, v, z, y);
  if (!net.group[v]) {
    const known = ACTIVATIONS[net.activation[v]];
    if (known) y[v] = known.value(z[v]);
    return 0;
  }
  const [shares, logSum] = SOFTMAX.shares(of(members, z));
  members.forEach((member, i) => (y[member] = shares[i]));
  return logSum;
}

/**
 * Blame for outputs becomes deltas.
 * @param {Network} net @param {number[]} members
 * @param {{totalInput: Numbers, output: Numbers, sensitivity: Numbers, delta: Numbers}} numbers
 */
export function turn(net, members, { totalInput, output, sensitivity, delta }) {
  const [v] = members;
  if (isProduct(net, v)) return blameFactors(net, v, { output, sensitivity, delta });
  if (!net.group[v]) {
    const known = ACTIVATIONS[net.activation[v]];
    if (known) delta[v] = sensitivity[v] * known.slope(totalInput[v], output[v]);
    return;
  }
  const [z, y, s] = [totalInput, output, sensitivity].map((numbers) => of(members, numbers));
  const deltas = isApart(net, members) ? SOFTMAX.mixed_apart(z, y, s) : SOFTMAX.mixed(y, s);
  members.forEach((member, i) => (delta[member] = deltas[i]));
}

/**
 * Whether the loss asks for the rests of a group's shares: see lernpy/functions/softmax.py.
 * @param {Network} net @param {number[]} members
 */
const isApart = (net, members) =>
  Boolean(LOSSES[net.header.loss]?.restSlope) && members.some((v) => net.outputs.includes(v));

/**
 * The slope of the loss at one output.
 * @param {Network} net @param {Loss} loss @param {number} v @param {Numbers} y @param {number} t
 */
export function outputSlope(net, loss, v, y, t) {
  const members = net.group[v];
  return members && loss.restSlope
    ? loss.restSlope(y[v], SOFTMAX.rests(of(members, y))[members.indexOf(v)], t)
    : loss.slope(y[v], t);
}

/**
 * The loss of one output: from its total input where the output may have saturated.
 * @param {Network} net @param {Loss} loss @param {number} v
 * @param {Numbers} z @param {Numbers} y @param {number} t
 * @param {number} logSum of the output's softmax group
 */
export function outputLoss(net, loss, v, z, y, t, logSum) {
  const members = net.group[v];
  const stable = loss.stable[members ? "softmax" : net.activation[v]];
  if (!stable) return loss.value(y[v], t);
  if (!members) return stable(z[v], t);
  if (!loss.restSlope) return stable(z[v] - logSum, t);
  const leads = SOFTMAX.leads(of(members, z), of(members, y));
  return stable(leads[members.indexOf(v)], t);
}

/**
 * The penalty for large weights: l1 sum |w| + l2/2 sum w².
 * @param {ArrayLike<number>} weights @param {ArrayLike<boolean | number>} isExempt those of biases
 * @param {number} l1 @param {number} l2
 */
export function penaltyOn(weights, isExempt, l1, l2) {
  if (!l1 && !l2) return 0;
  let sizes = 0;
  let squares = 0;
  for (let w = 0; w < weights.length; w++) {
    if (isExempt[w]) continue;
    sizes += Math.abs(weights[w]);
    squares += weights[w] * weights[w];
  }
  return l1 * sizes + (l2 / 2) * squares;
}
