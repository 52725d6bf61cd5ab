/* Keys, clicks, drags and drops of the lab. While a lesson stands still, what is not the lab's is the player's. */

import { markRest } from "../fit.js";
import { attempt } from "../lists.js";
import { partName } from "../network.js";
import { addLayer, addLoneNeuron, addNeuron, connect, cut, removeLayer, removeNeuron } from "./edits.js";

/** @typedef {import("./lab.js").Lab} Lab */
/** @typedef {{shiftKey: boolean, target: EventTarget | null}} Pressed */

/** @param {Lab} lab @returns {Record<string, (event: Pressed) => void>} */
function labActionsOf(lab) {
  const { root } = lab;
  /** @param {Pressed} event @returns {string[]} */
  const namesOf = ({ target }) =>
    target instanceof HTMLElement ? JSON.parse(target.dataset.names ?? "[]") : [];
  return {
    run: () => (lab.isRunning ? lab.stop() : lab.run()),
    reset: ({ shiftKey }) => (shiftKey ? lab.nextSeed() : lab.reset()),
    earlier: ({ shiftKey }) => lab.earlier(shiftKey ? 10 : 1),
    later: ({ shiftKey }) => lab.later(shiftKey ? 10 : 1),
    fault: () => (lab.isStopped ? lab.player?.paths() : lab.fault()),
    undo: () => lab.undo(),
    mistake: () => lab.nextMistake(),
    watch: () => lab.watch(),
    more: () => lab.scene.get("layout").classList.toggle("lp-open"),
    wider: (event) => {
      const names = namesOf(event);
      lab.rewire((file) => addNeuron(file, names, lab.drawing));
    },
    narrower: (event) => {
      const names = namesOf(event);
      lab.rewire((file) =>
        names.length > 1 ? removeNeuron(file, names[names.length - 1]) : removeLayer(file, names, lab.drawing),
      );
    },
    deeper: () => lab.rewire((file) => addLayer(file, lab.lastLayer, lab.usualActivation, lab.drawing)),
    less: () => lab.rewire((file) => removeLayer(file, lab.lastLayer, lab.drawing)),
    lone: () => lab.rewire((file) => addLoneNeuron(file, lab.usualActivation, lab.drawing)),
    cut: () => {
      const ends = lab.focusedEnds;
      if (ends) lab.rewire((file) => cut(file, ends[0], ends[1]));
    },
    remove: () => {
      const name = lab.focusedName;
      if (name) lab.rewire((file) => removeNeuron(file, name));
    },
    unchoose: () => lab.focusOn(""),
    freeze: () => lab.freeze(),
    save: () => {
      download(lab.text, `${lab.set.name}.json`);
      lab.tell("save");
    },
    python: () => copy(lab, lab.python, "copied as Python"),
    link: () => {
      lab.keepAddress();
      copy(lab, `${location.href.split("#")[0]}#lab=${lab.address}`, "copied: a link to this state");
    },
    theme: () => {
      root.dataset.theme = getComputedStyle(root).colorScheme === "dark" ? "light" : "dark";
      attempt(() => localStorage.setItem("lernpy-theme", root.dataset.theme ?? ""));
      lab.scene.rebuild();
    },
    screen: () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else root.requestFullscreen?.();
    },
    help: () => {
      const help = lab.scene.get("help");
      help.hidden = !help.hidden;
    },
  };
}

/** @type {Record<string, string>} */
const WATCHING = {
  " ": "run",
  ArrowRight: "later",
  ArrowLeft: "earlier",
  PageDown: "later",
  PageUp: "earlier",
  r: "reset",
  w: "fault",
  u: "undo",
  m: "mistake",
  f: "freeze",
  t: "theme",
  F11: "screen",
  "?": "help",
  Escape: "unchoose",
  Delete: "delete",
};
/** @type {Record<string, string>} */
const STOPPED = {
  ...{ " ": "run", r: "reset", u: "undo", m: "mistake", f: "freeze", t: "theme" },
  ...{ Delete: "delete", Escape: "leave" },
};

/** @param {string} text @param {string} name */
function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {Lab} lab @param {string} text @param {string} done */
function copy(lab, text, done) {
  const field = document.createElement("textarea");
  field.value = text;
  lab.root.append(field);
  field.select();
  const isCopied = attempt(() => document.execCommand("copy"));
  field.remove();
  lab.copied = text;
  lab.say(isCopied ? done : "this host does not let a page copy");
}

