/*
 * Learning as one function of straight lines, written when it is first needed: a name for every
 * number, a line for every operation, no look-ups left. A host may forbid code that is made at run
 * time; then the loops of engine.js do the same, with the same bits.
 */

import { range } from "../lists.js";

const MOST_STRAIGHT = 450; // beyond, compiling straight lines costs more than they save
const MOST_UNROLLED = 340; // weights, and what the optimiser remembers of them: else a loop moves them

/**
 * @param {Engine} engine
 * @param {{penaltyOf(engine: Engine): number, moveWeights(engine: Engine): void}} verbs of the engine
 * @returns {Program | null}
 */
export function programOf(engine, verbs) {
  const { net, mistake } = engine;
  if (mistake || engine.file.maths || net.links.length > MOST_STRAIGHT || engine.acts.some((act) => !act)) return null;
  try {
    return new Function("engine", "verbs", linesOf(engine).join("\n"))(engine, verbs);
  } catch {
    return null; // the host's policy
  }
}

/** @param {Engine} engine */
function linesOf(engine) {
  const { net, memory, values, units } = engine;
  const neurons = units.flat();
  const weights = range(values.length);
  const pulls = engine.l1 !== 0 || engine.l2 !== 0;
  const keeps = values.length * (1 + memory.length) <= MOST_UNROLLED; // weights in local names
  const load = weights.map((w) => `let w${w} = values[${w}];`);
  const store = weights.map((w) => `values[${w}] = w${w};`);
  return [
    "const { values, gradient } = engine;",
    "const { penaltyOf, moveWeights } = verbs;",
    ...memory.map((_, slot) => `const memory${slot} = engine.memory[${slot}];`),
    ...net.neurons.map((v) => `const { value: f${v}, slope: d${v} } = engine.acts[${v}];`),
    "const { value: lossValue, slope: lossSlope, stable } = engine.loss;",
    "const { share } = engine.net.header;",
    "return (inputs, targets, order, first, end, size) => {",
    "const { rate, l1, l2 } = engine;",
    "let whole = 0;",
    ...(keeps ? load : []),
    "for (let start = first; start < end; start += size) {",
    ...(keeps ? [] : load),
    "const stop = Math.min(start + size, end), count = stop - start;",
    ...(pulls && keeps ? store : []),
    pulls ? "const penalty = penaltyOf(engine) * count;" : "",
    ...weights.map((w) => `let g${w} = 0;`),
    "let total = 0;",
    engine.isSingle ? "{ const at = start;" : "for (let at = start; at < stop; at++) {",
    `const i = order[at] * ${net.inputs.length}, o = order[at] * ${net.outputs.length};`,
    ...neurons.flatMap((v) => forwardLines(engine, v)),
    ...neurons.filter((v) => net.outputs.includes(v)).map((v) => `let s${v} = 0;`),
    "let cost = 0;",
    ...net.outputs.flatMap((v, position) => costLines(engine, v, position)),
    "total += cost;",
    ...neurons.toReversed().flatMap((v) => backLines(engine, v)),
    "}",
    pulls ? "whole += penalty + total;" : "whole += total;",
    ...(keeps ? weights.flatMap((w) => stepLines(engine, w)) : loopLines(engine)),
    "}",
    ...(keeps ? store : []),
    "return whole;",
    "};",
  ];
}

/** @param {Engine} engine @param {number} v */
function forwardLines({ net, acts }, v) {
  const position = net.inputs.indexOf(v);
  const terms = net.incoming[v].map((link) => {
    const { from, weight } = net.links[link];
    return `w${weight} * y${from}`;
  });
  const all = ["0", ...(position < 0 ? [] : [`inputs[i + ${position}]`]), ...terms];
  const z = `z${v}`;
  const output = inlined(acts[v].value, { z }) ?? `f${v}(${z})`;
  return [`const ${z} = ${all.join(" + ")};`, `const y${v} = ${output};`];
}

