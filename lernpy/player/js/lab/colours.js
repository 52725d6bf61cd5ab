/* Colours of maps: from light orange over grey to dark blue, so that they differ in grey, too. */

const SHADES_EACH = 64;
const LOW = [243, 166, 92];
const MIDDLE = [222, 222, 218];
const HIGH = [0, 88, 150];

/** The ramp as words of RGBA for a little-endian picture. */
export const RAMP = Uint32Array.from({ length: 2 * SHADES_EACH + 1 }, (_, index) => {
  const share = index / SHADES_EACH - 1;
  const end = share < 0 ? LOW : HIGH;
  const [r, g, b] = MIDDLE.map((middle, i) =>
    Math.round(middle + Math.abs(share) * (end[i] - middle)),
  );
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
});

/**
 * A function from a value to its colour: the middle of the range is grey; without a range the largest
 * value is the end of the ramp and 0 its middle.
 * @param {Numbers} values @param {[number, number] | null} limits @param {Uint32Array} ramp
 */
export function shade(values, limits, ramp) {
  let [middle, half] = [0, 0];
  if (limits) [middle, half] = [(limits[0] + limits[1]) / 2, (limits[1] - limits[0]) / 2];
  else for (const value of values) half = Math.max(half, Math.abs(value));
  const scale = SHADES_EACH / (half || 1);
  return (/** @type {number} */ value) => {
    const at = Math.round((value - middle) * scale) + SHADES_EACH;
    return ramp[at <= 0 ? 0 : at > 2 * SHADES_EACH ? 2 * SHADES_EACH : at || SHADES_EACH]; // NaN: grey
  };
}

/** The colours of the theme as the canvas wants them. @param {Element} root @returns {Looks} */
export function looksOf(root) {
  const style = getComputedStyle(root);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--lp-${name}`).trim();
  const names = /** @type {const} */ (["text", "muted", "faint", "background", "accent"]);
  const [text, muted, faint, background, accent] = names.map(colour);
  return {
    ...{ text, muted, faint, background, accent, ramp: RAMP },
    positive: colour("positive"),
    negative: colour("negative"),
  };
}
