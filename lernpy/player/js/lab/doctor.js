/*
 * The doctor: why does it not learn? The sentences are those of lernpy/training/reasons.py, and so are the
 * limits; but this one looks while the net learns, so it waits until it has seen the same several times.
 */

import { plain } from "../forms.js";
import { range, sum } from "../lists.js";
import { ACTIVATIONS } from "../tables.js";
import { forward, penaltyOf } from "./engine.js";
import { blameByGeneration, isRight } from "./evaluation.js";
import { isHidden } from "./panel.js";

const FLAT = 0.02; // of its steepest slope: a neuron so flat passes hardly any blame
const GOOD_ACCURACY = 0.9; // from there on nothing is the matter
const GOOD_R2 = 0.8;
const GAP = 0.1; // so much better on what it has seen than on what it has not
const SELDOM = 0.25; // a class said for fewer than so many of its samples
const FADED = 0.001; // of the last hidden layer's blame
const MOST_LOOKED_AT = 200; // samples that are looked at neuron by neuron
const FEW_EPOCHS = 10; // of which nothing can be said
const SLOW = 300; // epochs that fall in a straight line
const WITHOUT_GAIN = 1000; // epochs
const JUMP = 2; // the largest loss of late over the least: the loss after an epoch swings anyway
const RISE = 1.2; // of the test's loss over its least: training and test part ways
const LOOKS = 3; // one after the other that have to see the same
const PAUSE = 5; // epochs from one look to the next

/** @typedef {{reasons: Record<string, string>, lessons: Record<string, number>}} Words */
/** @typedef {[kind: string, facts?: Record<string, string | number>]} Reason */

/** What can be seen of a net that learns.
 * @typedef {{engine: Engine, samples: Samples, train: Int32Array, test: Int32Array, task: string,
 *   columns: string[], classes: string[], image: boolean, losses: number[], tested: number[],
 *   ranges: Record<string, [number, number]>}} Case */

/** As Python's `lernpy.text.listed`. @param {string[]} names @param {number} most */
const commaList = (names, most) =>
  (names.length > most ? [...names.slice(0, most - 2), "...", ...names.slice(-1)] : names).join(", ");

/** As Python's "%g". @param {number} value @param {number} [digits] */
const generalText = (value, digits = 6) => String(Number(value.toPrecision(digits)));

/** The first reason that is sure, or nothing. @param {Case} one @returns {Reason | undefined} */
export function reasonIn(one) {
  const seen = scoreOn(one, one.train);
  const isPoor = seen < (one.task === "regression" ? GOOD_R2 : GOOD_ACCURACY);
  const checks = isPoor ? CHECKS : [seldom, byHeart];
  for (const check of checks) {
    const reason = check(one, seen);
    if (reason) return reason;
  }
  return undefined;
}

/** @type {((one: Case, seen: number) => Reason | false | undefined)[]} the surest first */
const CHECKS = [
  ({ engine }) => engine.rate === 0 && ["rate zero"],
  ({ engine }) => engine.isFrozen.every(Boolean) && ["frozen"],
  constantColumns,
  allAlike,
  deadOutput,
  straightBorders,
  ({ engine }) => !engine.net.isBias.includes(true) && ["no bias"],
  tooMuchPenalty,
  jumpingLoss,
  shutNeurons,
  fadingBlame,
  slowLoss,
  seldom,
  byHeart,
  stuckLoss,
];

/** The share of right answers; of numbers R². @param {Case} one @param {Int32Array} indices */
function scoreOn({ engine, samples, task }, indices) {
  const { inputs, outputs } = engine.net;
  const wide = outputs.length;
  const means = outputs.map((_, at) => sum(indices, (index) => samples.targets[index * wide + at]) / indices.length);
  let right = 0;
  let left = 0;
  let whole = 0;
  for (const index of indices) {
    forward(engine, samples.inputs, index * inputs.length);
    right += Number(isRight(engine, samples, index));
    outputs.forEach((v, at) => {
      const wanted = samples.targets[index * wide + at];
      left += (engine.output[v] - wanted) ** 2;
      whole += (wanted - means[at]) ** 2;
    });
  }
  return task === "regression" ? 1 - left / whole : right / indices.length;
}

/** The hidden neurons. @param {Case} one */
const hiddenOf = ({ engine: { net } }) => net.neurons.filter((v) => isHidden(net, v));

/** Of some samples what each hidden neuron says, and how steep it is there, 1 where it is steepest.
 * @param {Case} one */
