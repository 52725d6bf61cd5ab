/* What is seen of the lab: the net while it trains, what it says, its curves; and the turn to a lesson. */

import { afterPaint } from "../animation.js";
import { letterOf, markRest } from "../fit.js";
import { zeros } from "../lists.js";
import { isProduct } from "../products.js";
import { brief, number } from "../text.js";
import { boardOf } from "./board.js";
import { chosenOf } from "./chosen.js";
import { looksOf } from "./colours.js";
import { paintBlame, paintLosses } from "./curves.js";
import { planeOf } from "./data.js";
import { forward, inputsAt } from "./engine.js";
import { blameByGeneration } from "./evaluation.js";
import { answerAll, gridOf } from "./maps.js";
import { panelOf } from "./panel.js";
import { paperOf, pictureOf } from "./pictures.js";
import { LessonPlayer } from "./player.js";

const RARE = 12; // frames from one look at many samples to the next
const MANY_SAMPLES = 400;
const PATIENCE = 10; // the losses of all samples take a tenth of the time
const WIDEST = 8; // pixels of the widest link

/** @typedef {ReturnType<typeof sceneOf>} Scene */

/** @param {import("./lab.js").Lab} lab */
export function sceneOf(lab) {
  const { root, traits, model } = lab;
  /** @param {string} name */
  const get = (name) => /** @type {HTMLElement} */ (root.querySelector(`.lp-${name}`));
  /** @param {string} name */
  const canvas = (name) => /** @type {HTMLCanvasElement} */ (get(name));
  const layout = get("layout");
  const looks = () => looksOf(root);
  let colours = looks();
  let font = 20;
  let frames = 0;
  let noted = 0; // when the losses were taken last, and how long that took
  let cost = 0;
  /** @type {import("./board.js").Board | undefined} */
  let board;
  let picture = pictureOf(lab.net, lab.set.task);
  /** @type {Numbers[]} */
  let outputs = [];
  /** @type {Numbers[]} */
  let grid = [];
  /** @type {Plane} */
  let plane = { left: -1, right: 1, bottom: -1, top: 1 };
  const panel = panelOf(lab, get);
  const chosen = chosenOf(lab, get);

  /** The plane of the points; of drawn ones that of the data before, at least -6 to 6. */
  const planeNow = () => {
    const { samples } = lab.session;
    if (lab.set.name === "draw") return { left: -6, right: 6, bottom: -6, top: 6 };
    return planeOf(samples);
  };

  /** @param {number} v @returns {[number, number] | null} */
  const rangeOf = (v) => traits.ranges[lab.net.activation[v]] ?? (lab.net.group[v] ? [0, 1] : null);

  /** Where Python put the neurons of the net that the page came with; others stand in columns. */
  const spotsOf = () => {
    const { file, positions } = traits;
    const names = lab.net.names.join("\n");
    const isFirst = file && names === file.nodes.map(({ id }) => id).join("\n");
    return { positions: lab.net.neurons.map((v) => (isFirst ? positions[v] : null)), bends: {} };
  };

  /** Measures and drawings anew: another net, size or theme. */
  const rebuild = () => {
    const { net, set } = lab;
    font = letterOf(lab.isWhole);
    root.style.fontSize = `${font}px`;
    colours = looks();
    const { clientWidth: width, clientHeight: height } = get("stage");
    const space = { font, width: Math.max(200, width), height: Math.max(120, height) };
    const about = { labels: lab.labels, image: set.image, spots: spotsOf() };
    board = boardOf(canvas("board"), net, about, space, WIDEST * Math.min(1, 40 / net.links.length + 0.25));
    picture = pictureOf(net, set.task);
    outputs = net.neurons.map(() => zeros(board ? board.side ** 2 : 0));
    plane = planeNow();
    grid = net.inputs.length === 2 ? gridOf(board.side, plane) : [];
    panel.fill();
    heads();
    turn();
    if (!lab.lesson) paint(true);
    show();
  };

  /** + and − above each hidden layer. */
  const heads = () => {
    if (!board) return;
    const { generations, middle, members } = board.geometry;
    const { net } = lab;
    get("heads").classList.toggle("lp-narrow", board.geometry.gap < 3 * font);
    const isLayered = (/** @type {number} */ v) => !net.isInput[v] && !net.outputs.includes(v) && !isProduct(net, v);
    const hidden = generations.filter((g) => members[g].length && members[g].every(isLayered));
    get("heads").replaceChildren(
      ...hidden.map((g) => {
        const head = document.createElement("span");
        head.style.left = `${middle[g]}px`;
        const names = members[g].map((v) => net.names[v]);
        for (const [act, sign, title] of [
          ["narrower", "−", "a neuron less in this layer"],
          ["wider", "+", "a neuron more in this layer"],
        ]) {
          const button = document.createElement("button");
          Object.assign(button, { type: "button", textContent: sign, title });
          button.dataset.lab = act;
          button.dataset.names = JSON.stringify(names);
          button.setAttribute("aria-label", `${title}, layer ${g}`);
          head.append(button);
        }
        head.children[0].after(board && board.geometry.gap > 5 * font ? ` ${names.length} ` : "");
        return head;
      }),
    );
  };

  /** The sample that comes next, and what the net says to it. */
  const next = () => {
    const { session, engine, net } = lab;
    const index = session.order[session.at];
    if (index === undefined) return { index, inputs: null, targets: null };
    forward(engine, session.samples.inputs, index * net.inputs.length);
    return {
      index,
      inputs: inputsAt(session.samples, index, net.inputs.length),
      targets: session.samples.targets.subarray(index * net.outputs.length, (index + 1) * net.outputs.length),
    };
  };

  /** @param {boolean} isFull whether what takes long is painted, too */
  const paint = (isFull) => {
    if (!board) return;
    const { session, engine, net } = lab;
    const { index, inputs, targets } = next();
    const isPlane = net.inputs.length === 2;
    if (isPlane) answerAll(engine, grid, outputs);
    board.paint(
      {
        ...{ values: engine.values, output: engine.output, rangeOf, inputs, targets },
        ...{ maps: isPlane ? outputs : null, focus: lab.focus },
      },
      colours,
    );
    chosen.show();
    const isRare = session.samples.count > MANY_SAMPLES && picture.kind !== "plane";
    const maps = isPlane && !isFull ? outputs : undefined;
    if (isFull || !isRare || frames % RARE === 0) paintPicture(lab.lesson ? index : undefined, maps);
    paintLosses(paperOf(canvas("loss"), font), session.curve, colours);
    paintBlame(
      paperOf(canvas("blames"), font),
      blameByGeneration(engine, session.samples, session.parts.train),
      colours,
    );
    next();
  };

  /** @param {number | undefined} marked @param {Numbers[]} [maps] */
  const paintPicture = (marked, maps) => {
    const { session, engine, net, set } = lab;
    picture.paint(paperOf(canvas("picture"), font), engine, session.samples, {
      ...{ looks: colours, test: session.parts.test, marked, maps, classes: set.classes },
      limits: rangeOf(net.outputs[0]),
      plane: net.inputs.length === 2 ? plane : undefined,
    });
  };

  /** Epoch, loss and the buttons. */
  const show = () => {
    const { session, isRunning, proof } = lab;
    get("go").textContent = isRunning ? "Stop" : "Run";
    const { advice } = lab.doctor;
    if (get("doctor").dataset.advice !== advice) {
      get("doctor").dataset.advice = advice;
      get("doctor").textContent = advice && `Doctor: ${advice}`;
      markRest(get("settings"));
    }
    if (lab.lesson) return;
    root.querySelector("h1")?.replaceChildren(lab.title);
    const { evaluation } = session;
    const isCounted = lab.set.task !== "regression" && evaluation;
    const right = isCounted ? `, ${percent(evaluation.train.right)} right` : "";
    const tested = evaluation && session.parts.test.length && lab.set.task !== "regression"
      ? `, test ${percent(evaluation.test.right)}`
      : "";
    const loss = evaluation ? `loss ${brief(evaluation.train.loss, 3)}` : "no sample yet";
    const epoch = session.epoch.toLocaleString("en");
    get("where").textContent = `epoch ${epoch} · ${loss}${right}${tested}`;
    const badge = get("badge");
    badge.className = `lp-badge lp-${proof.good ? "good" : "bad"}`;
    badge.querySelector("b")?.replaceChildren(proof.good ? "✓ proven " : "✗ not proven ");
    get("proof").textContent = lab.proofText;
    badge.title = lab.proofText;
    if (!isRunning) paint(true);
  };

  /** From the training to a lesson, or back. */
  const turn = () => {
    layout.classList.toggle("lp-watching", !lab.lesson);
    if (!lab.lesson) return;
    colours = looks();
    const { lesson } = lab;
    const marked = lesson.order[lesson.first];
    if (grid.length) answerAll(lab.engine, grid, outputs);
    paintPicture(marked, grid.length ? outputs : undefined);
    afterPaint(() => {
      if (lab.lesson === lesson) paintPicture(marked); // finer
    });
    chosen.show();
  };

  /** @param {import("./lab.js").Lab} owner */
  const playerOf = (owner) => {
    /** @param {string} name */
    const read = (name) => {
      if (name === "trace") return JSON.stringify(owner.trace);
      if (name === "spots") return spotsOf();
      if (name === "labels") return labelsOf(owner);
      if (name === "words") return briefer(model.get("words"));
      if (name === "page") return false;
      if (name === "live") return true;
      if (name === "checksum") return 0;
      return model.get(/** @type {keyof Traits} */ (name));
    };
    return new LessonPlayer(/** @type {Model} */ ({ ...silent, get: read }), root, owner);
  };

  return {
    ...{ rebuild, show, turn, playerOf, get, panel },
    get board() {
      return board;
    },
    get picture() {
      return picture;
    },
    frame() {
      frames += 1;
      const start = performance.now();
      if (start - noted > PATIENCE * cost) {
        lab.session.note();
        lab.doctor.look(lab);
        noted = performance.now();
        cost = noted - start;
      }
      paint(false);
      show();
    },
    repaint: () => paint(true),
    /** @param {string} text */
    say: (text) => {
      get("saying").textContent = text || hint(lab);
    },
    marks: paintPicture,
  };
}

/** What the data call each neuron, and its value in their units. @param {import("./lab.js").Lab} lab
 * @returns {(Label | null)[]} */
const labelsOf = ({ net, set, labels }) =>
  net.neurons.map((v) => {
    const label = set.labels[0][net.inputs.indexOf(v)] ?? set.labels[1][net.outputs.indexOf(v)];
    const called = labels[v];
    const says = label && (called || label.unit || label.shift || label.scale !== 1);
    return says ? { ...label, called } : null;
  });

/** The head has more to say here than over a recorded lesson. @param {Words} words */
const briefer = (words) => ({
  ...words,
  where: words.where.map((form) => form.replace("sample {sample} of {samples}", "{sample}/{samples}")),
});

const nothing = () => {};
const silent = { on: nothing, off: nothing, send: nothing };

/** @param {number} share */
const percent = (share) => `${number(100 * share, 3)} %`;

/** What can be done now. @param {import("./lab.js").Lab} lab */
function hint({ set }) {
  if (set.name === "draw") return "Choose a class and click into the plane: each click is a sample.";
  return (
    "Space runs and stops. A click on a point, or W, makes one sample a lesson. " +
    "Drag from neuron to neuron for a link."
  );
}

