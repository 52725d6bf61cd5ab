/* Keys, buttons, fields: what they do. */

import { markRest } from "./fit.js";
import { LEVEL } from "./moves.js";

/** @typedef {import("./player.js").Player} Player */
/** @typedef {(event: {shiftKey: boolean, target: EventTarget | null}) => void} Action */

/** @param {Player} player @returns {Record<string, Action>} */
function actionsOf(player) {
  const { page, root } = player;
  /** @param {string} name */
  const toggle = (name) => page.show(name, !page.isShown(name));
  /** @param {boolean} shift */
  const level = (shift) => (shift ? LEVEL.generation : player.level);
  /** @type {Record<string, Action>} */
  const actions = {
    next: (event) => player.move(1, level(event.shiftKey)),
    back: (event) => player.move(-1, level(event.shiftKey)),
    up: () => player.setLevel(player.level + 1),
    down: () => player.setLevel(player.level - 1),
    first: () => player.go([0, 0]),
    last: () => player.go([player.lastSample, Infinity]),
    play: () => player.playOrStop(),
    check: () => player.check(),
    run: () => player.run(),
    predict: () => player.predict(),
    be: () => player.classroom.be(),
    vote: () => player.classroom.vote(),
    answer: (event) => {
      if (event.target instanceof HTMLElement) player.answer(event.target.textContent ?? "");
    },
    notes: () => player.notes(),
    paths: () => player.paths(),
    letters: () => player.letters(),
    stubs: () => player.turnStubs(),
    cell: ({ target }) => {
      const cell = target instanceof Element ? target.closest("[data-step]") : null;
      player.turnCell(cell?.getAttribute("data-step") ?? undefined);
    },
    screen: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else root.requestFullscreen?.();
    },
    fold: ({ target }) => {
      const panel = target instanceof Element ? target.closest("section") : null;
      const name = panel?.className.split(" ")[0].slice(3) ?? "";
      player.opened = panel?.classList.contains("lp-folded") ? name : "";
      player.show();
    },
    unfold: () => {
      player.opened = player.opened === "card" ? "" : "card";
      player.show();
    },
    more: () => {
      const isOpen = root.querySelector(".lp-layout")?.classList.toggle("lp-open");
      page.get("dots").setAttribute("aria-expanded", String(isOpen));
    },
    help: () => toggle("help"),
    nobody: () => {
      if (player.asked) player.takeFocus();
      player.stopAsking();
      page.show("help", false);
      player.choose("");
    },
    bigger: () => player.resize(player.font + 0.25),
    smaller: () => player.resize(player.font - 0.25),
    theme: () => {
      root.dataset.theme = getComputedStyle(root).colorScheme === "dark" ? "light" : "dark";
      player.show();
    },
    until: () => {
      if (!page.get("until").offsetParent) actions.more({ shiftKey: false, target: null });
      page.get("until").focus();
    },
    print: () => {
      if (root.querySelector("[data-act=print]")) print();
    },
    learn: () => {
      player.at = 0;
      player.send("learn");
    },
    train: () => player.send("train", { epochs: Number(page.input("epochs").value) }),
    reset: () => player.send("reset"),
    edit: () => {
      const value = parseFloat(page.input("weight-in").value);
      player.send("set", { weight: player.weight, value });
    },
  };
  return actions;
}

