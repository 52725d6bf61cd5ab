/* What has happened spreads over the drawing; a second move completes it at once. */

import { clamp } from "./lists.js";

const MOST_MOVED = 600; // steps that are animated one by one

/**
 * How long a move takes, and how far its parts are apart, in milliseconds.
 * @param {Theme["timing"]} timing @param {number} speed
 * @param {boolean} turns whether the phase does
 * @param {number} count of steps
 */
function durationOf({ link, fan, stagger, phase }, speed, turns, count) {
  const time = (turns ? phase : count > 1 ? fan : link) / speed;
  return { time, gap: Math.min(stagger / speed, (time * 0.6) / count) };
}

/**
 * `paint(step, part)` is called for each step and frame, `end()` when it is over.
 * Returns what completes it.
 * @param {Step[]} steps
 * @param {{timing: Theme["timing"], speed: number, turns: boolean}} pace
 * @param {(step: Step, part: number) => void} paint @param {() => void} end
 */
export function animate(steps, { timing, speed, turns }, paint, end) {
  const { time, gap } = durationOf(timing, speed, turns, steps.length);
  const start = performance.now();
  let frame = 0;
  /** @param {number} now */
  const tick = (now) => {
    steps.slice(-MOST_MOVED).forEach((step, index) => {
      const part = (now - start - index * gap) / (time - steps.length * gap);
      paint(step, clamp(part, 0, 1));
    });
    if (now - start < time) frame = requestAnimationFrame(tick);
    else end();
  };
  tick(start);
  return () => cancelAnimationFrame(frame);
}

/** What can wait until the picture is on the screen. @param {() => void} act */
export const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));
