/*
 * The presenter's window: notes, the next step and a clock, off the projector. It is the same page with
 * #presenter in its address. The two talk by messages alone, so either may be loaded anew.
 */

import { keptUnder } from "./memory.js";
import { number, safe } from "./text.js";

const SIZE = "popup,width=720,height=560";
const ADDRESS = "#presenter";
const PULSE = 1000; // milliseconds from one greeting to the next
const OURS = "lernpy-presenter"; // the name of what is shown

/** @typedef {{where: string, event: string, note: string, next: string, answer: string}} Shown */

/** What the page of the lesson knows of the window. */
export class Presenter {
  /** @param {import("./player.js").Player} player */
  constructor(player) {
    this.player = player;
    this.kept = keptUnder(`${player.key}-presenter`);
    /** @type {Window | null} */
    this.window = null;
    /** @type {Shown | undefined} */
    this.shown = undefined;
  }

  get isOpen() {
    return this.window !== null && !this.window.closed;
  }

  /** Open it; whether that can be: a frame or a notebook has no address to open. */
  open() {
    if (window.parent !== window || this.player.isHosted) return false;
    this.kept.put({ since: Date.now() });
    this.window = window.open(location.href.split("#")[0] + ADDRESS, "", SIZE);
    return this.isOpen;
  }

  close() {
    this.window?.close();
    this.window = null;
  }

  /** @param {Shown} shown */
  show(shown) {
    this.shown = shown;
    const { theme } = this.player.root.dataset;
    const { since } = this.kept.get();
    const { title } = this.player.words.presenter;
    this.window?.postMessage({ [OURS]: { ...shown, theme, since, title } }, "*");
  }

  /** A window greets, or a key was pressed in it: one that this page opened before it was loaded anew, too.
   * @param {MessageEvent} event */
  heard({ source, data }) {
    const greeting = data?.[OURS];
    const other = /** @type {Window | null} */ (source);
    if (!greeting || !other || other.opener !== window) return;
    const isNew = other !== this.window;
    this.window = other;
    if (isNew) this.player.show();
    else if (!greeting.knows && this.shown) this.show(this.shown);
    const { key, shiftKey } = greeting;
    if (!key) return;
    const pressed = new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true });
    this.player.root.dispatchEvent(pressed);
  }
}

/** Whether this page is a presenter's window. */
export const isPresenter = () => location.hash === ADDRESS && window.opener !== null;

/** The page as a presenter's window. @param {HTMLElement} el */
export function presenterIn(el) {
  const sheet = document.createElement("div");
  sheet.className = "lp-root lp-presenter";
  sheet.tabIndex = 0;
  sheet.style.fontSize = "20px";
  el.append(sheet);
  sheet.focus();
  let since = Date.now();
  let knows = false;
  /** @param {{key?: string, shiftKey?: boolean}} [pressed] */
  const greet = (pressed) => window.opener?.postMessage({ [OURS]: { knows, ...pressed } }, "*");
  addEventListener("message", ({ source, data }) => {
    const shown = data?.[OURS];
    if (!shown || source !== window.opener) return;
    knows = true;
    since = shown.since ?? since;
    document.title = shown.title;
    if (shown.theme) sheet.dataset.theme = shown.theme;
    sheet.innerHTML =
      `<p class="lp-clock">${clockText(since)}</p><p class="lp-where">${safe(shown.where)}</p>` +
      `<p class="lp-note">${safe(shown.note)}</p><p>${safe(shown.event)}</p>` +
      `<p class="lp-next">${safe(shown.next)}</p><p class="lp-answer">${safe(shown.answer)}</p>`;
  });
  addEventListener("keydown", (event) => {
    const { key, shiftKey } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || key === "F5" || key === "F11") return;
    event.preventDefault();
    greet({ key, shiftKey });
  });
  setInterval(() => {
    const clock = sheet.querySelector(".lp-clock");
    if (clock) clock.textContent = clockText(since);
    greet();
  }, PULSE);
  greet();
  return () => sheet.remove();
}

/** The time of day, and how long it has been. @param {number} start */
function clockText(start) {
  const now = new Date();
  const seconds = Math.floor((now.getTime() - start) / 1000);
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, "0");
  return `${two(now.getHours())}:${two(now.getMinutes())} · ${number(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
