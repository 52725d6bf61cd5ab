/*
 * A network in time, folded: the cell of each step is a box, and the lines to and from a box stand for all
 * of its links. A page of a network without steps gets `without-cells.js` in place of this.
 */

import { range, sum } from "./lists.js";
import { rest } from "./products.js";
import { rect, tone } from "./svg.js";
import { safe, tiny } from "./text.js";

const BREADTH = 0.6; // of a box, as a share of its column
const HEIGHT = 0.36; // of a box, as a share of the stage
const INNER = 0.48; // of the stage, for the neurons of an open cell
const ROWS = 3.4; // as many neurons would have the size of inputs and outputs

const NOTE = "Boxes: folded cells (click, or U). A line of a box: the sum of outputs; back, of blame. ";

/**
 * The network with a box for each folded cell: neurons and links keep their numbers, boxes and bundles of
 * links come after them. `open`: the steps whose cells are unfolded.
 * @param {Recording} recording @param {Positions} spots @param {Set<number>} open
 */
export function foldOf(recording, spots, open) {
  const { net } = recording;
  const { time } = spots;
  if (!time) return undefined;
  const { steps, inside, columns } = time;
  /** @param {number | null} step */
  const within = (step) => net.neurons.filter((v) => steps[v] === step && inside[v]);
  const cells = columns.map(([step]) => step).filter((step) => step != null && within(step).length > 1);
  const boxes = cells.filter((step) => !open.has(Number(step)));
  const home = net.neurons.map((v) => {
    const box = inside[v] ? boxes.indexOf(steps[v]) : -1;
    return box < 0 ? v : net.count + box;
  });
  const isHidden = (/** @type {number} */ v) => v < net.count && home[v] !== v;
  const bundles = bundlesOf(net, home, time.kinds.map((kind, v) => (inside[v] ? kind : "")));
  let total = 0;
  const edges = new Map(
    columns.map(([step, folded, opened]) => {
      const left = total;
      total += cells.includes(step) && !boxes.includes(step) ? opened : folded;
      return [step, [left, total - left]];
    }),
  );
  /** How far to the right, as a share of the stage. @param {number | null} step @param {number} share */
  const across = (step, share, aside = 0) => {
    const [left, wide] = edges.get(step) ?? [0, 1];
    return (left + wide / 2 + (share - 0.5) * (wide - 1) + aside) / total;
  };
  const { shares, asides, heights, middle, names } = time;
  const points = net.neurons.map((v) => [across(steps[v], shares[v], asides[v]), heights[v]]);
  const opened = cells.filter((step) => open.has(Number(step))).map(within);
  /** @param {number[]} some @param {number} v */
  const beside = (some, v) => some.filter((u) => shares[u] === shares[v]).length;
  const rows = opened.map((some) => Math.max(...some.map((v) => beside(some, v))));
  return {
    note: boxes.length ? NOTE : "",
    /** Fold or unfold the cell of a step; unless stated, that of a part.
     * @param {string | undefined} step @param {string} id */
    turn: (step, id) => {
      const index = Number(id.slice(1));
      const own = steps[id[0] === "l" ? net.links[index]?.to : index];
      const cell = step == null ? own : Number(step);
      if (cell == null || !cells.includes(cell)) return;
      if (!open.delete(cell)) open.add(cell);
    },
    recording: { ...recording, net: foldedNet(net, boxes.map(String), bundles, isHidden) },
    /** @type {Positions} */
    spots: {
      positions: [...points, ...boxes.map((step) => [across(step, 0.5), middle])],
      ...{ bends: {}, rows: Math.max(ROWS, ...rows) / INNER },
      names: [...names, ...boxes.map((step) => `${within(step).length}`)],
      steps: columns.filter(([step]) => step != null).map(([step]) => ({
        ...{ at: across(step, 0.5), step: cells.includes(step) ? step : null },
        name: nameOf(step) + (boxes.includes(step) ? " ▸" : cells.includes(step) ? " ▾" : ""),
      })),
      fold: {
        homeOf: (v) => home[v],
        ...{ isHidden, first: net.count, bundles, links: net.links.length },
        ...{ breadth: BREADTH / total, height: HEIGHT },
        kinds: [...new Set(bundles.map(({ kind }) => kind).filter(Boolean))],
      },
    },
    /** What stands for a part that is folded. @param {string} id */
    idOf: (id) => {
      const index = Number(id.slice(1));
      if (id[0] === "v") return `v${home[index] ?? index}`;
      const link = net.links[index];
      if (!link || !(isHidden(link.from) || isHidden(link.to))) return id;
      const bundle = bundles.findIndex(({ links }) => links.includes(index));
      return bundle < 0 ? `v${home[link.to]}` : `l${net.links.length + bundle}`;
    },
    /** @param {View} view */
    viewOf: (view) => foldedView(view, bundles),
  };
}

