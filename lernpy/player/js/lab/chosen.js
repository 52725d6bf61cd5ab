/* The neuron or link that was clicked: its numbers as they are now, and what can be done with it. */

import { brief, safe } from "../text.js";
import { kinds } from "./panel.js";

const MOST_TERMS = 5;

/** @param {import("./lab.js").Lab} lab @param {(name: string) => HTMLElement} get */
export function chosenOf(lab, get) {
  /** @param {string} name */
  const input = (name) => /** @type {HTMLInputElement} */ (get(name));
  const box = get("chosen");
  const select = /** @type {HTMLSelectElement} */ (get("act"));
  select.innerHTML = kinds().map((name) => `<option>${safe(name)}</option>`).join("");

  /** @param {number} l */
  const showLink = (l) => {
    const { net, engine } = lab;
    const { from, to, weight } = net.links[l];
    const value = engine.values[weight];
    const [source, target] = [net.names[from], net.names[to]];
    const shared = net.holders[weight].length;
    const tied = shared > 1 ? ` (shared by ${shared} links)` : "";
    box.querySelector("h3")?.replaceChildren(`${source} → ${target}${tied}`);
    const output = engine.output[from];
    const product = brief(value * output, 3);
    get("numbers-now").textContent = `carries ${brief(value, 3)} × ${brief(output, 3)} = ${product}`;
    if (document.activeElement !== input("value")) input("value").value = String(value);
    if (document.activeElement !== input("drag")) {
      const reach = String(Math.max(3, 2 * Math.ceil(Math.abs(value))));
      Object.assign(input("drag"), { min: `-${reach}`, max: reach });
      input("drag").value = String(value);
    }
    input("frozen").checked = Boolean(engine.isFrozen[weight]);
  };

  /** @param {number} v */
  const showNeuron = (v) => {
    const { net, engine } = lab;
    box.querySelector("h3")?.replaceChildren(`${net.names[v]} (${net.activation[v]})`);
    const terms = net.incoming[v].slice(0, MOST_TERMS).map((l) => {
      const { from, weight } = net.links[l];
      return `${brief(engine.values[weight], 2)} ${net.names[from]}`;
    });
    const rest = net.incoming[v].length > MOST_TERMS ? " + …" : "";
    const sum = terms.join(" + ").replaceAll("+ −", "− ") + rest;
    const kind = net.activation[v];
    const text = brief(engine.output[v], 3);
    get("numbers-now").textContent = terms.length
      ? `${kind}(${sum}) = ${kind}(${brief(engine.totalInput[v], 3)}) = ${text}`
      : `says ${text}`;
    if (document.activeElement !== select) select.value = net.activation[v];
    select.disabled = !engine.acts[v] || net.isBias[v];
  };

  return {
    show() {
      const { focus } = lab;
      box.hidden = !focus || lab.isStopped;
      get("of-link").hidden = focus[0] !== "l";
      get("of-neuron").hidden = focus[0] !== "v";
      if (focus[0] === "l") showLink(Number(focus.slice(1)));
      if (focus[0] === "v") showNeuron(Number(focus.slice(1)));
    },
  };
}
