/*
 * One lesson as WebAssembly, written when it is first needed: one operation after the other, no
 * look-ups left. Where a host forbids that, the loops of engine.js do the same, with the same bits.
 */

import { activate, turn } from "../maths.js";
import { TANHS } from "./tanh.js";
import { Assembler, added, constant, joined, load } from "./wasm.js";

const PAGE = 65536; // bytes

/** @typedef {import("./wasm.js").Bytes} Bytes */
/** @typedef {typeof import("./engine.js").expect} Expect */
/** @typedef {{engine: Engine, inputs: Numbers, targets: Numbers, rate: Numbers, tanhs: Numbers}} Inside */

/** @type {WebAssembly.Memory | undefined} of all programs: each brings its weights along */
let memory;

/** Products and portable maths have no WebAssembly. @param {Engine} engine */
const isOnlyLoops = ({ net, mistake, file }) => Boolean(mistake || file.maths || net.header.products?.length);

/** @param {Engine} engine @param {Expect} expect @returns {Program | null} */
export function programOf(engine, expect) {
  if (isOnlyLoops(engine)) return null;
  try {
    const inside = insideOf(engine);
    const { inputs, targets, rate } = inside;
    const walk = new Walk(inside, expect);
    const lesson = walk.code.made(walk.whole(), /** @type {WebAssembly.Memory} */ (memory));
    return { engine: inside.engine, inputs, targets, rate, movesWeights: walk.movesWeights, lesson };
  } catch {
    return null; // the host's policy, or an entry that is no formula
  }
}

/** All that may have changed since the program was written. @param {Program} program
 * @param {Engine} engine */
export function enter(program, { values, rate }) {
  program.engine.values.set(values);
  program.engine.gradient.fill(0);
  program.engine.rate = rate;
  program.rate[0] = rate;
}

/** The same as `collect` of engine.js. @param {Program} program @param {Samples} data
 * @param {ArrayLike<number>} order @param {number} first @param {number} end */
export function collectFast({ engine, inputs, targets, lesson }, data, order, first, end) {
  let total = 0;
  for (let at = first; at < end; at++) {
    const input = order[at] * inputs.length;
    const target = order[at] * targets.length;
    for (let index = 0; index < inputs.length; index++) inputs[index] = data.inputs[input + index];
    for (let index = 0; index < targets.length; index++) targets[index] = data.targets[target + index];
    total += lesson();
  }
  engine.samples = end - first;
  return total;
}

/** The engine with its numbers in the memory. @param {Engine} engine @returns {Inside} */
function insideOf(engine) {
  const { net, values } = engine;
  const sizes = {
    ...{ inputs: net.inputs.length, targets: net.outputs.length, rate: 1, tanhs: TANHS.length },
    ...{ values: values.length, gradient: values.length },
    ...{ totalInput: net.count, output: net.count, sensitivity: net.count, delta: net.count },
  };
  const count = Object.values(sizes).reduce((a, b) => a + b);
  if (!memory || memory.buffer.byteLength < 8 * count) {
    memory = new WebAssembly.Memory({ initial: Math.ceil((8 * count) / PAGE) });
  }
  const { buffer } = memory;
  let at = 0;
  const arrays = Object.entries(sizes).map(([name, size]) => {
    at += size;
    return [name, new Float64Array(buffer, 8 * (at - size), size)];
  });
  const { inputs, targets, rate, tanhs, ...numbers } = Object.fromEntries(arrays);
  tanhs.set(TANHS);
  return { engine: { ...engine, ...numbers }, inputs, targets, rate, tanhs };
}

/** @param {Numbers} numbers @param {number} index */
const address = (numbers, index) => numbers.byteOffset + 8 * index;

/** @param {Numbers} numbers @param {number} [index] */
const read = (numbers, index = 0) => load(address(numbers, index));

/** @param {Bytes} a @param {Bytes} b */
const times = (a, b) => joined("*", a, b);

