/* Small helpers for numbers and lists. */

/** 0, 1, ... n - 1. @param {number} n */
export const range = (n) => Array.from({ length: n }, (_, index) => index);

/** @param {number} n */
export const zeros = (n) => new Float64Array(n);

/**
 * The sum of what each item comes to.
 * @template T
 * @param {Iterable<T>} items
 * @param {(item: T) => number} value
 */
export function sum(items, value) {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** From a to b as t goes from 0 to 1. @param {number} a @param {number} b @param {number} t */
export const mix = (a, b, t) => a + (b - a) * t;

/**
 * The result; undefined where a host forbids it, as a sandboxed frame does with storage.
 * @template T
 * @param {() => T} act
 */
export function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
