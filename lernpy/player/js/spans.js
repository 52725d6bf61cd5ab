/* Many steps in one sentence: what a move of a coarser level has done. See `narration.spans`. */

import { formula, sentence } from "./forms.js";
import { sum } from "./lists.js";

/**
 * What several steps of one phase say together; nothing of one step, nor of other phases.
 * @param {Recording} recording @param {View} view @param {Step[]} steps
 * @param {Narration} narration
 */
export function tellSpan({ net }, view, steps, narration) {
  const back = view.step.back;
  const form = narration.spans[back ? "backward" : "forward"];
  const isPart = (/** @type {Step} */ { kind }) => ["link", "neuron", "group"].includes(kind);
  if (steps.length < 2 || !steps.every((step) => isPart(step) && step.back === back)) return null;
  const ordered = back ? steps.toReversed() : steps;
  const links = ordered.filter((step) => step.kind === "link").map((step) => step.link);
  const facts = {
    ...unitsOf(net, view, ordered, narration),
    ...(links.length ? flowOf(net, view, links, back) : {}),
  };
  return {
    title: sentence(form.title, facts),
    rows: formula(form.rows, facts),
    sentence: sentence(form.sentence, facts),
  };
}

/** The neurons among the parts, with their numbers.
 * @param {Network} net @param {View} view @param {Step[]} steps @param {Narration} narration */
function unitsOf(net, { sample }, steps, { most }) {
  const all = steps.filter((step) => step.kind !== "link").flatMap((step) => step.members);
  const users = all.filter((v) => !net.isBias[v] && !net.isInput[v]); // of blame
  const units = steps[0].back && users.length ? users : all;
  return {
    names: units.map((v) => net.names[v]),
    more: units.length > most.outputs,
    units: units.slice(0, most.outputs).map((v) => ({
      name: net.names[v],
      output: sample.output[v],
      sensitivity: sample.sensitivity[v],
      delta: sample.delta[v],
    })),
  };
}

/** From whom to whom; of signals the largest, of blame the neuron that got the most.
 * @param {Network} net @param {View} view @param {number[]} links @param {boolean} back
 * @returns {Facts} */
function flowOf(net, { details }, links, back) {
  const { signal, blame } = details;
  const sources = new Set(links.map((link) => net.links[link].from));
  const targets = new Set(links.map((link) => net.links[link].to));
  const [begins, ends] = back ? [targets, sources] : [sources, targets];
  /** @param {Iterable<number>} some */
  const names = (some) => [...some].map((v) => net.names[v]);
  const outer = [...begins].filter((v) => !ends.has(v));
  const reached = [...ends].filter((v) => !begins.has(v));
  const facts = {
    links: links.length,
    from: names(outer.length ? outer : begins),
    to: names(reached.length ? reached : ends),
  };
  if (!back) {
    const largest = links.reduce((best, link) =>
      Math.abs(signal[link]) > Math.abs(signal[best]) ? link : best,
    );
    const { from, to } = net.links[largest];
    return { ...facts, most: signal[largest], source: net.names[from], target: net.names[to] };
  }
  const users = [...sources].filter((v) => !net.isBias[v] && !net.isInput[v]);
  if (!users.length) return facts;
  /** @param {number} v */
  const got = (v) => sum(links.filter((link) => net.links[link].from === v), (link) => blame[link]);
  const top = users.reduce((best, v) => (Math.abs(got(v)) > Math.abs(got(best)) ? v : best));
  const used = users.filter((v) => !begins.has(v));
  const to = names(used.length ? used : users);
  return { ...facts, to, useful: true, target: net.names[top], most: got(top) };
}
