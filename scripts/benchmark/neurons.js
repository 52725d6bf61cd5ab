/*
 * A net of neuron and link objects, in the manner of teaching programs that run in a browser: lists of
 * objects that point at each other, blame that is kept until an update. Written from the equations.
 */

class Synapse {
  constructor(from, to, weight) {
    Object.assign(this, { from, to, weight, blame: 0, lessons: 0 });
  }
}

class Cell {
  constructor(squash) {
    this.squash = squash;
    this.hears = [];
    this.tells = [];
    this.bias = 0;
    this.output = this.total = this.asked = this.delta = 0;
    this.blame = this.lessons = 0;
  }

  fire() {
    this.total = this.bias;
    for (const link of this.hears) this.total += link.weight * link.from.output;
    this.output = this.squash.value(this.total);
  }

  collect() {
    this.delta = this.asked * this.squash.slope(this.output);
    this.blame += this.delta;
    this.lessons += 1;
    for (const link of this.hears) {
      link.blame += this.delta * link.from.output;
      link.lessons += 1;
    }
  }

  move(rate) {
    this.bias -= (rate * this.blame) / this.lessons;
    this.blame = this.lessons = 0;
    for (const link of this.hears) {
      link.weight -= (rate * link.blame) / link.lessons;
      link.blame = link.lessons = 0;
    }
  }
}

const SQUASHES = {
  tanh: { value: Math.tanh, slope: (y) => 1 - y * y },
  sigmoid: { value: (z) => 1 / (1 + Math.exp(-z)), slope: (y) => y * (1 - y) },
  identity: { value: (z) => z, slope: () => 1 },
};

/** The net of a network file of ours; its bias is a number of each cell.
 * `layers`, and `weights`: what the links of the file weigh now. */
export function netOf({ nodes, links, inputs }) {
  const kinds = nodes.filter(({ activation }) => activation !== "one");
  const cells = new Map(kinds.map(({ id, activation }) => [id, new Cell(SQUASHES[activation])]));
  const synapses = links.map(({ source, target, weight }) => {
    const [from, to] = [cells.get(source), cells.get(target)];
    if (!from) {
      to.bias = weight;
      return { to };
    }
    const link = new Synapse(from, to, weight);
    from.tells.push(link);
    to.hears.push(link);
    return link;
  });
  const layers = [inputs.map((id) => cells.get(id))];
  while (layers.at(-1)[0].tells.length) layers.push(layers.at(-1)[0].tells.map(({ to }) => to));
  return { layers, weights: () => synapses.map(({ weight, to }) => weight ?? to.bias) };
}

/** One sample: forward, the squared error, back, and its update. */
export function learnSample({ layers }, inputs, targets, rate) {
  layers[0].forEach((cell, index) => (cell.output = inputs[index]));
  for (let layer = 1; layer < layers.length; layer++) for (const cell of layers[layer]) cell.fire();
  const last = layers.length - 1;
  layers[last].forEach((cell, index) => (cell.asked = cell.output - targets[index]));
  for (let layer = last; layer > 0; layer--) {
    for (const cell of layers[layer]) cell.collect();
    if (layer === 1) break;
    for (const cell of layers[layer - 1]) {
      cell.asked = 0;
      for (const link of cell.tells) cell.asked += link.weight * link.to.delta;
    }
  }
  for (let layer = 1; layer < layers.length; layer++) for (const cell of layers[layer]) cell.move(rate);
}
