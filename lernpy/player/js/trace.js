/* The trace (see FORMAT.md) becomes a recording: the numbers of every sample, as far as known. */

import { table, unrolled } from "./blocks.js";
import { range, zeros } from "./lists.js";
import { activate, penaltyOn, turn } from "./maths.js";
import { networkOf } from "./network.js";
import { OPTIMIZERS } from "./tables.js";

const FORMAT = "lernpy-trace/1";
const FREE = { rate: 1, low: -Infinity, high: Infinity };
const HYPERPARAMETERS = ["optimizer", "rate", "low", "high"];

/** @param {Trace} trace @returns {Recording} */
export function recordingOf(trace) {
  if (trace.format !== FORMAT) throw Error(`this player reads ${FORMAT}, not ${trace.format}`);
  const net = networkOf(trace.network);
  const { header } = net;
  /** @type {Recording} */
  const recording = {
    ...{ net, trace, samples: [], epochs: 0, cache: new Map() },
    plain:
      header.optimizer.name === "sgd" &&
      !trace.edits.some((edit) => HYPERPARAMETERS.includes(edit.name)),
    exempt: net.holders.map((links) => links.some((link) => net.isBias[net.links[link].from])),
    rules: new Map(
      header.rules.map(([w, rate, low, high]) => [
        w,
        { rate, low: low ?? -Infinity, high: high ?? Infinity },
      ]),
    ),
  };
  readSamples(recording);
  recording.epochs = recording.samples[trace.samples.count - 1].epoch.which + 1;
  return recording;
}

/** One number for each sample. @param {Block | number | null} packed @param {number} count */
function perSample(packed, count) {
  if (packed && typeof packed === "object") return table(packed).all;
  return zeros(count).fill(packed ?? 1);
}

/** Once through all samples, from weights to weights. @param {Recording} recording */
function readSamples(recording) {
  const { net, trace } = recording;
  const { samples, detail, network: header } = trace;
  const { count } = samples;
  const inputs = table(samples.inputs);
  const targets = table(samples.targets);
  const loss = table(samples.loss).all;
  const rates = perSample(samples.rate, count);
  const sampleWeights = perSample(samples.importance, count);
  const batches = unrolled(samples.batches);
  const epochs = unrolled(samples.epochs);
  const cut = new Map(samples.cut);
  const weightsAt = detail.weights_at && table(detail.weights_at);
  const steps = detail.steps && table(detail.steps);
  const fill = numbersReader(recording);
  const whole = 2 * net.order.length + 3;
  const collected = header.gradients ? table(header.gradients).all : zeros(header.n_weights);
  const frozen = new Set(header.frozen);
  let weights = header.weights && table(header.weights).all;
  let seen = header.unfinished;
  let from = 0;
  let nextEdit = 0;
  recording.samples = range(count).map((index) => {
    const { first, fresh, last } = batches[index];
    const size = cut.get(index) ?? whole + Number(last);
    const row = detail.samples.indexOf(index);
    weights = row >= 0 && weightsAt ? weightsAt.row(row).slice() : weights && weights.slice();
    /** @type {Edit[]} */
    const edits = [];
    for (; trace.edits[nextEdit]?.at < from + size; nextEdit++) {
      const edit = trace.edits[nextEdit];
      if (edit.at <= from) apply(edit, weights, frozen);
      else edits.push(edit);
    }
    const starts = fresh && first;
    if (starts) seen = 0;
    if (!seen) collected.fill(0);
    seen += 1;
    /** @type {Sample} */
    const sample = {
      ...{ index, from, size, detail: row, epoch: epochs[index], edits, seen, weights },
      ...{ inputs: inputs.row(index), targets: targets.row(index), loss: loss[index] },
      ...{ sampleWeight: sampleWeights[index], rate: rates[index], fresh: starts },
      frozen: new Set(frozen),
      carried: seen > 1 ? collected.slice() : null,
      ...{ totalInput: zeros(net.count), output: zeros(net.count) },
      ...{ sensitivity: zeros(net.count), delta: zeros(net.count) },
      ...{ old: null, new: null, collected, moves: null, derived: null },
    };
    from += size;
    fill(sample);
    if (!weights) return sample;
    for (const link of net.links) {
      collected[link.weight] += sample.output[link.from] * sample.delta[link.to];
    }
    weights = sample.old = weights.slice();
    for (const edit of edits) apply(edit, weights, frozen);
    if (size <= whole) return sample;
    sample.collected = collected.slice();
    update(recording, sample, weights, frozen, row >= 0 && steps ? steps.row(row) : null);
    weights = sample.new;
    seen = 0;
    return sample;
  });
}

