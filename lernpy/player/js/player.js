/* The player: what it shows is a function of the sample and the step; moves change these. */

import { animate } from "./animation.js";
import { nudge, selfCheck } from "./check.js";
import { holds, problemWith } from "./conditions.js";
import { detailsAt } from "./details.js";
import { elementsOf } from "./elements.js";
import { plain } from "./forms.js";
import { clamp, range, sum } from "./lists.js";
import { unknownFunctions } from "./maths.js";
import {
  adler32,
  parsedState,
  remember,
  rememberAnswers,
  remembered,
  rememberedAnswers,
} from "./memory.js";
import { LEVEL, lastStep, lastStop, nextStop, stepAt } from "./moves.js";
import { narratedHtml, shutWord, tell, tellUpdate } from "./narration.js";
import { partIds, partName } from "./network.js";
import { cardOf, curveOf, pairs, stripOf, tableOf } from "./panels.js";
import { invented, isAnswer, verdictOn } from "./questions.js";
import { scaleOf } from "./scale.js";
import { stageOf } from "./stage.js";
import { tellSpan } from "./spans.js";
import { number, safe } from "./text.js";
import { recordingOf } from "./trace.js";
import { viewAt } from "./view.js";

const BASE = 14; // pixels of a letter at font scale 1
const NARROWEST = 320;
const MOST_BANDS = 60;

