/*
 * Rewiring: each edit takes a network file and gives another one; the weights that stay keep their
 * values. A loop is refused by name when the new file is wired.
 */

import { range } from "../lists.js";
import { freshWeight } from "./chance.js";

const FIRST_SIZE = 4; // of a layer where there was none

/** @typedef {{random: () => number, starts: Record<string, string>}} Drawing how new weights start */
/** @typedef {[source: string, target: string]} Pair */

/** @param {NetworkFile} file @returns {string[]} */
export const biasesOf = (file) =>
  file.nodes.filter(({ activation }) => activation === "one").map(({ id }) => id);

/** @param {NetworkFile} file @param {string} name */
const sourcesOf = (file, name) =>
  file.links.filter(({ target }) => target === name).map(({ source }) => source);

/** @param {NetworkFile} file @param {string} name */
const targetsOf = (file, name) =>
  file.links.filter(({ source }) => source === name).map(({ target }) => target);

/** h1, h2, ...: names that are free. @param {NetworkFile} file @param {number} count */
function freeNames(file, count) {
  const taken = new Set(file.nodes.map(({ id }) => id));
  const free = range(taken.size + count).map((index) => `h${index + 1}`);
  return free.filter((name) => !taken.has(name)).slice(0, count);
}

/** With further links, whose weights are drawn.
 * @param {NetworkFile} file @param {Pair[]} pairs @param {Drawing} drawing @returns {NetworkFile} */
function withLinks(file, pairs, drawing) {
  const fresh = pairs.map(([source, target]) => ({ source, target, weight: NaN }));
  return drawn({ ...file, links: [...file.links, ...fresh] }, drawing);
}

/** Weights that are not there yet are drawn; those of biases start at 0.
 * @param {NetworkFile} file @param {Drawing} drawing @returns {NetworkFile} */
function drawn(file, { random, starts }) {
  const biases = biasesOf(file);
  const kinds = new Map(file.nodes.map(({ id, activation }) => [id, activation]));
  const plain = file.links.filter(({ source }) => !biases.includes(source));
  /** @type {Map<number, number>} */
  const shared = new Map();
  /** @param {LinkEntry} link */
  const fresh = ({ source, target }) => {
    if (biases.includes(source)) return 0;
    const fanIn = plain.filter((other) => other.target === target).length;
    const fanOut = plain.filter((other) => other.source === source).length;
    return freshWeight({ start: starts[kinds.get(target) ?? ""], fanIn, fanOut }, random);
  };
  const links = file.links.map((link) => {
    if (!Number.isNaN(link.weight)) return link;
    const known = link.shared == null ? undefined : shared.get(link.shared);
    const weight = known ?? fresh(link);
    if (link.shared != null) shared.set(link.shared, weight);
    return { ...link, weight };
  });
  return { ...file, links };
}

/** @param {NetworkFile} file */
const productEntries = (file) => Object.entries(file.products ?? {});

/** Without these neurons and their links. @param {NetworkFile} file @param {string[]} names */
function without(file, names) {
  const kept = productEntries(file).filter(([name]) => !names.includes(name));
  for (const [name, factors] of kept) {
    const factor = factors.find((one) => names.includes(one));
    if (factor) throw Error(`${factor} is a factor of ${name}; it stays`);
  }
  const some = kept.length ? { products: Object.fromEntries(kept) } : { version: 1, products: undefined };
  return {
    ...file,
    ...(file.products ? some : {}),
    nodes: file.nodes.filter(({ id }) => !names.includes(id)),
    links: file.links.filter(
      ({ source, target }) => !names.includes(source) && !names.includes(target),
    ),
  };
}

/** A node after the last of these; first of all outputs where there is none.
 * @param {NetworkFile} file @param {NodeEntry[]} nodes @param {string[]} mates */
function withNodes(file, nodes, mates) {
  const last = file.nodes.findLastIndex(({ id }) => mates.includes(id));
  const at = last >= 0 ? last + 1 : file.nodes.findIndex(({ id }) => file.outputs.includes(id));
  return { ...file, nodes: file.nodes.toSpliced(at, 0, ...nodes) };
}

/**
 * One more neuron in a layer, linked as its mates are; alone where it is linked by hand.
 * @param {NetworkFile} file @param {string[]} mates @param {Drawing} drawing
 */
export function addNeuron(file, mates, drawing) {
  const [name] = freeNames(file, 1);
  const activation = file.nodes.find(({ id }) => id === mates[0])?.activation ?? "tanh";
  const wider = withNodes(file, [{ id: name, activation }], mates);
  const sources = new Set(mates.flatMap((mate) => sourcesOf(file, mate)));
  const targets = new Set(mates.flatMap((mate) => targetsOf(file, mate)));
  /** @type {Pair[]} */
  const pairs = [
    ...[...sources].map((source) => /** @type {Pair} */ ([source, name])),
    ...[...targets].map((target) => /** @type {Pair} */ ([name, target])),
  ];
  return withLinks(wider, pairs, drawing);
}

