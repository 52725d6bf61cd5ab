/*
 * Learning as one function of straight lines, written when it is first needed: a name for every
 * number, a line for every operation, no look-ups left. A host may forbid code that is made at run
 * time; then the loops of engine.js do the same, with the same bits.
 */

import { range } from "../lists.js";

const MOST_STRAIGHT = 450; // beyond, compiling straight lines costs more than they save
const MOST_UNROLLED = 340; // weights, and what the optimiser remembers of them: else a loop moves them

/** @param {Engine} engine @returns {Program | null} */
export function programOf(engine) {
  const { net } = engine;
  if (net.links.length > MOST_STRAIGHT || net.neurons.some((v) => net.group[v])) return null;
  try {
    return new Function("engine", linesOf(engine).join("\n"))(engine);
  } catch {
    return null; // the host's policy
  }
}

/** @param {Engine} engine */
function linesOf(engine) {
  const { net, memory, values, units } = engine;
  const neurons = units.flat();
  const weights = range(values.length);
  const keeps = values.length * (1 + memory.length) <= MOST_UNROLLED; // weights in local names
  const load = weights.map((w) => `let w${w} = values[${w}];`);
  const store = weights.map((w) => `values[${w}] = w${w};`);
  return [
    "const { values, gradient, isFrozen, isExempt, low, high, rates } = engine;",
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
    ...penaltyLines(engine),
    ...weights.map((w) => `let g${w} = 0;`),
    "let total = 0;",
    "for (let at = start; at < stop; at++) {",
    `const i = order[at] * ${net.inputs.length}, o = order[at] * ${net.outputs.length};`,
    ...neurons.flatMap((v) => forwardLines(engine, v)),
    ...neurons.filter((v) => net.outputs.includes(v)).map((v) => `let s${v} = 0;`),
    "let cost = 0;",
    ...net.outputs.flatMap((v, position) => costLines(engine, v, position)),
    "total += cost;",
    ...neurons.toReversed().flatMap((v) => backLines(engine, v)),
    "}",
    isPenalised(engine)
      ? "whole += (l1 * sizes + (l2 / 2) * squares) * count + total;"
      : "whole += total;",
    ...(keeps ? weights.flatMap((w) => stepLines(engine, w)) : loopLines(engine)),
    "}",
    ...(keeps ? store : []),
    "return whole;",
    "};",
  ];
}

/** @param {Engine} engine */
const isPenalised = ({ l1, l2 }) => l1 !== 0 || l2 !== 0;

/** @param {Engine} engine */
function penaltyLines(engine) {
  if (!isPenalised(engine)) return [];
  const counted = range(engine.values.length).filter((w) => !engine.isExempt[w]);
  return [
    "let sizes = 0, squares = 0;",
    ...counted.map((w) => `sizes += Math.abs(w${w}); squares += w${w} * w${w};`),
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

/** The lines of the optimiser's step; `weight`: how the weight's value is called.
 * @param {Engine} engine @param {string} weight @param {string} mean @param {string} at */
function ruleLines({ optimizer, options }, weight, mean, at) {
  const body = /\{(.*)\}$/s.exec(String(optimizer.step))?.[1] ?? "";
  return body
    .replaceAll("values[w]", weight)
    .replace(/\bgradient\b/g, mean)
    .replace(/memory\[(\d)\]\[w\]/g, `memory$1[${at}]`)
    .replace(/options\[(\d)\]/g, (_, position) => `(${options[position]})`);
}

/** How one weight moves, in names. @param {Engine} engine @param {number} w */
function stepLines(engine, w) {
  const { rates, low, high, isFrozen, isExempt } = engine;
  if (isFrozen[w]) return [];
  const name = `w${w}`;
  const pulled = isPenalised(engine) && !isExempt[w] ? ` + (l1 * Math.sign(${name}) + l2 * ${name})` : "";
  return [
    `{ const value = ${name}, mean = g${w} / count${pulled};`,
    ruleLines(engine, name, "mean", String(w)),
    rates[w] === 1 ? "" : `${name} = value + rates[${w}] * (${name} - value);`,
    low[w] > -Infinity ? `if (${name} < low[${w}]) ${name} = low[${w}];` : "",
    high[w] < Infinity ? `if (${name} > high[${w}]) ${name} = high[${w}];` : "",
    "}",
  ];
}

/** How all weights move, in arrays. @param {Engine} engine */
function loopLines(engine) {
  const { values, rates, low, high, isFrozen } = engine;
  const isRuled = range(values.length).some(
    (w) => rates[w] !== 1 || low[w] > -Infinity || high[w] < Infinity,
  );
  return [
    ...range(values.length).map((w) => `gradient[${w}] = g${w};`),
    `for (let w = 0; w < ${values.length}; w++) {`,
    isFrozen.includes(1) ? "if (isFrozen[w]) continue;" : "",
    "const value = values[w];",
    "let mean = gradient[w] / count;",
    isPenalised(engine) ? "if (!isExempt[w]) mean += l1 * Math.sign(value) + l2 * value;" : "",
    ruleLines(engine, "values[w]", "mean", "w"),
    isRuled ? "if (rates[w] !== 1) values[w] = value + rates[w] * (values[w] - value);" : "",
    isRuled ? "if (values[w] < low[w]) values[w] = low[w];" : "",
    isRuled ? "if (values[w] > high[w]) values[w] = high[w];" : "",
    "}",
    "gradient.fill(0);",
  ];
}