/** @param {Lab} lab @param {AbortSignal} signal */
export function listenToLab(lab, signal) {
  const { root, scene } = lab;
  const actions = labActionsOf(lab);
  actions.leave = () => {
    const { player } = lab;
    const isBusy = player && (player.asked || player.focus || player.classroom.isOpen);
    if (player && (isBusy || !scene.get("help").hidden)) {
      player.stopAsking();
      player.choose("");
      player.takeFocus();
      scene.get("help").hidden = true;
    } else lab.watch();
  };
  actions.delete = (event) => (lab.focused[0] === "l" ? actions.cut(event) : actions.remove(event));
  /** @param {EventTarget} target @param {string} name @param {(event: any) => void} hear
   * @param {boolean} [first] before all others */
  const on = (target, name, hear, first = false) =>
    target.addEventListener(name, hear, { signal, capture: first });

  on(document, "keydown", (event) => pressedInLab(lab, actions, event), true);
  on(root, "click", (event) => {
    const button = event.target.closest("[data-lab]");
    if (!button) return;
    actions[button.dataset.lab]({ shiftKey: event.shiftKey, target: button });
    if (event.detail > 0) root.focus({ preventScroll: true });
  });
  // while there is no lesson, the buttons of the head are the lab's
  on(root, "click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || lab.isStopped) return;
    /** @type {Record<string, string>} */
    const shared = { theme: "theme", screen: "screen", help: "help", paths: "fault" };
    if (shared[button.dataset.act]) actions[shared[button.dataset.act]](event);
    if (event.detail > 0) root.focus({ preventScroll: true });
    event.stopImmediatePropagation();
  }, true);
  on(root, "change", ({ target }) => {
    if (target.matches("input[type=file]")) {
      readFile(lab, target.files[0]);
      target.value = "";
      return;
    }
    if (lab.changed(target) && target.matches("select")) root.focus({ preventScroll: true });
  });
  on(scene.get("settings"), "scroll", ({ target }) => markRest(target));
  on(root, "pointerup", ({ target }) => {
    if (target.matches("input[type=range]")) root.focus({ preventScroll: true });
  });
  on(root, "input", ({ target }) => {
    if (target.matches(".lp-drag")) lab.weigh(Number(target.value));
  });
  on(root.querySelector(".lp-open [role=button]") ?? root, "keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".lp-open [role=button]")) event.target.click();
  });
  listenToBoard(lab, on);
  listenToPicture(lab, on);
  on(root, "dragover", (event) => event.preventDefault());
  on(root, "drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) readFile(lab, file);
  });
  const redraw = () => scene.rebuild();
  on(matchMedia("(prefers-color-scheme: dark)"), "change", redraw);
}

/** @param {Lab} lab @param {File | undefined} file */
async function readFile(lab, file) {
  if (file) lab.openFile(await file.text());
}

/** @param {Lab} lab @param {Record<string, (event: Pressed) => void>} actions @param {KeyboardEvent} event */
function pressedInLab(lab, actions, event) {
  const { key } = event;
  const target = /** @type {HTMLElement} */ (event.target);
  const isOurs = lab.root.contains(target) || (!lab.hosted && target === document.body);
  if (!lab.root.isConnected || !isOurs) return;
  const isUndo = (event.ctrlKey || event.metaKey) && key === "z";
  if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
  if (target.matches("select, input, textarea")) {
    if (key === "Enter" && target.matches(".lp-value")) {
      lab.weigh(Number(/** @type {HTMLInputElement} */ (target).value));
    } else if (lab.isStopped) return;
    if (key !== "Escape") event.stopPropagation();
    return;
  }
  const table = lab.isStopped ? STOPPED : WATCHING;
  const name = isUndo ? "undo" : table[key.length > 1 ? key : key.toLowerCase()];
  const isButton = (key === " " || key === "Enter") && target.matches("button, [role=button]");
  const isAsked = lab.isStopped && lab.player?.asked;
  if (name && !isButton && !(isAsked && key === " ")) {
    actions[name](event);
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (!lab.isStopped) event.stopPropagation(); // the player's keys are for its lesson
}

/** Click a part, drag from neuron to neuron. @param {Lab} lab
 * @param {(target: EventTarget, name: string, hear: (event: any) => void) => void} on */
function listenToBoard(lab, on) {
  const { scene } = lab;
  const board = scene.get("board");
  let from = "";
  /** @param {PointerEvent} event */
  const partAt = ({ offsetX, offsetY }) => scene.board?.partAt(offsetX, offsetY) ?? "";
  on(board, "pointerdown", (event) => {
    from = partAt(event);
    board.setPointerCapture(event.pointerId);
  });
  on(board, "pointermove", (event) => {
    const id = partAt(event);
    board.style.cursor = id ? "pointer" : "";
    board.title = id && partName(lab.net, id);
  });
  on(board, "pointerup", (event) => {
    const to = partAt(event);
    if (from[0] === "v" && to[0] === "v" && from !== to) {
      const { names } = lab.net;
      const [source, target] = [from, to].map((id) => names[Number(id.slice(1))]);
      lab.rewire((file) => connect(file, source, target, lab.drawing));
    } else if (from === to) lab.focusOn(to);
  });
}

/** Click a point: its lesson; or draw one. @param {Lab} lab
 * @param {(target: EventTarget, name: string, hear: (event: any) => void) => void} on */
function listenToPicture(lab, on) {
  const { scene } = lab;
  on(scene.get("picture"), "click", ({ offsetX, offsetY, shiftKey }) => {
    const values = lab.set.name === "draw" ? scene.picture.valuesAt(offsetX, offsetY) : undefined;
    const index = scene.picture.sampleAt(offsetX, offsetY);
    if (values && !shiftKey) lab.addPoint(values[0], values[1], lab.kind);
    else if (index !== undefined) lab.openSample(index);
  });
}
