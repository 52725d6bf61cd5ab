/* Products: neurons whose output is the product of others', and what each factor is handed back. */

/** Enter the products of a trace's network. @param {Network} net */
export function addProducts(net) {
  for (const [product, ...factors] of net.header.products ?? []) {
    net.factors[product] = factors;
    factors.forEach((v, at) => net.multiplied[v].push({ product, at }));
  }
}

/** @param {Network} net @param {number} v */
export const isProduct = (net, v) => net.factors[v].length > 0;

/** What the factors of a product multiply to, but for one of them.
 * @param {Network} net @param {number} product @param {number} at @param {Numbers} output */
export const rest = (net, product, at, output) =>
  net.factors[product].reduce((whole, v, index) => (index === at ? whole : whole * output[v]), 1);

/** What the products of a neuron hand back to it, in their order.
 * @param {Network} net @param {number} v @param {Numbers} output @param {Numbers} delta */
export const handedBack = (net, v, output, delta) =>
  net.multiplied[v]
    .toSorted((a, b) => net.times.neuron[0][a.product] - net.times.neuron[0][b.product])
    .map(({ product, at }) => ({
      product,
      value: delta[product] * rest(net, product, at, output),
    }));
