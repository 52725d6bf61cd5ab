/* The lesson that stands still: the player, at whose ends the training goes on. */

import { Player } from "../player.js";

/** How much a long telling may say, the most first: see `most` of the narration. */
const FEWER = [
  { terms: 4, sums: 3 },
  { terms: 3, sums: 2, inputs: 4 },
  { terms: 2, sums: 1, inputs: 3, members: 4, said: 4, outputs: 4 },
];

export class LessonPlayer extends Player {
  /** @param {Model} model @param {HTMLElement} root @param {import("./lab.js").Lab} lab */
  constructor(model, root, lab) {
    super(model, root);
    this.lab = lab;
  }

  get isWhole() {
    return window.parent === window;
  }

  /** @param {1 | -1} way @param {number} [level] */
  move(way, level = this.level) {
    return super.move(way, level) || (!this.asked && this.lab.beyond(way));
  }

  /** Space and the play button: the training runs on. */
  playOrStop() {
    this.lab.run();
  }

  /** What the band below the stage has room for: it grows to the side, then long sums name fewer terms. */
  show() {
    const { narration } = this;
    const band = this.page.get("event");
    const { classList } = this.page.get("layout");
    const isFull = () => band.scrollHeight > band.clientHeight + 1;
    classList.remove("lp-wide");
    super.show();
    if (isFull() && !this.opened) {
      classList.add("lp-wide");
      super.show();
    }
    for (const fewer of FEWER) {
      if (!isFull()) break;
      this.narration = { ...narration, most: { ...narration.most, ...fewer } };
      super.show();
    }
    this.narration = narration;
  }

  /** A path of blame has the room of the card. */
  paths() {
    this.opened = "";
    super.paths();
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
