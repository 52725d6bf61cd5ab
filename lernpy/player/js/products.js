/*
 * Products: neurons whose output is the product of others', and what each factor is handed back.
 * A page of a network without any gets `without-products.js` in place of this.
 */

import { path } from "./svg.js";

/** Enter the products of a trace's network. @param {Network} net */
export function addProducts(net) {
  net.factors = net.neurons.map(() => []);
  net.multiplied = net.neurons.map(() => []);
  for (const [product, ...factors] of net.header.products ?? []) {
    net.factors[product] = factors;
    factors.forEach((v, at) => net.multiplied[v].push({ product, at }));
  }
}

/** @param {Network} net @param {number} v */
export const isProduct = (net, v) => net.factors[v].length > 0;

/** What the factors of a product multiply to, but for one of them; from some number on.
 * @param {Network} net @param {number} product @param {number} at @param {Numbers} output @param {number} [first] */
export const rest = (net, product, at, output, first = 1) =>
  net.factors[product].reduce((whole, v, index) => (index === at ? whole : whole * output[v]), first);

/** What the products of a neuron hand back to it, in their order, up to a moment.
 * @param {Network} net @param {number} v @param {Sample} sample @param {number} [until] */
export const handedBack = (net, v, { output, delta }, until = Infinity) =>
  net.multiplied[v]
    .filter(({ product }) => net.times.neuron[1][product] <= until)
    .toSorted((a, b) => net.times.neuron[0][a.product] - net.times.neuron[0][b.product])
    .map(({ product, at }) => ({
      ...{ loss: false, part: `v${product}`, target: net.names[product] },
      value: delta[product] * rest(net, product, at, output),
    }));

/** @param {Network} net @param {number} v */
export const isFactor = (net, v) => net.multiplied[v].length > 0;

/** The output of a product. @param {Network} net @param {number} v @param {Numbers} z
 * @param {Numbers} y */
export function multiply(net, v, z, y) {
  z[v] = y[v] = rest(net, v, -1, y);
  return 0;
}

/** Hand the blame of a product to its factors. @param {Network} net @param {number} v
 * @param {{output: Numbers, sensitivity: Numbers, delta: Numbers}} numbers */
export function blameFactors(net, v, { output, sensitivity, delta }) {
  delta[v] = sensitivity[v];
  net.factors[v].forEach((factor, at) => {
    sensitivity[factor] += rest(net, v, at, output, delta[v]);
  });
}

/** What the step of a product says, forward or `back`: the event, and its facts.
 * @param {Network} net @param {number} v @param {Sample} sample @param {boolean} back */
export function productEvent(net, v, { output, delta }, back) {
  const factors = net.factors[v].map((u) => ({ factor: net.names[u], value: output[u] }));
  if (back) {
    const handed = factors.map(({ factor }, at) => ({
      factor,
      value: delta[v] * rest(net, v, at, output),
      others: factors.filter((_, index) => index !== at),
    }));
    return { event: "blame_factors", facts: { delta: delta[v], factors, handed } };
  }
  const names = factors.map(({ factor }) => factor);
  const silent = factors.filter(({ value }) => value === 0).map(({ factor }) => factor);
  const facts = { name: net.names[v], output: output[v], factors, names, silent };
  return { event: "multiply", facts: { ...facts, single: names.length === 1 } };
}

/** A line from each factor to its product: there is no weight on it.
 * @param {import("./geometry.js").Geometry} geometry */
export const factorLines = ({ net, x, y }) =>
  net.neurons
    .flatMap((v) =>
      net.factors[v].map((u) =>
        path("factor", `M${x[u]},${y[u]}L${x[v]},${y[v]}`, `stroke="currentColor" opacity=".5"`),
      ),
    )
    .join("");
