/*
 * Be the link: who acts next, and what does it pass on? The turns, with their wrong answers, come from
 * Python (lernpy/lessons/be.py); this is the same machine as there. It needs no other module.
 */

const REPLIES = {
  early: "Not yet: it waits for others. A number that is not computed yet is unknown, not 0.",
  done: "It has acted already.",
  unknown: "There is no such part.",
  empty: "A number, please.",
  other: "No; and it is none of the wrong answers that are known.",
};

/** @param {string} name */
const plainName = (name) => name.replaceAll("→", "->").replaceAll(/\s*->\s*/g, " -> ").trim();

/** @param {string} text */
export const typed = (text) => parseFloat(text.replace("−", "-").replace(",", "."));

/** A lesson in which somebody plays parts: one of them, all of a kind, or all. */
export class Game {
  /** @param {Turn[]} turns @param {string} role @param {Record<string, Belief>} beliefs */
  constructor(turns, role, beliefs) {
    this.turns = turns;
    this.role = role;
    this.beliefs = beliefs;
    /** @type {Set<number>} */
    this.done = new Set();
    /** @type {Record<string, number>} */
    this.tally = {};
    this.others();
  }

  /** @param {Turn} turn */
  isMine(turn) {
    return this.role === "all" || this.role === `${turn.kind}s` || this.role === turn.part;
  }

  /** @param {number} index */
  isReady(index) {
    return !this.done.has(index) && this.turns[index].needs.every((need) => this.done.has(need));
  }

  /** Whoever is not played acts as soon as it can. */
  others() {
    this.turns.forEach((turn, index) => {
      if (!this.isMine(turn) && this.isReady(index)) this.done.add(index);
    });
  }

  get over() {
    return this.done.size === this.turns.length;
  }

  /** What to say when this part acts and passes this number on.
   * @param {string} part @param {string} answer @returns {{right: boolean, text: string}} */
  say(part, answer) {
    const name = plainName(part);
    const all = [...this.turns.keys()].filter((index) => this.turns[index].part === name);
    if (!all.length) return { right: false, text: REPLIES.unknown };
    const index = all.find((one) => !this.done.has(one));
    if (index == null) return { right: false, text: REPLIES.done };
    if (!this.isReady(index)) return this.wrong("M7", REPLIES.early);
    const guess = typed(answer);
    if (isNaN(guess)) return { right: false, text: REPLIES.empty };
    return this.judge(index, guess);
  }

  /** @param {number} index @param {number} guess */
  judge(index, guess) {
    const turn = this.turns[index];
    if (Math.abs(guess - turn.value) <= turn.near) {
      this.done.add(index);
      this.others();
      return { right: true, text: `Yes. ${turn.part} ${turn.word} ${shortNumber(turn.value)}.` };
    }
    const known = turn.wrong.find(([value]) => Math.abs(guess - value) <= turn.near);
    if (!known) return this.wrong("other", REPLIES.other);
    const belief = this.beliefs[known[1]];
    return this.wrong(known[1], `No. ${belief.reply} (${known[1]}: ${belief.belief})`);
  }

  /** @param {string} belief @param {string} text */
  wrong(belief, text) {
    this.tally[belief] = (this.tally[belief] ?? 0) + 1;
    return { right: false, text };
  }

  /** All that has to survive a reload. */
  get state() {
    return { role: this.role, done: [...this.done], tally: this.tally };
  }

  /** @param {{done: number[], tally: Record<string, number>}} state */
  restore({ done, tally }) {
    this.done = new Set(done);
    this.tally = tally;
    return this;
  }
}

/** @param {number} value */
export const shortNumber = (value) => `${Number(value.toPrecision(4))}`.replace("-", "−");
