/* The verbs of a unit (a neuron, or a softmax group) on the numbers of all neurons. */

import { sum } from "./lists.js";
import { isProduct, rest } from "./products.js";
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
  if (isProduct(net, v)) {
    z[v] = y[v] = rest(net, v, -1, y);
    return 0;
  }
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
  if (isProduct(net, v)) {
    delta[v] = sensitivity[v];
    net.factors[v].forEach((factor, at) => {
      sensitivity[factor] += delta[v] * rest(net, v, at, output);
    });
    return;
  }
  if (!net.group[v]) {
    const known = ACTIVATIONS[net.activation[v]];
    if (known) delta[v] = sensitivity[v] * known.slope(totalInput[v], output[v]);
    return;
  }
  const part = (/** @type {number} */ v) => (output[v] + TINY) * sensitivity[v];
  if (isApart(net, members)) {
    const { winner, others, share } = withoutWinner(members, totalInput, output);
    const handed = winner === undefined ? 0 : part(winner) * (restOf(members, winner, output) + TINY);
    const whole = sum(others, part);
    for (const member of others) {
      delta[member] = part(member) - output[member] * whole - share(member) * handed;
    }
    if (winner !== undefined) delta[winner] = handed - output[winner] * whole;
    return;
  }
  const whole = sum(members, part);
  for (const member of members) delta[member] = part(member) - output[member] * whole;
}

/**
 * Whether the loss asks for the rests of a group's shares: see lernpy/functions/softmax.py.
 * @param {Network} net @param {number[]} members
 */
const isApart = (net, members) =>
  Boolean(LOSSES[net.header.loss]?.restSlope) && members.some((v) => net.outputs.includes(v));

/**
 * 1 - p: of the member that holds more than half the sum of what the others hold.
 * @param {number[]} members @param {number} v @param {Numbers} y
 */
const restOf = (members, v, y) =>
  y[v] > 0.5 ? sum(members, (member) => (member === v ? 0 : y[member])) : 1 - y[v];

/**
 * What the others' shares would be without the member that holds more than half.
 * @param {number[]} members @param {Numbers} z @param {Numbers} y
 */
function withoutWinner(members, z, y) {
  const winner = members.find((member) => y[member] > 0.5);
  const others = members.filter((member) => member !== winner);
  const top = Math.max(...others.map((member) => z[member]));
  const whole = sum(others, (member) => Math.exp(z[member] - top));
  const share = (/** @type {number} */ v) => Math.exp(z[v] - top) / whole;
  return { winner, others, share, logSum: top + Math.log(whole) };
}

/**
 * The slope of the loss at one output.
 * @param {Network} net @param {Loss} loss @param {number} v @param {Numbers} y @param {number} t
 */
export function outputSlope(net, loss, v, y, t) {
  const members = net.group[v];
  return members && loss.restSlope
    ? loss.restSlope(y[v], restOf(members, v, y), t)
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
  const rest = y[v] > 0.5 ? withoutWinner(members, z, y).logSum : logSum + Math.log1p(-y[v]);
  return stable(z[v] - rest, t);
}
