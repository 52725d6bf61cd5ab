/* The verbs of a unit (a neuron, or a softmax group) on the numbers of all neurons. */

import { sum } from "./lists.js";
import { ACTIVATIONS, LOSSES } from "./tables.js";

const TINY = 1.2e-38;

/** @param {Network} net @param {number} v */
export const isKnown = (net, v) => Boolean(net.group[v] || ACTIVATIONS[net.activation[v]]);

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
  if (!net.group[v]) {
    const known = ACTIVATIONS[net.activation[v]];
    if (known) y[v] = known.value(z[v]);
    return 0;
  }
  const top = Math.max(...members.map((member) => z[member]));
  const whole = sum(members, (member) => Math.exp(z[member] - top));
  for (const member of members) y[member] = Math.exp(z[member] - top) / whole;
  return top + Math.log(whole);
}

/**
 * Blame for outputs becomes deltas.
 * @param {Network} net @param {number[]} members
 * @param {{totalInput: Numbers, output: Numbers, sensitivity: Numbers, delta: Numbers}} numbers
 */
export function turn(net, members, { totalInput, output, sensitivity, delta }) {
  const [v] = members;
  if (!net.group[v]) {
    const known = ACTIVATIONS[net.activation[v]];
    if (known) delta[v] = sensitivity[v] * known.slope(totalInput[v], output[v]);
    return;
  }
  const whole = sum(members, (member) => (output[member] + TINY) * sensitivity[member]);
  for (const member of members) {
    delta[member] = (output[member] + TINY) * sensitivity[member] - output[member] * whole;
  }
}

/**
 * The loss of one output: from its total input where the output may have saturated.
 * @param {Network} net @param {Loss} loss @param {number} v
 * @param {number} z @param {number} y @param {number} t
 * @param {number} logSum of the output's softmax group
 */
export function outputLoss(net, loss, v, z, y, t, logSum) {
  const group = Boolean(net.group[v]);
  const stable = loss.stable[group ? "softmax" : net.activation[v]];
  return stable ? stable(group ? z - logSum : z, t) : loss.value(y, t);
}