/** The walk over the network, forward and back. */
class Walk {
  /** @param {Inside} inside @param {Expect} expect */
  constructor({ engine, inputs, targets, rate, tanhs }, expect) {
    const { net, values, isSingle, isFree, l1, l2 } = engine;
    this.engine = engine;
    this.feed = { inputs, targets, rate, expect };
    this.code = new Assembler(tanhs.byteOffset);
    /** Of each neuron what reads its total input, its output, its delta; and what the loss asks of it. */
    this.z = /** @type {Bytes[]} */ ([]);
    this.y = /** @type {Bytes[]} */ ([]);
    this.delta = /** @type {Bytes[]} */ ([]);
    this.asked = /** @type {Bytes[]} */ ([]);
    this.hasShares = net.outputs.some((v) => net.group[v]);
    /** Whether each weight takes its step as soon as its blame is known: nothing else asks for it. */
    this.movesWeights =
      isSingle && isFree && !l1 && !l2 && !engine.memory.length && values.length === net.links.length;
  }

  /** The loss of a lesson, and all that it takes. */
  whole() {
    const { sequence } = this.engine;
    for (const v of sequence) this.forward(v);
    const cost = this.hasShares ? this.shared() : this.cost();
    for (const v of sequence.toReversed()) this.backward(v);
    return cost;
  }

  /** @param {number} v */
  forward(v) {
    const { code, engine, z, y } = this;
    const { net, acts, values, totalInput, output } = engine;
    const position = net.inputs.indexOf(v);
    const terms = net.incoming[v].map((link) => {
      const { from, weight } = net.links[link];
      return times(read(values, weight), y[from]);
    });
    z[v] = code.keep(added(position < 0 ? terms : [read(this.feed.inputs, position), ...terms]));
    const members = net.group[v];
    if (!members) y[v] = code.keep(code.formula(acts[v].value, z[v]));
    if (this.hasShares || members) code.store(address(totalInput, v), z[v]);
    if (this.hasShares && !members) code.store(address(output, v), y[v]);
    if (members?.at(-1) !== v) return;
    const share = () => {
      const logSum = activate(net, members, totalInput, output);
      engine.logSums.set(members, logSum);
      return logSum;
    };
    code.keep(code.call(`share ${v}`, share));
    for (const member of members) y[member] = read(output, member);
  }

  /** The loss, and what it asks of each output. */
  cost() {
    const { code, engine, z, y, asked, feed } = this;
    const { net, loss } = engine;
    const share = constant(net.header.share);
    const terms = net.outputs.map((v, position) => {
      const target = read(feed.targets, position);
      const stable = loss.stable[net.activation[v]];
      const value = stable ? code.formula(stable, z[v], target) : code.formula(loss.value, y[v], target);
      asked[v] = code.keep(added([times(share, code.formula(loss.slope, y[v], target))]));
      return code.keep(times(share, value));
    });
    return code.keep(added(terms));
  }

  /** The same by the loops' own function, where members of a group take part. */
  shared() {
    const { code, engine, feed } = this;
    const cost = code.keep(code.call("expect", () => feed.expect(engine, feed.targets)));
    for (const v of engine.net.outputs) this.asked[v] = read(engine.sensitivity, v);
    return cost;
  }

  /** @param {number} v */
  backward(v) {
    const { code, engine, z, y, delta } = this;
    const { net, acts, values } = engine;
    const links = net.outgoing[v].toReversed().map((link) => net.links[link]);
    const terms = links.map(({ to, weight }) => times(read(values, weight), delta[to]));
    const blame = code.keep(added(this.asked[v] ? [this.asked[v], ...terms] : terms));
    const members = net.group[v];
    if (!members) delta[v] = code.keep(times(blame, code.formula(acts[v].slope, z[v], y[v])));
    else this.mix(v, members, blame);
    for (const { to, weight } of links) this.note(weight, times(y[v], delta[to]));
  }

  /** @param {number} v @param {number[]} members @param {Bytes} blame */
  mix(v, members, blame) {
    const { code, engine } = this;
    code.store(address(engine.sensitivity, v), blame);
    if (members[0] !== v) return;
    code.keep(code.call(`mix ${v}`, () => (turn(engine.net, members, engine), 0)));
    for (const member of members) this.delta[member] = read(engine.delta, member);
  }

  /** What a weight is to blame for: on top of the sum, or as its step. @param {number} w @param {Bytes} own */
  note(w, own) {
    const { code, engine, feed, movesWeights } = this;
    const { values, gradient, optimizer } = engine;
    if (!movesWeights) {
      code.store(address(gradient, w), joined("+", read(gradient, w), own));
      return;
    }
    const [value, index, mean] = [read(values, w), constant(w), code.keep(added([own]))];
    code.store(address(values, w), code.formula(optimizer.step, value, index, mean, read(feed.rate)));
  }
}
