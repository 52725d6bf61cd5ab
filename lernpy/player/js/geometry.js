/* Where everything is drawn: neurons by generation, large generations as an image. */

import { boxesOf, kindOf, portOf } from "./cells.js";
import { clamp, mix, range, sum } from "./lists.js";
import { shortened, widthOf } from "./text.js";

const MOST_CIRCLES = 48; // a larger generation is drawn as an image
const LONGEST = 14; // letters of a name on the stage
const NAMED = 5.2; // letters from neuron to neuron: from there on a name stands above its neuron
export const MANY_LINKS = 60; // from there on no bars of what arrived
const NUMBERED = 3.2; // and from there on two numbers below it

/**
 * The drawing's measures: `x`, `y`, `radius`, `room` (to the next neuron of its column) by neuron, the
 * rest by generation. Every letter is `font` pixels high.
 * @param {Recording} recording @param {Positions} spots @param {Space} space
 */
export function geometryOf({ net, trace }, spots, { font, width, height, stubs = false }) {
  const size = Math.max(1, font / 25);
  const generations = range(Math.max(...net.generation) + 1);
  const members = generations.map((g) =>
    net.neurons.filter((v) => net.generation[v] === g && !net.isBias[v]),
  );
  const top = 1.7 * font;
  const foot = height - 3 * font;
  const { fold } = spots;
  const most = fold ? Infinity : clamp((foot - top) / (1.15 * font), 8, MOST_CIRCLES);
  const isImage = members.map((list) => list.length > most);
  const plain = !isImage.some(Boolean);
  const biased = net.isBias.some(Boolean) && !stubs;
  const rows = Math.max(...members.map((list, g) => (isImage[g] ? 1 : list.length)));
  const even = (foot - top) / (spots.rows ?? rows + Number(biased));
  const labels = spots.names ?? trace.labels;
  const names = net.neurons.map((v) => shortened(labels?.[v] || net.names[v], LONGEST));

  const isTall = even > 2.7 * font; // two lines beside a neuron
  /** @param {number[]} list @param {string} more */
  const longest = (list, more) =>
    Math.max(...list.map((v) => widthOf(isTall ? names[v] : names[v] + more, font)));
  const reach = radiusIn(even, font);
  const before = isImage[0] ? 0 : Math.max(widthOf("−0.123", font), longest(members[0], " −0.12"));
  const target = isTall ? widthOf("▸ −0.12", font) : 0;
  const stacks = net.links.length > MANY_LINKS ? 0 : 22 * size;
  const behind = Math.max(target, longest(net.outputs, " ▸ 0.12")) + stacks;
  const left = fold ? 0 : Math.min(before, 0.3 * width) + (isImage[0] ? 0.6 * font : reach);
  const right = fold ? width : width - reach - Math.min(behind, 0.29 * width);

  const side = Math.min((foot - top - 3 * font) / 2, 0.25 * width);
  const columns = members.map((list, g) =>
    g === 0 && trace.image ? trace.image[1] : Math.ceil(Math.sqrt(list.length)),
  );
  const cell = members.map(
    (list, g) => side / Math.max(columns[g], Math.ceil(list.length / columns[g])),
  );
  const images = sum(isImage, Number);
  const gap = (right - left - side * images) / Math.max(generations.length - 1, 1);
  const lefts = generations.map((g) => left + gap * g + side * sum(isImage.slice(0, g), Number));

  /** @type {number[]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  const first = top + reach + (even > NAMED * font ? 1.3 * font : 0.3 * font);
  const last = foot - reach - (even > NUMBERED * font ? 1.4 * font : 0);
  const lowest = stubs ? Math.max(0.5, ...placed(net, spots)) : 1;
  for (const v of net.neurons) {
    const g = net.generation[v];
    const index = members[g].indexOf(v);
    const isBias = index < 0;
    if (isImage[g] && !isBias) {
      x[v] = lefts[g] + side;
      y[v] = top + 1.4 * font + cell[g] * (Math.floor(index / columns[g]) + 0.5);
      continue;
    }
    const chosen = plain ? spots.positions[v] : null;
    const share = ((index + 0.5) / members[g].length) * (biased ? 1 - 1 / (rows + 1) : 1);
    x[v] = chosen ? mix(left, right, chosen[0]) : lefts[g] + (isImage[g] ? side : 0);
    y[v] = mix(first, last, chosen ? chosen[1] / lowest : isBias ? 1 : share);
  }
  const isDrawn = net.neurons.map((v) => {
    if (fold && (v >= fold.first || fold.isHidden(v))) return false;
    return !(net.isBias[v] ? stubs : isImage[net.generation[v]]);
  });
  const drawn = net.neurons.filter((v) => isDrawn[v]);
  /** To the next neuron above or below, and to both edges. @param {number} v */
  const roomOf = (v) =>
    Math.min(
      2 * (y[v] - top),
      2 * (foot - y[v]),
      ...drawn.filter((u) => u !== v && Math.abs(x[u] - x[v]) < 4 * font)
        .map((u) => Math.hypot(x[u] - x[v], y[u] - y[v])),
    );
  const room = net.neurons.map((v) => (isDrawn[v] ? roomOf(v) : 0));
  const radius = net.neurons.map((v) => {
    if (!isDrawn[v]) return 0;
    const r = Math.min(reach, radiusIn(room[v], font));
    return net.isBias[v] ? 0.8 * r : r;
  });
  return {
    ...{ net, font, size, width, height, top, foot, x, y, room, radius, names, plain, stubs, gap },
    ...{ generations, members, isImage, columns, cell, side, left: lefts, fold },
    boxes: boxesOf(fold, net, width, last - first),
    headings: (spots.steps ?? []).map(({ at, name, step }) => ({ x: mix(left, right, at), name, step })),
    middle: generations.map((g) => lefts[g] + (isImage[g] ? side / 2 : 0)),
    /** Whether two lines fit beside a neuron, its name above, its numbers below. @param {number} v */
    isTall: (v) => room[v] > 2.7 * font,
    /** @param {number} v */
    isNamed: (v) => room[v] > NAMED * font,
    /** @param {number} v */
    isNumbered: (v) => room[v] > NUMBERED * font,
    /** How far a link bows aside. @param {number} link */
    bow: (link) => (plain ? (spots.bends[link] ?? 0) * -4 * (last - first) : 0),
    /** The highest and lowest middle of some neurons. @param {number[]} list */
    span: (list) => {
      const heights = list.map((v) => y[v]);
      return [Math.min(...heights), Math.max(...heights)];
    },
  };
}

