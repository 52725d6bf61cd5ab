/*
 * The engine of the page: forward, backward and update on typed arrays, for any wiring.
 *
 * Sums run in the order of the forward pass, and back in its reverse, as the objects have it; so with
 * equal functions every number has the bits that Python's would have.
 */

import { range, zeros } from "../lists.js";
import { activate, outputLoss, outputSlope, penaltyOn, turn } from "../maths.js";
import { networkOf } from "../network.js";
import { ACTIVATIONS, LOSSES, OPTIMIZERS } from "../tables.js";
import { backwardWrongly } from "./mistakes.js";
import { collectFast, enter, programOf } from "./program.js";
import { wired } from "./wiring.js";

const SMALLEST = 2.3e-308;

/**
 * @param {NetworkFile} file @param {Record<string, number>} steepest
 * @returns {Engine}
 */
export function engineOf(file, steepest) {
  const { header, entries, weightOf } = wired(file, steepest);
  const net = networkOf(header);
  const loss = LOSSES[file.loss];
  header.share = loss.mean ? 1 / net.outputs.length : 1;
  const optimizer = OPTIMIZERS[file.optimizer.name];
  const rate = (header.learning_rate = file.learning_rate ?? optimizer.rate);
  const slots = range(optimizer.memory(rate).length);
  const units = net.order.filter(({ kind }) => kind !== "link").map(({ members }) => members);
  const acts = net.activation.map((name) => ACTIVATIONS[name]);
  const groups = net.neurons.map((v) => (acts[v] ? undefined : (net.group[v] ?? [v]))); // or a product
  /** @param {(entry: LinkEntry) => number} pick */
  const column = (pick) => Float64Array.from(entries, pick);
  return {
    ...{ file, weightOf, net, loss, optimizer, rate, l1: file.l1, l2: file.l2 },
    options: Object.values({ ...optimizer.options, ...file.optimizer.options }),
    acts,
    units,
    sequence: Int32Array.from(units.flat()),
    squash: acts.map((act) => act?.value),
    slope: acts.map((act) => act?.slope),
    groupStartingAt: groups.map((members, v) => (members?.[0] === v ? members : undefined)),
    groupEndingAt: groups.map((members, v) => (members?.at(-1) === v ? members : undefined)),
    arriving: fanOf(net, net.incoming, (link) => link.from),
    leaving: fanOf(net, net.outgoing.map((links) => links.toReversed()), (link) => link.to),
    samples: 0,
    totalInput: zeros(net.count),
    output: zeros(net.count),
    sensitivity: zeros(net.count),
    delta: zeros(net.count),
    logSums: new Map(),
    values: column((entry) => entry.weight),
    gradient: zeros(entries.length),
    memory: slots.map((slot) => column((entry) => entry.memory?.[slot] ?? 0)),
    isFresh: Uint8Array.from(entries, (entry) => Number(!entry.memory?.length)),
    isFrozen: Uint8Array.from(entries, (entry) => Number(entry.frozen ?? false)),
    rates: column((entry) => entry.rate ?? 1),
    low: column((entry) => entry.low ?? -Infinity),
    high: column((entry) => entry.high ?? Infinity),
    isExempt: Uint8Array.from(net.holders, (links) =>
      Number(links.some((link) => net.isBias[net.links[link].from])),
    ),
    isFree: header.rules.length + header.frozen.length === 0,
    program: undefined,
    isSingle: false,
    mistake: "",
  };
}

/** The links of each neuron side by side: where its own begin, their other ends, their weights.
 * @param {Network} net @param {number[][]} lists @param {(link: Link) => number} end
 * @returns {Fan} */
function fanOf(net, lists, end) {
  const links = lists.flat().map((link) => net.links[link]);
  const starts = Int32Array.from([0, ...lists.map((list) => list.length)]);
  for (let v = 1; v < starts.length; v++) starts[v] += starts[v - 1];
  return {
    starts,
    ends: Int32Array.from(links, end),
    weights: Int32Array.from(links, (link) => link.weight),
  };
}

