/* Votes by hands: how many were up for each answer, before and after the class has talked. */

import { safe } from "./text.js";

const WHEN = ["before", "after"];

/**
 * A table of hands for the answers to a question; Enter goes to the next field.
 * @param {HTMLElement} box @param {string} name of the question @param {string[]} answers
 * @param {{get(): Record<string, any>, put(part: object): void}} kept where the hands survive a reload
 */
export function votesIn(box, name, answers, kept) {
  const heads = ["hands", ...WHEN].map((head) => `<th scope="col">${head}</th>`).join("");
  const rows = answers.map((answer, row) => {
    const fields = WHEN.map((when) => {
      const [called, spoken] = [`${name} ${row} ${when}`, `hands for ${answer}, ${when}`].map(safe);
      const named = `name="${called}" aria-label="${spoken}"`;
      return `<td><input ${named} inputmode="numeric" autocomplete="off" size="3"></td>`;
    });
    return `<tr><th scope="row">${safe(answer)}</th>${fields.join("")}</tr>`;
  });
  box.innerHTML = `<table><tr>${heads}</tr>${rows.join("")}</table>`;
  const fields = [...box.querySelectorAll("input")];
  fields.forEach((field, index) => {
    field.value = kept.get()[`vote ${field.name}`] ?? "";
    field.oninput = () => kept.put({ [`vote ${field.name}`]: field.value });
    field.onkeydown = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      fields[(index + WHEN.length) % fields.length || (index + 1) % WHEN.length].focus();
    };
  });
  return { focus: () => (fields.find((field) => !field.value) ?? fields[0]).focus() };
}

/** Mark the answer that was right. @param {HTMLElement} box @param {string} answer */
export function markVote(box, answer) {
  for (const row of box.querySelectorAll("tr")) {
    const head = row.querySelector("th[scope=row]");
    if (head?.textContent === answer) head.textContent = `✓ ${answer}`;
  }
}