function activityOf(one) {
  const { engine, samples, train } = one;
  const { net, acts, totalInput, output } = engine;
  const hidden = hiddenOf(one);
  const some = train.filter((_, index) => index % Math.ceil(train.length / MOST_LOOKED_AT) === 0);
  return [...some].map((index) => {
    forward(engine, samples.inputs, index * net.inputs.length);
    return hidden.map((v) => ({
      says: output[v],
      steep: acts[v] ? Math.abs(acts[v].slope(totalInput[v], output[v])) / net.steepest[v] : 1, // a product
    }));
  });
}

/** Whether a neuron can say 0 and pass no blame, whatever comes in below 0. @param {string} name */
const canBeSilent = (name) =>
  ACTIVATIONS[name]?.value(-1) === 0 && ACTIVATIONS[name].slope(-1, 0) === 0;

/** @param {Case} one @returns {Reason | false} */
function constantColumns({ engine, samples, train, columns, image }) {
  const wide = engine.net.inputs.length;
  if (image || train.length < 2) return false;
  const names = range(wide)
    .filter((at) => train.every((index) => samples.inputs[index * wide + at] === samples.inputs[train[0] * wide + at]))
    .map((at) => columns[at] || engine.net.names[engine.net.inputs[at]]);
  if (!names.length || names.length === wide) return false;
  const [s, are] = names.length > 1 ? ["s", "are"] : ["", "is"];
  return ["constant", { columns: `column${s} ${commaList(names, 4)} ${are}` }];
}

/** @param {Case} one @returns {Reason | false} */
function allAlike(one) {
  const rows = activityOf(one);
  if (!rows.length || rows[0].length < 2) return false;
  const areEqual = rows.every((row) => row.every(({ says }) => says === row[0].says));
  const steep = sum(rows.flat(), (part) => part.steep) / rows.flat().length;
  return areEqual && steep > FLAT && ["alike"];
}

/** @param {Case} one @returns {Reason | false} */
function deadOutput({ engine, samples, train }) {
  const { net, output } = engine;
  const silent = net.outputs.filter((v) => canBeSilent(net.activation[v]));
  if (!silent.length) return false;
  const spoke = new Set();
  for (const index of train) {
    forward(engine, samples.inputs, index * net.inputs.length);
    for (const v of silent) if (output[v]) spoke.add(v);
  }
  const dead = silent.find((v) => !spoke.has(v));
  return dead !== undefined && ["dead output", { name: net.names[dead] }];
}

/** @param {Case} one @returns {Reason | false} */
function straightBorders(one) {
  const hidden = hiddenOf(one);
  if (!hidden.length) return ["straight"];
  return hidden.every((v) => one.engine.net.activation[v] === "identity") && ["one matrix"];
}

/** @param {Case} one @returns {Reason | false} */
function tooMuchPenalty({ engine, losses }) {
  const { l1, l2, values, isExempt } = engine;
  const amounts = Object.entries({ l1, l2 }).filter(([, amount]) => amount);
  const most = Math.max(...values.filter((_, w) => !isExempt[w]).map(Math.abs));
  const isMuch = penaltyOf(engine) > losses[losses.length - 1] || most < 0.1;
  const listed = amounts.map(([name, amount]) => `${name} ${generalText(amount)}`).join(", ");
  return amounts.length > 0 && isMuch && ["penalty", { amounts: listed }];
}

/** @param {Case} one @returns {Reason | false} */
function jumpingLoss({ engine, losses }) {
  if (losses.length < FEW_EPOCHS) return false;
  const late = losses.slice(-Math.max(5, Math.floor(losses.length / 3)));
  const ups = late.filter((loss, at) => at > 0 && loss > late[at - 1]).length / (late.length - 1);
  const [low, high] = [Math.min(...late), Math.max(...late)];
  const grew = late[late.length - 1] > 1.2 * losses[0];
  const facts = { low: generalText(low, 3), high: generalText(high, 3), rate: generalText(engine.rate) };
  if (grew) return ["grew", facts];
  return ups > 0.25 && high > JUMP * low && ["jumps", facts];
}

/** @param {Case} one @returns {Reason | undefined} */
function shutNeurons(one) {
  const { net } = one.engine;
  const hidden = hiddenOf(one);
  const rows = activityOf(one);
  const isShut = (/** @type {number} */ at) =>
    rows.filter((row) => row[at].steep < FLAT).length > 0.9 * rows.length;
  /** @type {Record<string, (name: string) => boolean>} */
  const can = { dead: canBeSilent, saturated: (name) => name in one.ranges };
  for (const [kind, holds] of Object.entries(can)) {
    const shut = hidden.filter((v, at) => holds(net.activation[v]) && isShut(at));
    if (shut.length <= 0.6 * hidden.length) continue;
    const names = commaList(shut.map((v) => net.names[v]), 6);
    return [kind, { shut: String(shut.length), hidden: String(hidden.length), names }];
  }
  return undefined;
}