/** The network as it is now, as a file. @param {Engine} engine @returns {NetworkFile} */
export function fileOf(engine) {
  const { file, weightOf, rate, l1, l2, values, memory, isFresh, isFrozen } = engine;
  const links = file.links.map((link) => {
    const w = /** @type {number} */ (weightOf.get(link));
    const { memory: _, frozen: __, ...rest } = link;
    return {
      ...rest,
      weight: values[w],
      ...(isFrozen[w] ? { frozen: true } : {}),
      ...(isFresh[w] || !memory.length ? {} : { memory: memory.map((slot) => slot[w]) }),
    };
  });
  return { ...file, learning_rate: rate, l1, l2, links };
}

/** The state that learning changes, copied. @param {Engine} engine @returns {Weights} */
export const weightsOf = ({ values, memory, isFresh }) => ({
  values: values.slice(),
  memory: memory.map((slot) => slot.slice()),
  isFresh: isFresh.slice(),
});

/** @param {Engine} engine @param {Weights} weights */
export function restore(engine, { values, memory, isFresh }) {
  engine.values.set(values);
  engine.memory.forEach((slot, index) => slot.set(memory[index]));
  engine.isFresh.set(isFresh);
}

/* --- one sample --- */

/** @param {Engine} engine @param {ArrayLike<number>} inputs @param {number} [at] of the first */
export function forward(engine, inputs, at = 0) {
  const { net, sequence, squash, groupEndingAt, values, totalInput, output } = engine;
  const { starts, ends, weights } = engine.arriving;
  totalInput.fill(0);
  for (const v of net.inputs) totalInput[v] += inputs[at++];
  for (let position = 0; position < sequence.length; position++) {
    const v = sequence[position];
    const stop = starts[v + 1];
    let total = totalInput[v];
    for (let link = starts[v]; link < stop; link++) total += values[weights[link]] * output[ends[link]];
    totalInput[v] = total;
    const members = groupEndingAt[v];
    if (squash[v]) output[v] = squash[v](total); // else of a softmax group, or a product
    else if (members) engine.logSums.set(members, activate(net, members, totalInput, output));
  }
}

/**
 * Tell each output its blame for missing its target; the loss without the penalty.
 * @param {Engine} engine @param {ArrayLike<number>} targets @param {number} [at] of the first
 */
export function expect(engine, targets, at = 0) {
  const { net, loss, totalInput, output, sensitivity, logSums } = engine;
  const { share } = net.header;
  if (engine.mistake !== "not cleared") sensitivity.fill(0);
  let total = 0;
  for (const v of net.outputs) {
    const target = targets[at++];
    const group = net.group[v];
    const logSum = group ? (logSums.get(group) ?? 0) : 0;
    total += share * outputLoss(net, loss, v, totalInput, output, target, logSum);
    sensitivity[v] += share * outputSlope(net, loss, v, output, target);
  }
  engine.samples += 1;
  return total;
}

/** All blame of the pass is collected, with the old weights; nothing moves. @param {Engine} engine */
export function backward(engine) {
  if (engine.mistake) {
    backwardWrongly(engine);
    return;
  }
  const { net, sequence, slope, groupStartingAt, values, gradient } = engine;
  const { totalInput, output, sensitivity, delta } = engine;
  const { starts, ends, weights } = engine.leaving;
  for (let position = sequence.length - 1; position >= 0; position--) {
    const v = sequence[position];
    const stop = starts[v + 1];
    const own = output[v];
    let blame = sensitivity[v];
    for (let link = starts[v]; link < stop; link++) {
      const w = weights[link];
      const ahead = delta[ends[link]];
      blame += values[w] * ahead;
      gradient[w] += own * ahead;
    }
    sensitivity[v] = blame;
    const members = groupStartingAt[v];
    if (slope[v]) delta[v] = blame * slope[v](totalInput[v], own);
    else if (members) turn(net, members, engine);
  }
}

