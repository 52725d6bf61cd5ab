/* The wiring of a network file (see lernpy/files): its entries become the header of a network. */

import { plain } from "../forms.js";
import { range } from "../lists.js";
import { REFUSALS } from "../tables.js";

const MOST_NAMED = 12; // units of a loop

/**
 * The header that `networkOf` reads, and the entry of each weight in the order of `network.weights`.
 * @param {NetworkFile} file
 * @param {Record<string, number>} steepest the sharpest slope of each activation
 * @returns {{header: Header, entries: LinkEntry[], weightOf: Map<LinkEntry, number>}}
 */
export function wired(file, steepest) {
  const names = file.nodes.map((node) => node.id);
  const index = new Map(names.map((name, number) => [name, number]));
  const at = (/** @type {string} */ name) => /** @type {number} */ (index.get(name));
  const units = unitsIn(file, at);
  const ends = file.links.map((entry) => ({ from: at(entry.source), to: at(entry.target), entry }));
  const products = Object.entries(file.products ?? {}).map(([name, factors]) => [at(name), ...factors.map(at)]);
  const factored = products.flatMap(([to, ...factors]) => [...new Set(factors)].map((from) => ({ from, to })));
  const leaving = range(names.length).map((v) => ends.filter(({ from }) => from === v));
  const edges = [...ends, ...factored];
  const ahead = range(names.length).map((v) => edges.filter(({ from }) => from === v));
  const arriving = range(names.length).map((v) => edges.filter(({ to }) => to === v).map(({ from }) => from));
  const generations = inGenerations(units, ahead, arriving, names);
  const links = generations.flat().flatMap((unit) => unit.flatMap((member) => leaving[member]));
  const { entries, weightOf } = distinctWeights(links.map(({ entry }) => entry));
  const kinds = [...new Set(file.nodes.map((node) => node.activation))];
  const groups = file.groups.map((group) => group.map(at));
  /** @param {number[]} unit */
  const numberOf = (unit) => {
    const group = groups.findIndex((members) => members[0] === unit[0]);
    return group < 0 ? unit[0] : -1 - group;
  };
  /** @type {Header} */
  const header = {
    names,
    activations: kinds.map((name) => ({ name, steepest: steepest[name] ?? null })),
    activation: file.nodes.map((node) => kinds.indexOf(node.activation)),
    inputs: file.inputs.map(at),
    outputs: file.outputs.map(at),
    biases: range(names.length).filter((v) => file.nodes[v].activation === "one"),
    groups,
    products,
    generations: generations.map((generation) => generation.map(numberOf)),
    links: links.map(({ from, to }) => [from, 1, to, 1]),
    weight_of: weightOf,
    n_links: links.length,
    n_weights: entries.length,
    weights: null,
    frozen: range(entries.length).filter((w) => entries[w].frozen),
    rules: range(entries.length)
      .filter((w) => isRuled(entries[w]))
      .map((w) => [w, entries[w].rate ?? 1, entries[w].low ?? null, entries[w].high ?? null]),
    gradients: null,
    unfinished: 0,
    loss: file.loss,
    share: 1,
    optimizer: file.optimizer,
    learning_rate: file.learning_rate ?? 0,
    l1: file.l1,
    l2: file.l2,
  };
  const weightOfEntry = new Map(links.map(({ entry }, number) => [entry, weightOf[number]]));
  return { header, entries, weightOf: weightOfEntry };
}

/** @param {LinkEntry} entry */
const isRuled = ({ rate, low, high }) => [rate, low, high].some((limit) => limit != null);

/** Neurons that act together, as they are declared: softmax groups, and each other one alone.
 * @param {NetworkFile} file @param {(name: string) => number} at */
function unitsIn(file, at) {
  const groups = file.groups.map((group) => group.map(at));
  return range(file.nodes.length)
    .map((v) => groups.find((members) => members.includes(v)) ?? [v])
    .filter((unit, number, all) => unit.length === 1 || all.indexOf(unit) === number);
}

/**
 * Units by the longest path from a source; within a generation as they were declared.
 * @param {number[][]} units @param {{to: number}[][]} leaving to whom each neuron speaks, as a factor, too
 * @param {number[][]} arriving who speaks to each neuron @param {string[]} names
 */
function inGenerations(units, leaving, arriving, names) {
  /** @type {number[]} */
  const unitOf = [];
  units.forEach((unit, number) => unit.forEach((member) => (unitOf[member] = number)));
  const waiting = units.map(() => 0);
  for (const { to } of leaving.flat()) waiting[unitOf[to]] += 1;
  /** @type {number[][][]} */
  const generations = [];
  let ready = range(units.length).filter((number) => waiting[number] === 0);
  while (ready.length) {
    generations.push(ready.map((number) => units[number]));
    /** @type {number[]} */
    const following = [];
    for (const { to } of ready.flatMap((number) => units[number]).flatMap((v) => leaving[v])) {
      waiting[unitOf[to]] -= 1;
      if (waiting[unitOf[to]] === 0) following.push(unitOf[to]);
    }
    ready = following.sort((a, b) => a - b);
  }
  const stuck = range(units.length).filter((number) => waiting[number] > 0);
  if (stuck.length) throw Error(loopIn(new Set(stuck), units, unitOf, arriving, names));
  return generations;
}

/**
 * Walk back among the units that wait for each other until one comes up again, as Python does.
 * @param {Set<number>} stuck @param {number[][]} units @param {number[]} unitOf
 * @param {number[][]} arriving who speaks to each neuron @param {string[]} names
 */
function loopIn(stuck, units, unitOf, arriving, names) {
  const first = (/** @type {number} */ unit) => names[units[unit][0]];
  let [unit] = [...stuck].sort((a, b) => (first(a) < first(b) ? -1 : 1));
  /** @type {number[]} */
  const walked = [];
  while (!walked.includes(unit)) {
    walked.push(unit);
    const before = units[unit].flatMap((v) => arriving[v]).map((v) => unitOf[v]);
    unit = /** @type {number} */ (before.find((one) => stuck.has(one)));
  }
  const loop = [unit, ...walked.slice(walked.indexOf(unit)).toReversed()].map((one) => {
    const members = units[one].map((v) => names[v]);
    return members.length > 1 ? `softmax(${members.join(", ")})` : members[0];
  });
  const named = loop.length > MOST_NAMED ? [...loop.slice(0, MOST_NAMED - 1), "...", loop[0]] : loop;
  return plain(REFUSALS.loop, { loop: named.join(" -> ") });
}

/** The distinct weights in the order of the links; links of one `shared` number have one.
 * @param {LinkEntry[]} links */
function distinctWeights(links) {
  /** @type {Map<number, number>} */
  const shared = new Map();
  /** @type {LinkEntry[]} */
  const entries = [];
  const weightOf = links.map((entry) => {
    const known = entry.shared == null ? undefined : shared.get(entry.shared);
    if (known != null) return known;
    if (entry.shared != null) shared.set(entry.shared, entries.length);
    return entries.push(entry) - 1;
  });
  return { entries, weightOf };
}
