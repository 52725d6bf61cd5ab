/* Network files in and out: what a stranger's file has to be, and the text of one's own. */

import { isSteering, shownText } from "./words.js";
import { nearMiss } from "../text.js";
import { ACTIVATIONS, LOSSES, OPTIMIZERS, REFUSALS } from "../tables.js";
import { wired } from "./wiring.js";

const NETWORK_FORMAT = "lernpy-network";
const LONGEST_NAME = 1000;
const WITH_PRODUCTS = 2; // the version of files that have some
const MOST_OPENED = 5000; // more than that no page trains and draws

/**
 * The network of a text, checked; from here on with the maths of the page.
 * @param {string} text @param {unknown} [maths] @returns {NetworkFile}
 */
export function networkIn(text, maths) {
  const file = { ...checked(parsed(text)), maths };
  wired(file, {}); // refuses a loop
  return file;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw Error("this is no JSON, so no network of lernpy; drop a file that lernpy.save wrote");
  }
}

/** @param {any} file @returns {NetworkFile} */
function checked(file) {
  if (file?.format !== NETWORK_FORMAT) {
    throw Error(`its "format" is ${shownText(file?.format)}, not "${NETWORK_FORMAT}"; drop a network's file`);
  }
  if (file.version !== 1 && file.version !== WITH_PRODUCTS) {
    throw Error(`it has version ${shownText(file.version)} of the format; this page reads 1 and 2`);
  }
  for (const key of ["inputs", "outputs", "groups", "nodes", "links"]) {
    if (!Array.isArray(file[key])) throw Error(`its "${key}" is no list`);
  }
  if (file.links.length > MOST_OPENED) {
    const count = file.links.length.toLocaleString("en");
    throw Error(`it has ${count} links; this page trains at most 5,000. Train it with lernpy train`);
  }
  known("loss", file.loss, LOSSES);
  known("optimizer", file.optimizer?.name, OPTIMIZERS);
  checkNumbers(file);
  const names = checkNodes(file);
  checkProducts(file, names);
  for (const key of ["inputs", "outputs"]) {
    if (!file[key].length) throw Error(`its "${key}" name no neuron`);
    for (const name of file[key]) end(key, name, names);
  }
  for (const link of file.links) {
    end("link", link?.source, names);
    end("link", link?.target, names);
    if (!Number.isFinite(link.weight)) {
      throw Error(`the weight of ${link.source} -> ${link.target} is ${shownText(link.weight)}`);
    }
  }
  return { ...file, optimizer: { name: file.optimizer.name, options: file.optimizer.options ?? {} } };
}

/** @param {any} file */
function checkNumbers(file) {
  for (const key of ["l1", "l2"]) {
    if (!(Number.isFinite(file[key]) && file[key] >= 0)) {
      throw Error(`its "${key}" is ${shownText(file[key])}, not a number from 0 on`);
    }
  }
  const rate = file.learning_rate;
  if (rate !== null && !(Number.isFinite(rate) && rate >= 0)) {
    throw Error(`its "learning_rate" is ${shownText(rate)}, not a number from 0 on`);
  }
}

/** The names of the neurons. @param {any} file */
function checkNodes(file) {
  const names = new Set();
  const grouped = new Set(file.groups.flat());
  for (const node of file.nodes) {
    if (typeof node?.id !== "string" || !node.id) throw Error("a neuron has no name");
    if (isSteering(node.id)) throw Error(`a neuron's name is ${shownText(node.id)}, ${REFUSALS.unseen}`);
    if ([...node.id].length > LONGEST_NAME) throw Error(`a neuron's name is longer than ${LONGEST_NAME} letters`);
    if (names.has(node.id)) throw Error(`two neurons are called ${shownText(node.id)}`);
    names.add(node.id);
    if (grouped.has(node.id) !== (node.activation === "softmax")) {
      throw Error(`${shownText(node.id)} is not in exactly one softmax group`);
    }
    const isUnit = node.activation === "softmax" || (node.activation === "product" && file.version === WITH_PRODUCTS);
    if (!isUnit) known("activation", node.activation, ACTIVATIONS);
  }
  return names;
}

/** Whoever is a product has factors, and no links. @param {any} file @param {Set<unknown>} names */
function checkProducts(file, names) {
  const products = file.version === WITH_PRODUCTS ? file.products : {};
  if (Object.getPrototypeOf(products ?? "") !== Object.prototype) throw Error('its "products" is no object');
  for (const { id, activation } of file.nodes) {
    if (activation !== "product") continue;
    const factors = Object.hasOwn(products, id) ? products[id] : [];
    if (!Array.isArray(factors) || !factors.length) throw Error(`it lacks the factors of ${shownText(id)}`);
    for (const name of factors) end("products", name, names);
  }
  for (const name of Object.keys(products)) {
    const node = file.nodes.find((/** @type {NodeEntry} */ { id }) => id === name);
    if (node?.activation !== "product") throw Error(`its "products" name ${shownText(name)}, which is none`);
    if (file.links.some((/** @type {any} */ link) => link?.target === name)) {
      throw Error(`a link leads into the product ${shownText(name)}, which multiplies its factors`);
    }
  }
}

/** @param {string} kind @param {unknown} name @param {object} table */
function known(kind, name, table) {
  if (typeof name === "string" && Object.hasOwn(table, name)) return;
  const hint = typeof name === "string" ? nearMiss(name, Object.keys(table)) : "";
  throw Error(`this page knows no ${kind} ${shownText(name)}.${hint}`);
}

/** @param {string} what @param {unknown} name @param {Set<unknown>} names */
function end(what, name, names) {
  if (!names.has(name)) throw Error(`its "${what}" names ${shownText(name)}, which is no neuron of it`);
}

/** A network as `lernpy.load` reads it, with the same bits. @param {NetworkFile} file */
export function textOf(file) {
  const minus = "-0\u0000";
  const text = JSON.stringify(file, (_, value) => (Object.is(value, -0) ? minus : value), 1);
  return text.replaceAll(JSON.stringify(minus), "-0.0");
}