/** @param {number | null} step */
const nameOf = (step) => (Number(step) > 0 ? `step ${step}` : "start");

/** The links, and the factors, between a box and others: those of one kind from one place to another.
 * @param {Network} net @param {number[]} home @param {string[]} kinds @returns {Bundle[]} */
function bundlesOf(net, home, kinds) {
  /** @type {Map<string, Bundle>} */
  const bundles = new Map();
  /** @param {number} u @param {number} v */
  const bundle = (u, v) => {
    const [from, to] = [home[u], home[v]];
    if (net.isBias[u] || from === to || (from === u && to === v)) return undefined;
    const kind = from === u && to === v ? "" : kinds[u];
    const key = [from, to, kind].join();
    if (!bundles.has(key)) bundles.set(key, { from, to, kind, sources: new Set(), links: [], factors: [] });
    const one = bundles.get(key);
    one?.sources.add(u);
    return one;
  };
  net.links.forEach(({ from, to }, link) => bundle(from, to)?.links.push(link));
  net.multiplied.forEach((some, u) => {
    for (const factor of some) bundle(u, factor.product)?.factors.push(factor);
  });
  return [...bundles.values()];
}

/** @param {Network} net @param {string[]} boxes their steps @param {Bundle[]} bundles
 * @param {(v: number) => boolean} isHidden @returns {Network} */
function foldedNet(net, boxes, bundles, isHidden) {
  const count = net.count + boxes.length;
  /** @template T @param {T[]} list @param {T} value */
  const and = (list, value) => [...list, ...boxes.map(() => value)];
  const more = bundles.map(({ from, to }, index) => ({ from, to, weight: net.holders.length + index }));
  return {
    ...net,
    ...{ names: [...net.names, ...boxes], count, neurons: range(count), links: [...net.links, ...more] },
    ...{ isInput: and(net.isInput, false), isBias: and(net.isBias, false), group: and(net.group, undefined) },
    ...{ activation: and(net.activation, ""), steepest: and(net.steepest, 1) },
    ...{ generation: and(net.generation, 0), multiplied: and(net.multiplied, []) },
    ...{ incoming: and(net.incoming, []), outgoing: and(net.outgoing, []) },
    factors: and(net.factors.map((some, v) => (isHidden(v) ? [] : some.filter((u) => !isHidden(u)))), []),
    header: { ...net.header, groups: net.header.groups.filter(([first]) => !isHidden(first)) },
  };
}

/** The numbers of bundles: forward what their neurons put out, back the blame that these are handed.
 * @param {View} view @param {Bundle[]} bundles @returns {View} */
function foldedView(view, bundles) {
  const { net, sample } = view;
  /** The sum, once all of it is known. @param {Known[]} values @returns {Known} */
  const all = (values) =>
    values.length && values.every((value) => value != null) ? sum(values, Number) : undefined;
  const blames = bundles.map(({ links, factors }) =>
    all([
      ...links.map(view.blame),
      ...factors.map(({ product, at }) => {
        const delta = view.delta(product);
        return delta == null ? delta : delta * rest(net, product, at, sample.output);
      }),
    ]),
  );
  const signals = bundles.map(({ links, sources }) =>
    links.every((link) => view.signal(link) != null) ? all([...sources].map(view.output)) : undefined,
  );
  /** Of neurons as they are; of a box nothing. @template T @param {(v: number) => T | undefined} get */
  const single = (get) => (/** @type {number} */ v) => (v < net.count ? get(v) : undefined);
  const boxed = (/** @type {number} */ v) =>
    all(blames.filter((_, index) => bundles[index].from === v));
  const { length } = net.links;
  return {
    ...view,
    ...{ output: single(view.output), totalInput: single(view.totalInput), slope: single(view.slope) },
    ...{ delta: single(view.delta), arrived: (v) => (v < net.count ? view.arrived(v) : []) },
    sensitivity: (v) => (v < net.count ? view.sensitivity(v) : boxed(v)),
    signal: (link) => (link < length ? view.signal(link) : signals[link - length]),
    blame: (link) => (link < length ? view.blame(link) : blames[link - length]),
    own: (link) => (link < length ? view.own(link) : undefined),
    weight: (w) => (w < net.holders.length ? view.weight(w) : undefined),
    moved: (w) => (w < net.holders.length ? view.moved(w) : undefined),
  };
}

/** The links that can be drawn: none of those of a folded cell.
 * @param {Network} net @param {Positions} spots */
export function visibleLinks(net, { fold }) {
  const all = range(net.links.length);
  if (!fold) return all;
  const isHidden = (/** @type {number} */ v) => fold.isHidden(v);
  return all.filter((link) => !isHidden(net.links[link].from) && !isHidden(net.links[link].to));
}

