/*
 * A training that can be stopped, gone back in and changed. Between two updates its whole state is a
 * moment; some are kept, and from the one before any other is learned again, with the same bits.
 */

import { seedOf, shuffled } from "./chance.js";
import { partsOf } from "./data.js";
import { learn, restore, weightsOf } from "./engine.js";
import { evaluated } from "./evaluation.js";

export const APART = 50; // updates from one moment that is kept to the next
const MOST_BYTES = 2e6; // of the moments that are kept
const LEAST_MOMENTS = 40;

export class Session {
  /** @param {Engine} engine @param {Samples} samples @param {Settings} settings */
  constructor(engine, samples, settings) {
    this.engine = engine;
    this.samples = samples;
    this.settings = settings;
    this.parts = partsOf(samples.count, settings.split, settings.seed);
    this.updates = 0;
    this.epoch = 0;
    /** How many samples of the epoch are learned, and the sum of their losses. */
    this.at = 0;
    this.total = 0;
    this.order = this.orderOf(0);
    /** @type {Moment[]} */
    this.moments = [];
    /** @type {CurvePoint[]} */
    this.curve = [];
    /** How many updates were done when each epoch began. */
    this.starts = [0];
    /** @type {{train: {loss: number, right: number}, test: {loss: number, right: number}} | undefined} */
    this.evaluation = undefined;
    this.begin(engine, samples, settings);
  }

  /** From the first update on. @param {Engine} engine @param {Samples} samples
   * @param {Settings} settings */
  begin(engine, samples, settings) {
    this.updates = 0;
    this.epoch = 0;
    this.at = 0;
    this.total = 0;
    this.moments = [];
    this.curve = [];
    this.starts = [0];
    this.use(engine, samples, settings);
  }

  /** Go on with another net, other samples or settings; the past stays.
   * @param {Engine} engine @param {Samples} samples @param {Settings} settings */
  use(engine, samples, settings) {
    this.samples = samples;
    this.parts = partsOf(samples.count, settings.split, settings.seed);
    this.take({ ...this, engine, settings, weights: weightsOf(engine) });
    this.at = Math.min(this.at, this.order.length);
    if (this.at > 0 && this.at === this.order.length) this.turn();
    this.keep();
  }

  /** The indices of the training samples as this epoch learns them. @param {number} epoch */
  orderOf(epoch) {
    const { train } = this.parts;
    return shuffled(train.length, seedOf(this.settings.seed, epoch)).map((index) => train[index]);
  }

  get size() {
    return Math.min(this.settings.batch || Infinity, this.order.length);
  }

  /** Where the batch ends that comes next. */
  get batchEnd() {
    return Math.min(this.at + this.size, this.order.length);
  }

  /* --- forward --- */

  /**
   * Learn until so many samples of the epoch are done, at the next update; whether every number was
   * finite. If one was not, the session is at the last moment that was kept before.
   * @param {number} until
   */
  learnUntil(until) {
    while (this.at < Math.min(until, this.order.length)) {
      const { engine, samples, order, size, at } = this;
      const due = Math.min(APART - (this.updates % APART), Math.ceil((until - at) / size));
      const end = Math.min(order.length, at + size * due);
      const total = learn(engine, samples, order, at, end, size);
      if (!isFinite(total) || !engine.values.every(Number.isFinite)) return false;
      this.total += total;
      this.updates += Math.ceil((end - at) / size);
      this.at = end;
      if (this.at === order.length) this.turn();
      if (this.updates % APART === 0) this.keep();
      if (end === order.length) break;
    }
    return true;
  }

  /** The next epoch begins. */
  turn() {
    this.epoch += 1;
    this.at = 0;
    this.total = 0;
    this.order = this.orderOf(this.epoch);
    this.starts[this.epoch] = this.updates;
  }

  /** To the end of the epoch. */
  learnEpoch() {
    return this.learnUntil(this.order.length);
  }

  /** One update. */
  learnBatch() {
    return this.learnUntil(this.batchEnd);
  }

  /** A point for the curve: how well the net does now on both parts. */
  note() {
    const { engine, samples, parts, epoch, at, order } = this;
    if (!order.length) {
      this.evaluation = undefined;
      return;
    }
    const train = evaluated(engine, samples, parts.train);
    const test = evaluated(engine, samples, parts.test);
    const when = epoch + at / order.length;
    const last = this.curve[this.curve.length - 1];
    if (last?.epoch === when) this.curve.pop();
    this.curve.push({ epoch: when, train: train.loss, test: test.loss });
    this.evaluation = { train, test };
  }

  /* --- back --- */

  /** Keep this moment. */
  keep() {
    const { updates, epoch, at, total, engine, settings, samples, parts } = this;
    const weights = weightsOf(engine);
    if (this.moments[this.moments.length - 1]?.updates === updates) this.moments.pop();
    this.moments.push({ updates, epoch, at, total, weights, engine, settings, samples, parts });
    const bytes = 8 * (1 + weights.memory.length) * weights.values.length;
    const most = Math.max(LEAST_MOMENTS, Math.floor(MOST_BYTES / bytes));
    if (this.moments.length > most) this.moments.shift();
  }

  /** Go back to after so many updates (or on, never beyond what was learned).
   * @param {number} updates */
  seek(updates) {
    const latest = this.moments.findLastIndex((moment) => moment.updates <= updates);
    const moment = this.moments[Math.max(latest, 0)];
    this.moments.length = Math.max(latest, 0) + 1;
    this.take(moment);
    while (this.updates < updates && this.learnBatch());
    this.curve = this.curve.filter(({ epoch }) => epoch <= this.epoch + this.at / this.order.length);
  }

  /** Be where a moment was. @param {Moment} moment */
  take({ updates, epoch, at, total, weights, engine, settings, samples, parts }) {
    Object.assign(this, { updates, epoch, at, total, engine, settings, samples, parts });
    restore(engine, weights);
    engine.rate = settings.rate;
    if (engine.l1 !== settings.l1 || engine.l2 !== settings.l2) engine.program = undefined;
    engine.l1 = settings.l1;
    engine.l2 = settings.l2;
    engine.gradient.fill(0);
    engine.samples = 0;
    this.order = this.orderOf(epoch);
    this.starts.length = epoch + 1;
  }

  /** So many epochs back, to the beginning of one. @param {number} count */
  backEpochs(count) {
    const epoch = Math.max(0, this.epoch - count + (this.at > 0 ? 1 : 0));
    this.seek(this.starts[epoch] ?? 0);
  }

  /** One update back; whether there was one. */
  back() {
    if (this.updates <= this.moments[0].updates) return false;
    this.seek(this.updates - 1);
    return true;
  }

  /* --- what is asked --- */

  /** The training sample with the largest loss, or nothing where there is none. */
  get worst() {
    const { engine, samples, parts } = this;
    const losses = [...parts.train].map(
      (index) => evaluated(engine, samples, Int32Array.of(index)).loss,
    );
    const most = Math.max(...losses);
    return losses.length ? parts.train[losses.indexOf(most)] : undefined;
  }
}