/** Listen to everything; `signal` ends it. @param {Player} player @param {AbortSignal} signal */
export function listen(player, signal) {
  const { page, root, slider } = player;
  const actions = actionsOf(player);
  /**
   * @param {EventTarget} target @param {string} name @param {(event: any) => void} hear
   */
  const on = (target, name, hear) => target.addEventListener(name, hear, { signal });

  const press = (/** @type {KeyboardEvent} */ event) => pressed(player, actions, event);
  on(player.isPage ? document : root, "keydown", press);
  on(window, "message", (event) => player.presenter.heard(event));
  on(root, "pointerover", ({ target }) => {
    const part = target.closest("[data-tie], [data-id]");
    player.point(part ? (part.dataset.tie ?? part.dataset.id) : "");
  });
  listenToSwipes(page.get("stage"), on, player);
  on(root, "click", (event) => {
    const button = event.target.closest("[data-act]");
    const part = event.target.closest("[data-id], [data-tie]");
    if (button) actions[button.dataset.act](event);
    else if (part) player.choose(part.dataset.id ?? part.dataset.tie);
    if (button && event.detail > 0 && player.asked?.gate.kind !== "number") player.takeFocus();
  });
  on(root, "change", ({ target }) => {
    if (target === page.get("freeze")) {
      player.send("freeze", { weight: player.weight, value: target.checked });
      return;
    }
    if (target === page.get("level")) player.setLevel(target.selectedIndex);
    if (target === page.get("speed")) player.speed = Number(target.value);
    if (target instanceof HTMLSelectElement && !target.name) player.takeFocus(); // but in a game
    player.show();
  });
  for (const name of ["side", "event"]) on(page.get(name), "scroll", ({ target }) => markRest(target));
  on(slider, "input", () => player.slide(Number(slider.value)));
  on(page.get("jump"), "input", ({ target }) => player.go([Number(target.value), player.at]));
  on(window, "hashchange", () => {
    if (!player.isPage) return;
    player.recall(location.hash.slice(1));
    player.build();
  });
}

const SWIPE = 40; // pixels, from which on it is none of a click

/** A swipe to the left is a step on, to the right a step back.
 * @param {HTMLElement} stage
 * @param {(target: EventTarget, name: string, hear: (event: any) => void) => void} on
 * @param {Player} player */
function listenToSwipes(stage, on, player) {
  let start = 0;
  on(stage, "touchstart", ({ changedTouches }) => {
    start = changedTouches[0].clientX;
  });
  on(stage, "touchend", ({ changedTouches }) => {
    const way = changedTouches[0].clientX - start;
    if (Math.abs(way) > SWIPE) player.move(way < 0 ? 1 : -1);
  });
}

/** Keys of a question belong to the question: +, − and 0 say which sign it is, 1, 2, 3 which answer.
 * @param {Player} player @param {string} key */
function answered(player, key) {
  const kind = player.asked?.gate.kind;
  if (kind !== "sign" && kind !== "compare") return false;
  const options = player.words.options[kind];
  const typed = key === "-" ? "−" : key === "=" ? "+" : key;
  const option = kind === "sign" ? options.find((one) => one === typed) : options[Number(key) - 1];
  if (!option) return false;
  player.answer(option);
  return true;
}

/** Whether up and down belong to a box, since it has more than its room. @param {HTMLElement} box */
const isScrolled = (box) => box.matches("aside, section") && box.scrollHeight > box.clientHeight + 1;

/** @param {Player} player @param {Record<string, Action>} actions @param {KeyboardEvent} event */
function pressed(player, actions, event) {
  const { key } = event;
  const target = /** @type {HTMLElement} */ (event.target);
  if (!target?.matches) return; // as a document has none
  if (player.live) event.stopPropagation();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^Arrow(Up|Down)$/.test(key) && isScrolled(target)) return;
  const data = target.dataset;
  if (target.matches("select, input:not([type=range])")) {
    if (key === "Escape") player.takeFocus();
    if (key !== "Enter" || !data.enter) return;
    actions[data.enter](event);
    if (data.enter === "run") player.takeFocus();
    return;
  }
  if (player.asked?.gate.kind === "number" && /^[\d.,−-]$/.test(key)) {
    player.page.input("guess").focus(); // and the digit stands in it
    return;
  }
  if (answered(player, key)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  const action = player.words.keys[key.length > 1 ? key : key.toLowerCase()];
  const isSpace = key === " ";
  const id = key === "Enter" || isSpace ? data.id : undefined;
  if (id) player.choose(id);
  else if (action && !(isSpace && target.matches("button"))) actions[action](event);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
