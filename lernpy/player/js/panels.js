/* What stands beside the drawing: cards, the strip of blame, the table, the curve of the loss. */

import { plain } from "./forms.js";
import { range, sum } from "./lists.js";
import { linkName } from "./network.js";
import { lettersOf } from "./shared.js";
import { bars, label, path } from "./svg.js";
import { isUnknown, number, safe } from "./text.js";
import { opening } from "./view.js";

const MOST_ROWS = 40;
const STRIP = { half: 30, middle: 38, width: 18, arrived: 14, sum: 88, gate: 150, delta: 200 };
const CURVE = { edge: 8, foot: 66, height: 46 };

/** @param {"td" | "dd"} tag @param {string} text which is HTML */
const cell = (tag, text) =>
  `<${tag} class="lp-${isUnknown(text) ? "not" : "known"}">${text}</${tag}>`;

/** @param {[string, string][]} rows */
export function pairs(rows) {
  const list = rows.map(([name, value]) => `<dt>${name}</dt>${cell("dd", value)}`);
  return `<dl>${list.join("")}</dl>`;
}

/**
 * One number of a part, as HTML. `key`: a name of `View`, or "activation".
 * @param {Network} net @param {View} view @param {Words} words
 * @param {string} key @param {number} index
 */
function fact(net, view, words, key, index) {
  if (key === "activation") return safe(net.activation[index]);
  if (key === "slope" && net.group[index]) return words.mixes;
  /** @type {Record<string, (index: number) => Known>} */
  const readings = {
    weight: (link) => view.weight(net.links[link].weight),
    moved: (link) => view.moved(net.links[link].weight),
    ...{ signal: view.signal, blame: view.blame, own: view.own, slope: view.slope },
    ...{ totalInput: view.totalInput, output: view.output },
    ...{ sensitivity: view.sensitivity, delta: view.delta },
  };
  return number(readings[key](index));
}

/**
 * All numbers of the chosen part.
 * @param {Network} net @param {View} view @param {Words} words @param {string} id
 */
export function cardOf(net, view, words, id) {
  const index = Number(id.slice(1));
  const isLink = id[0] === "l";
  const known = isLink ? "" : view.label(index);
  const heading = isLink ? `link ${linkName(net, index)}` : `neuron ${net.names[index]}${known}`;
  const rows = words.facts[id[0]].map(([name, key]) => {
    let text = fact(net, view, words, key, index);
    if (key === "weight") {
      const { weight } = net.links[index];
      const shared = net.holders[weight].length;
      if (view.sample.frozen.has(weight)) text += ", frozen";
      if (shared > 1) text += `, shared by ${shared} links ${lettersOf(net)(weight)}`;
    }
    return /** @type {[string, string]} */ ([name, text]);
  });
  return { heading, rows: pairs(rows) };
}

/** The numbers of a generation. @param {Network} net @param {View} view @param {Words} words */
export function tableOf(net, view, words) {
  const { step } = view;
  const output = net.generation[net.outputs[0]];
  const generation = step.generation ?? (step.phase > 1 ? output : 0);
  const members = net.neurons.filter((v) => net.generation[v] === generation);
  const rows = members.slice(0, MOST_ROWS).map((v) => {
    const cells = words.facts.v.map(([, key]) => cell("td", fact(net, view, words, key, v)));
    return `<tr><th scope="row">${safe(net.names[v])}</th>${cells.join("")}</tr>`;
  });
  const form = words.table[Number(members.length > MOST_ROWS)];
  const facts = { generation: String(generation), count: members.length };
  const short = plain(words.folds.table, facts);
  return { caption: plain(form, facts), short, rows: rows.join("") };
}

/**
 * What arrived at a neuron, its sum, the gate of its slope, its delta; "" before blame is there.
 * @param {Network} net @param {View} view @param {number} v
 */
export function stripOf(net, view, v) {
  const list = net.isBias[v] || view.step.phase < 2 ? [] : view.arrived(v);
  if (!list.length) return "";
  const blame = view.sensitivity(v);
  const delta = view.delta(v);
  const most = Math.max(sum(list, Math.abs), Math.abs(blame ?? 0), Math.abs(delta ?? 0));
  const scale = STRIP.half / (most || 1);
  const { middle, width } = STRIP;
  /** @param {Known} value @param {number} x */
  const one = (value, x) => (value == null ? "" : bars([value], x, middle, width, scale));
  const open = STRIP.half * opening(net, view.details, v);
  const slit = `M${STRIP.gate},6V${middle - open}M${STRIP.gate},${middle + open}V70`;
  return (
    bars(list, STRIP.arrived, middle, width, scale, blame == null ? 0 : 1) +
    one(blame, STRIP.sum) +
    one(delta, STRIP.delta) +
    (net.group[v] ? "" : path(open < 0.01 * STRIP.half ? "gate lp-shut" : "gate", slit))
  );
}

/**
 * The loss of each sample.
 * @param {Sample[]} samples @param {number} index of the one that is shown @param {number} width
 */
export function curveOf(samples, index, width) {
  const losses = samples.map((sample) => sample.loss);
  const high = Math.max(...losses.filter(isFinite), 1e-12);
  const { edge, foot, height } = CURVE;
  /** @param {number} i */
  const x = (i) => edge + ((width - 2 * edge) * i) / (losses.length - 1 || 1);
  /** @param {number} i */
  const y = (i) => foot - height * (Math.min(1, losses[i] / high) || 0);
  const points = range(losses.length).map((i) => `${x(i).toFixed(1)},${y(i).toFixed(1)}`);
  return (
    path("axis", `M${edge},${foot}H${width - edge}M${x(index)},4V${foot}`) +
    path("line", `M${points.join("L")}`) +
    `<circle class="lp-now" r="4" cx="${x(index)}" cy="${y(index)}"/>` +
    label(edge, 14, number(high, 3))
  );
}
