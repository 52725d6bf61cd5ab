/* The lesson that stands still: the player, at whose ends the training goes on. */

import { markRest } from "../fit.js";
import { Player } from "../player.js";
import { number } from "../text.js";
import { turnsOf } from "../turns.js";

/** What a long telling tries, one after the other: looks of the band, `most` of the narration. */
const TRIES = [
  ["", {}],
  ["lp-wide", {}],
  ["lp-wide lp-said", {}],
  ["lp-wide lp-pairs", {}],
  ["lp-wide lp-pairs lp-three", {}],
  ["lp-wide lp-pairs lp-three", { terms: 4 }],
  ["lp-wide lp-pairs lp-three", { terms: 3 }],
  ["lp-wide lp-pairs lp-three", { terms: 2 }],
  ["lp-wide", { terms: 2, sums: 0, inputs: 4 }],
  ["lp-wide", { terms: 2, sums: 0, inputs: 3, members: 7, said: 7, outputs: 7 }],
  ["lp-wide", { terms: 2, sums: 0, inputs: 2, members: 4, said: 4, outputs: 4 }],
];

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

  /** The band below the stage grows to the side for what is long; then sums name fewer terms. */
  show() {
    const { narration, page, opened } = this;
    const [band, side] = ["event", "side"].map((name) => page.get(name));
    const { classList } = page.get("layout");
    const isFull = (/** @type {HTMLElement} */ box) => box.scrollHeight > box.clientHeight + 1;
    for (const [looks, fewer] of /** @type {[string, object][]} */ (TRIES)) {
      const isAlone = !opened && !["ask", "ways", "be"].some((name) => page.isShown(name));
      classList.remove("lp-wide", "lp-said", "lp-pairs", "lp-three");
      if (looks && isAlone) classList.add(...looks.split(" "));
      this.narration = { ...narration, most: { ...narration.most, ...fewer } };
      super.show();
      const isBelow = side.offsetTop > band.offsetTop; // on a phone they share the room
      if (!isFull(band) && !(isBelow && isFull(side))) break;
    }
    this.narration = narration;
    markRest(band);
    this.lab?.keepStep();
  }

  /** At the cost also what it comes to in the units of the data. @param {View} view */
  narrated(view) {
    const narrated = super.narrated(view);
    const { about } = this.recording.trace;
    if (view.step.kind !== "cost") return narrated;
    const raw = this.net.outputs.flatMap((v, index) => {
      const label = about?.[v];
      if (!label || (!label.shift && label.scale === 1)) return [];
      const [output, wanted] = [view.sample.output[v], view.sample.targets[index]].map(
        (value) => `${number(value * label.scale + label.shift)} ${label.unit}`.trim(),
      );
      return `${label.called || this.net.names[v]} ${output}, wanted is ${wanted}`;
    });
    return raw.length ? { ...narrated, sentence: `${narrated.sentence} In the data: ${raw.join("; ")}.` } : narrated;
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
