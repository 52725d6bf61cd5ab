/* The page of a lesson: questions with votes, be the link, and a tally that survives a reload. */

import { Game, beTheLink, replyTo, tallyText, typed } from "./be.js";
import { keptUnder } from "./memory.js";
import { number } from "./text.js";
import { votesIn } from "./votes.js";

/** @typedef {{name: string, answer: string | number, near: number, why: string, options: string[],
 *   wrong: {value: string | number, belief: string, near: number}[]}} Question */

/** @param {string} name */
const get = (name) => /** @type {HTMLElement} */ (document.getElementById(name));

/** @type {{number: string, questions: Question[], beliefs: Beliefs, turns: Turn[]}} */
const lesson = JSON.parse(get("lesson-data").textContent ?? "");
const kept = keptUnder(`lernpy-lesson-${lesson.number}`);
/** @type {Record<string, number>} */
const tally = kept.get().tally ?? { right: 0 };

/** @param {string} name of a belief, or "right" */
function count(name) {
  tally[name] = (tally[name] ?? 0) + 1;
  kept.put({ tally });
  showTally();
}

const showTally = () => {
  get("tally").textContent = tallyText(tally, lesson.beliefs);
};

/* --- questions --- */

/** @param {Question} question @param {string} entered */
function verdictOnWords({ answer, near, why, wrong }, entered) {
  const isWord = typeof answer === "string";
  const guess = isWord ? entered : typed(entered);
  if (isWord ? !entered : isNaN(Number(guess))) return undefined;
  /** @param {string | number} value @param {number} within */
  const equal = (value, within) =>
    isWord ? value === guess : Math.abs(Number(value) - Number(guess)) <= within;
  if (equal(answer, near)) return { name: "right", text: `Yes. ${why}` };
  const known = wrong.find((one) => equal(one.value, one.near));
  if (!known) return { name: "other", text: "No; none of the known wrong answers." };
  return { name: known.belief, text: `No. ${replyTo(lesson.beliefs, known.belief)}` };
}

/** @param {Question} question */
function ask(question) {
  const form = /** @type {HTMLFormElement} */ (get(`q-${question.name}`));
  const reply = /** @type {HTMLElement} */ (form.querySelector("output"));
  reply.textContent = kept.get()[question.name] ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const entered = String(new FormData(form).get("answer") ?? "").trim();
    const verdict = verdictOnWords(question, entered);
    reply.textContent = verdict?.text ?? "An answer first, please; a guess will do.";
    reply.className = verdict ? (verdict.name === "right" ? "right" : "wrong") : "";
    if (!verdict) return;
    count(verdict.name);
    kept.put({ [question.name]: verdict.text });
  });
  const box = /** @type {HTMLElement} */ (form.querySelector(".vote"));
  votesIn(box, question.name, question.options, kept);
}

/* --- be the link --- */

function play() {
  const { turns, beliefs } = lesson;
  const game = new Game(turns, turns[0].part, beliefs);
  const saved = kept.get().be;
  if (saved) game.restore(saved);
  const show = () => {
    const lines = [...game.done].map((index) => {
      const line = document.createElement("li");
      const { phase, part, word, value } = turns[index];
      line.textContent = `${phase}: ${part} ${word} ${number(value)}`;
      return line;
    });
    get("be-done").replaceChildren(...lines);
    kept.put({ be: game.state });
  };
  const fields = beTheLink(get("be"), game, (verdict) => {
    if (verdict?.belief) count(verdict.belief);
    show();
  });
  show();
  return fields;
}

/* --- keys --- */

const game = lesson.turns.length ? play() : undefined;
/** @type {Record<string, () => void>} */
const KEYS = {
  b: () => game?.focus(),
  v: () => document.body.classList.toggle("voting"),
  n: () => document.body.classList.toggle("noting"),
  p: () => document.querySelector("input")?.focus(),
};

/** @param {KeyboardEvent} event */
function onKey(event) {
  const isTyping = event.target instanceof Element && event.target.matches("input, select, textarea");
  const act = KEYS[event.key.toLowerCase()];
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !act) return;
  act();
  event.preventDefault();
}

lesson.questions.forEach(ask);
document.addEventListener("keydown", onKey);
get("reset").addEventListener("click", () => {
  kept.forget();
  location.reload();
});
showTally();

export default {};