/** @param {Case} one @returns {Reason | false} */
function fadingBlame(one) {
  const { engine, samples, train } = one;
  const layers = [...new Set(hiddenOf(one).map((v) => engine.net.generation[v]))];
  if (layers.length < 3) return false;
  const blames = blameByGeneration(engine, samples, train);
  const [first, last] = [Math.min(...layers), Math.max(...layers)].map((g) => blames[g] ?? 0);
  return first < FADED * last && ["fading", { share: generalText(first / last, 1) }];
}

/** @param {Case} one @returns {Reason | false} */
function slowLoss({ engine, losses }) {
  if (losses.length < SLOW) return false;
  const part = Math.floor(losses.length / 10);
  const [begin, end] = [losses[0], losses[losses.length - 1]];
  const first = begin - losses[part];
  const last = losses[losses.length - 1 - part] - end;
  return end > 0.9 * begin && first > 0 && first < 2 * last && ["slow", { rate: generalText(engine.rate) }];
}

/** A class that is rare costs little when it is missed. @param {Case} one @returns {Reason | false} */
function seldom({ engine, samples, train, task, classes }) {
  if (task === "regression" || classes.length < 2) return false;
  const { outputs, inputs } = engine.net;
  const wide = outputs.length;
  /** @param {Numbers} numbers */
  const classIn = (numbers) => (wide > 1 ? numbers.indexOf(Math.max(...numbers)) : Number(numbers[0] >= 0.5));
  const [truth, guess] = [0, 1].map(() => classes.map(() => 0));
  for (const index of train) {
    forward(engine, samples.inputs, index * inputs.length);
    truth[classIn(samples.targets.subarray(index * wide, (index + 1) * wide))] += 1;
    guess[classIn(Float64Array.from(outputs, (v) => engine.output[v]))] += 1;
  }
  const seldom = classes.map((_, at) => at).filter((at) => guess[at] < SELDOM * truth[at]);
  if (!seldom.length || Math.min(...truth) >= 0.5 * Math.max(...truth)) return false;
  const names = commaList(seldom.map((at) => classes[at]), 4);
  return [seldom.some((at) => guess[at]) ? "hardly says" : "never says", { names }];
}

/** @param {Case} one @param {number} seen @returns {Reason | false} */
function byHeart(one, seen) {
  const { tested, test } = one;
  if (!test.length || tested[tested.length - 1] < RISE * Math.min(...tested)) return false;
  const unseen = scoreOn(one, one.test);
  const facts = { seen: seen.toFixed(2), unseen: unseen.toFixed(2) };
  const measure = one.task === "regression" ? "R^2" : "accuracy";
  return seen - unseen >= GAP && ["by heart", { measure, ...facts }];
}

/** @param {Case} one @returns {Reason | false} */
function stuckLoss({ engine, losses }) {
  const before = losses[Math.floor(losses.length / 2)];
  if (losses.length < WITHOUT_GAIN || losses[losses.length - 1] < 0.98 * before) return false;
  return ["stuck", { rate: generalText(engine.rate) }];
}

/** Looks now and then, and speaks when it has seen the same several times. */
export class Doctor {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.kind = "";
    this.times = 0;
    this.looked = -Infinity;
    this.advice = "";
  }

  /** Anew: something was changed. */
  begin() {
    Object.assign(this, new Doctor(this.words));
  }

  /** @param {import("./lab.js").Lab} lab */
  look({ session, set, traits, mistake }) {
    const { engine, samples, parts, epoch, curve } = session;
    if (epoch < this.looked) this.begin(); // back in time
    if (epoch < this.looked + PAUSE || mistake || !parts.train.length || !engine.net.links.length) return;
    this.looked = epoch;
    const { ranges } = traits;
    const reason = reasonIn({
      ...{ engine, samples, train: parts.train, test: parts.test, task: set.task, ranges },
      ...{ columns: set.columns, classes: set.classes, image: Boolean(set.image) },
      losses: curve.map((point) => point.train),
      tested: curve.map((point) => point.test),
    });
    const isSure = engine.rate === 0 || epoch >= FEW_EPOCHS;
    this.times = reason && isSure && reason[0] === this.kind ? this.times + 1 : 1;
    this.kind = reason?.[0] ?? "";
    this.advice = reason && this.times >= LOOKS ? this.sentence(reason) : "";
  }

  /** The reason, and the lesson that is about it. @param {Reason} reason */
  sentence([kind, facts = {}]) {
    const { reasons, lessons } = this.words;
    const why = plain(reasons[kind], facts);
    const about = Object.keys(lessons).find((words) => why.includes(words));
    return about ? `${why} (lernpy lesson ${lessons[about]})` : why;
  }
}
