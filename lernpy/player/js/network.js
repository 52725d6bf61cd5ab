/* The network of a trace: links, order, and the steps of a whole lesson. */

import { range } from "./lists.js";
import { addProducts } from "./products.js";

export const PHASE = { feed: 0, forward: 1, cost: 2, backward: 3, update: 4 };
const MOST_SINGLE_UPDATES = 60;

/** @param {Header} header @returns {Network} */
export function networkOf(header) {
  const { names, inputs, outputs, biases } = header;
  const neurons = range(names.length);
  const kinds = header.activation.map((index) => header.activations[index]);
  const links = linksOf(header);
  /** @type {Network} */
  const net = {
    ...{ header, names, count: names.length, neurons, links, inputs, outputs },
    isInput: neurons.map((v) => inputs.includes(v)),
    isBias: neurons.map((v) => biases.includes(v)),
    activation: kinds.map((kind) => kind.name),
    steepest: kinds.map((kind) => kind.steepest || 1),
    group: neurons.map((v) => header.groups.find((members) => members.includes(v))),
    factors: [],
    multiplied: [],
    generation: [],
    order: [],
    incoming: neurons.map(() => []),
    outgoing: neurons.map(() => []),
    holders: range(header.n_weights).map(() => []),
    steps: [],
    times: { cost: 0, link: [[], []], neuron: [[], []], weight: [] },
  };
  links.forEach(({ from, to, weight }, link) => {
    net.outgoing[from].push(link);
    net.incoming[to].push(link);
    net.holders[weight].push(link);
  });
  addProducts(net);
  addOrder(net);
  addSteps(net);
  return net;
}

/** @param {Header} header @returns {Link[]} */
function linksOf(header) {
  /** @type {Link[]} */
  const links = [];
  for (const [firstFrom, fromCount, firstTo, toCount] of header.links) {
    for (let from = firstFrom; from < firstFrom + fromCount; from++) {
      for (let to = firstTo; to < firstTo + toCount; to++) {
        const weight = header.weight_of ? header.weight_of[links.length] : links.length;
        links.push({ from, to, weight });
      }
    }
  }
  return links;
}

/** Each unit, then its outgoing links. @param {Network} net */
function addOrder(net) {
  net.header.generations.forEach((units, generation) => {
    for (const unit of units) {
      const members = unit < 0 ? net.header.groups[-1 - unit] : [unit];
      const kind = unit < 0 ? "group" : "neuron";
      net.order.push({ kind, link: -1, members, generation });
      for (const v of members) {
        net.generation[v] = generation;
        for (const link of net.outgoing[v]) {
          net.order.push({ kind: "link", link, members, generation });
        }
      }
    }
  });
}

/** @param {Network} net */
function addSteps(net) {
  const { order, times, steps } = net;
  const parts = order.length;
  const plain = { back: false, link: -1, members: [], generation: undefined, weights: [] };
  /** @param {Part} part @param {boolean} back @param {number} at */
  const addPart = (part, back, at) => {
    const way = back ? 1 : 0;
    if (part.kind === "link") times.link[way][part.link] = at;
    else for (const v of part.members) times.neuron[way][v] = at;
    const phase = back ? PHASE.backward : PHASE.forward;
    steps.push({ ...plain, ...part, phase, at, back });
  };
  steps.push({ ...plain, kind: "start", phase: PHASE.feed, at: 1 });
  steps.push({ ...plain, kind: "feed", phase: PHASE.feed, at: 2 });
  order.forEach((part, index) => addPart(part, false, 3 + index));
  times.cost = parts + 3;
  steps.push({ ...plain, kind: "cost", phase: PHASE.cost, at: times.cost });
  order.toReversed().forEach((part, index) => addPart(part, true, parts + 4 + index));

  const weights = range(net.header.n_weights);
  const moves = weights.length > MOST_SINGLE_UPDATES ? [weights] : weights.map((w) => [w]);
  for (const some of moves) {
    const at = 2 * parts + 4 + some[0] / weights.length;
    for (const w of some) times.weight[w] = at;
    steps.push({ ...plain, kind: "update", phase: PHASE.update, at, weights: some });
  }
}

/** @param {Network} net @param {number} link @param {string} [arrow] */
export function linkName(net, link, arrow = " → ") {
  const { from, to } = net.links[link];
  return net.names[from] + arrow + net.names[to];
}

/** Which of the outputs this neuron is, or -1. @param {Network} net @param {number} v */
export const outputIndex = (net, v) => net.outputs.indexOf(v);

/** The name of a part by its id, "l3" or "v2". @param {Network} net @param {string} id */
export const partName = (net, id) =>
  id[0] === "l" ? linkName(net, Number(id.slice(1)), "->") : net.names[Number(id.slice(1))];

/** @param {Network} net */
export const partIds = (net) => [
  ...net.links.map((_, link) => `l${link}`),
  ...net.neurons.map((v) => `v${v}`),
];