/* --- the weights --- */

/** The penalty for large weights. @param {Engine} engine */
export const penaltyOf = ({ values, isExempt, l1, l2 }) => penaltyOn(values, isExempt, l1, l2);

/**
 * What a weight remembers before its first step. What has shrunk to less than any normal number (Adam's
 * products of decays do) becomes 0, which no weight can tell: else each step takes ten times as long.
 * @param {Engine} engine
 */
function refresh({ isFresh, isFrozen, memory, optimizer, rate }) {
  for (const slot of memory) {
    for (let w = 0; w < slot.length; w++) if (Math.abs(slot[w]) < SMALLEST) slot[w] = 0;
  }
  if (!memory.length || !isFresh.includes(1)) return;
  const fresh = optimizer.memory(rate);
  for (let w = 0; w < isFresh.length; w++) {
    if (!isFresh[w] || isFrozen[w]) continue;
    fresh.forEach((number, slot) => (memory[slot][w] = number));
    isFresh[w] = 0;
  }
}

/** Move every weight by its mean blame over the samples since the last update.
 * @param {Engine} engine */
export function moveWeights(engine) {
  refresh(engine);
  move(engine);
}

/** @param {Engine} engine */
function move(engine) {
  const { values, gradient, memory, options, optimizer, rate, rates, low, high } = engine;
  const { isFree, isFrozen, isExempt, l1, l2, samples } = engine;
  const { step, move: moveWithin } = optimizer;
  for (let w = 0; w < values.length; w++) {
    const mean = gradient[w] / samples;
    if (isFree && !l1 && !l2) {
      step(values, w, mean, rate, memory, options);
      continue;
    }
    const pull1 = isExempt[w] ? 0 : l1;
    const pull2 = isExempt[w] ? 0 : l2;
    moveWithin(values, w, mean, rate, memory, options, pull1, pull2, isFrozen[w], rates[w], low[w], high[w]);
  }
  gradient.fill(0);
  engine.samples = 0;
}

/* --- many samples --- */

/**
 * Learn the samples `order[first]` ... `order[end - 1]`, `size` to an update; the sum of their losses,
 * each as it was before its update, penalty included.
 * @param {Engine} engine @param {Samples} data @param {ArrayLike<number>} order
 * @param {number} first @param {number} end @param {number} size
 */
export function learn(engine, data, order, first, end, size) {
  refresh(engine);
  if (engine.program === undefined || engine.isSingle !== (size === 1)) {
    engine.isSingle = size === 1;
    if (engine.program !== null) engine.program = programOf(engine, expect);
  }
  const { program } = engine;
  const learner = program ? program.engine : engine;
  if (program) enter(program, engine);
  let total = 0;
  for (let start = first; start < end; start += size) {
    const stop = Math.min(start + size, end);
    const penalty = penaltyOf(learner) * (stop - start);
    const losses = program
      ? collectFast(program, data, order, start, stop)
      : collect(engine, data, order, start, stop);
    total += penalty + losses;
    if (!program?.movesWeights) move(learner);
  }
  if (program) engine.values.set(learner.values);
  return total;
}

/**
 * The blame of some samples on top of what is collected; the sum of their losses without penalty.
 * @param {Engine} engine @param {Samples} data @param {ArrayLike<number>} order
 * @param {number} first @param {number} end
 */
export function collect(engine, data, order, first, end) {
  const { inputs, outputs } = engine.net;
  let total = 0;
  for (let at = first; at < end; at++) {
    forward(engine, data.inputs, order[at] * inputs.length);
    total += expect(engine, data.targets, order[at] * outputs.length);
    backward(engine);
  }
  return total;
}

/** @param {Samples} samples @param {number} index @param {number} wide */
export const inputsAt = ({ inputs }, index, wide) =>
  inputs.subarray(index * wide, (index + 1) * wide);
