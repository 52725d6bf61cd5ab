/* Where everything is drawn: neurons by generation, large generations as an image. */

import { mix, range, sum } from "./lists.js";

const MOST_CIRCLES = 48; // a larger generation is drawn as an image

/**
 * The drawing's measures: `x`, `y`, `radius` by neuron, the rest by generation.
 * @param {Recording} recording @param {Positions} places
 * @param {{font: number, width: number, room: number}} space
 */
export function geometryOf({ net, trace }, places, { font, width, room }) {
  const size = 0.4 + 0.6 * font;
  const generations = range(Math.max(...net.generation) + 1);
  const members = generations.map((g) =>
    net.neurons.filter((v) => net.generation[v] === g && !net.isBias[v]),
  );
  const isImage = members.map((list) => list.length > MOST_CIRCLES);
  const plain = !isImage.some(Boolean);
  const biased = net.isBias.some(Boolean);
  const tallest = Math.max(...members.map((list, g) => (isImage[g] ? 1 : list.length)));
  const rows = places.rows ?? tallest + Number(biased);

  const top = 42 * font;
  const perRow = (rows > 8 ? 44 : rows > 5 ? 76 : 130) * size;
  const high = Math.max(250 * size, rows * 15 * font, Math.min(room - 108 * font, rows * perRow));
  const circle = Math.min(29 * size, (0.38 * high) / rows);

  const side = Math.min((high - 26 * font) / 2 - circle, 210 * size, width * 0.4);
  const columns = members.map((list, g) =>
    g === 0 && trace.image ? trace.image[1] : Math.ceil(Math.sqrt(list.length)),
  );
  const cell = members.map(
    (list, g) => side / Math.max(columns[g], Math.ceil(list.length / columns[g])),
  );
  const edge = Math.min(60 * font + 14, width * 0.14);
  const start = isImage[0] ? 14 : edge;
  const images = sum(isImage, Number);
  const gap = (width - start - edge - side * images) / Math.max(generations.length - 1, 1);
  const left = generations.map((g) => start + gap * g + side * sum(isImage.slice(0, g), Number));

  /** @type {number[]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  /** @type {number[]} */
  const radius = [];
  for (const v of net.neurons) {
    const g = net.generation[v];
    const index = members[g].indexOf(v);
    const isBias = index < 0;
    if (isImage[g] && !isBias) {
      radius[v] = 0;
      x[v] = left[g] + side;
      y[v] = top + cell[g] * (Math.floor(index / columns[g]) + 0.5);
      continue;
    }
    const chosen = plain ? places.positions[v] : null;
    const even = ((index + 0.5) / members[g].length) * (biased ? 0.84 : 1);
    const height = isBias ? 1 : rows < 2 ? 0.5 : even;
    radius[v] = isBias ? circle * 0.8 : circle;
    x[v] = chosen ? edge + (width - 2 * edge) * chosen[0] : left[g] + (isImage[g] ? side : 0);
    y[v] = top + circle + (high - 2 * circle) * (chosen ? chosen[1] : height);
  }
  return {
    ...{ net, font, size, width, edge, side, x, y, radius, circle, plain, left, top },
    ...{ generations, members, isImage, columns, cell },
    total: top + high + 66 * font,
    middle: generations.map((g) => left[g] + (isImage[g] ? side / 2 : 0)),
    /** How far a letter's foot is below the middle of its line. */
    foot: 4 * font,
    tight: high / rows - 2 * circle < 34 * font,
    narrow: gap < 130 * font,
    large: circle > 19 * size,
    steps: places.steps,
    /** The name beside a neuron: without its step where each step has a heading. @param {number} v */
    called: (v) => (places.steps ? net.names[v].replace(/(.)@-?\d+$/, "$1") : net.names[v]),
    /** How far a link bows aside. @param {number} link */
    bow: (link) => (plain ? (places.bends[link] ?? 0) * -4 * (high - 2 * circle) : 0),
    /** The highest and lowest middle of some neurons. @param {number[]} list */
    span: (list) => {
      const heights = list.map((v) => y[v]);
      return [Math.min(...heights), Math.max(...heights)];
    },
  };
}

/** @typedef {ReturnType<typeof geometryOf>} Geometry */

/**
 * The line of a link. `spot(u, beside)` is the point at u = 0 ... 1 between the rims, so far beside
 * the line; `path(beside, from, to)` the part of it as a path.
 * @param {Geometry} geometry @param {number} link
 */
export function lineOf({ net, x, y, radius, bow }, link) {
  const { from, to } = net.links[link];
  const dx = x[to] - x[from];
  const dy = y[to] - y[from];
  const length = Math.hypot(dx, dy) || 1;
  const aside = bow(link);
  /** @param {number} u @param {number} beside */
  const spot = (u, beside) => {
    const t = mix(radius[from] / length, 1 - radius[to] / length, u);
    const steep = dy + aside * (1 - 2 * t);
    const scale = Math.hypot(dx, steep);
    return [
      x[from] + dx * t + (beside * steep) / scale,
      y[from] + dy * t + aside * t * (1 - t) - (beside * dx) / scale,
    ];
  };
  const pieces = aside ? 16 : 1;
  /** @param {number} beside @param {number} [start] @param {number} [end] */
  const path = (beside, start = 0, end = 1) => {
    const spots = range(pieces + 1).map((i) =>
      spot(mix(start, end, i / pieces), beside).map((value) => value.toFixed(1)),
    );
    return `M${spots.join("L")}`;
  };
  return { length, spot, path };
}

/** @typedef {ReturnType<typeof lineOf>} Line */