export class Player {
  /** @param {Model} model @param {HTMLElement} root */
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.theme = model.get("theme");
    this.words = model.get("words");
    this.narration = model.get("narration");
    this.live = model.get("live");
    this.isPage = model.get("page");
    this.page = elementsOf(root);
    this.svg = /** @type {SVGSVGElement} */ (root.querySelector(".lp-stage svg"));
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector(".lp-time input"));
    this.font = model.get("font");
    this.level = model.get("level");
    this.speed = 1;
    this.sample = 0;
    this.at = 0;
    this.focus = "";
    this.width = NARROWEST;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {(() => void) | undefined} completes what is in flight */
    this.completes = undefined;
    /** @type {{gate: Gate, reveal: () => void} | undefined} */
    this.asked = undefined;
    this.recording = recordingOf(JSON.parse(model.get("trace")));
    this.scale = scaleOf(this.recording, this.theme);
    this.key = `lernpy${model.get("checksum")}`; // of what the session remembers
    this.answers = rememberedAnswers(this.isPage ? this.key : "");
    this.showCheck();
    this.page.show("live", this.live);
    this.page.show("edit", this.live);
    if (this.isPage) {
      this.recall(remembered(this.key));
      this.takeFocus();
    }
    this.stage = this.drawn();
    this.showBands();
    this.show();
  }

  /** The trace of the model is another now. */
  reload() {
    this.recording = recordingOf(JSON.parse(this.model.get("trace")));
    this.scale = scaleOf(this.recording, this.theme);
    this.showCheck();
    this.sample = Math.min(this.sample, this.lastSample);
    this.at = Math.min(this.at, lastStep(this.recording, this.sample));
    if (!partIds(this.net).includes(this.focus)) this.focus = "";
    this.build();
  }

  get net() {
    return this.recording.net;
  }

  get lastSample() {
    return this.recording.samples.length - 1;
  }

  get details() {
    return detailsAt(this.recording, this.sample);
  }

  get step() {
    return this.details.steps[this.at];
  }

  /** The steps since the stop of this level before. */
  get span() {
    const { recording, sample, at } = this;
    const level = Math.min(this.level, LEVEL.phase);
    const before = detailsAt(recording, sample).ends[level].findLast((end) => end < at) ?? -1;
    return this.details.steps.slice(before + 1, at + 1);
  }

  get view() {
    return viewAt(this.recording, this.sample, this.at);
  }

  /** How many steps of the whole recording are done. */
  get position() {
    return this.recording.samples[this.sample].from + this.step.at;
  }

  /** The part whose card is shown: what is in focus, else what the step is about. */
  get chosen() {
    return this.focus || this.active(this.step)[0] || "";
  }

  /** The weight of the chosen link. */
  get weight() {
    return this.net.links[Number(this.chosen.slice(1))].weight;
  }

  /** The parts that a step changes, by id. @param {Step} step */
  touched({ kind, link, members, weights }) {
    if (kind === "link") return [`l${link}`];
    if (kind === "update") return weights.flatMap((w) => this.net.holders[w].map((l) => `l${l}`));
    return (kind === "cost" ? this.net.outputs : members).map((v) => `v${v}`);
  }

  /** Those that are marked: none where a step is about all weights. @param {Step} step */
  active(step) {
    return step.weights.length > 1 ? [] : this.touched(step);
  }

  /* --- what is shown --- */

  /** Recompute everything, and say how it compares. */
  showCheck() {
    const { page, words, recording, model } = this;
    const { good, worst, where } = selfCheck(recording);
    const checksum = model.get("checksum");
    const whole = !checksum || adler32(model.get("trace")) === checksum;
    const unknown = unknownFunctions(recording.net);
    const verdict = !good ? "bad" : !whole ? "altered" : unknown.length ? "part" : "good";
    const [look, told] = words.badge[verdict];
    page.get("badge").className = `lp-badge lp-${look}`;
    page.text("badge", plain(told, { worst, where, unknown }));
    page.text("top h1", recording.trace.title);
    const conditions = [...recording.trace.breakpoints, ...words.conditions];
    page.html("conditions", conditions.map((one) => `<option value="${safe(one)}">`).join(""));
  }

  /** Draw anew: another sample, another size. */
  build() {
    this.stage = this.drawn();
    this.showBands();
    this.show();
  }

  drawn() {
    const { page, root, words, narration, theme, net } = this;
    root.style.fontSize = `${BASE * this.font}px`;
    this.width = Math.max(NARROWEST, page.get("stage").clientWidth);
    const room = innerHeight - 150 * this.font - 60;
    const stage = stageOf(
      this.svg,
      this.recording,
      this.details,
      { theme, scale: this.scale, places: this.model.get("places") },
      {
        pixels: words.pixels,
        notAPie: theme.not_a_pie,
        isShut: (view, v) => shutWord(net, view.details, v, narration),
      },
      { font: this.font, width: this.width, room },
    );
    const shown = stage.shown.length;
    const count = net.links.length;
    page.text("few", shown < count ? plain(words.few, { shown, count }) : "");
    return stage;
  }

  /** Whether the slider goes from sample to sample. */
  get bySamples() {
    return this.level >= LEVEL.sample && this.lastSample > 0;
  }

  /** The bands above the slider: phases of a sample, or epochs. */
  showBands() {
    const { recording, words, bySamples, page } = this;
    const all = bySamples
      ? recording.samples.map((sample) => sample.epoch.which)
      : this.details.steps.map((step) => step.phase);
    const kinds = [...new Set(all)];
    const bands = page.get("bands");
    bands.replaceChildren(
      ...(kinds.length > MOST_BANDS ? [] : kinds).map((kind) => {
        const count = all.filter((other) => other === kind).length;
        const band = document.createElement("span");
        band.className = `lp-phase${bySamples ? kind % 2 : kind}`;
        band.style.flex = String(count);
        const name = bySamples ? words.epoch + (kind + 1) : words.phases[kind];
        band.textContent = count * 14 > all.length ? name : "";
        return band;
      }),
    );
    this.slider.max = String(all.length - 1);
  }

  /** Everything at the step that has happened. */
  show() {
    const { page, words, recording, view, step } = this;
    const { trace } = recording;
    this.stage.paint(view);
    this.stage.mark(this.focus, this.active(step));
    const told = this.told(view);
    page.text("event h2", told.title);
    page.text("say", told.sentence + this.epochIsOver());
    page.html("formula", "views" in told ? narratedHtml(told.views) : told.rows);
    this.showStrip(view);
    page.text("where", this.whereText());
    this.slider.value = String(this.bySamples ? this.sample : this.at);
    this.slider.ariaValueText = told.title;
    page.select("level").selectedIndex = this.level;
    page.select("speed").value = String(this.speed);
    page.text("play", this.timer ? "Stop" : "Play");
    const note = trace.script.findLast((one) => one.at <= this.position);
    page.text("notes p", note?.say ?? words.note);
    this.showCard(view);
    const table = tableOf(this.net, view, words);
    page.text("table caption", table.caption);
    page.html("table tbody", table.rows);
    this.showCurve();
    if (!this.isPage) return;
    const state = { position: this.position, speed: this.speed, level: page.select("level").value };
    remember({ ...state, focus: this.focus && partName(this.net, this.focus) }, this.key);
  }

  /** Of a move of a coarser level all that it did, else the step itself. @param {View} view */
  told(view) {
    const { recording, narration, span } = this;
    const isUpdate = span.length > 1 && span.every((step) => step.kind === "update");
    if (isUpdate) return tellUpdate(recording, view, narration);
    return tellSpan(recording, view, span, narration) ?? tell(recording, view, narration);
  }

  epochIsOver() {
    const { recording, sample, words } = this;
    const { epoch } = recording.samples[sample];
    const isEnd = this.at === lastStep(recording, sample);
    if (!epoch.last || recording.epochs < 2 || !isEnd) return "";
    const past = recording.samples.filter((one) => one.epoch.which === epoch.which);
    return plain(words.over, {
      epoch: String(epoch.which + 1),
      epochs: String(recording.epochs),
      mean: sum(past, (one) => one.loss) / past.length,
    });
  }

  whereText() {
    const { recording, words } = this;
    /** As the trace counts: all weights move in one step. @param {number} at */
    const count = (at) => Math.floor(this.details.steps[at].at);
    const form = words.where[Number(this.lastSample > 0) + Number(recording.epochs > 1)];
    const numbers = {
      ...{ step: count(this.at), steps: count(lastStep(recording, this.sample)) },
      ...{ sample: this.sample + 1, samples: recording.samples.length },
      ...{ epoch: recording.samples[this.sample].epoch.which + 1, epochs: recording.epochs },
    };
    const facts = Object.entries(numbers).map(([name, value]) => [name, String(value)]);
    return plain(form, { ...Object.fromEntries(facts), phase: words.phases[this.step.phase] });
  }

  /** The strip of the neuron that the step, or the chosen card, is about. @param {View} view */
  showStrip(view) {
    const { net, page, step, chosen } = this;
    const drawn = this.stripNeuron(step, chosen);
    const strip = drawn == null ? "" : stripOf(net, view, drawn);
    page.show("strip", strip !== "");
    page.html("strip g", strip);
    page.text("middle", drawn != null && net.group[drawn] ? "mixes" : "gate");
  }

  /** @param {Step} step @param {string} chosen */
  stripNeuron(step, chosen) {
    if (step.kind === "neuron" || step.kind === "group") return step.members[0];
    if (chosen[0] === "v") return Number(chosen.slice(1));
    if (step.back) return this.net.links[step.link].from;
    return step.kind === "cost" ? this.net.outputs[0] : undefined;
  }

  /** @param {View} view */
  showCard(view) {
    const { page, chosen, net } = this;
    const isLink = chosen[0] === "l";
    page.show("card", chosen !== "");
    page.show("weighed", isLink);
    if (chosen) page.html("facts", cardOf(net, view, this.words, chosen));
    if (!this.live || !isLink || document.activeElement === page.get("weight-in")) return;
    page.input("weight-in").value = String(view.weight(this.weight));
    page.input("freeze").checked = view.sample.frozen.has(this.weight);
  }

  showCurve() {
    const { page } = this;
    page.show("losses", this.lastSample > 0);
    page.input("jump").max = String(this.lastSample);
    page.input("jump").value = String(this.sample);
    const width = page.get("curve").clientWidth || 800;
    page.html("curve", curveOf(this.recording.samples, this.sample, width));
  }

  /** @param {string} id of the part in focus, or nothing */
  choose(id) {
    this.focus = id;
    this.page.html("check", "");
    this.show();
  }

  /** Gradient check of the chosen link. */
  check() {
    const { chosen, words, page, net } = this;
    if (chosen[0] !== "l") return;
    const { weight } = this;
    this.choose(chosen);
    const found = nudge(this.recording, this.recording.samples[this.sample], weight);
    if (!found) {
      page.text("check", words.check.unknown);
      return;
    }
    if (net.holders[weight].some((link) => this.view.own(link) == null)) {
      page.text("check", words.check.early);
      return;
    }
    const { low, high, slope, gradient, off, good } = found;
    const values = [number(low, 9), number(high, 9), number(slope, 6), number(gradient, 6)];
    const mark = good ? "good" : "bad";
    const verdict = `<p class="lp-${mark}">${plain(words.check[mark], { off })}</p>`;
    /** @type {[string, string][]} */
    const rows = values.map((value, i) => [words.check.rows[i], value]);
    page.html("check", pairs(rows) + verdict);
  }

  /* --- predict first --- */

  /** Ask before a step; the answer reveals it. @param {Gate | undefined} gate
   * @param {() => void} reveal */
  ask(gate, reveal) {
    if (!gate) return;
    const { page, words } = this;
    this.asked = { gate, reveal };
    page.show("ask", true);
    page.show("guess", gate.kind === "number");
    page.input("guess").value = "";
    page.get("question").className = "lp-question";
    page.text("question", gate.question);
    const buttons = words.options[gate.kind].map(
      (option) => `<button type="button" data-act="answer">${option}</button>`,
    );
    page.html("options", buttons.join(""));
  }

  /** @param {string} option the button that was pressed */
  answer(option) {
    if (!this.asked) return;
    const { page, words, answers } = this;
    const { gate, reveal } = this.asked;
    const given = gate.kind === "number" ? page.input("guess").value : option;
    if (!isAnswer(gate, given)) {
      page.input("guess").focus();
      return;
    }
    const { right, answer } = verdictOn(gate, given, this.view, words);
    answers.count += 1;
    answers.right += Number(right);
    this.keepAnswers();
    reveal();
    page.show("ask", true);
    page.show("guess", false);
    page.get("question").className = `lp-question lp-${right ? "good" : "bad"}`;
    page.text("question", plain(words.asked[right ? "right" : "wrong"], { answer }));
    const counts = { right: String(answers.right), count: String(answers.count) };
    page.text("options", plain(words.asked.tally, counts));
    this.takeFocus();
  }

  /** The keys are the stage's: arrows step, Space plays. */
  takeFocus() {
    this.root.focus({ preventScroll: true });
  }

  /** Answers outlive a reload. */
  keepAnswers() {
    if (this.isPage) rememberAnswers(this.answers, this.key);
  }

  predict() {
    const next = nextStop(this.recording, [this.sample, this.at], LEVEL.link);
    if (!next) return;
    const view = viewAt(this.recording, ...next);
    const { facts } = tell(this.recording, view, this.narration);
    this.ask(invented(this.recording, view, facts, this.words), () => this.go(next, true));
  }

  stopAsking() {
    this.asked = undefined;
    this.page.show("ask", false);
  }

  /* --- moves --- */

  /** A second move completes what is in flight. */
  finish() {
    if (!this.completes) return;
    this.completes();
    this.completes = undefined;
    this.stage.paint(this.view);
  }

  /** @param {[number, number]} to sample and step @param {boolean} [animated] */
  go([sample, at], animated = false) {
    this.finish();
    const before = sample === this.sample ? this.at : -1;
    const { phase } = this.step;
    const turned = sample !== this.sample;
    this.sample = sample;
    this.at = clamp(at, 0, lastStep(this.recording, sample));
    this.stopAsking();
    this.page.html("check", "");
    if (turned) this.build();
    else this.show();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!animated || calm || this.at <= before) return;
    const { view, details, theme, speed } = this;
    this.completes = animate(
      details.steps.slice(before + 1, this.at + 1),
      { timing: theme.timing, speed, turns: view.step.phase !== phase },
      (step, part) => {
        for (const id of this.touched(step)) this.stage.paintPart(id, view, part);
      },
      () => {
        this.completes = undefined;
        this.stage.paint(view);
      },
    );
  }

  /** A move forward or back; whether one was made. A question of the trace comes before it.
   * @param {1 | -1} way @param {number} [level] */
  move(way, level = this.level) {
    const { recording } = this;
    /** @type {[number, number]} */
    const here = [this.sample, this.at];
    const next = (way > 0 ? nextStop : lastStop)(recording, here, level);
    if (!next) {
      this.finish();
      return false;
    }
    const to = recording.samples[next[0]].from + detailsAt(recording, next[0]).steps[next[1]].at;
    const gate = way > 0 && !this.asked ? this.gateBefore(to) : undefined;
    if (!gate) {
      this.go(next, way > 0);
      return true;
    }
    this.answers.passed.push(recording.trace.gates.indexOf(gate));
    this.keepAnswers();
    this.stop();
    this.place(gate.at ?? 0);
    this.build();
    this.ask(gate, () => {
      const after = nextStop(recording, [this.sample, this.at], LEVEL.link);
      if (after) this.go(after, true);
    });
    return false;
  }

  /** The first question between here and there. @param {number} to */
  gateBefore(to) {
    const { position } = this;
    return this.recording.trace.gates.find((gate, index) => {
      const answered = (gate.at ?? 0) + 1;
      return !this.answers.passed.includes(index) && answered > position && answered <= to;
    });
  }

  /** @param {number} position */
  place(position) {
    [this.sample, this.at] = stepAt(this.recording, position);
  }

  /** @param {string} text the state of an address */
  recall(text) {
    const { level, speed, focus, position } = parsedState(text);
    const select = this.page.select("level");
    if (speed) this.speed = speed;
    select.value = level ?? "";
    if (select.value) this.level = select.selectedIndex;
    const { net } = this;
    this.focus = partIds(net).find((id) => partName(net, id) === focus) ?? "";
    if (position != null) this.place(position);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Play on until the end, a breakpoint or a question. */
  play() {
    const { recording, words, theme } = this;
    const pause = (theme.timing.phase + 250) / this.speed;
    this.timer = setTimeout(() => {
      const goesOn =
        this.move(1) &&
        !recording.trace.breakpoints.some((condition) =>
          holds(recording, condition, this.sample, this.at, words.phases),
        );
      if (goesOn) {
        this.play();
        return;
      }
      this.timer = undefined;
      this.show();
    }, pause);
  }

  playOrStop() {
    if (this.timer) this.stop();
    else if (this.move(1)) this.play();
    this.show();
  }

  /** Go on until a condition holds. */
  run() {
    const { recording, page, words } = this;
    const condition = page.input("until").value.trim();
    const problem = condition && problemWith(this.net, condition, words);
    page.text("found", problem);
    if (problem) return;
    if (condition) {
      for (const sample of range(this.lastSample + 1).slice(this.sample)) {
        const start = sample === this.sample ? this.at + 1 : 0;
        for (let at = start; at <= lastStep(recording, sample); at++) {
          if (!holds(recording, condition, sample, at, words.phases)) continue;
          this.go([sample, at]);
          return;
        }
      }
    }
    page.text("found", plain(words.notFound, { text: condition }));
  }

  /** @param {number} level */
  setLevel(level) {
    this.level = clamp(level, LEVEL.link, LEVEL.epoch);
    this.showBands();
    this.show();
  }

  /** @param {number} font */
  resize(font) {
    this.font = clamp(font, ...this.theme.font_scales);
    this.build();
  }

  /** Where the slider was dragged. @param {number} value */
  slide(value) {
    if (!this.bySamples) {
      this.go([this.sample, value]);
      return;
    }
    const target = this.recording.samples.findIndex(
      (sample, index) => index >= value && (this.level < LEVEL.epoch || sample.epoch.last),
    );
    this.go([target, Infinity]);
  }

  /** Tell Python what was pressed. @param {string} kind @param {object} [more] */
  send(kind, more = {}) {
    this.model.send({ kind, ...more });
  }
}
