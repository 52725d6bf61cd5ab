/* Predict first: gates of the trace, and questions that the page makes up. */

import { replyTo } from "./be.js";
import { plain } from "./forms.js";
import { number } from "./text.js";

/** The number that answers a question. @param {Gate} gate @param {View} view */
export const answerTo = ({ of }, view) => quantityOf(view, of);

/** The number that a question is about.
 * @param {View} view @param {Quantity} of */
function quantityOf({ sample, details }, { neuron, link, weight, quantity }) {
  if (weight != null) {
    const now = sample.new?.[weight] ?? NaN;
    return quantity === "step" ? now - (sample.old?.[weight] ?? NaN) : now;
  }
  if (quantity === "loss") return sample.loss;
  /** @type {Record<string, Numbers>} */
  const columns = {
    total_input: sample.totalInput,
    output: sample.output,
    sensitivity: sample.sensitivity,
    delta: sample.delta,
    signal: details.signal,
    blame: details.blame,
    gradient: details.own,
  };
  return columns[quantity][neuron ?? link ?? 0];
}

/**
 * A question about the step that `view` shows; none where there is nothing to ask.
 * @param {Recording} recording @param {View} view @param {Facts} facts
 * @param {Words["ask"]} forms by kind of step
 * @param {Turn | undefined} turn of the part, with the mistakes behind other answers @param {Beliefs} beliefs
 * @returns {Gate | undefined}
 */
export function invented({ net }, view, facts, forms, turn, beliefs) {
  const { step, sample } = view;
  const [first, second] = net.outputs;
  const compares = step.kind === "cost" && second != null;
  const isMove = step.kind === "update";
  const isOwn = turn?.quantity === "gradient" && forms["link-own"]; // nobody uses its blame
  const way = step.back ? (isOwn ? "-own" : "-back") : "";
  const form = forms[compares ? "compare" : step.kind + way];
  if (!form || (isMove && (step.weights.length > 1 || !sample.new))) return undefined;
  const [kind, quantity, asked] = form;
  const names = { ...facts, output_1: net.names[first], output_2: net.names[second] ?? "" };
  const question = plain(asked, { ...names, member: net.names[step.members[0]] ?? "" });
  const isAsked = turn?.quantity === quantity;
  const wrong = isAsked ? turn.wrong.map(([value, name]) => ({ value, says: replyTo(beliefs, name) })) : [];
  return {
    ...{ kind, question, of: { quantity, ...partOf(step, first) }, wrong },
    than: compares ? { neuron: second, quantity } : undefined,
  };
}

/** @param {Step} step @param {number} output @returns {Omit<Quantity, "quantity">} */
function partOf(step, output) {
  if (step.kind === "link") return { link: step.link };
  if (step.kind === "update") return { weight: step.weights[0] };
  return { neuron: step.members[0] ?? output };
}

/** @param {string} entered */
const guessOf = (entered) => parseFloat(entered.replace("−", "-").replace(",", "."));

/** Whether something was answered at all. @param {Gate} gate @param {string} entered */
export const isAnswer = ({ kind }, entered) => kind !== "number" || !isNaN(guessOf(entered));

/**
 * Whether an answer is right, what is, and what there is to say.
 * @param {Gate} gate @param {string} entered @param {View} view @param {Words} words
 */
export function verdictOn({ kind, of, than, tolerance = 0.05, wrong = [] }, entered, view, words) {
  const value = quantityOf(view, of);
  if (kind === "number") {
    const isNear = (/** @type {number} */ one) =>
      Math.abs(guessOf(entered) - one) <= tolerance * Math.abs(one) + 1e-9;
    const right = isNear(value);
    const known = right ? undefined : wrong.find((one) => isNear(one.value));
    return { right, best: number(value), answer: number(value) + (known ? `. ${known.says}` : "") };
  }
  const other = than ? quantityOf(view, than) : undefined;
  const sign = Math.sign(other == null ? value : Math.abs(value) - Math.abs(other));
  const option = words.options[kind][sign + 1];
  const numbers = number(value) + (other == null ? "" : ` : ${number(other)}`);
  return { right: entered === option, best: option, answer: `${option} (${numbers})` };
}

