/*
 * Be the link: who acts next, and what does it pass on? The turns, with their wrong answers, come from
 * Python (lernpy/lessons/be.py) or from `turns.js`; this is the same machine as there, and its fields.
 */

import { number, safe } from "./text.js";

const REPLIES = {
  early: "Not yet: it waits for others. A number that is not computed yet is unknown, not 0.",
  done: "It has acted already.",
  unknown: "There is no such part.",
  empty: "A number, please.",
  other: "No; and it is none of the wrong answers that are known.",
  over: " All have acted: now all weights move at once.",
};
const FIELDS = `<label>I am <select name="role"></select></label>
<label>now acts <input name="part" list="lp-turns" autocomplete="off" size="8"></label>
<label>and passes on <input name="number" autocomplete="off" inputmode="text" size="8"></label>
<button type="button" title="say it (Enter)">Say</button><datalist id="lp-turns"></datalist>
<output aria-live="polite"></output>`;

/** @param {string} name */
const plainName = (name) => name.replaceAll("→", "->").replaceAll(/\s*->\s*/g, " -> ").trim();

/** @param {string} text */
export const typed = (text) => parseFloat(text.replace("−", "-").replace(",", "."));

/** What to say to somebody whose answer shows a belief. @param {Beliefs} beliefs @param {string} name */
export const replyTo = (beliefs, name) => `${beliefs[name].reply} (${name}: ${beliefs[name].belief})`;

/** How often which belief was met. @param {Record<string, number>} tally @param {Beliefs} beliefs */
export const tallyText = (tally, beliefs) =>
  Object.entries(tally)
    .filter(([, times]) => times)
    .map(([name, times]) => `${times} × ${[name, beliefs[name]?.belief].filter(Boolean).join(" ")}`)
    .join(" · ") || "nothing answered yet";

/** A lesson in which somebody plays parts: one of them, all of a kind, or all. */
export class Game {
  /** @param {Turn[]} turns @param {string} role @param {Beliefs} beliefs */
  constructor(turns, role, beliefs) {
    this.turns = turns;
    this.role = role;
    this.beliefs = beliefs;
    /** @type {Set<number>} */
    this.done = new Set();
    this.others();
  }

  /** The names of all parts that have a turn. */
  get parts() {
    return [...new Set(this.turns.map((turn) => turn.part))];
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

  /** The first turn that is still to come, in the order of the lesson; -1 at the end. */
  get first() {
    return this.turns.findIndex((_, index) => !this.done.has(index));
  }

  /** Let the next one act without an answer. */
  pass() {
    if (!this.over) this.done.add(this.first);
    this.others();
  }

  /** What to say when this part acts and passes this number on; whose mistake it is, if it is one.
   * @param {string} part @param {string} answer
   * @returns {{right: boolean, text: string, belief?: string}} */
  say(part, answer) {
    const name = plainName(part);
    const all = [...this.turns.keys()].filter((index) => this.turns[index].part === name);
    if (!all.length) return { right: false, text: REPLIES.unknown };
    const index = all.find((one) => !this.done.has(one));
    if (index == null) return { right: false, text: REPLIES.done };
    if (!this.isReady(index)) return { right: false, text: REPLIES.early, belief: "M7" };
    const guess = typed(answer);
    return isNaN(guess) ? { right: false, text: REPLIES.empty } : this.judge(index, guess);
  }

  /** @param {number} index @param {number} guess */
  judge(index, guess) {
    const { part, word, value, near, wrong } = this.turns[index];
    const isNear = (/** @type {number} */ one) => Math.abs(guess - one) <= near;
    if (isNear(value)) {
      this.done.add(index);
      this.others();
      return { right: true, text: `Yes. ${part} ${word} ${number(value)}.`, belief: "right" };
    }
    const [, belief] = wrong.find(([one]) => isNear(one)) ?? [];
    if (!belief) return { right: false, text: REPLIES.other, belief: "other" };
    return { right: false, text: `No. ${replyTo(this.beliefs, belief)}`, belief };
  }

  /** All that has to survive a reload. */
  get state() {
    return { role: this.role, done: [...this.done] };
  }

  /** @param {{role: string, done: number[]}} state */
  restore({ role, done }) {
    this.role = role;
    this.done = new Set(done);
    this.others();
    return this;
  }
}

/**
 * The fields of a game, and what they do: `heard` is told of every answer, and of another role.
 * @param {HTMLElement} box @param {Game} game
 * @param {(verdict?: {right: boolean, belief?: string}) => void} heard
 */
export function beTheLink(box, game, heard) {
  box.innerHTML = FIELDS;
  /** @param {string} name @returns {any} */
  const get = (name) => box.querySelector(name);
  const [role, part, passed, reply] = ["select", "[name=part]", "[name=number]", "output"].map(get);
  const { parts } = game;
  const roles = [parts[0], "links", "neurons", "all", ...parts.slice(1)];
  role.innerHTML = roles.map((one) => `<option>${safe(one)}</option>`).join("");
  role.value = game.role;
  get("datalist").innerHTML = parts.map((one) => `<option value="${safe(one)}">`).join("");
  const say = () => {
    const verdict = game.say(part.value, passed.value);
    reply.textContent = verdict.text + (verdict.right && game.over ? REPLIES.over : "");
    reply.className = verdict.right ? "right" : "wrong";
    if (verdict.right) part.value = passed.value = "";
    heard(verdict);
    (verdict.right ? part : passed).focus();
  };
  box.onkeydown = (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    say();
  };
  get("button").onclick = say;
  role.onchange = () => {
    game.restore({ role: role.value, done: [] });
    reply.textContent = "";
    heard();
    part.focus();
  };
  return { focus: () => part.focus() };
}
