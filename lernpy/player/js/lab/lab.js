/*
 * The lab: a net that learns before one's eyes, and that can be stopped at any moment: then the sample
 * that comes next stands still and is a lesson. This file holds the state and the moves; what is seen
 * of them stands in `scene.js`, what can be set in `panel.js`, what can be chosen in `chosen.js`.
 */

import { afterPaint } from "../animation.js";
import { attempt } from "../lists.js";
import { adler32 } from "../memory.js";
import { brief, number } from "../text.js";
import { addressOf } from "./address.js";
import { blowUpIn } from "./blowup.js";
import { generator, seedOf } from "./chance.js";
import { drawnSamples, samplesOf } from "./data.js";
import { changedLinks, redrawn, setActivation } from "./edits.js";
import { engineOf, fileOf, learn } from "./engine.js";
import { Doctor } from "./doctor.js";
import { networkIn, textOf } from "./files.js";
import { traceOf } from "./lesson.js";
import { MISTAKES } from "./mistakes.js";
import { LessonPlayer } from "./player.js";
import { isHidden } from "./panel.js";
import { pythonOf } from "./python.js";
import { proven } from "./proof.js";
import { sceneOf } from "./scene.js";
import { WRONG_RULES } from "./words.js";
import { APART, Session } from "./session.js";

const BUDGET = 14; // milliseconds of a frame that are learned
const MOST_WATCHED = 8; // samples of one lesson
const MOST_UNDONE = 50;
const MOST_TOLD = 6; // values of a sample
const DRAWN = "draw";

/** @typedef {{file: NetworkFile, start: NetworkFile, set: string, settings: Settings,
 *   points: [number, number, number][], epoch: number, at?: number, one?: number}} State
 * `at`: samples of the epoch that are learned; `one`: the sample that was asked for as a lesson */
/** @typedef {{kind: "batch" | "one", start: number, first: number, end: number, stop: number,
 *   order: ArrayLike<number>}} Lesson */

