/* The presenter's window: notes, the next step and a clock, off the projector. */

import { number, safe } from "./text.js";

const SIZE = "popup,width=720,height=560";

/** A second window with the looks of this page; null where the host forbids it (a sandboxed frame).
 * @param {HTMLElement} root @param {string} title */
export function presenterOf(root, title) {
  const isFramed = window.parent !== window; // a sandboxed frame may open none, and would complain
  const other = isFramed ? null : window.open("", "", SIZE);
  if (!other) return null;
  const page = other.document;
  page.title = title;
  for (const style of document.querySelectorAll("style")) {
    page.head.append(page.importNode(style, true));
  }
  page.body.className = "lp-body";
  const sheet = page.createElement("div");
  sheet.className = "lp-root lp-presenter";
  sheet.tabIndex = 0;
  page.body.append(sheet);
  sheet.style.fontSize = "20px";
  if (root.dataset.theme) sheet.dataset.theme = root.dataset.theme;
  const start = Date.now();
  const clock = setInterval(() => {
    const told = page.querySelector(".lp-clock");
    if (told) told.textContent = clockText(start);
  }, 1000);
  return {
    window: other,
    /** @param {{where: string, said: string, note: string, next: string, answer: string}} told */
    show({ where, said, note, next, answer }) {
      sheet.innerHTML =
        `<p class="lp-clock">${clockText(start)}</p><p class="lp-where">${safe(where)}</p>` +
        `<p class="lp-note">${safe(note)}</p><p>${safe(said)}</p>` +
        `<p class="lp-next">${safe(next)}</p><p class="lp-answer">${safe(answer)}</p>`;
    },
    close() {
      clearInterval(clock);
      other.close();
    },
  };
}

/** The time of day, and how long it has been. @param {number} start */
function clockText(start) {
  const now = new Date();
  const seconds = Math.floor((now.getTime() - start) / 1000);
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
  return `${two(now.getHours())}:${two(now.getMinutes())} · ${number(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
