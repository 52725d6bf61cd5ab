/* Chance: a small generator, so that one seed gives one picture, and what is drawn with it. */

/**
 * Numbers from 0 to 1 without 1: mulberry32, a counter whose bits are mixed.
 * @param {number} seed
 */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for the drawing `which` of a run. @param {number} seed @param {number} which */
export const seedOf = (seed, which) => (Math.imul(seed, 0x9e3779b1) + Math.imul(which, 0x85ebca6b)) >>> 0;

/** 0 ... count - 1 in random order. @param {number} count @param {number} seed */
export function shuffled(count, seed) {
  const random = generator(seed);
  const order = new Int32Array(count);
  for (let index = 1; index < count; index++) order[index] = index;
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const index = order[last]; // a pair in brackets takes five times as long
    order[last] = order[other];
    order[other] = index;
  }
  return order;
}

/** From the normal distribution (Box and Muller 1958). @param {() => number} random */
const normal = (random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/**
 * Where a weight starts: He's normal draw before ReLU and its kind, else Glorot's uniform one.
 * @param {{start: string, fanIn: number, fanOut: number}} link @param {() => number} random
 */
export function freshWeight({ start, fanIn, fanOut }, random) {
  if (start === "he_normal") return normal(random) * Math.sqrt(2 / fanIn);
  return (2 * random() - 1) * Math.sqrt(6 / (fanIn + fanOut));
}
