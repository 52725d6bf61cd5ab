/*
 * The turns of a recorded lesson: who passes what on, and what somebody would say who makes one of the seven
 * mistakes. The same as lernpy/lessons/be.py has them.
 */

import { detailsAt } from "./details.js";
import { MISTAKES, backwardWrongly, handed } from "./lab/mistakes.js";
import { zeros } from "./lists.js";
import { linkName } from "./network.js";
import { OPTIMIZERS } from "./tables.js";

const NEAR = 0.01; // of its size, so near a number counts as the answer
const NEAR_ZERO = 0.0005;
const DISTINCT = 4; // times that, so far a wrong answer is from the right one and from others

/** @typedef {{signal: Numbers, output: Numbers, delta: Numbers, blame: Numbers, gradient: Numbers}} Passed */

/** The rule by which weights move, where the page knows it: of plain descent alone.
 * @param {Recording} recording @param {Sample} sample @returns {Partial<Engine> | undefined} */
export function plainRule({ net, plain, exempt }, { rate, frozen }) {
  const optimizer = OPTIMIZERS[net.header.optimizer.name];
  if (!plain || !optimizer) return undefined;
  const { l1, l2 } = net.header;
  return {
    ...{ optimizer, rate, l1, l2, memory: [], options: [] },
    isFresh: new Uint8Array(exempt.length),
    isExempt: Uint8Array.from(exempt, Number),
    isFrozen: Uint8Array.from(exempt, (_, w) => Number(frozen.has(w))),
  };
}

/**
 * What everybody passes on by a wrong rule; the blame of the sample before is what was not cleared.
 * @param {Recording} recording @param {number} index @param {string} mistake
 * @param {Partial<Engine>} rule @returns {Passed}
 */
function passedWrongly(recording, index, mistake, rule) {
  const { net, samples } = recording;
  const { totalInput, output, weights } = samples[index];
  const { asked, signal, slope } = detailsAt(recording, index);
  const isKept = mistake === "not cleared" && index > 0;
  const sensitivity = isKept ? samples[index - 1].sensitivity.slice() : zeros(net.count);
  asked.forEach((blame, v) => (sensitivity[v] += blame));
  const engine = /** @type {Engine} */ (/** @type {unknown} */ ({
    ...rule,
    ...{ net, mistake, totalInput, output, sensitivity, values: weights },
    units: net.order.filter(({ kind }) => kind !== "link").map(({ members }) => members),
    acts: net.neurons.map((v) => ({ slope: () => slope[v] })),
    delta: zeros(net.count),
    gradient: zeros(net.header.n_weights),
  }));
  backwardWrongly(engine);
  const pairs = net.links.map((_, link) => handed(engine, link));
  const [blame, gradient] = [0, 1].map((at) => Float64Array.from(pairs, (pair) => pair[at]));
  return { signal, output, delta: engine.delta, blame, gradient };
}

/**
 * All turns of one sample, in the network's order; who has no use for blame has none on the way back.
 * @param {Recording} recording @param {number} index
 * @param {Record<string, string>} words what a part does with a quantity
 * @param {Partial<Engine> | undefined} rule by which weights move
 * @returns {Turn[]}
 */
export function turnsOf(recording, index, words, rule = plainRule(recording, recording.samples[index])) {
  const { net, samples } = recording;
  const sample = samples[index];
  if (!sample.weights) return [];
  const details = detailsAt(recording, index);
  const { steps, signal, blame, own } = details;
  const right = { signal, output: sample.output, delta: sample.delta, blame, gradient: own };
  const isPlain = net.factors.every((list) => !list?.length);
  const known = Object.entries(MISTAKES).filter(([name]) => rule || name !== "updated weights");
  const wrong = (isPlain ? known : []).map(([name, { belief }]) => ({
    belief,
    passed: passedWrongly(recording, index, name, rule ?? {}),
  }));
  const isEnd = (/** @type {number} */ v) => net.isInput[v] || net.isBias[v];
  /** @type {Map<string, number>} */
  const turnOf = new Map();
  const turns = steps.flatMap((step, at) => {
    const { kind, link, members, back } = step;
    const [v] = members;
    if (kind !== "link" && kind !== "neuron") return [];
    if (kind === "neuron" && isEnd(v) && (back || !net.incoming[v].length)) return [];
    const ofLink = back ? (isEnd(net.links[link]?.from) ? "gradient" : "blame") : "signal";
    const quantity = kind === "link" ? ofLink : back ? "delta" : "output";
    const which = kind === "link" ? link : v;
    const value = right[quantity][which];
    const near = Math.max(NEAR * Math.abs(value), NEAR_ZERO);
    /** @type {[number, string][]} */
    const others = [];
    for (const { passed, belief } of wrong) {
      const other = passed[quantity][which];
      const isApart = [value, ...others.map(([one]) => one)].every(
        (one) => Math.abs(other - one) > DISTINCT * near,
      );
      if (isApart) others.push([other, belief]);
    }
    /** @type {Key} */
    const key = [kind, which, back];
    turnOf.set(key.join(), turnOf.size);
    const part = kind === "link" ? linkName(net, link, " -> ") : net.names[v];
    const phase = back ? "backward" : "forward";
    const word = words[quantity];
    return [{ key, turn: { phase, part, kind, quantity, value, near, word, wrong: others, at } }];
  });
  return turns.map(({ key, turn }) => ({ ...turn, needs: [...new Set(needsOf(net, turnOf, key))] }));
}

/** @typedef {["link" | "neuron", number, boolean]} Key kind, which, on the way back */

/** The turns to wait for; who has none (an input, a group) is waited for by what it waits for.
 * @param {Network} net @param {Map<string, number>} turnOf @param {Key} key @returns {number[]} */
function needsOf(net, turnOf, key) {
  return waitsOf(net, key).flatMap((wait) => {
    const turn = turnOf.get(wait.join());
    return turn === undefined ? needsOf(net, turnOf, wait) : [turn];
  });
}

/** @param {Network} net @param {Key} key @returns {Key[]} */
function waitsOf(net, [kind, which, back]) {
  if (kind === "link") return [["neuron", net.links[which][back ? "to" : "from"], back]];
  const outputs = back && net.outputs.includes(which) ? net.outputs : [];
  const links = back ? net.outgoing[which] : net.incoming[which];
  return [
    ...links.map((link) => /** @type {Key} */ (["link", link, back])),
    ...outputs.map((v) => /** @type {Key} */ (["neuron", v, false])),
  ];
}
