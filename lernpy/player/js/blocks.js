/* Blocks and runs: how a trace packs its numbers. */

import { range } from "./lists.js";

/** @param {Block} block @returns {Table} */
export function table(block) {
  const text = atob(block.data);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at); // from() takes ten times as long
  const width = block.shape.length > 1 ? block.shape[1] : 1;
  const all = numbersOf(block, bytes);
  return { all, row: (index) => all.subarray(index * width, (index + 1) * width) };
}

/** @param {Block} block @param {Uint8Array<ArrayBuffer>} bytes */
function numbersOf({ dtype, scale = 1 }, bytes) {
  if (dtype === "uint8") return Float64Array.from(bytes, (byte) => byte / scale);
  const packed = dtype === "float32" ? Float32Array : Float64Array;
  return Float64Array.from(new packed(bytes.buffer));
}

/**
 * Runs [size, times, fresh] one by one: which it is, whether the first or the last of its run.
 * @param {[number, number, boolean?][]} runs @returns {Run[]}
 */
export function unrolled(runs) {
  let which = -1;
  return runs.flatMap(([size, times, fresh = false]) =>
    range(size * times).map((position) => {
      const first = position % size === 0;
      if (first) which += 1;
      return { which, first, last: (position + 1) % size === 0, fresh };
    }),
  );
}

/** The traits of a page with the texts that were packed. @param {{packed: string}} traits */
export async function unpacked({ packed, ...rest }) {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const texts = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return { ...rest, ...(await new Response(texts).json()) };
}