/** The boxes of folded cells by their neuron: half of their breadth and height, and how far from the middle
 * each kind of what they hand on leaves them. @param {Positions["fold"]} fold @param {Network} net
 * @param {number} width @param {number} height of the stage
 * @returns {Record<number, {half: number, tall: number, ports: Record<string, number>}>} */
export function boxesOf(fold, net, width, height) {
  if (!fold) return {};
  const { kinds } = fold;
  const [half, tall] = [(width * fold.breadth) / 2, (height * fold.height) / 2];
  const ports = kinds.map((kind, nth) => [kind, tall * ((2 * nth + 1) / kinds.length - 1)]);
  const boxes = net.neurons.slice(fold.first).map((v) => [v, { half, tall, ports: Object.fromEntries(ports) }]);
  return Object.fromEntries(boxes);
}

/** Where a line begins at a neuron: in its middle, at a box on the side of the other, by kind.
 * @param {Pick<import("./geometry.js").Geometry, "x" | "y" | "boxes">} geometry @param {number} v @param {number} other
 * @param {string} kind @returns {[number, number]} */
export function portOf({ x, y, boxes }, v, other, kind) {
  const box = boxes[v];
  if (!box) return [x[v], y[v]];
  const { half, tall, ports } = box;
  if (Math.abs(x[other] - x[v]) < half) return [x[other], y[v] + Math.sign(y[other] - y[v]) * tall];
  return [x[v] + Math.sign(x[other] - x[v]) * half, y[v] + (ports[kind] ?? 0)];
}

/** What a line to or from a box carries: h, c. @param {Positions["fold"]} fold @param {number} link */
export const kindOf = (fold, link) => fold?.bundles[link - fold.links]?.kind ?? "";

/** The stage of a folded network: it is told of parts that it has folded.
 * @template {ReturnType<typeof import("./stage.js").stageOf>} Stage
 * @param {Stage} stage @param {Folding} folding @returns {Stage} */
export const foldedStage = (stage, { idOf, viewOf }) => ({
  ...stage,
  paintPart: (id, view, part) => stage.paintPart(idOf(id), viewOf(view), part),
  write: (view, first) => stage.write(viewOf(view), first.map(idOf)),
  paint: (view, first = []) => stage.paint(viewOf(view), first.map(idOf)),
  mark: (focus, active) => stage.mark(idOf(focus), active.map(idOf)),
});

/** @typedef {NonNullable<ReturnType<typeof foldOf>>} Folding */

/** What a screen reader and a click find of a box. @param {Network} net @param {number} v
 * @param {string} at */
export const boxGroup = (net, v, at) =>
  `<g class="lp-neuron" data-id="v${v}" data-act="cell" data-step="${net.names[v]}" ${at} tabindex="0" ` +
  `role="button" aria-label="the cell of ${nameOf(Number(net.names[v]))}, folded"></g>`;

/** A box: how many neurons are in it, what it hands on by name, and the blame that it got.
 * @param {import("./geometry.js").Geometry} geometry @param {number} most the largest blame */
export function boxPainter({ x, y, boxes, names, font }, most) {
  /** @param {number} v @param {View} view */
  const paint = (v, view) => {
    const { half, tall, ports } = boxes[v];
    const blame = view.sensitivity(v);
    const share = blame == null ? 0 : Math.sqrt(Math.min(1, Math.abs(blame) / (most || 1)));
    const wide = 0.3 * font;
    const bar = blame
      ? rect(`half ${tone(blame)}`, half - wide, -tall * share, wide, 2 * tall * share)
      : "";
    const letters = Object.entries(ports).map(
      ([kind, at]) =>
        `<text class="lp-dim lp-end" x="${half - 0.5 * font}" y="${at + 0.35 * font}">` +
        `${safe(kind)}</text>`,
    );
    const count = letters.length;
    const down = count % 2 ? tall / Math.max(count, 2) : 0; // between the ports
    const corner = `x="${-half + 0.3 * font}" y="${down + 0.35 * font}"`;
    const size = `<text class="lp-name lp-start" ${corner}>${names[v]}</text>`;
    return rect("rim lp-box", -half, -tall, 2 * half, 2 * tall) + bar + size + letters.join("");
  };
  /** The blame that it got, in it. @param {number} v @param {View} view
   * @param {import("./labels.js").Sheet} sheet */
  const numbers = (v, view, sheet) => {
    const blame = view.sensitivity(v);
    if (blame == null) return "";
    const spot = { x: x[v], y: y[v] - boxes[v].tall + 0.55 * font, within: true };
    return sheet.put(tiny(blame), [spot], `number lp-in ${tone(blame)}`, `v${v}`);
  };
  return { paint, numbers };
}
