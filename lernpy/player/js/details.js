/* What follows from the recorded numbers of a sample: products, blame from the loss, slopes. */

import { range, sum, zeros } from "./lists.js";
import { outputSlope } from "./maths.js";
import { handedBack } from "./products.js";
import { ACTIVATIONS, LOSSES } from "./tables.js";
import { weightAt } from "./trace.js";

/** @param {Recording} recording @param {number} index @returns {Details} */
export function detailsAt(recording, index) {
  const sample = recording.samples[index];
  const known = recording.cache.get(sample);
  if (known) return known;
  const details = detailsOf(recording, sample);
  recording.cache.set(sample, details);
  return details;
}

/** @param {Recording} recording @param {Sample} sample @returns {Details} */
function detailsOf(recording, sample) {
  const { net, trace } = recording;
  const products = productsOf(net, sample);
  const asked = zeros(net.count);
  /** @param {number} v */
  const handed = (v) =>
    sum(net.outgoing[v], (link) => products.blame[link]) +
    sum(handedBack(net, v, sample), (blame) => blame.value);
  const loss = LOSSES[net.header.loss];
  net.outputs.forEach((v, position) => {
    asked[v] = loss
      ? net.header.share *
        sample.sampleWeight *
        outputSlope(net, loss, v, sample.output, sample.targets[position])
      : sample.sensitivity[v] - handed(v);
  });
  for (const v of net.neurons) {
    if (trace.samples.recorded.includes(v)) continue;
    sample.sensitivity[v] = sample.weights ? handed(v) + asked[v] : NaN;
    sample.delta[v] = net.isBias[v] ? 0 : sample.sensitivity[v];
  }
  const steps = net.steps.filter((step) => isPlayed(sample, step));
  /** @type {number[][] | undefined} */
  let ends; // looked for when a move first asks
  return {
    ...{ ...products, asked, slope: slopesOf(net, sample), steps },
    get ends() {
      ends ??= endsOf(steps);
      return ends;
    },
  };
}

/** @param {Network} net @param {Sample} sample */
function productsOf(net, sample) {
  const [signal, blame, own] = range(3).map(() => zeros(net.links.length));
  const { weights } = sample;
  if (!weights) return { signal, blame, own };
  const [forward, back] = net.times.link;
  net.links.forEach(({ from, to, weight }, link) => {
    signal[link] = weightAt(sample, weights, weight, forward[link]) * sample.output[from];
    blame[link] = weightAt(sample, weights, weight, back[link]) * sample.delta[to];
    own[link] = sample.output[from] * sample.delta[to];
  });
  return { signal, blame, own };
}

/** @param {Network} net @param {Sample} sample */
function slopesOf(net, { totalInput, output, sensitivity, delta }) {
  return totalInput.map((z, v) => {
    const known = ACTIVATIONS[net.activation[v]];
    return known ? known.slope(z, output[v]) : delta[v] / sensitivity[v];
  });
}

/** Steps after a sample was cut short, and steps of unknown weights, are not played.
 * @param {Sample} sample @param {Step} step */
function isPlayed(sample, step) {
  const needsWeights = step.kind === "link" || step.kind === "update";
  return step.at < sample.size + 1 && (Boolean(sample.weights) || !needsWeights);
}

/** Whether blame comes to inputs and biases, where nobody uses it. @param {Step} step */
const isQuiet = ({ back, generation }) => back && generation === 0;

/** By level, the last step of each link, neuron, generation, phase and sample.
 * @param {Step[]} steps */
function endsOf(steps) {
  /** @type {((step: Step, index: number) => unknown)[]} */
  const keys = [
    (_, index) => index,
    (step) => (isQuiet(step) ? "quiet" : [step.phase, step.members].join()),
    (step) => [step.phase, step.generation].join(),
    (step) => step.phase,
    () => 0,
  ];
  return keys.map((key) =>
    range(steps.length).filter(
      (i) => i + 1 === steps.length || key(steps[i], i) !== key(steps[i + 1], i + 1),
    ),
  );
}