export class Lab {
  /** @param {Model} model @param {HTMLElement} root */
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.hosted = Boolean(model.get("hosted"));
    this.traits = model.get("lab");
    this.isRunning = false;
    /** Epochs to a picture. */
    this.pace = 1;
    this.focus = "";
    this.message = "";
    /** The rule that is made wrong on purpose. */
    this.mistake = "";
    /** The class of points that are drawn, and what was copied last. */
    this.kind = 0;
    this.copied = "";
    /** @type {Lesson | undefined} what stands still */
    this.lesson = undefined;
    /** @type {State[]} */
    this.past = [];
    /** @type {[number, number, number][]} */
    this.points = [];
    /** @type {LessonPlayer | undefined} */
    this.player = undefined;
    this.proof = proven(this.traits.proof, this.traits.steepest);
    this.sets = new Map(this.traits.sets.map((set) => [set.name, set]));
    this.doctor = new Doctor(this.traits.doctor);
    this.seeds = 0; // of drawings: each its own
    const [set] = this.traits.sets;
    this.set = set;
    this.start = set.file;
    const engine = this.engineOf(set.file);
    this.session = new Session(engine, samplesOf(set, set.settings.noise), set.settings);
    this.session.note();
    this.scene = sceneOf(this);
  }

  /** @param {NetworkFile} file */
  engineOf(file) {
    const engine = engineOf(file, this.traits.steepest);
    engine.mistake = this.mistake;
    return engine;
  }

  get engine() {
    return this.session.engine;
  }

  get net() {
    return this.session.engine.net;
  }

  get settings() {
    return this.session.settings;
  }

  /** The network as it is now. */
  get file() {
    return fileOf(this.engine);
  }

  get isStopped() {
    return Boolean(this.lesson);
  }

  /** Chance for new weights: every drawing another, every reload the same. */
  get drawing() {
    this.seeds += 1;
    return { random: generator(seedOf(this.settings.seed, this.seeds)), starts: this.traits.starts };
  }

  /* --- running --- */

  run() {
    if (this.lesson) this.leave();
    if (!this.session.order.length) {
      this.say("there is no sample to learn: click into the plane to draw some");
      return;
    }
    this.isRunning = true;
    this.say("");
    this.tell("run");
    const tick = () => {
      if (!this.isRunning) return;
      this.frame();
      this.ticking = requestAnimationFrame(tick);
    };
    cancelAnimationFrame(this.ticking ?? 0);
    tick();
  }

  pause() {
    this.isRunning = false;
    this.scene.show();
    this.tell("stop");
  }

  /** One picture: as many epochs as the pace asks, within the time of a frame. */
  frame() {
    const { session, pace } = this;
    const start = performance.now();
    const share = pace < 1 ? Math.ceil(session.order.length * pace) : session.order.length;
    for (let epoch = 0; epoch < Math.max(1, pace); epoch++) {
      const until = pace < 1 ? session.at + share : session.order.length;
      if (!this.learnUntil(until)) return;
      if (performance.now() - start > BUDGET) break;
    }
    this.scene.frame();
  }

  /** Learn a part of the epoch, in pieces that leave time to breathe; whether all is finite.
   * @param {number} until */
  learnUntil(until) {
    if (this.session.learnUntil(until)) return true;
    this.blewUp();
    return false;
  }

  /** So many epochs on. @param {number} count */
  later(count) {
    this.isRunning = false;
    for (let epoch = 0; epoch < count; epoch++) if (!this.learnUntil(this.session.order.length)) return;
    this.session.note();
    this.doctor.look(this);
    this.scene.show();
    this.tell("stop");
  }

  /** So many epochs back, as far as is remembered. @param {number} count */
  earlier(count) {
    this.isRunning = false;
    this.session.backEpochs(count);
    this.session.note();
    this.scene.show();
    this.tell("stop");
  }

  /** Not a number: say who was first, and go back to the last good weights. */
  blewUp() {
    this.isRunning = false;
    const { session } = this;
    const good = session.moments[session.moments.length - 1];
    session.take(good);
    let { epoch } = session;
    let failure;
    for (let update = 0; !failure && update < APART; update++) {
      ({ epoch } = session);
      failure = blowUpIn(session.engine, session.samples, session.order, session.at, session.batchEnd);
      session.at = session.batchEnd;
      if (session.at === session.order.length) session.turn();
    }
    session.take(good);
    session.note();
    this.tell("stop");
    const sample = failure?.values.slice(0, MOST_TOLD).map((value) => brief(value, 3)).join(", ");
    const where = failure
      ? `${failure.link} ${failure.what} what is no number, at the sample (${sample})`
      : "a number grew beyond all bounds";
    const next = "The last good weights are back; take a smaller rate (lernpy lesson 1).";
    this.say(`It blew up in epoch ${epoch + 1}: ${where}. ${next}`);
    this.scene.show();
  }

  /* --- stopping --- */

  /** Stop: the next samples stand still. */
  stop() {
    this.isRunning = false;
    const { session } = this;
    if (!session.order.length) {
      this.scene.show();
      return;
    }
    this.openBatch(session.at, [0, 0]);
  }

  /** A part of the batch that comes next as a lesson. @param {number} first
   * @param {[number, number]} position @param {boolean} [atEnd] */
  openBatch(first, position, atEnd = false) {
    const { session } = this;
    const stop = session.batchEnd;
    const end = Math.min(stop, first + MOST_WATCHED);
    this.open({ kind: "batch", start: session.at, first, end, stop, order: session.order }, position, atEnd);
  }

  /** One sample as a lesson, whenever it would come. @param {number} index
   * @param {"start" | "cost"} [from] */
  openSample(index, from = "start") {
    this.isRunning = false;
    const lesson = { kind: /** @type {const} */ ("one"), start: 0, first: 0, end: 1, stop: 1 };
    this.open({ ...lesson, order: Int32Array.of(index) }, [0, 0]);
    if (from === "cost" && this.player) this.player.go([0, this.player.details.ends[3][2]]);
  }

  /** @param {Lesson} lesson @param {[number, number]} position @param {boolean} [atEnd] */
  open(lesson, position, atEnd = false) {
    const { session, set } = this;
    this.lesson = lesson;
    this.trace = traceOf(session.engine, session.samples, lesson.order, lesson, {
      title: this.title,
      image: set.image,
      labels: this.labels,
    });
    this.scene.turn();
    if (!this.player) this.player = this.scene.playerOf(this);
    this.player.open(position);
    if (atEnd) this.player.go([this.player.lastSample, Infinity]);
    if (this.focus) this.player.choose(this.focus);
    afterPaint(() => this.keepAddress());
    this.tell("stop", { where: this.player.whereText() });
    this.player.takeFocus();
  }

  /** Stop at the sample with the largest loss, at its cost. */
  fault() {
    const { worst } = this.session;
    if (worst !== undefined) this.openSample(worst, "cost");
  }

  /** Beyond the end of what stands still, or before its beginning; whether there is more.
   * @param {1 | -1} way */
  beyond(way) {
    const { lesson, session } = this;
    if (!lesson || lesson.kind === "one") return false;
    if (way > 0) {
      if (lesson.end < lesson.stop) this.openBatch(lesson.end, [0, 0]);
      else if (this.learnUntil(session.batchEnd)) this.openBatch(session.at, [0, 0]);
      else return false;
      return true;
    }
    if (lesson.first > lesson.start) {
      this.openBatch(Math.max(lesson.start, lesson.first - MOST_WATCHED), [0, 0], true);
      return true;
    }
    if (!session.back()) return false;
    const count = session.batchEnd - session.at;
    const last = Math.floor((count - 1) / MOST_WATCHED) * MOST_WATCHED;
    this.openBatch(session.at + last, [0, 0], true);
    return true;
  }

  /** From the lesson back to the training. What the weights of a chosen sample have learned stays. */
  leave() {
    const { lesson, player, session } = this;
    this.lesson = undefined;
    if (!lesson || !player) return;
    player.stop();
    player.stopAsking();
    this.focus = player.focus;
    if (lesson.kind === "one" && player.step.kind === "update") {
      this.learnOne(lesson.order[0]);
      this.say("the extra lesson of this sample is learned");
    }
    session.note();
    this.scene.turn();
  }

  /** Learn one sample alone, whenever it would come. @param {number} index */
  learnOne(index) {
    const { session } = this;
    const { engine, samples } = session;
    learn(engine, samples, Int32Array.of(index), 0, 1, 1);
    session.keep();
  }

  /** Close the lesson and stay where it is. */
  watch() {
    this.leave();
    this.scene.show();
  }

  lessonText() {
    const { session } = this;
    return `epoch ${(session.epoch + 1).toLocaleString("en")}`;
  }

  /* --- changing --- */

  /** Before a change: what it is undone to. */
  remember() {
    const { file, start, set, settings, points, session } = this;
    this.past.push({ file, start, set: set.name, settings, points, epoch: session.epoch });
    if (this.past.length > MOST_UNDONE) this.past.shift();
  }

  undo() {
    const state = this.past.pop();
    if (!state) {
      this.say("there is nothing to undo");
      return;
    }
    this.restore(state);
    this.say("undone");
  }

  /** @param {State} state */
  restore({ file, start, set, settings, points, epoch, at = 0 }) {
    this.set = this.sets.get(set) ?? this.set;
    this.points = points;
    this.start = start;
    const { session } = this;
    session.begin(this.engineOf(file), this.samplesFor(settings), settings);
    session.epoch = epoch;
    session.starts = Array(epoch + 1).fill(0);
    session.order = session.orderOf(epoch);
    session.at = Math.min(at, Math.max(0, session.order.length - 1));
    session.moments = [];
    session.keep();
    this.afterChange();
  }

  /** Rewire: the weights that stay go on. @param {(file: NetworkFile) => NetworkFile} edit */
  rewire(edit) {
    const before = this.file;
    try {
      const file = edit(before);
      const engine = this.engineOf(file);
      this.remember();
      const starts = new Map(this.start.links.map((link) => [`${link.source}\n${link.target}`, link]));
      this.start = {
        ...file,
        links: file.links.map((link) => {
          const { memory: _, ...fresh } = starts.get(`${link.source}\n${link.target}`) ?? link;
          return fresh;
        }),
      };
      this.session.use(engine, this.session.samples, this.settings);
      this.afterChange();
      this.say("");
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  /** Other settings; what they change holds from the next update on.
   * @param {Partial<Settings>} change */
  change(change) {
    this.remember();
    const settings = { ...this.settings, ...change };
    const isOther = "noise" in change;
    const samples = isOther ? this.samplesFor(settings) : this.session.samples;
    this.session.use(this.engine, samples, settings);
    this.afterChange();
  }

  /** Learn by a wrong rule on purpose; "" for the right one. @param {string} name */
  err(name) {
    this.mistake = name;
    const { engine } = this.session;
    engine.mistake = name;
    engine.program = undefined;
    engine.sensitivity.fill(0);
    this.session.keep();
    this.afterChange();
    const wrong = `Wrong on purpose: ${WRONG_RULES[name]}. The gradient check is red where it matters.`;
    this.say(name ? wrong : "the right rule again");
  }

  /** The next mistake, after the last none. */
  nextMistake() {
    const names = ["", ...Object.keys(MISTAKES)];
    this.err(names[(names.indexOf(this.mistake) + 1) % names.length]);
  }

  /** Another optimiser: what weights remember is of no use to it. @param {string} name */
  changeRule(name) {
    const rate = this.ruleRate(name);
    this.rewire((file) => ({
      ...file,
      optimizer: { name, options: {} },
      links: file.links.map(({ memory: _, ...link }) => link),
    }));
    this.session.use(this.engine, this.session.samples, { ...this.settings, rate });
    this.afterChange();
  }

  /** @param {string} name */
  ruleRate(name) {
    return this.traits.rates[name] ?? this.settings.rate;
  }

  /** @param {Settings} settings */
  samplesFor(settings) {
    const { set, points, net } = this;
    return set.name === DRAWN ? drawnSamples(points, net.outputs.length) : samplesOf(set, settings.noise);
  }

  /** Another data set, with its own net unless the present one fits. @param {string} name */
  choose(name) {
    const set = this.sets.get(name);
    if (!set) return;
    this.remember();
    const { file } = this;
    const fits =
      set.file.inputs.length === file.inputs.length &&
      set.file.outputs.length === file.outputs.length &&
      set.file.loss === file.loss;
    this.set = set;
    const settings = fits ? { ...this.settings, noise: set.settings.noise } : set.settings;
    if (!fits) this.start = set.file;
    this.session.begin(this.engineOf(this.start), this.samplesFor(settings), settings);
    this.afterChange();
  }

  /** A point that is drawn. @param {number} x @param {number} y @param {number} label */
  addPoint(x, y, label) {
    this.remember();
    this.points = [...this.points, [x, y, label]];
    this.session.use(this.engine, this.samplesFor(this.settings), { ...this.settings });
    this.afterChange();
  }

  /** The same weights again, bit for bit. */
  reset() {
    this.isRunning = false;
    this.session.begin(this.engineOf(this.start), this.session.samples, this.settings);
    this.afterChange();
    this.say(`as it began, seed ${this.settings.seed}`);
  }

  /** Other weights, of the next seed. */
  nextSeed() {
    this.remember();
    const seed = this.settings.seed + 1;
    const drawing = { random: generator(seed), starts: this.traits.starts };
    this.start = redrawn(this.start, drawing, seed);
    this.isRunning = false;
    this.session.begin(this.engineOf(this.start), this.session.samples, { ...this.settings, seed });
    this.afterChange();
    this.say(`seed ${seed}`);
  }

  /** A network from elsewhere. @param {string} text of its file */
  openFile(text) {
    try {
      const file = networkIn(text, this.traits.file.maths);
      const { set } = this;
      if (file.inputs.length !== set.file.inputs.length || file.outputs.length !== set.file.outputs.length) {
        throw Error(
          `it has ${file.inputs.length} inputs and ${file.outputs.length} outputs, but ${set.name} has ` +
            `${set.file.inputs.length} and ${set.file.outputs.length}; choose data that fits first`,
        );
      }
      const engine = this.engineOf(file);
      this.remember();
      this.start = file;
      this.isRunning = false;
      const settings = { ...this.settings, rate: engine.rate, l1: file.l1, l2: file.l2 };
      this.session.begin(engine, this.session.samples, settings);
      this.afterChange();
      this.say(`opened: ${file.links.length} links`);
    } catch (error) {
      this.say(`This file cannot be opened: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** What every change is followed by. */
  afterChange() {
    const { lesson, player, session } = this;
    player?.stop();
    this.lesson = undefined;
    const id = this.focus;
    const count = id[0] === "l" ? this.net.links.length : this.net.count;
    if (id && Number(id.slice(1)) >= count) this.focus = "";
    session.note();
    this.doctor.begin();
    this.scene.rebuild();
    this.tell("edit");
    if (lesson?.kind === "one") this.openSample(lesson.order[0]);
    else if (lesson && session.order.length) this.openBatch(session.at, [0, 0]);
  }

  /** Another activation of these neurons. @param {string[]} names @param {string} activation */
  bend(names, activation) {
    this.rewire((file) => setActivation(file, names, activation));
  }

  /** The link or neuron that is looked at; "" for none. @param {string} id */
  focusOn(id) {
    this.focus = id;
    if (this.lesson) this.player?.choose(id);
    else this.scene.repaint();
  }

  /** The names of both ends of the link in focus. @returns {[string, string] | undefined} */
  get focusedEnds() {
    const id = this.focused;
    if (id[0] !== "l") return undefined;
    const { from, to } = this.net.links[Number(id.slice(1))];
    return [this.net.names[from], this.net.names[to]];
  }

  get focusedName() {
    const id = this.focused;
    return id[0] === "v" ? this.net.names[Number(id.slice(1))] : undefined;
  }

  /** What is in focus: of a lesson the player's. */
  get focused() {
    return (this.lesson && this.player ? this.player.chosen : this.focus) || "";
  }

  /** Give the link in focus this weight. @param {number} value */
  weigh(value) {
    const ends = this.focusedEnds;
    if (!ends || !Number.isFinite(value)) return;
    this.changeLink(ends, { weight: value });
  }

  /** Freeze the link in focus, or let it go. */
  freeze() {
    const ends = this.focusedEnds;
    if (!ends) return;
    const { weight } = this.net.links[Number(this.focused.slice(1))];
    this.changeLink(ends, { frozen: !this.engine.isFrozen[weight] });
  }

  /** A weight of the lesson is set or frozen. @param {number} weight @param {"set" | "freeze"} kind
   * @param {number | boolean | undefined} value */
  touch(weight, kind, value) {
    const { from, to } = this.net.links[this.net.holders[weight][0]];
    const { names } = this.net;
    if (kind === "set" && !Number.isFinite(value)) return;
    const change = kind === "set" ? { weight: Number(value) } : { frozen: Boolean(value) };
    this.changeLink([names[from], names[to]], change);
  }

  /** A link gets other numbers; those that share its weight get them, too.
   * @param {[string, string]} ends @param {Partial<LinkEntry>} change */
  changeLink([source, target], change) {
    const isIt = (/** @type {LinkEntry} */ link) => link.source === source && link.target === target;
    const shared = this.file.links.find(isIt)?.shared;
    this.rewire((file) =>
      changedLinks(file, (link) =>
        isIt(link) || (shared != null && link.shared === shared) ? change : {},
      ),
    );
  }

  /** A field was changed; whether it is one of the lab's.
   * @param {HTMLInputElement & HTMLSelectElement} field */
  changed(field) {
    if (field.matches(".lp-frozen")) this.freeze();
    else if (field.matches(".lp-value")) this.weigh(Number(field.value));
    else if (field.matches(".lp-act")) {
      const name = this.focusedName;
      if (name) this.bend([name], field.value);
    } else return this.scene.panel.changed(field);
    return true;
  }

  /** The hidden neurons before the outputs, the last of all. @returns {string[]} */
  get lastLayer() {
    const { net } = this;
    const hidden = net.neurons.filter((v) => isHidden(net, v));
    const last = Math.max(...hidden.map((v) => net.generation[v]));
    return hidden.filter((v) => net.generation[v] === last).map((v) => net.names[v]);
  }

  /** The activation of new neurons: what the hidden ones have. */
  get usualActivation() {
    const { net } = this;
    const hidden = net.neurons.find((v) => isHidden(net, v));
    return hidden === undefined ? "tanh" : net.activation[hidden];
  }

  /* --- out --- */

  get text() {
    return textOf(this.file);
  }

  get python() {
    const { file, set, settings, session, net } = this;
    const most = Math.max(...net.generation);
    const layers = Array.from({ length: most + 1 }, (_, g) =>
      net.neurons.filter((v) => net.generation[v] === g && !net.isBias[v]).map((v) => net.names[v]),
    );
    return pythonOf(file, set, settings, session.epoch, layers);
  }

  get address() {
    const { set, file, settings, points, session, lesson } = this;
    const { epoch, at } = session;
    const one = lesson?.kind === "one" ? lesson.order[0] : undefined;
    return addressOf({ set: set.name, file, settings, points, epoch, at, one });
  }

  /** The state in the address; while a lesson stands still its step, too. */
  keepAddress() {
    this.kept = `#lab=${this.address}`;
    this.keepStep();
  }

  keepStep() {
    const { kept, lesson, player } = this;
    if (this.hosted || !lesson || !player || !kept || kept.length > 100_000) return;
    const { sample, at } = player;
    const hash = `${kept}&step=${lesson.first + sample - lesson.start}.${at}`;
    attempt(() => history.replaceState(null, "", hash));
  }

  /** A state that was kept: of a lesson also the sample and its step. @param {State} state
   * @param {string | null} step */
  recall(state, step) {
    this.restore(state);
    if (step === null || !this.session.order.length) return;
    const [sample, at] = step.split(".").map((part) => Math.max(0, parseInt(part, 10) || 0));
    if (state.one !== undefined && state.one < this.session.samples.count) this.openSample(state.one);
    else {
      const { at: first, batchEnd } = this.session;
      this.openBatch(first + Math.min(sample - (sample % MOST_WATCHED), batchEnd - first - 1), [0, 0]);
    }
    this.player?.go([sample % MOST_WATCHED, at]);
  }

  /** What tells the lesson that stands still from others. */
  get lessonKey() {
    return `lab ${adler32(JSON.stringify(this.trace))}`;
  }

  /** Tell Python, where it listens. @param {"run" | "stop" | "step" | "edit" | "save"} kind
   * @param {{where?: string}} [more] */
  tell(kind, more = {}) {
    if (!this.hosted) return;
    const { session, text } = this;
    const file = kind === "run" || kind === "step" ? {} : { file: text };
    const loss = session.evaluation?.train.loss ?? null;
    this.model.send({ kind, epoch: session.epoch, loss, ...more, ...file });
  }

  /** Whether it has the whole screen. */
  get isWhole() {
    return window.parent === window && !this.hosted;
  }

  /* --- words --- */

  /** @param {string} text */
  say(text) {
    this.message = text;
    this.scene?.say(text);
  }

  get title() {
    const { net, set } = this;
    const most = Math.max(...net.generation);
    const sizes = Array.from(
      { length: most + 1 },
      (_, g) => net.neurons.filter((v) => net.generation[v] === g && !net.isBias[v]).length,
    );
    const wrong = this.mistake && `, mistake: ${this.mistake}`;
    const shape = sizes.join("-").replace(/\b(\d+)(-\1\b){3,}/g, (run, size) => `${run.split("-").length}×${size}`);
    return `${set.name} ${shape}${wrong}`;
  }

  /** The names of columns and classes beside the neurons, where there are some. */
  get labels() {
    const { net, set } = this;
    return net.neurons.map((v) => {
      const input = net.inputs.indexOf(v);
      const output = net.outputs.indexOf(v);
      if (input >= 0) return set.columns[input] ?? "";
      return output >= 0 && net.outputs.length > 1 ? (set.classes[output] ?? "") : "";
    });
  }

  get proofText() {
    const { good, worst, isExact, updates } = this.proof;
    const { program } = this.engine; // not known before the first lesson
    const how = program ? " (WebAssembly, written for this net)" : program === null ? " (loops)" : "";
    const off = isExact ? "every bit of the weights the same" : `largest difference ${number(worst, 1)}`;
    return good
      ? `this page trains as lernpy does: ${updates} updates, ${off}${how}`
      : `this page does not train as lernpy does: largest difference ${number(worst, 2)}`;
  }
}

