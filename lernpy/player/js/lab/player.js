/* The lesson that stands still: the player, at whose ends the training goes on. */

import { Player } from "../player.js";
import { turnsOf } from "../turns.js";

export class LessonPlayer extends Player {
  /** @param {Model} model @param {HTMLElement} root @param {import("./lab.js").Lab} lab */
  constructor(model, root, lab) {
    super(model, root);
    this.lab = lab;
  }

  get isHosted() {
    return this.lab.hosted;
  }

  get isWhole() {
    return this.lab?.isWhole ?? window.parent === window; // no lab while the player is made
  }

  /** @param {1 | -1} way @param {number} [level] */
  move(way, level = this.level) {
    return super.move(way, level) || (!this.asked && this.lab.beyond(way));
  }

  get lessonKey() {
    return this.lab.lessonKey;
  }

  /** With the rule of the net as it is; under a mistake no number is right. */
  turns() {
    const { lab, recording, sample, words } = this;
    return lab.mistake ? [] : turnsOf(recording, sample, words.passes, lab.engine);
  }

  /** Space and the play button: the training runs on. */
  playOrStop() {
    this.lab.run();
  }

  show() {
    super.show();
    this.lab?.keepStep();
  }

  whereText() {
    const when = this.lab?.lessonText(); // not there while the player is made
    return [when, super.whereText()].filter(Boolean).join(", ");
  }

  /** A weight is set or frozen by hand: the lesson begins anew with it.
   * @param {string} kind @param {{weight?: number, value?: number | boolean}} [more] */
  send(kind, { weight, value } = {}) {
    if (kind === "set" || kind === "freeze") this.lab.touch(Number(weight), kind, value);
  }

  /** @param {[number, number]} to sample and step @param {boolean} [animated] */
  go(to, animated) {
    super.go(to, animated);
    this.lab.tell("step", { where: this.whereText() });
  }

  /** Show the lessons of another trace, at a sample and a step.
   * @param {[number, number]} place */
  open([sample, at]) {
    this.stop();
    this.sample = sample;
    this.at = at;
    this.way = -1;
    this.stopAsking();
    this.reload();
  }
}
