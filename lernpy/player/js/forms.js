/* Templates with holes, as `lernpy.watch.narration.forms` fills them; see there for the rules. */

import { counted, listed, number, safe } from "./text.js";

const HOLE = /\{([(+]?)(\w+)(?:\)|#([\w ]*))?\}/g;
const INDEX = /(e\^z)?\[([^\]]*)\]|e\^z/g; // whose letter it is: y[{source}]

/** A form as plain text. @param {Form} form @param {Facts} facts */
export const sentence = (form, facts) => filled(form, facts, plain);

/** A form as HTML: names and numbers cannot break out. @param {Form} form @param {Facts} facts */
export const formula = (form, facts) => filled(form, facts, marked);

/** One text with holes. @param {string} words @param {Facts} facts */
export const plain = (words, facts) =>
  words.replace(HOLE, (_, sign, name, noun) => holeText(facts[name], sign, noun));

/** @param {string} words @param {Facts} facts */
function marked(words, facts) {
  const indexed = words.replace(INDEX, (_, power, whose) => {
    const index = whose ? `<sub>${whose}</sub>` : "";
    return power || !whose ? `e<sup>z${index}</sup>` : index;
  });
  return indexed.replace(HOLE, (_, sign, name, noun) => safe(holeText(facts[name], sign, noun)));
}

/** @param {Fact} value @param {string} sign @param {string | undefined} noun */
function holeText(value, sign, noun) {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return listed(value.map(String));
  if (value != null && typeof value !== "number") return String(value);
  if (noun != null) return counted(value ?? 0, noun);
  const text = number(value);
  if (sign === "(" && value != null && value < 0) return `(${text})`;
  return sign === "+" && value != null && value >= 0 ? `+${text}` : text;
}

/**
 * @param {Form} form @param {Facts} facts
 * @param {(words: string, facts: Facts) => string} leaf
 * @returns {string}
 */
function filled(form, facts, leaf) {
  if (typeof form === "string") return leaf(form, facts);
  if (Array.isArray(form)) return form.map((part) => filled(part, facts, leaf)).join("");
  if (isRepeated(form)) return repeated(form, facts, leaf);
  const chosen = Object.keys(form).find((fact) => fact === "else" || isTrue(facts[fact]));
  return chosen ? filled(form[chosen], facts, leaf) : "";
}

/** A piece of a formula that is tied to its part of the drawing.
 * @param {Fact} id @param {string} html */
export const termOf = (id, html) => `<span class="lp-term" data-tie="${id}">${html}</span>`;

/** @param {Form} form @returns {form is Repeated} */
const isRepeated = (form) => typeof form === "object" && "each" in form;

/**
 * @param {Repeated} form @param {Facts} facts
 * @param {(words: string, facts: Facts) => string} leaf
 */
function repeated({ each, say, join }, facts, leaf) {
  return rowsOf(facts, each)
    .map((row, index) => {
      const text = filled(say, { ...facts, ...row, first: index === 0 }, leaf);
      return row.part && leaf === marked ? termOf(row.part, text) : text;
    })
    .join(leaf(join, facts));
}

/** @param {Facts} facts @param {string} name @returns {Facts[]} */
export function rowsOf(facts, name) {
  const rows = facts[name];
  return Array.isArray(rows) ? rows.filter((row) => typeof row === "object") : [];
}

/** A formula in which letters are holes for facts. @param {string} words
 * @param {Record<string, string>} letters */
export const withHoles = (words, letters) =>
  words.replace(/\b[a-z]\b/g, (letter) => (letters[letter] ? `{(${letters[letter]})}` : letter));

/** As Python has it: an empty list is not true. @param {Fact} value */
export const isTrue = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
