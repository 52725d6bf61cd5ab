/* Where a move goes: from step to step of a level, over the edge of a sample. */

import { detailsAt } from "./details.js";

export const LEVEL = { link: 0, neuron: 1, generation: 2, phase: 3, sample: 4, epoch: 5 };

/** @param {Recording} recording @param {number} index */
export const lastStep = (recording, index) => detailsAt(recording, index).steps.length - 1;

/** Where moves of a level stop in a sample; of an epoch only its last sample has a stop.
 * @param {Recording} recording @param {number} index @param {number} level */
function stops(recording, index, level) {
  if (level < LEVEL.epoch) return detailsAt(recording, index).ends[level];
  return recording.samples[index].epoch.last ? [lastStep(recording, index)] : [];
}

/**
 * The next stop, as sample and step; null at the end.
 * @param {Recording} recording @param {[number, number]} from @param {number} level
 * @returns {[number, number] | null}
 */
export function nextStop(recording, [index, at], level) {
  let target = stops(recording, index, level).find((stop) => stop > at);
  let sample = index;
  while (target == null && sample < recording.samples.length - 1) {
    sample += 1;
    target = stops(recording, sample, level)[0];
  }
  return target == null ? null : [sample, target];
}

/**
 * The last stop before; null at the start.
 * @param {Recording} recording @param {[number, number]} from @param {number} level
 * @returns {[number, number] | null}
 */
export function lastStop(recording, [index, at], level) {
  const target = stops(recording, index, level).findLast((stop) => stop < at);
  if (target != null) return [index, target];
  let first = index;
  if (level === LEVEL.epoch) while (!recording.samples[first].epoch.first) first -= 1;
  if (first < index || at) return [first, 0];
  return first ? [first - 1, lastStep(recording, first - 1)] : null;
}

/**
 * Sample and step at a position of the whole recording.
 * @param {Recording} recording @param {number} position
 * @returns {[number, number]}
 */
export function stepAt(recording, position) {
  const index = Math.max(
    0,
    recording.samples.findLastIndex((sample) => sample.from < position),
  );
  const inner = position - recording.samples[index].from + 0.001;
  const at = detailsAt(recording, index).steps.findLastIndex((step) => step.at <= inner);
  return [index, Math.max(0, at)];
}
