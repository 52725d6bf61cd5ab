/* Conditions to run until, as the terminal knows them: h1, x1->h1, sign-flip, delta<0.01, ... */

import { detailsAt } from "./details.js";
import { plain } from "./forms.js";
import { linkName } from "./network.js";
import { nearMiss } from "./text.js";

/**
 * Whether a condition holds at a step.
 * @param {Recording} recording @param {string} condition @param {number} index of the sample
 * @param {number} at @param {string[]} phases
 */
export function holds(recording, condition, index, at, phases) {
  const { net, samples } = recording;
  const sample = samples[index];
  const details = detailsAt(recording, index);
  const step = details.steps[at];
  const isLink = step.kind === "link";
  const [what, limit] = condition.split("<").map((part) => part.trim());
  /** @param {(v: number) => boolean} test */
  const any = (test) => !isLink && step.members.some(test);
  const { blame, signal, slope } = details;
  const { delta, sensitivity, output } = sample;
  if (what === `phase=${phases[step.phase]}`) return true;
  if (limit) {
    const sizes = what === "delta" ? delta : slope;
    const isSmall = (/** @type {number} */ v) => Math.abs(sizes[v]) < Number(limit);
    return step.back && any((v) => net.incoming[v].length > 0 && isSmall(v));
  }
  if (what === "sign-flip") {
    if (isLink) return step.back && blame[step.link] * delta[net.links[step.link].to] < 0;
    return step.back && any((v) => sensitivity[v] * delta[v] < 0);
  }
  if (what === "loss-rose") {
    const earlier = samples.slice(0, index).findLast((other) => isSameSample(other, sample));
    return step.kind === "cost" && earlier != null && sample.loss > earlier.loss;
  }
  if (what === "nan") {
    if (isLink) return !isFinite((step.back ? blame : signal)[step.link]);
    if (step.kind === "cost") return !isFinite(sample.loss);
    return any((v) => !isFinite((step.back ? delta : output)[v]));
  }
  if (isLink) {
    return linkName(net, step.link, "->") === what.replace("→", "->").replaceAll(" ", "");
  }
  return any((v) => net.names[v] === what);
}

/** @param {Sample} a @param {Sample} b */
const isSameSample = (a, b) =>
  [a.inputs, a.targets, a.sampleWeight].join() === [b.inputs, b.targets, b.sampleWeight].join();

/**
 * What is wrong with a condition, as the terminal says it; "" where it can be looked for.
 * @param {Network} net @param {string} text @param {Words} words
 */
export function problemWith(net, text, { phases, problems, conditionWords }) {
  const [name, value] = text.split(/[=<]/).map((part) => part.trim());
  const links = net.links.map((_, link) => linkName(net, link, "->"));
  const names = [...net.names, ...links];
  if (names.includes(text.replace("→", "->").replaceAll(" ", ""))) return "";
  if (["sign-flip", "loss-rose", "nan"].includes(text)) return "";
  if (name === "phase" && text.includes("=")) {
    if (phases.includes(value)) return "";
    return plain(problems.phase, { phase: value, near: nearMiss(value, phases) });
  }
  if (["delta", "slope"].includes(name) && text.includes("<")) {
    if (!value || isNaN(Number(value))) return plain(problems.number, { text, value });
    return Number(value) > 0 ? "" : plain(problems.limit, { text });
  }
  return plain(problems.unknown, { text, near: nearMiss(text, [...names, ...conditionWords]) });
}
