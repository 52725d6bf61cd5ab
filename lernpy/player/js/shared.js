/*
 * Weights that several links hold: in time the same link of several steps. A page of a network without any
 * gets `without-shared.js` in place of this.
 */

import { range } from "./lists.js";
import { linkName } from "./network.js";

/** The name within a step, and the step: h1@3. @param {string} name */
function stepOf(name) {
  const [, base, step] = /^(.+)@(-?\d{1,7})$/.exec(name) ?? ["", name, ""];
  return { base, step: step ? Number(step) : null };
}

/** One name for the links of a weight, as `lernpy.text.shared_name` has it.
 * @param {Network} net @param {number} w @param {string} arrow */
export function sharedName(net, w, arrow) {
  const links = net.holders[w];
  const ends = links.map((link) => {
    const [start, end] = [net.links[link].from, net.links[link].to].map((v) => stepOf(net.names[v]));
    const later = start.step == null || end.step == null ? "" : end.step - start.step;
    return { name: `${start.base}${arrow}${end.base}`, later, inTime: end.step != null };
  });
  const [{ name, later }] = ends;
  const isOne = ends.every((one) => one.inTime && one.name === name && one.later === later);
  if (links.length < 2 || !isOne) return links.map((link) => linkName(net, link, arrow)).join(" = ");
  const on = !later ? "" : later === 1 ? ", a step on," : `, ${later} steps on,`;
  return `${name}${on} in ${links.length} steps`;
}

/** The step of time that a link belongs to, else its name. @param {Network} net @param {number} link */
export function whenOf(net, link) {
  const { step } = stepOf(net.names[net.links[link].to]);
  return step == null ? linkName(net, link, " -> ") : `step ${step}`;
}

/** A letter for each weight that several links hold and that learns, in their order: a, b, ..., a2.
 * @param {Network} net @returns {(w: number) => string} */
export function lettersOf(net) {
  const frozen = new Set(net.header.frozen);
  const tied = range(net.holders.length).filter((w) => net.holders[w].length > 1 && !frozen.has(w));
  const letters = new Map(
    tied.map((w, nth) => {
      const turn = Math.floor(nth / 26);
      return [w, String.fromCharCode(97 + (nth % 26)) + (turn ? turn + 1 : "")];
    }),
  );
  return (w) => letters.get(w) ?? "";
}

const COLOURS = 7; // of a theme's series

/** The look of the line of a weight that has a letter. @param {string} letter */
export function tieOf(letter) {
  const nth = letter.charCodeAt(0) - 97 + 26 * (Number(letter.slice(1) || 1) - 1);
  return letter && ` lp-tie${nth % COLOURS}`;
}

/** The letters on their links. @param {Network} net @param {number[]} shown
 * @param {(link: number) => import("./geometry.js").Line} lineAt @param {number[]} along
 * @param {import("./labels.js").Sheet} sheet */
export function putLetters(net, shown, lineAt, along, sheet) {
  const letterOf = lettersOf(net);
  const put = shown.map((link) => {
    const spots = along.map((u) => lineAt(link).spot(u, 0)).map(([x, y]) => ({ x, y }));
    return sheet.put(letterOf(net.links[link].weight), spots, "number lp-weight", `l${link}`);
  });
  return put.join("");
}