/** @param {Engine} engine @param {number} v @param {number} position among the outputs */
function costLines({ net, loss }, v, position) {
  const name = net.activation[v];
  const [y, z, t] = [`y${v}`, `z${v}`, `t${position}`];
  const value = loss.stable[name]
    ? (inlined(loss.stable[name], { z, t }) ?? `stable.${name}(${z}, ${t})`)
    : (inlined(loss.value, { y, t }) ?? `lossValue(${y}, ${t})`);
  const slope = inlined(loss.slope, { y, t }) ?? `lossSlope(${y}, ${t})`;
  return [
    `const ${t} = targets[o + ${position}];`,
    `cost += share * ${value};`,
    `s${v} += share * ${slope};`,
  ];
}

/** @param {Engine} engine @param {number} v */
function backLines({ net, acts }, v) {
  const links = net.outgoing[v].toReversed().map((link) => net.links[link]);
  const asked = net.outputs.includes(v) ? `s${v}` : "0";
  const blame = [asked, ...links.map(({ to, weight }) => `w${weight} * e${to}`)].join(" + ");
  const [z, y] = [`z${v}`, `y${v}`];
  const slope = inlined(acts[v].slope, { z, y }) ?? `d${v}(${z}, ${y})`;
  return [
    ...links.map(({ to, weight }) => `g${weight} += y${v} * e${to};`),
    ...(net.incoming[v].length ? [`const e${v} = (${blame}) * ${slope};`] : []),
  ];
}

/** The expression that a printed function returns, with these names; none where it needs lines.
 * @param {Function} printed @param {Record<string, string>} names */
function inlined(printed, names) {
  const [, expression] = /^[^{]*\{\s*return\s([^;]*);?\s*\}$/.exec(String(printed)) ?? [];
  return expression && `(${expression.replace(/\b[zyt]\b/g, (name) => names[name] ?? name)})`;
}

/**
 * The lines by which the weight `w` moves, from the text of the printed function: the bare step where
 * nothing pulls or limits it, else the whole move.
 * @param {Engine} engine @param {number} w @param {string} weight @param {string} at
 */
function moveLines({ optimizer, options, l1, l2, rates, low, high, isFrozen, isExempt }, w, weight, at) {
  const pulls = l1 !== 0 || l2 !== 0;
  const limited = rates[w] !== 1 || low[w] > -Infinity || high[w] < Infinity;
  const printed = pulls || limited ? optimizer.move : optimizer.step;
  const body = /\{(.*)\}$/s.exec(String(printed))?.[1] ?? "";
  /** @type {Record<string, string | number>} */
  const names = {
    ...{ gradient: "mean", l1: isExempt[w] ? 0 : "l1", l2: isExempt[w] ? 0 : "l2" },
    ...{ frozen: isFrozen[w], slowed: rates[w], lowest: `(${low[w]})`, highest: `(${high[w]})` },
  };
  const words = new RegExp(`\\b(${Object.keys(names).join("|")})\\b`, "g");
  return body
    .replaceAll("values[w]", weight)
    .replace(words, (word) => String(names[word]))
    .replace(/memory\[(\d)\]\[w\]/g, `memory$1[${at}]`)
    .replace(/options\[(\d)\]/g, (_, position) => `(${options[position]})`);
}

/** How one weight moves, in names. @param {Engine} engine @param {number} w */
function stepLines(engine, w) {
  if (engine.isFrozen[w]) return [];
  const mean = engine.isSingle ? `g${w}` : `g${w} / count`; // a division each is a fifth of the time
  return [`{ const mean = ${mean};`, moveLines(engine, w, `w${w}`, String(w)), "}"];
}

/** How all weights move, in arrays: the bare step where nothing pulls or limits any of them.
 * @param {Engine} engine */
function loopLines(engine) {
  const { values, l1, l2, rates, low, high, isFrozen } = engine;
  const weights = range(values.length);
  const isFree = weights.every(
    (w) => !isFrozen[w] && rates[w] === 1 && low[w] === -Infinity && high[w] === Infinity,
  );
  const step = ["const mean = gradient[w] / count;", moveLines(engine, 0, "values[w]", "w")];
  return [
    ...weights.map((w) => `gradient[${w}] = g${w};`),
    ...(isFree && !l1 && !l2
      ? [`for (let w = 0; w < ${values.length}; w++) {`, ...step, "}", "gradient.fill(0);"]
      : ["engine.samples = count;", "moveWeights(engine);"]),
  ];
}
