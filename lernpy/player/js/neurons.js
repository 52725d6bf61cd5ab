/* Neurons: left half the output, right half the blame; what arrives, its sum, the slope gate. */

import { sum } from "./lists.js";
import { linkName, outputIndex } from "./network.js";
import { bars, label, path, rect, tone } from "./svg.js";
import { brief, safe, tiny, widthOf } from "./text.js";
import { opening } from "./view.js";
import { MANY_LINKS } from "./geometry.js";


const BRIEFEST = 5; // signs of a number that stands beside a name
const SHADES = 9; // of an image

/** @typedef {import("./labels.js").Sheet} Sheet */

/**
 * @param {import("./geometry.js").Geometry} geometry @param {Scale} scale
 * @param {{pixels: string[], isShut(view: View, v: number): string, notAPie: string}} words
 */
export function neuronPainter(geometry, scale, words) {
  const { net, size, font, x, y, radius, names, room } = geometry;
  const { largest } = scale;
  const dense = net.links.length > MANY_LINKS;

  /** @param {Known} value @param {number} r @param {number} most @param {0 | 1} right */
  const half = (value, r, most, right) => {
    if (value == null) return "";
    const reach = r * (Math.sqrt(Math.min(1, Math.abs(value) / (most || 1))) || 0);
    return path(`half ${tone(value)}`, `M0,${-reach}A${reach},${reach} 0 0 ${right} 0,${reach}Z`);
  };

  /** Whether its blame goes no further, and its slope counts for nothing. @param {number} v */
  const isPassive = (v) => net.isBias[v] || (net.isInput[v] && net.activation[v] === "identity");

  /** @param {number} v @param {View} view */
  const gateOf = (v, view) => {
    if (view.slope(v) == null || isPassive(v)) return undefined;
    return words.isShut(view, v);
  };

  /** @param {number} v @param {View} view @param {number} [part] */
  const paint = (v, view, part = 1) => {
    const r = radius[v];
    const isBias = net.isBias[v];
    const blame = view.sensitivity(v);
    const shut = gateOf(v, view);
    const open = r * opening(net, view.details, v);
    const slit = shut ? `M0,${-r}V${r}` : `M0,${-r}V${-open}M0,${open}V${r}`;
    const arrived = dense || isBias ? [] : view.arrived(v);
    const perUnit = (r * 1.4) / (largest.arrived || 1);
    const wide = 5 * size;
    const together = blame == null ? 0 : part;
    const total = together === 1 && arrived.length && blame != null ? [blame] : [];
    return (
      `<circle class="lp-rim" r="${r}"/>` +
      half(view.output(v), r, largest.output, 0) +
      (isBias ? "" : half(blame, r, largest.sensitivity, 1)) +
      (shut == null ? "" : path(shut ? "gate lp-shut" : "gate", slit)) +
      bars(arrived, r + wide, 0, wide, perUnit, together) +
      bars(total, r + 2.5 * wide, 0, wide, perUnit)
    );
  };

  /** A point beside a neuron: above 0, below 0, or to the left or right of it.
   * @param {number} v @param {number} lines up or down @param {-1 | 0 | 1} [way]
   * @returns {import("./labels.js").Spot} */
  const beside = (v, lines, way = 0) => {
    const stacks = way > 0 && !dense && !net.isBias[v] ? 22 * size : 0; // bars of what arrived
    const clear = radius[v] + 0.25 * font + stacks;
    if (!way) return { x: x[v], y: y[v] + Math.sign(lines) * radius[v] + 0.75 * font * lines };
    return { x: x[v] + way * clear, y: y[v] + lines * font, anchor: way > 0 ? "start" : "end" };
  };

  /** Its name; at an input what is put in, at an output what is wanted. These stay for a whole sample.
   * @param {number} v @param {Sample} sample @param {Sheet} sheet */
  const name = (v, sample, sheet) => {
    if (!radius[v]) return "";
    const input = net.inputs.indexOf(v);
    const output = outputIndex(net, v);
    const value = input >= 0 ? brief(sample.inputs[input], 2) : "";
    const target = output >= 0 ? brief(sample.targets[output], 2) : "";
    const of = `v${v}`;
    const look = "name";
    const [above, left, right] = [beside(v, -1), beside(v, 0, -1), beside(v, 0, 1)];
    if (input >= 0) {
      const spots = [left, above];
      if (!geometry.isTall(v)) {
        const short = value.length > BRIEFEST ? brief(Number(sample.inputs[input].toFixed(2)), 2) : value;
        return sheet.put(`${names[v]} ${short === "0" ? value : short}`, spots, "name lp-given", of);
      }
      return (
        sheet.put(names[v], [beside(v, -0.6, -1), ...spots], look, of) +
        sheet.put(value, [beside(v, 0.6, -1), ...spots], "number lp-given", of)
      );
    }
    if (output < 0) {
      const corners = [beside(v, -0.9, -1), beside(v, -0.9, 1), beside(v, 0.9, -1)];
      const spots = geometry.isNamed(v) ? [above, left] : [left, above];
      return sheet.put(names[v], [...spots, ...corners, beside(v, 1)], look, of);
    }
    if (!geometry.isTall(v)) {
      return sheet.put(`${names[v]} ▸ ${target}`, [right, above, left], "name lp-wanted", of);
    }
    return (
      sheet.put(names[v], [above, beside(v, -0.6, 1), left, beside(v, 1)], look, of) +
      sheet.put(
        `▸ ${target}`,
        [right, beside(v, 0.6, 1), beside(v, 1.9), beside(v, -1.9)],
        "number lp-wanted",
        of,
      )
    );
  };

  /** What it puts out and what it is blamed for, and why no blame gets through.
   * @param {number} v @param {View} view @param {Sheet} sheet */
  const numbers = (v, view, sheet) => {
    if (!radius[v]) return "";
    const of = `v${v}`;
    const output = view.output(v);
    const blame = net.isBias[v] || (net.isInput[v] && room[v] < 5 * font) ? undefined : view.sensitivity(v);
    const shut = gateOf(v, view);
    const isRaw = net.inputs.includes(v) && net.activation[v] === "identity";
    const below = beside(v, 1.05);
    const texts = [isRaw || net.isBias[v] ? "" : tiny(output), tiny(blame)];
    const second = texts[0] && widthOf(texts[0], font);
    return [
      ...texts.map((text, right) => {
        const value = right ? blame : output;
        const nudge = 0.12 * font * (right ? 1 : -1);
        const anchor = right ? "start" : "end";
        /** @type {import("./labels.js").Spot[]} */
        const spots = [below, beside(v, 2.7), beside(v, -1.05), beside(v, -2.7)].map((spot) => ({
          ...{ x: spot.x + nudge, y: spot.y },
          anchor,
        }));
        const aside = beside(v, 0, 1);
        spots.push({ ...aside, x: aside.x + (right ? Number(second) : 0) });
        const inside = [{ x: x[v] + (right ? 0.5 : -0.5) * radius[v], y: y[v], within: true }];
        const fits = widthOf(text, font) < 0.95 * radius[v];
        return sheet.put(text, fits ? inside : spots, `number lp-in ${tone(value ?? 0)}`, of);
      }),
      sheet.put(shut ?? "", [beside(v, -2.7), beside(v, 2.7), beside(v, 1.05), beside(v, -1.05)], "warn", of),
    ].join("");
  };

  /** Many neurons as an image; below it their blame, hollow below 0.
   * @param {number} g @param {View} view */
  const image = (g, view) => {
    const list = geometry.members[g];
    const cell = geometry.cell[g];
    const columns = geometry.columns[g];
    const left = geometry.left[g];
    const top = geometry.top + 1.4 * font;
    const tall = cell * Math.ceil(list.length / columns);
    const below = top + tall + 1.6 * font;
    const values = list.map((v) => view.sample.output[v]);
    const low = Math.min(0, ...values);
    const reach = Math.max(...values) - low || 1;
    const most = Math.max(...list.map((v) => Math.abs(view.sample.sensitivity[v]))) || 1;
    const isKnown = g === 0 || view.totalInput(list[0]) != null;
    const shades = Array(SHADES).fill("");
    const blames = { solid: "", hollow: "" };
    list.forEach((v, index) => {
      const left_ = left + (index % columns) * cell;
      const row = Math.floor(index / columns) * cell;
      const blame = view.sensitivity(v);
      const side = blame ? cell * 0.92 * Math.sqrt(Math.abs(blame) / most) : 0;
      const inset = (cell - side) / 2;
      const shade = Math.round(((SHADES - 1) * (values[index] - low)) / reach);
      if (isKnown) shades[shade] += square(left_, top + row, cell);
      if (side > 0.4 && blame) {
        blames[blame < 0 ? "hollow" : "solid"] += square(left_ + inset, below + row + inset, side);
      }
    });
    const isBlamed = view.sensitivity(list[list.length - 1]) != null;
    const whole = words.pixels[Number(isBlamed)];
    const isFirst = g === geometry.isImage.indexOf(true);
    const isWide = isFirst || widthOf(whole, font) < geometry.gap + geometry.side;
    const caption = isWide ? whole : whole.replace(/.*: /, "");
    const middle = Math.max(left + (cell * columns) / 2, widthOf(caption, font) / 2);
    return (
      [top, below].map((edge) => rect("frame", left, edge, cell * columns, tall)).join("") +
      shades
        .map((d, shade) => path("pixel", d, `fill-opacity="${shade / (SHADES - 1)}"`))
        .join("") +
      path("solid", blames.solid) +
      path("hollow", blames.hollow) +
      label(middle, below - 0.4 * font, caption)
    );
  };

  /** The generations through which blame has come; where columns are narrow the last of them.
   * @param {View} view */
  const passed = (view) => {
    const { generations, members, gap, fold } = geometry;
    if (fold) return [];
    const done = generations.filter((g) => {
      const incoming = members[g].flatMap((v) => net.incoming[v]);
      const isDone =
        members[g].every((v) => view.sensitivity(v) != null) &&
        incoming.every((link) => view.blame(link) != null);
      return incoming.length > 0 && isDone;
    });
    return gap < widthOf("−0.0012 out", font) ? done.slice(0, 1) : done;
  };

  /** Blame in and out of a generation: not a pie. @param {number} g @param {View} view
   * @param {Sheet} sheet */
  const inAndOut = (g, view, sheet) => {
    const { members, middle, foot, gap } = geometry;
    const incoming = members[g].flatMap((v) => net.incoming[v]);
    const { sample, details } = view;
    const pair = [
      sum(members[g], (v) => sample.sensitivity[v]),
      sum(incoming, (link) => details.blame[link]),
    ];
    const most = Math.max(...pair.map(Math.abs)) || 1;
    const texts = pair.map((value, i) => `${brief(value, 2)} ${i ? "out" : "in"}`);
    const wide = Math.max(...texts.map((text) => widthOf(text, font)));
    const long = gap > wide + 3.5 * font ? 2.5 * font : 0;
    const left = Math.min(middle[g] - wide / 2, geometry.width - wide);
    return pair
      .map((value, i) => {
        const line = foot + (1 + 1.25 * i) * font;
        const length = Math.max(1, long * Math.min(1, Math.abs(value) / most) || 0);
        const bar = rect(`bar ${tone(value)}`, left - length - 4, line - 0.35 * font, length, 0.7 * font);
        const spots = [left, left + 2 * font, left - 2 * font].map((x) => ({ x, y: line }));
        const text = sheet.put(
          texts[i],
          spots.map((spot) => ({ ...spot, anchor: "start" })),
          "dim lp-flow",
        );
        return (long && text ? bar : "") + text;
      })
      .join("");
  };
  return { paint, name, numbers, image, passed, inAndOut };
}

/** @param {number} x @param {number} y @param {number} side */
const square = (x, y, side) =>
  `M${x.toFixed(1)},${y.toFixed(1)}h${side.toFixed(1)}v${side.toFixed(1)}h${(-side).toFixed(1)}z`;

/** What a screen reader and a click find of a part: an empty group to paint into.
 * @param {Network} net @param {"link" | "neuron"} kind @param {number} index
 * @param {string} [rest] */
export function partGroup(net, kind, index, rest = "") {
  const name = kind === "link" ? linkName(net, index, " to ") : net.names[index];
  const reachable = net.count + net.links.length > 150 ? "" : 'tabindex="0" role="button"';
  const id = `${kind === "link" ? "l" : "v"}${index}`;
  const aria = `aria-label="${kind} ${safe(name)}"`;
  return `<g class="lp-${kind}" data-id="${id}" ${aria} ${reachable} ${rest}></g>`;
}
