/* The stage: each link and neuron is a group of the drawing, painted from what is known. */

import { boxGroup, boxPainter, visibleLinks } from "./cells.js";
import { geometryOf } from "./geometry.js";
import { ghostLines } from "./ghosts.js";
import { sheetOf } from "./labels.js";
import { linkPainter } from "./links.js";
import { range } from "./lists.js";
import { PHASE } from "./network.js";
import { neuronPainter, partGroup } from "./neurons.js";
import { factorLines } from "./products.js";
import { path, rect } from "./svg.js";
import { widthOf } from "./text.js";

/** @typedef {import("./geometry.js").Geometry} Geometry */

/**
 * Draw the network into `svg`, empty; what it returns paints the numbers of a moment.
 * @param {SVGSVGElement} svg @param {Recording} recording @param {View} view
 * @param {{theme: Theme, scale: Scale, spots: Positions}} looks
 * @param {{pixels: string[], isShut(view: View, v: number): string, notAPie: string,
 *   columns: string[], mixes: string}} words
 * @param {Space} space @param {string[]} wanted ids of parts that are drawn whatever the room
 */
export function stageOf(svg, recording, view, { theme, scale, spots }, words, space, wanted) {
  const { net } = recording;
  const geometry = geometryOf(recording, spots, space);
  const visible = visibleLinks(net, spots);
  const { shown, ribbons } = chosenLinks(net, view, theme, wanted, visible);
  const links = linkPainter(geometry, scale, theme, shown);
  const neurons = neuronPainter(geometry, scale, words);
  const cells = boxPainter(geometry, scale.largest.sensitivity);
  const boxes = Object.keys(geometry.boxes).map(Number);
  const circles = net.neurons.filter((v) => geometry.radius[v]);
  const sheet = sheetOf(geometry, takenBy(geometry, widthOf(words.pixels[1], geometry.font)));
  const headings = headingsOf(geometry, words, sheet);
  const all = shown.length <= theme.most_numbers;
  const named = circles.map((v) => neurons.name(v, view.sample, sheet));
  const ghosts = ghostLines(geometry, sheet);
  const names = [...named, ghosts, all ? "" : links.letters(sheet)].join("");
  const layers = [
    [
      ...[spots.fold ? "" : ribbonsOf(geometry, ribbons), factorLines(geometry)],
      ...[groupsOf(geometry, words, sheet), headings],
    ].join(""),
    "",
    shown.map((link) => partGroup(net, "link", link)).join(""),
    [...circles, ...boxes]
      .map((v) => {
        const at = `transform="translate(${geometry.x[v]},${geometry.y[v]})"`;
        return geometry.boxes[v] ? boxGroup(net, v, at) : partGroup(net, "neuron", v, at);
      })
      .join(""),
    names,
    "",
  ];
  const looks = ["", "lp-blocks", "", "", "lp-names", "lp-numbers"];
  svg.setAttribute("viewBox", `0 0 ${geometry.width} ${geometry.height}`);
  svg.innerHTML = layers
    .map((layer, index) => `<g class="${looks[index]}">${layer}</g>`)
    .join("");
  const [, images, , , , numbers] = svg.children;
  /** @type {Map<string, SVGGElement>} */
  const groups = new Map();
  /** @type {Map<string, string>} what was painted last */
  const painted = new Map();
  for (const group of svg.querySelectorAll("g[data-id]")) {
    if (group instanceof SVGGElement) groups.set(group.dataset.id ?? "", group);
  }

  /** @param {string} id @param {View} view @param {number} [part] */
  const paintPart = (id, view, part) => {
    const group = groups.get(id);
    if (!group) return;
    const index = Number(id.slice(1));
    const painter = id[0] === "l" ? links : geometry.boxes[index] ? cells : neurons;
    const text = painter.paint(index, view, part);
    if (painted.get(id) === text) return;
    painted.set(id, text);
    group.innerHTML = text;
  };
  /** The numbers: those of the parts in question first. What finds no room is counted.
   * @param {View} view @param {string[]} first */
  const write = (view, first) => {
    const page = sheet.copy();
    const flows = neurons.passed(view).map((g) => neurons.inAndOut(g, view, page)).join("");
    const { foot, font } = geometry;
    const spots = [1, 2.25].map((line) => ({ x: 0, y: foot + line * font }));
    const aside = spots.map((spot) => ({ ...spot, anchor: /** @type {const} */ ("start") }));
    const ids = first.filter((id) => groups.has(id));
    const indices = (/** @type {string} */ kind) =>
      ids.filter((id) => id[0] === kind).map((id) => Number(id.slice(1)));
    const [firstLinks, firstNeurons] = [indices("l"), indices("v")];
    const isNumbered = (/** @type {number} */ v) =>
      geometry.isNumbered(v) && !firstNeurons.includes(v);
    const others = all ? shown.filter((link) => !firstLinks.includes(link)) : [];
    numbers.innerHTML = [
      ...firstNeurons.map((v) => neurons.numbers(v, view, page)),
      ...boxes.map((v) => cells.numbers(v, view, page)),
      links.numbers(firstLinks, view, page),
      flows && page.put(words.notAPie, aside, "dim lp-flow"),
      flows,
      ...circles.filter(isNumbered).map((v) => neurons.numbers(v, view, page)),
      links.numbers(others, view, page),
    ].join("");
    const unnumbered = circles.filter((v) => !isNumbered(v) && !firstNeurons.includes(v));
    return sheet.left + page.left + unnumbered.length;
  };
  return {
    shown,
    count: visible.length,
    paintPart,
    write,
    /** @param {View} view @param {string[]} [first] parts whose numbers come first
     * @returns how many numbers have no room */
    paint(view, first = []) {
      for (const id of groups.keys()) paintPart(id, view);
      const { generations, isImage } = geometry;
      images.innerHTML = generations
        .filter((g) => isImage[g])
        .map((g) => neurons.image(g, view))
        .join("");
      svg.dataset.phase = String(view.step.phase);
      const left = write(view, first);
      svg.dataset.left = String(left);
      return left;
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

/** What no letter may lie on: neurons, images with a caption so wide.
 * @param {Geometry} geometry @param {number} wide */
function takenBy(geometry, wide) {
  const { net, x, y, radius, boxes, generations, isImage, left, top, side, foot } = geometry;
  const { font, cell, columns, members } = geometry;
  const circles = net.neurons.filter((v) => radius[v]);
  /** @type {import("./labels.js").Box[]} */
  const taken = circles.map((v) => {
    const half = 0.8 * radius[v];
    return [x[v] - half, y[v] - half, x[v] + half, y[v] + half];
  });
  for (const [v, { half, tall }] of Object.entries(boxes)) {
    taken.push([x[+v] - half, y[+v] - tall, x[+v] + half, y[+v] + tall]);
  }
  for (const g of generations.filter((one) => isImage[one])) {
    const caption = top + 1.4 * font + cell[g] * Math.ceil(members[g].length / columns[g]);
    taken.push([left[g], top, left[g] + side, foot]);
    taken.push([left[g], caption, left[g] + wide, caption + 1.6 * font]);
  }
  return taken;
}

/**
 * Of very many links those that matter most in this phase, and all that are asked for; ribbons between
 * generations stand for the others.
 * @param {Network} net @param {View} view @param {Theme} theme @param {string[]} wanted
 * @param {number[]} all the links that there are to choose from
 */
export function chosenLinks(net, view, theme, wanted, all = range(net.links.length)) {
  /** @type {Map<string, [number, number]>} */
  const ribbons = new Map();
  if (all.length <= theme.most_links) return { shown: all, ribbons };
  const matters = weighed(view);
  const kept = new Set(
    all.toSorted((a, b) => matters(b) - matters(a) || a - b).slice(0, theme.shown_links),
  );
  for (const id of wanted) {
    const index = Number(id.slice(1));
    if (id[0] === "l") kept.add(index);
    else {
      const own = [...net.incoming[index], ...net.outgoing[index]];
      for (const link of own.filter((one) => all.includes(one))) kept.add(link);
    }
  }
  for (const link of all.filter((one) => !kept.has(one))) {
    const { from, to } = net.links[link];
    if (net.isBias[from]) continue;
    const pair = [net.generation[from], net.generation[to]];
    ribbons.set(pair.join(), [pair[0], pair[1]]);
  }
  return { shown: all.filter((link) => kept.has(link)), ribbons };
}

/** How much a link matters: by its signal, then its blame, then the step of its weight.
 * @param {View} view @returns {(link: number) => number} */
function weighed({ step, sample, details, net }) {
  if (step.phase === PHASE.update && sample.moves) {
    const { moves } = sample;
    return (link) => Math.abs(moves[net.links[link].weight] ?? Infinity);
  }
  const numbers = step.phase > PHASE.cost ? details.blame : details.signal;
  return (link) => Math.abs(numbers[link] ?? Infinity); // what stands for several stays
}

/** @param {Geometry} geometry @param {Map<string, [number, number]>} ribbons */
function ribbonsOf({ left, isImage, side, members, span, x }, ribbons) {
  /** @param {number} g @param {boolean} isEnd */
  const edge = (g, isEnd) => {
    const at = isImage[g] ? left[g] + (isEnd ? 0 : side) : x[members[g][0]];
    return [at, ...span(members[g])];
  };
  return [...ribbons.values()]
    .map((pair) => {
      const [a, b] = pair.map((g, index) => edge(g, index === 1));
      return path("ribbon", `M${a[0]},${a[1]}L${b[0]},${b[1]}V${b[2]}L${a[0]},${a[2]}Z`);
    })
    .join("");
}

/** A frame around each softmax group. @param {Geometry} geometry @param {{mixes: string}} words
 * @param {import("./labels.js").Sheet} sheet */
function groupsOf({ net, x, span, radius, font, foot, width }, { mixes }, sheet) {
  return net.header.groups
    .map((members) => {
      const [high, low] = span(members);
      const half = Math.max(...members.map((v) => radius[v])) + 0.4 * font;
      const middle = x[members[0]];
      const top = high - half;
      const bottom = Math.min(low + half, foot);
      const right = Math.min(middle + half + 12 * font, width - 2);
      const wide = widthOf(mixes, font) / 2;
      const at = Math.min(middle, width - wide - 1);
      const spots = [bottom + 0.65 * font, top - 0.65 * font].map((y) => ({ x: at, y }));
      const caption = sheet.put(mixes, spots, "dim");
      return rect("group", middle - half, top, right - middle + half, bottom - top) + caption;
    })
    .join("");
}

/** @param {Geometry} geometry @param {{columns: string[]}} words
 * @param {import("./labels.js").Sheet} sheet */
function headingsOf({ net, generations, middle, headings, font, gap, width }, { columns }, sheet) {
  if (headings.length) {
    const wide = Math.min(...headings.slice(1).map(({ x }, nth) => x - headings[nth].x));
    const put = headings.map(({ x, name, step }) => {
      const short = widthOf(name, font) < wide ? name : name.replace("step ", "").replace("start ▸", "start");
      const text = sheet.put(short, [{ x, y: 0.8 * font }], "dim lp-heading");
      return step == null ? text : `<g data-act="cell" data-step="${step}" role="button">${text}</g>`;
    });
    return put.join("");
  }
  const last = net.generation[net.outputs[0]];
  return generations
    .map((g) => {
      const whole = g === 0 ? columns[0] : g === last ? columns[2] : `${columns[1]} ${g}`;
      const text = g && g !== last && gap < widthOf(whole, font) + font ? String(g) : whole;
      const half = widthOf(text, font) / 2;
      const x = Math.max(half, Math.min(middle[g], width - half));
      return sheet.put(text, [{ x, y: 0.8 * font }], "dim lp-heading");
    })
    .join("");
}
