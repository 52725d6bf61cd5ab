/* Whose fault? The heaviest paths of blame: from the loss back to where it arrived. All paths add. */

import { outputIndex } from "./network.js";

const MOST = 12; // paths
const MOST_TRIED = 20_000; // partial paths; beyond that the search gives what it has

/** @typedef {{via: number[], links: number[], value: number, factors: number[]}} Arrow */
/** @typedef {{along: number[], links: number[], factors: number[], share: number}} Path */

/**
 * The paths with the largest shares of blame, the largest first.
 * @param {View} view @param {number[]} starts neurons at which blame arrived @returns {Path[]}
 */
export function heaviestPaths(view, starts) {
  const { net, details } = view;
  /** @type {Map<number, Arrow[]>} */
  const arrows = new Map();
  /** @type {number[]} the largest |product| from a neuron's output to the loss */
  const best = net.neurons.map(() => 0);
  /** @param {number} v */
  const asked = (v) => (outputIndex(net, v) >= 0 ? Math.abs(details.asked[v]) : 0);
  for (const { kind, members } of net.order.toReversed()) {
    if (kind === "link") continue;
    for (const v of members) {
      const all = net.outgoing[v].flatMap((link) => arrowsAlong(view, link));
      arrows.set(v, all);
      const sizes = all.map(({ via, value }) => Math.abs(value) * best[via[via.length - 1]]);
      best[v] = Math.max(asked(v), ...sizes);
    }
  }
  /** @type {{bound: number, path: Path, isEnd: boolean}[]} */
  let waiting = starts.map((v) => ({
    bound: best[v],
    path: { along: [v], links: [], factors: [], share: 1 },
    isEnd: false,
  }));
  /** @type {Path[]} */
  const paths = [];
  for (let tried = 0; waiting.length && paths.length < MOST && tried < MOST_TRIED; tried++) {
    const top = waiting.reduce((a, b) => (b.bound > a.bound ? b : a));
    waiting = waiting.filter((one) => one !== top);
    const { path } = top;
    if (top.isEnd) {
      paths.push(path);
      continue;
    }
    const last = path.along[path.along.length - 1];
    if (asked(last)) {
      const share = path.share * details.asked[last];
      const whole = { ...path, share, factors: [details.asked[last], ...path.factors] };
      waiting.push({ bound: Math.abs(share), path: whole, isEnd: true });
    }
    for (const { via, links, factors, value } of arrows.get(last) ?? []) {
      const share = path.share * value;
      const bound = Math.abs(share) * best[via[via.length - 1]];
      if (!bound) continue;
      waiting.push({
        bound,
        path: {
          along: [...path.along, ...via],
          links: [...path.links, ...links],
          factors: [...factors, ...path.factors],
          share,
        },
        isEnd: false,
      });
    }
  }
  return paths;
}

/** From a link's start on to the neurons whose output its end's sum moves.
 * @param {View} view @param {number} link @returns {Arrow[]} */
function arrowsAlong(view, link) {
  const { net, sample, details } = view;
  const { to } = net.links[link];
  const weight = carried(view, link);
  const group = net.group[to];
  if (!group) {
    const slope = details.slope[to];
    return [{ via: [to], links: [link], factors: [slope, weight], value: slope * weight }];
  }
  return group.map((member) => {
    const own = member === to ? sample.output[member] : 0;
    const mixing = own - sample.output[to] * sample.output[member];
    const via = member === to ? [to] : [to, member];
    return { via, links: [link], factors: [mixing, weight], value: mixing * weight };
  });
}

/** The weight with which a link handed its blame back. @param {View} view @param {number} link */
function carried({ net, sample, details }, link) {
  const { to, weight } = net.links[link];
  const delta = sample.delta[to];
  return delta ? details.blame[link] / delta : (sample.weights?.[weight] ?? 0);
}

/** Where blame is of use and comes from no farther: neurons behind which only inputs and biases stand.
 * @param {Network} net */
export const deepest = (net) =>
  net.neurons.filter(
    (v) =>
      net.incoming[v].length > 0 &&
      net.incoming[v].every((l) => net.isInput[net.links[l].from] || net.isBias[net.links[l].from]),
  );