/** What is done to the network by hand. @param {Edit} edit @param {Numbers | null} weights
 * @param {Set<number>} frozen */
function apply(edit, weights, frozen) {
  if (edit.name === "value" && edit.what === "weight" && weights) {
    weights[edit.index] = Number(edit.value);
  }
  if (edit.name === "frozen") frozen[edit.value ? "add" : "delete"](edit.index);
}

/** Puts in what was recorded of a sample, and what a long trace leaves to its reader.
 * @param {Recording} recording */
function numbersReader({ net, trace }) {
  const { samples } = trace;
  const units = net.order.filter((part) => part.kind !== "link");
  const loose = net.neurons.filter((v) => !samples.recorded.includes(v));
  /** @type {["totalInput" | "output" | "sensitivity" | "delta", Block | null][]} */
  const columns = [
    ["totalInput", samples.total_input],
    ["output", samples.output],
    ["sensitivity", samples.sensitivity],
    ["delta", samples.delta],
  ];
  const tables = columns.map(([, block]) => block && table(block));
  return (/** @type {Sample} */ sample) => {
    columns.forEach(([quantity], column) => {
      const row = tables[column]?.row(sample.index);
      if (row) samples.recorded.forEach((v, position) => (sample[quantity][v] = row[position]));
    });
    for (const v of loose) {
      if (net.isBias[v]) sample.output[v] = 1;
      else sample.output[v] = sample.totalInput[v] = sample.inputs[net.inputs.indexOf(v)];
    }
    if (!samples.output) {
      for (const { members } of units) activate(net, members, sample.totalInput, sample.output);
    }
    if (!samples.delta) for (const { members } of units) turn(net, members, sample);
  };
}

/**
 * The weights move: as recorded, or as plain gradient descent has it.
 * @param {Recording} recording @param {Sample} sample @param {Numbers} old
 * @param {Set<number>} frozen @param {Numbers | null} recorded
 */
function update(recording, sample, old, frozen, recorded) {
  const { rules } = recording;
  const rule = recording.plain ? OPTIMIZERS[recording.net.header.optimizer.name] : undefined;
  const { l1, l2 } = recording.net.header;
  const moved = old.slice();
  /** @param {number} w */
  const move = (w) => {
    const { rate, low, high } = rules.get(w) ?? FREE;
    const pull = recording.exempt[w] ? [0, 0] : [l1, l2];
    const limits = [Number(frozen.has(w)), rate, low, high];
    const gradient = sample.collected[w] / sample.seen;
    rule?.move(moved, w, gradient, sample.rate, [], [], .../** @type {Limits} */ ([...pull, ...limits]));
    return moved[w] - old[w];
  };
  const wanted = rule ? old.map((_, w) => move(w)) : null;
  sample.moves = recorded ?? wanted;
  if (recorded) sample.derived = wanted;
  const { moves } = sample;
  sample.new = moves && old.map((value, w) => value + moves[w]);
}

/** What the penalty for large weights adds to a gradient.
 * @param {Recording} recording @param {number} w @param {number} value */
export function pull({ net, exempt }, w, value) {
  if (exempt[w]) return 0;
  return net.header.l1 * Math.sign(value) + net.header.l2 * value;
}

/** The penalty itself. @param {Recording} recording @param {Numbers} weights */
export const penalty = ({ net, exempt }, weights) =>
  penaltyOn(weights, exempt, net.header.l1, net.header.l2);

/** A weight as it was at a step of a sample, edits by hand included.
 * @param {Sample} sample @param {Numbers} weights @param {number} w @param {number} at */
export function weightAt(sample, weights, w, at) {
  const edit = sample.edits.findLast(
    (one) =>
      one.what === "weight" &&
      one.name === "value" &&
      one.index === w &&
      one.at - sample.from < at,
  );
  return edit ? Number(edit.value) : weights[w];
}
