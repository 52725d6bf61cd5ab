/* The stage: each link and neuron is a group of the drawing, painted from what is known. */

import { geometryOf } from "./geometry.js";
import { linkPainter } from "./links.js";
import { range } from "./lists.js";
import { neuronPainter, partGroup } from "./neurons.js";
import { label, path, rect } from "./svg.js";

/**
 * Draw the network into `svg`, empty; what it returns paints the numbers of a moment.
 * @param {SVGSVGElement} svg @param {Recording} recording @param {Details} details
 * @param {{theme: Theme, scale: Scale, places: Positions}} looks
 * @param {{pixels: string[], isShut(view: View, v: number): string, notAPie: string}} words
 * @param {{font: number, width: number, room: number}} space
 */
export function stageOf(svg, recording, details, { theme, scale, places }, words, space) {
  const { net } = recording;
  const geometry = geometryOf(recording, places, space);
  const { shown, ribbons } = chosenLinks(net, details, theme);
  const links = linkPainter(geometry, scale, theme, shown);
  const neurons = neuronPainter(geometry, scale, words);
  const circles = net.neurons.filter((v) => geometry.radius[v]);
  const layers = [
    ribbonsOf(geometry, ribbons) +
      factorsOf(geometry) +
      groupsOf(geometry) +
      headingsOf(geometry),
    "",
    shown.map((link) => partGroup(net, "link", link)).join(""),
    "",
    circles
      .map((v) => {
        const at = `transform="translate(${geometry.x[v]},${geometry.y[v]})"`;
        return partGroup(net, "neuron", v, at);
      })
      .join(""),
    "",
  ];
  const names = ["", "lp-blocks", "", "lp-numbers", "", "lp-foot"];
  svg.setAttribute("viewBox", `0 0 ${geometry.width} ${geometry.total}`);
  svg.innerHTML = layers
    .map((layer, index) => `<g class="${names[index]}">${layer}</g>`)
    .join("");
  const [, images, , numbers, , foot] = svg.children;
  /** @type {Map<string, SVGGElement>} */
  const groups = new Map();
  /** @type {Map<string, string>} what was painted last */
  const painted = new Map();
  for (const group of svg.querySelectorAll("g[data-id]")) {
    if (!(group instanceof SVGGElement)) continue;
    const id = group.dataset.id ?? "";
    groups.set(id, group);
    if (id[0] === "v") group.style.setProperty("--r", `${geometry.radius[Number(id.slice(1))]}px`);
  }

  /** @param {string} id @param {View} view @param {number} [part] */
  const paintPart = (id, view, part) => {
    const group = groups.get(id);
    if (!group) return;
    const painter = id[0] === "l" ? links : neurons;
    const text = painter.paint(Number(id.slice(1)), view, part);
    if (painted.get(id) === text) return;
    painted.set(id, text);
    group.innerHTML = text;
  };
  return {
    shown,
    paintPart,
    /** @param {View} view */
    paint(view) {
      for (const id of groups.keys()) paintPart(id, view);
      const { generations, isImage, narrow } = geometry;
      numbers.innerHTML = links.numbers(view);
      images.innerHTML = generations
        .filter((g) => isImage[g])
        .map((g) => neurons.image(g, view))
        .join("");
      const pairs = generations.map((g) => neurons.inAndOut(g, view)).filter(Boolean);
      foot.innerHTML = pairs.slice(0, narrow ? 1 : pairs.length).join("");
      svg.dataset.phase = String(view.step.phase);
    },
    /** @param {string} focus @param {string[]} active */
    mark(focus, active) {
      for (const [id, group] of groups) {
        group.classList.toggle("lp-on", active.includes(id));
        group.classList.toggle("lp-focus", id === focus);
      }
    },
  };
}

/**
 * Of very many links those with the most blame; ribbons between generations stand for the others.
 * @param {Network} net @param {Details} details @param {Theme} theme
 */
function chosenLinks(net, { blame }, theme) {
  const shown = range(net.links.length);
  /** @type {Map<string, [number, number]>} */
  const ribbons = new Map();
  if (shown.length <= theme.most_links) return { shown, ribbons };
  shown.sort((a, b) => Math.abs(blame[b]) - Math.abs(blame[a]));
  for (const link of shown.splice(theme.shown_links)) {
    const { from, to } = net.links[link];
    if (net.isBias[from]) continue;
    const pair = [net.generation[from], net.generation[to]];
    ribbons.set(pair.join(), [pair[0], pair[1]]);
  }
  return { shown, ribbons };
}

/** @typedef {import("./geometry.js").Geometry} Geometry */

/** @param {Geometry} geometry @param {Map<string, [number, number]>} ribbons */
function ribbonsOf({ left, isImage, side, members, span }, ribbons) {
  /** @param {number} g */
  const edge = (g) => [left[g] + (isImage[g] ? side : 0), ...span(members[g])];
  return [...ribbons.values()]
    .map((pair) => {
      const [a, b] = pair.map(edge);
      return path("ribbon", `M${a[0]},${a[1]}L${b[0]},${b[1]}V${b[2]}L${a[0]},${a[2]}Z`);
    })
    .join("");
}

/** From each factor to its product: there is no weight on it. @param {Geometry} geometry */
function factorsOf({ net, x, y }) {
  return net.neurons
    .flatMap((v) => net.factors[v].map((from) => path("factor", `M${x[from]},${y[from]}L${x[v]},${y[v]}`)))
    .join("");
}

/** A frame around each softmax group. @param {Geometry} geometry */
function groupsOf({ net, x, span, large, circle, size, font, edge }) {
  return net.header.groups
    .map((members) => {
      const [high, low] = span(members);
      const longest = Math.max(...members.map((v) => net.names[v].length));
      const half = large ? circle + 16 * size : Math.min(edge - 2, circle + 8 + 9 * font * longest);
      const middle = x[members[0]];
      const top = high - circle - 20 * font;
      const bottom = low + circle + 18 * font;
      const caption = label(middle + half, bottom + 13 * font, "softmax: mixes", "dim lp-end");
      return rect("group", middle - half, top, 2 * half, bottom - top) + caption;
    })
    .join("");
}

/** @param {Geometry} geometry */
function headingsOf({ net, generations, middle, font, narrow, steps, edge, width }) {
  if (steps) {
    return steps
      .map(([x, name]) => label(edge + (width - 2 * edge) * x, 13 * font, name))
      .join("");
  }
  const last = net.generation[net.outputs[0]];
  return generations
    .map((g) => {
      const name = g === 0 ? "inputs" : g === last ? "outputs" : (narrow ? "" : "generation ") + g;
      return label(middle[g], 13 * font, name);
    })
    .join("");
}