/** The radius of a neuron that has so much room from row to row.
 * @param {number} room @param {number} font */
function radiusIn(room, font) {
  if (room > NAMED * font) return clamp((room - 3 * font) / 2, 1.1 * font, 2.2 * font);
  if (room > NUMBERED * font) return clamp((room - 1.6 * font) / 2, 0.8 * font, 1.4 * font);
  return clamp(0.42 * room, 0.3 * font, 0.9 * font);
}

/** How far down the neurons stand that are no biases. @param {Network} net
 * @param {Positions} spots */
const placed = (net, spots) =>
  net.neurons.filter((v) => !net.isBias[v]).map((v) => spots.positions[v]?.[1] ?? 1);

/** @typedef {ReturnType<typeof geometryOf>} Geometry */

/**
 * The line of a link. `spot(u, beside)` is the point at u = 0 ... 1 between the rims, so far beside
 * the line; `path(beside, from, to)` the part of it as a path.
 * @param {Geometry} geometry @param {number} link
 */
export function lineOf({ net, x, y, radius, bow, stubs, font, boxes, fold }, link) {
  const { from, to } = net.links[link];
  const isStub = stubs && net.isBias[from];
  const kind = kindOf(fold, link);
  const [startX, startY] = isStub
    ? [x[to] - radius[to] - 1.6 * font, y[to] + radius[to] + 0.9 * font]
    : portOf({ x, y, boxes }, from, to, kind);
  const [endX, endY] = portOf({ x, y, boxes }, to, from, kind);
  const dx = endX - startX;
  const dy = endY - startY;
  const length = Math.hypot(dx, dy) || 1;
  const aside = isStub ? 0 : bow(link);
  /** @param {number} u @param {number} beside */
  const spot = (u, beside) => {
    const t = mix(radius[from] / length, 1 - radius[to] / length, u);
    const steep = dy + aside * (1 - 2 * t);
    const scale = Math.hypot(dx, steep);
    return [
      startX + dx * t + (beside * steep) / scale,
      startY + dy * t + aside * t * (1 - t) - (beside * dx) / scale,
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