/** A neuron that only hears the biases: its links are drawn by hand.
 * @param {NetworkFile} file @param {string} activation @param {Drawing} drawing */
export function addLoneNeuron(file, activation, drawing) {
  const [name] = freeNames(file, 1);
  const wider = withNodes(file, [{ id: name, activation }], []);
  const pairs = biasesOf(file).map((bias) => /** @type {Pair} */ ([bias, name]));
  if (!pairs.length) throw Error("a neuron drawn by hand needs a bias to hear; this net has none");
  return withLinks(wider, pairs, drawing);
}

/** @param {NetworkFile} file @param {string} name */
export function removeNeuron(file, name) {
  if (file.inputs.includes(name) || file.outputs.includes(name)) {
    throw Error(`${name} is an input or an output; it stays`);
  }
  const rest = without(file, [name]);
  const lonely = rest.nodes.find(
    ({ id, activation }) =>
      !file.inputs.includes(id) && !["one", "product"].includes(activation) && !sourcesOf(rest, id).length,
  );
  if (lonely) throw Error(`${lonely.id} would hear nobody; link it to another neuron first`);
  return rest;
}

/**
 * A layer of its own before the outputs, as wide as the one before it.
 * @param {NetworkFile} file @param {string[]} last the hidden neurons before the outputs
 * @param {string} activation @param {Drawing} drawing
 */
export function addLayer(file, last, activation, drawing) {
  const biases = biasesOf(file);
  const names = freeNames(file, last.length || FIRST_SIZE);
  const sources = last.length ? last : file.inputs;
  const cut = file.links.filter(
    ({ source, target }) => !file.outputs.includes(target) || biases.includes(source),
  );
  const wider = withNodes({ ...file, links: cut }, names.map((id) => ({ id, activation })), last);
  /** @type {Pair[]} */
  const pairs = names.flatMap((name) => [
    ...[...sources, ...biases].map((source) => /** @type {Pair} */ ([source, name])),
    ...file.outputs.map((output) => /** @type {Pair} */ ([name, output])),
  ]);
  return withLinks(wider, pairs, drawing);
}

/**
 * Without the last hidden layer; who spoke to it speaks to those it spoke to.
 * @param {NetworkFile} file @param {string[]} last @param {Drawing} drawing
 */
export function removeLayer(file, last, drawing) {
  if (!last.length) throw Error("there is no hidden layer");
  const biases = biasesOf(file);
  const sources = new Set(last.flatMap((name) => sourcesOf(file, name)));
  const targets = new Set(last.flatMap((name) => targetsOf(file, name)));
  const rest = without(file, last);
  const pairs = [...sources]
    .filter((source) => !biases.includes(source) && !last.includes(source))
    .flatMap((source) => [...targets].map((target) => /** @type {Pair} */ ([source, target])))
    .filter(([source, target]) => !targetsOf(rest, source).includes(target));
  return withLinks(rest, pairs, drawing);
}

/** @param {NetworkFile} file @param {string} source @param {string} target @param {Drawing} drawing */
export function connect(file, source, target, drawing) {
  if (source === target) throw Error(`${source} cannot be linked to itself: that is a loop`);
  if (targetsOf(file, source).includes(target)) throw Error(`${source} -> ${target} is there already`);
  if (file.inputs.includes(target) || biasesOf(file).includes(target)) {
    throw Error(`${target} hears nobody: it is ${file.inputs.includes(target) ? "an input" : "a bias"}`);
  }
  if (productEntries(file).some(([name]) => name === target)) {
    throw Error(`${target} hears no links: it is a product`);
  }
  return withLinks(file, [[source, target]], drawing);
}

/** @param {NetworkFile} file @param {string} source @param {string} target */
export function cut(file, source, target) {
  if (sourcesOf(file, target).length < 2) {
    throw Error(`${target} would hear nobody; link it to another neuron first`);
  }
  const isOther = (/** @type {LinkEntry} */ link) => link.source !== source || link.target !== target;
  return { ...file, links: file.links.filter(isOther) };
}

/** @param {NetworkFile} file @param {string[]} names @param {string} activation */
export const setActivation = (file, names, activation) => ({
  ...file,
  nodes: file.nodes.map((node) =>
    names.includes(node.id) && node.activation !== "product" ? { ...node, activation } : node,
  ),
});

/** With other weights of its links; what is not named stays.
 * @param {NetworkFile} file @param {(link: LinkEntry) => Partial<LinkEntry>} change */
export const changedLinks = (file, change) => ({
  ...file,
  links: file.links.map((link) => ({ ...link, ...change(link) })),
});

/** All weights drawn anew, without memory; frozen ones stay.
 * @param {NetworkFile} file @param {Drawing} drawing @param {number} seed */
export function redrawn(file, drawing, seed) {
  const links = file.links.map(({ memory: _, ...link }) =>
    link.frozen ? link : { ...link, weight: NaN },
  );
  return drawn({ ...file, seed, links }, drawing);
}
