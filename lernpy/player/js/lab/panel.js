/* What can be set while the net learns: data, rate, batch, rule, activation, penalties, layers. */

import { safe } from "../text.js";
import { ACTIVATIONS, OPTIMIZERS } from "../tables.js";
import { MISTAKES } from "./mistakes.js";

const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const BATCHES = [1, 2, 4, 8, 10, 16, 32, 64, 128, 0]; // 0: all samples
const PENALTIES = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 1];

/** @param {(string | number)[]} values @param {string | number} chosen
 * @param {(value: string | number) => string} [word] */
function optionsOf(values, chosen, word = String) {
  const all = values.includes(chosen) ? values : [...values, chosen];
  return all
    .map((value) => {
      const selected = value === chosen ? " selected" : "";
      return `<option value="${safe(value)}"${selected}>${safe(word(value))}</option>`;
    })
    .join("");
}

/** Names of activations that a neuron can be given. */
export const kinds = () => Object.keys(ACTIVATIONS).filter((name) => name !== "one");

/** @param {import("./lab.js").Lab} lab @param {(name: string) => HTMLElement} get */
export function panelOf(lab, get) {
  /** @param {string} name */
  const select = (name) => /** @type {HTMLSelectElement} */ (get(name));
  /** @param {string} name */
  const input = (name) => /** @type {HTMLInputElement} */ (get(name));
  const data = [...lab.sets.keys()];

  /** The fields as the state has them. */
  const fill = () => {
    const { settings, set, net, engine, session } = lab;
    const ordered = (/** @type {number[]} */ values, /** @type {number} */ chosen) =>
      [...new Set([...values, chosen])].sort((a, b) => (a || Infinity) - (b || Infinity));
    select("set").innerHTML = optionsOf(data, set.name);
    select("rate").innerHTML = optionsOf(ordered(RATES, settings.rate), settings.rate);
    const all = (/** @type {string | number} */ size) => (size ? String(size) : "all");
    const sizes = ordered(BATCHES.filter((size) => size < Math.max(2, session.samples.count)), settings.batch);
    select("batch").innerHTML = optionsOf(sizes, settings.batch, all);
    select("rule").innerHTML = optionsOf(Object.keys(OPTIMIZERS), engine.file.optimizer.name);
    const sizesOfPenalty = [...PENALTIES];
    for (const name of /** @type {const} */ (["l1", "l2"])) {
      const values = [...new Set([...sizesOfPenalty, settings[name]])].sort((a, b) => a - b);
      select(name).innerHTML = optionsOf(values, settings[name]);
    }
    const hidden = net.neurons.filter((v) => isHidden(net, v));
    const used = [...new Set(hidden.map((v) => net.activation[v]))];
    const many = used.length > 1 ? ["several"] : [];
    select("all-acts").innerHTML = optionsOf([...many, ...kinds()], many[0] ?? used[0] ?? "tanh");
    select("all-acts").disabled = !hidden.length;
    const wrong = (/** @type {string | number} */ name) => String(name || "none");
    select("mistake").innerHTML = optionsOf(["", ...Object.keys(MISTAKES)], lab.mistake, wrong);
    get("noisy").hidden = !set.draws;
    input("noise").max = String(set.draws?.most ?? 1);
    input("noise").value = String(settings.noise);
    input("split").value = String(settings.split);
    fillKinds();
    get("saying").textContent = lab.message || get("saying").textContent;
  };

  /** The classes of points that are drawn by hand. */
  const fillKinds = () => {
    const { set } = lab;
    const names = set.name === "draw" ? set.classes : [];
    get("kinds").hidden = !names.length;
    get("kinds").innerHTML = names
      .map((name, kind) => {
        const checked = kind === lab.kind ? " checked" : "";
        return `<label><input type="radio" name="lp-kind" value="${kind}"${checked}>${safe(name)}</label>`;
      })
      .join(" ");
  };

  /** @type {Record<string, (value: string) => void>} what a field does */
  const acts = {
    set: (value) => lab.choose(value),
    rate: (value) => lab.change({ rate: Number(value) }),
    batch: (value) => lab.change({ batch: Number(value) }),
    l1: (value) => lab.change({ l1: Number(value) }),
    l2: (value) => lab.change({ l2: Number(value) }),
    rule: (value) => lab.changeRule(value),
    mistake: (value) => lab.err(value),
    "all-acts": (value) => {
      const { net } = lab;
      const names = net.neurons.filter((v) => isHidden(net, v)).map((v) => net.names[v]);
      if (value !== "several") lab.bend(names, value);
    },
    noise: (value) => lab.change({ noise: Number(value) }),
    split: (value) => lab.change({ split: Number(value) }),
    pace: (value) => {
      lab.pace = Number(value);
    },
  };

  return {
    fill,
    /** Whether a field of the panel was meant. @param {HTMLInputElement | HTMLSelectElement} field */
    changed(field) {
      const name = Object.keys(acts).find((one) => field.classList.contains(`lp-${one}`));
      if (name) acts[name](field.value);
      if (field.name === "lp-kind") lab.kind = Number(field.value);
      return Boolean(name) || field.name === "lp-kind";
    },
  };
}

/** @param {Network} net @param {number} v */
export const isHidden = (net, v) =>
  !net.isInput[v] && !net.isBias[v] && !net.outputs.includes(v) && !net.group[v];
