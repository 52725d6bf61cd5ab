/*
 * What a browser's engine learns in a turn, in node: each line asks one of four to learn so many epochs,
 * and the answer is the seconds of the processor that it took. Beside it lies the page's own script.
 */

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { learnSample, netOf } from "./neurons.mjs";
import { Session, engineOf, learn, seedOf, shuffled } from "./page.mjs";

const ENOUGH = 1024; // samples in an epoch
const { file, inputs, targets, count, rate, seed } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const many = Math.ceil(ENOUGH / count); // tiny data so often that an epoch costs nothing
const wide = [file.inputs.length, file.outputs.length];
const repeated = [inputs, targets].map((all) => Array(many).fill(all).flat());
const data = {
  inputs: Float64Array.from(repeated[0]),
  targets: Float64Array.from(repeated[1]),
  count: many * count,
};
const rows = repeated.map((all, which) =>
  Array.from({ length: data.count }, (_, row) => all.slice(row * wide[which], (row + 1) * wide[which])),
);
/** @param {number} epoch */
const orderOf = (epoch) => shuffled(data.count, seedOf(seed, epoch));

/** The engine alone. */
function bare(program) {
  const engine = engineOf(file, {});
  engine.rate = rate;
  engine.program = program;
  return {
    samples: data.count,
    weights: () => [...engine.values],
    learn(epoch) {
      learn(engine, data, orderOf(epoch), 0, data.count, 1);
    },
  };
}

/** As the page runs: with its moments that are kept, its checks for what is no number. */
function session() {
  const settings = { rate, batch: 1, l1: 0, l2: 0, noise: 0, split: 0, seed };
  const own = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets), count };
  const all = new Session(engineOf(file, {}), own, settings);
  return { samples: count, weights: () => [...all.engine.values], learn: () => all.learnEpoch() };
}

/** Objects that point at each other. */
function objects() {
  const net = netOf(file);
  return {
    samples: data.count,
    weights: net.weights,
    learn(epoch) {
      for (const row of orderOf(epoch)) learnSample(net, rows[0][row], rows[1][row], rate);
    },
  };
}

const learners = { wasm: bare(undefined), loops: bare(null), session: session(), objects: objects() };
const done = {};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, epochs] = line.split(" ");
  const { learn, samples, weights } = learners[name];
  const first = done[name] ?? 0;
  done[name] = first + Number(epochs);
  const start = process.cpuUsage();
  for (let epoch = first; epoch < done[name]; epoch++) learn(epoch);
  const { user, system } = process.cpuUsage(start);
  const answer = { seconds: (user + system) / 1e6, samples: samples * Number(epochs) };
  console.log(JSON.stringify({ ...answer, weights: weights() }));
}
