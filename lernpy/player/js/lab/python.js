/* The same in Python: what to paste. */

import { OPTIMIZERS } from "../tables.js";

const UNITS = ["one", "softmax", "product"]; // said in another way

/** @param {unknown} value as Python writes it */
const literal = (value) => JSON.stringify(value);

/**
 * @param {NetworkFile} file @param {Dataset} set @param {Settings} settings @param {number} epoch
 * @param {string[][]} layers the neurons by generation, without biases
 */
export function pythonOf(file, set, settings, epoch, layers) {
  const { rate, batch, l1, l2, split, seed } = settings;
  const { name, options: chosen } = file.optimizer;
  const options = Object.entries(chosen)
    .filter(([key, value]) => value !== OPTIMIZERS[name].options[key])
    .map(([key, value]) => `${literal(key)}: ${value}`);
  const rule = options.length
    ? `(${literal(name)}, {${options.join(", ")}})`
    : literal(name);
  const about = [
    `loss=${literal(file.loss)}`,
    `optimizer=${rule}`,
    `learning_rate=${rate}`,
    ...(l1 ? [`l1=${l1}`] : []),
    ...(l2 ? [`l2=${l2}`] : []),
    `seed=${file.seed ?? seed}`,
    ...(file.maths ? [`maths=${literal(file.maths)}`] : []),
  ];
  return [
    "import lernpy",
    "",
    `data = ${set.python.replace("{noise}", String(settings.noise))}`,
    ...(isLayered(file, layers) ? layeredLines(file, layers, about) : edgeLines(file, about)),
    `history = lernpy.train(net, data, epochs=${Math.max(epoch, 1)}, batch_size=${batch || "None"},` +
      ` validation=${split}, seed=${seed})`,
    "# the page shuffles in its own way; for its very weights: Save there, then lernpy.load here",
    "",
  ].join("\n");
}

/** Whether each layer hears all of the one before it, and the biases.
 * @param {NetworkFile} file @param {string[][]} layers */
function isLayered(file, layers) {
  const biases = file.nodes.filter(({ activation }) => activation === "one").map(({ id }) => id);
  const pairs = layers
    .slice(1)
    .flatMap((layer, index) =>
      layer.flatMap((name) => [...layers[index], ...biases].map((from) => `${from}\n${name}`)),
    );
  const have = new Set(file.links.map(({ source, target }) => `${source}\n${target}`));
  const kinds = (/** @type {string[]} */ layer) =>
    new Set(file.nodes.filter(({ id }) => layer.includes(id)).map(({ activation }) => activation));
  const hidden = layers.slice(1, -1).flat();
  return (
    !file.products &&
    biases.length === 1 &&
    have.size === pairs.length &&
    pairs.every((pair) => have.has(pair)) &&
    kinds(hidden).size < 2
  );
}

/** @param {NetworkFile} file @param {string[][]} layers @param {string[]} about */
function layeredLines(file, layers, about) {
  const kind = (/** @type {string} */ name) =>
    literal(file.nodes.find(({ id }) => id === name)?.activation);
  const sizes = layers.map((layer) => layer.length).join(", ");
  const hidden = layers.slice(1, -1).flat();
  const kinds = [
    ...(hidden.length ? [`activation=${kind(hidden[0])}`] : []),
    `output_activation=${kind(file.outputs[0])}`,
  ];
  return [`net = lernpy.layered([${sizes}], ${[...kinds, ...about].join(", ")})`];
}

/** @param {NetworkFile} file @param {string[]} about */
function edgeLines(file, about) {
  const pairs = file.links.map(({ source, target }) => `(${literal(source)}, ${literal(target)})`);
  const kinds = file.nodes
    .filter(({ id, activation }) => !UNITS.includes(activation) && !file.inputs.includes(id))
    .map(({ id, activation }) => `${literal(id)}: ${literal(activation)}`);
  const biases = file.nodes.filter(({ activation }) => activation === "one").map(({ id }) => id);
  return [
    "net = lernpy.from_edges(",
    `    [${pairs.join(", ")}],`,
    `    inputs=${literal(file.inputs)}, outputs=${literal(file.outputs)}, biases=${literal(biases)},`,
    `    activations={${kinds.join(", ")}}, softmax=${literal(file.groups)},`,
    ...(file.products ? [`    products=${literal(file.products)},`] : []),
    `    ${about.join(", ")},`,
    ")",
  ];
}
