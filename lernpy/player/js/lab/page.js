/*
 * The entry of the lab: a host calls render with a model and an element; what comes back takes it away
 * again. The address may hold a state (#lab=...) and ask it to run by itself (&run).
 */

import { listen } from "../controls.js";
import { attempt } from "../lists.js";
import { keptIn } from "./address.js";
import { isPresenter, presenterIn } from "../presenter.js";
import { listenToLab } from "./keys.js";
import { Lab } from "./lab.js";

/** @param {string} markup of the page's own shell */
function elementsIn(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return [...template.content.children];
}

/** @param {{model: Model, el: HTMLElement}} host */
function render({ model, el }) {
  if (!model.get("hosted") && isPresenter()) return presenterIn(el);
  const root = document.createElement("div");
  root.className = "lp-root";
  root.tabIndex = 0;
  root.innerHTML = model.get("shell");
  const layout = /** @type {HTMLElement} */ (root.querySelector(".lp-layout"));
  const { content } = document.createElement("template");
  content.append(...elementsIn(model.get("lab").shell));
  layout.classList.add("lp-lab", "lp-watching");
  /** @type {[string, string][]} */
  const homes = [
    [".lp-net", ".lp-stage"],
    [".lp-run", ".lp-deck"],
    [".lp-home", ".lp-tools"],
  ];
  for (const [piece, home] of homes) {
    root.querySelector(home)?.prepend(.../** @type {Iterable<Node>} */ (content.querySelectorAll(piece)));
  }
  root.querySelector("[data-act=print]")?.remove();
  content.append(/** @type {Node} */ (root.querySelector(".lp-event"))); // beside the panels, not among them
  layout.append(content);
  el.append(root);
  const hosted = model.get("hosted");
  if (hosted) root.querySelector("[data-lab=link]")?.remove(); // the address is the host's
  const theme = hosted ? "" : attempt(() => localStorage.getItem("lernpy-theme"));
  if (theme) root.dataset.theme = theme;
  const lab = new Lab(model, root);
  Object.assign(root, { lab });
  const listening = new AbortController();
  listenToLab(lab, listening.signal);
  const { open } = lab;
  lab.open = (...values) => {
    const isFirst = !lab.player;
    open.apply(lab, values);
    Object.assign(root, { player: lab.player });
    if (isFirst && lab.player) listen(lab.player, listening.signal);
  };
  const stage = lab.scene.get("stage");
  let drawn = "";
  const watcher = new ResizeObserver(() => {
    const size = `${stage.clientWidth} ${stage.clientHeight}`;
    if (size === drawn) return;
    drawn = size;
    lab.scene.rebuild();
    if (lab.lesson) lab.player?.build();
  });
  watcher.observe(root);
  watcher.observe(stage);
  lab.scene.rebuild();
  lab.say("");
  const fields = new URLSearchParams(hosted ? "" : location.hash.slice(1));
  const kept = keptIn(fields.get("lab") ?? "", lab.traits.file.maths);
  if (kept) lab.recall({ ...kept, start: kept.file }, fields.get("step"));
  if (fields.has("run")) lab.run();
  if (!hosted) root.focus({ preventScroll: true });
  /** @param {{news?: string, file?: string}} message */
  const hear = ({ news, file }) => {
    if (file) lab.openFile(file);
    if (news) lab.say(news);
  };
  model.on("msg:custom", hear);
  return () => {
    model.off("msg:custom", hear);
    lab.isRunning = false;
    lab.player?.stop();
    lab.player?.presenter.close();
    listening.abort();
    watcher.disconnect();
    root.remove();
  };
}

export default { render };
