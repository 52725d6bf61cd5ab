/* Neurons: left half the output, right half the blame; what arrives, its sum, the slope gate. */

import { sum } from "./lists.js";
import { linkName } from "./network.js";
import { bars, label, path, rect, tone } from "./svg.js";
import { brief, safe, tiny } from "./text.js";
import { opening } from "./view.js";

const MANY_LINKS = 60;
const SHADES = 9; // of an image

/**
 * @param {import("./geometry.js").Geometry} geometry @param {Scale} scale
 * @param {{pixels: string[], isShut(view: View, v: number): string, notAPie: string}} words
 */
export function neuronPainter(geometry, scale, words) {
  const { net, size, font, foot, large, tight } = geometry;
  const { largest } = scale;
  const dense = net.links.length > MANY_LINKS;

  /** @param {Known} value @param {number} r @param {number} most @param {0 | 1} right */
  const half = (value, r, most, right) => {
    if (value == null) return "";
    const radius = r * (Math.sqrt(Math.min(1, Math.abs(value) / (most || 1))) || 0);
    return path(
      `half ${tone(value)}`,
      `M0,${-radius}A${radius},${radius} 0 0 ${right} 0,${radius}Z`,
    );
  };

  /** @param {number} v @param {View} view @param {number} [part] */
  const paint = (v, view, part = 1) => {
    const r = geometry.radius[v];
    const isBias = net.isBias[v];
    const isOutput = net.outputs.includes(v);
    const passes = isBias || (net.isInput[v] && net.activation[v] === "identity");
    const output = view.output(v);
    const blame = view.sensitivity(v);
    const delta = view.delta(v);
    const slope = view.slope(v);
    const gated = slope != null && !passes;
    const open = r * opening(net, view.details, v);
    const shut = gated ? words.isShut(view, v) : "";
    const slit = shut ? `M0,${-r}V${r}` : `M0,${-r}V${-open}M0,${open}V${r}`;

    const arrived = dense || isBias ? [] : view.arrived(v);
    const perUnit = (r * 1.4) / (largest.arrived || 1);
    const wide = 5 * size;
    const together = blame == null ? 0 : part;
    const total = together === 1 && arrived.length && blame != null ? [blame] : [];

    const above = (large || geometry.steps) && !(isBias && tight);
    const name = label(
      above ? 0 : isOutput ? r + 5 : -r - 4,
      above ? -r - 6 : foot,
      geometry.called(v),
      `name${above ? "" : isOutput ? " lp-start" : " lp-end"}`,
    );
    const left = tiny(output);
    const right = isBias ? "" : tiny(blame);
    const apart = (left + right).length > 8 ? r / 6 : 0;
    const downhill = slope != null && slope < 0 ? " (slope −)" : "";
    const below = tight || delta == null || passes ? "" : `δ ${brief(delta, 2)}${downhill}`;
    const inside =
      label(-r / 2, foot - apart, left, "in") +
      label(r / 2 + 1, foot + apart, right, "in") +
      label(0, r + 13 * font, shut || below, shut ? "below lp-warn" : "below");
    return (
      `<circle class="lp-rim" r="${r}"/>` +
      half(output, r, largest.output, 0) +
      (isBias ? "" : half(blame, r, largest.sensitivity, 1)) +
      (gated ? path(shut ? "gate lp-shut" : "gate", slit) : "") +
      bars(arrived, r + wide, 0, wide, perUnit, together) +
      bars(total, r + 2.5 * wide, 0, wide, perUnit) +
      name +
      (large ? inside : "")
    );
  };

  /** Many neurons as an image; below it their blame, hollow below 0.
   * @param {number} g @param {View} view */
  const image = (g, view) => {
    const list = geometry.members[g];
    const cell = geometry.cell[g];
    const columns = geometry.columns[g];
    const left = geometry.left[g];
    const { top } = geometry;
    const tall = cell * Math.ceil(list.length / columns);
    const below = top + tall + 24 * font;
    const values = list.map((v) => view.sample.output[v]);
    const low = Math.min(0, ...values);
    const reach = Math.max(...values) - low || 1;
    const most = Math.max(...list.map((v) => Math.abs(view.sample.sensitivity[v]))) || 1;
    const isKnown = view.totalInput(list[0]) != null;
    const shades = Array(SHADES).fill("");
    const blames = { solid: "", hollow: "" };
    list.forEach((v, index) => {
      const x = left + (index % columns) * cell;
      const y = Math.floor(index / columns) * cell;
      const blame = view.sensitivity(v);
      const side = blame ? cell * 0.92 * Math.sqrt(Math.abs(blame) / most) : 0;
      const inset = (cell - side) / 2;
      const shade = Math.round(((SHADES - 1) * (values[index] - low)) / reach);
      if (isKnown) shades[shade] += square(x, top + y, cell);
      if (side > 0.4 && blame) {
        blames[blame < 0 ? "hollow" : "solid"] += square(x + inset, below + y + inset, side);
      }
    });
    const told = view.sensitivity(list[list.length - 1]) != null;
    return (
      [top, below].map((y) => rect("frame", left, y, cell * columns, tall)).join("") +
      shades
        .map((d, shade) => path("pixel", d, `fill-opacity="${shade / (SHADES - 1)}"`))
        .join("") +
      path("solid", blames.solid) +
      path("hollow", blames.hollow) +
      label(left + (cell * columns) / 2, below - 7, words.pixels[Number(told)])
    );
  };

  /** Blame in and out of a generation: not a pie. @param {number} g @param {View} view */
  const inAndOut = (g, view) => {
    const { members, middle, width, total } = geometry;
    const incoming = members[g].flatMap((v) => net.incoming[v]);
    const open =
      members[g].some((v) => view.sensitivity(v) == null) ||
      incoming.some((link) => view.blame(link) == null);
    if (!incoming.length || open) return "";
    const { sample, details } = view;
    const pair = [
      sum(members[g], (v) => sample.sensitivity[v]),
      sum(incoming, (link) => details.blame[link]),
    ];
    const most = Math.max(...pair.map(Math.abs)) || 1;
    const x = Math.min(middle[g] - 12 * size, width - 76 * font);
    const y = total - 40 * font;
    return (
      label(x, y - 11 * font, words.notAPie) +
      pair
        .map((value, i) => {
          const line = y + 15 * i * font;
          const long = Math.max(1, 42 * size * Math.min(1, Math.abs(value) / most) || 0);
          const text = `${brief(value, 2)} ${i ? "out" : "in"}`;
          return (
            rect(`bar ${tone(value)}`, x - 46 * size, line - 5 * font, long, 9 * font) +
            label(x + 3, line + foot, text, "dim lp-start")
          );
        })
        .join("")
    );
  };
  return { paint, image, inAndOut };
}

/** @param {number} x @param {number} y @param {number} side */
const square = (x, y, side) =>
  `M${x.toFixed(1)},${y.toFixed(1)}h${side.toFixed(1)}v${side.toFixed(1)}h${(-side).toFixed(1)}z`;

/** What a screen reader and a click find of a part: an empty group to paint into.
 * @param {Network} net @param {"link" | "neuron"} kind @param {number} index
 * @param {string} [rest] */
export function partGroup(net, kind, index, rest = "") {
  const name = kind === "link" ? linkName(net, index, " to ") : net.names[index];
  const reachable = net.count + net.links.length > 120 ? "" : 'tabindex="0" role="button"';
  const id = `${kind === "link" ? "l" : "v"}${index}`;
  const told = `aria-label="${kind} ${safe(name)}"`;
  return `<g class="lp-${kind}" data-id="${id}" ${told} ${reachable} ${rest}></g>`;
}
