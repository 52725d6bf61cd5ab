/* The player: what it shows is a function of the sample and the step; moves change these. */

import { animate } from "./animation.js";
import { nudge, selfCheck } from "./check.js";
import { foldOf, foldedStage } from "./cells.js";
import { holds, problemWith } from "./conditions.js";
import { Classroom } from "./classroom.js";
import { detailsAt } from "./details.js";
import { elementsOf } from "./elements.js";
import { fold, letterOf } from "./fit.js";
import { plain } from "./forms.js";
import { ghostNote } from "./ghosts.js";
import { clamp, range, sum } from "./lists.js";
import { unknownFunctions } from "./maths.js";
import {
  adler32,
  parsedState,
  remember,
  rememberAnswers,
  rememberLooks,
  remembered,
  rememberedAnswers,
  rememberedLooks,
} from "./memory.js";
import { LEVEL, lastStep, lastStop, nextStop, stepAt } from "./moves.js";
import { narratedHtml, shutWord, tell, tellUpdate } from "./narration.js";
import { partIds, partName } from "./network.js";
import { cardOf, curveOf, pairs, stripOf, tableOf } from "./panels.js";
import { Presenter } from "./presenter.js";
import { invented, isAnswer, verdictOn } from "./questions.js";
import { scaleOf } from "./scale.js";
import { stageOf } from "./stage.js";
import { tellSpan } from "./spans.js";
import { number, safe } from "./text.js";
import { recordingOf } from "./trace.js";
import { turnsOf } from "./turns.js";
import { viewAt } from "./view.js";
import { deepest, heaviestPaths } from "./paths.js";

const NARROWEST = 200;
const MOST_BANDS = 60;
const LETTERS = 0.25; // a step of their scale

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
    this.pointed = ""; // what the mouse is on
    this.opened = ""; // the panel that was opened last
    this.way = -1; // which path of blame is marked
    this.stubs = Boolean(model.get("spots").time);
    /** @type {Set<number>} the steps of time whose cells are unfolded */
    this.unfolded = new Set();
    /** @type {ReturnType<typeof foldOf>} */
    this.folding = undefined;
    this.drawnFor = "";
    this.width = NARROWEST;
    this.height = NARROWEST;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {(() => void) | undefined} completes what is in flight */
    this.completes = undefined;
    /** @type {{gate: Gate, reveal: () => void} | undefined} */
    this.asked = undefined;
    this.isAnswering = false;
    this.recording = this.recorded();
    this.scale = scaleOf(this.recording, this.theme);
    this.key = `lernpy${model.get("checksum")}`; // of what the session remembers
    this.answers = rememberedAnswers(this.isPage ? this.key : "");
    this.classroom = new Classroom(this);
    this.presenter = new Presenter(this);
    this.showCheck();
    this.page.show("live", this.live);
    this.page.show("edit", this.live);
    if (this.isPage) {
      this.recall(remembered(this.key));
      const { font, stubs, theme, notes } = rememberedLooks(this.key);
      this.font = clamp(font ?? this.font, ...this.theme.font_scales);
      this.stubs = stubs ?? this.stubs;
      if (theme) root.dataset.theme = theme;
      this.page.show("notes", notes ?? false);
      this.takeFocus();
    }
    this.stage = this.drawn();
    this.showBands();
    this.show();
  }

  /** The recording of the model's trace, with what the data call the neurons. */
  recorded() {
    const recording = recordingOf(JSON.parse(this.model.get("trace")));
    const about = this.model.get("labels") ?? [];
    const { names } = recording.net;
    const called = about.map((label, v) => (label && label.called !== names[v] ? label.called : ""));
    Object.assign(recording.trace, { about, labels: called });
    return recording;
  }

  /** The trace of the model is another now. */
  reload() {
    this.recording = this.recorded();
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

  /** Whether it stands in somebody else's document. */
  get isHosted() {
    return !this.isPage;
  }

  /** Whether it has the whole screen. */
  get isWhole() {
    return this.isPage && window.parent === window;
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

  /** What tells this lesson from others, for the session. */
  get lessonKey() {
    return String(this.model.get("checksum"));
  }

  /** Who passes what on in the lesson of this sample. @returns {Turn[]} */
  turns() {
    return turnsOf(this.recording, this.sample, this.words.passes);
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
    const [look, mark, text] = words.badge[verdict];
    page.get("badge").className = `lp-badge lp-${look}`;
    page.text("badge b", `${mark} `);
    page.text("proof", plain(text, { worst, where, unknown }));
    page.get("badge").title = plain(text, { worst, where, unknown });
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
    const { page, root, words, narration, theme, net, view, recording } = this;
    const font = letterOf(this.isWhole) * this.font;
    root.style.fontSize = `${font}px`;
    this.width = Math.max(NARROWEST, page.get("stage").clientWidth);
    this.height = Math.max(NARROWEST, page.get("stage").clientHeight);
    this.drawnFor = this.drawing;
    const folding = foldOf(recording, this.model.get("spots"), this.unfolded);
    this.folding = folding;
    const { spots } = folding ?? { spots: this.model.get("spots") };
    const stage = stageOf(
      this.svg,
      folding?.recording ?? recording,
      folding?.viewOf(view) ?? view,
      { theme, scale: this.scale, spots },
      {
        ...words.stage,
        notAPie: theme.not_a_pie,
        isShut: (moment, v) => shutWord(net, moment.details, v, narration),
      },
      { font, width: this.width, height: this.height, stubs: this.stubs },
      this.wanted.map((id) => this.drawnAs(id)),
    );
    return folding ? foldedStage(stage, folding) : stage;
  }

  /** What a part is drawn as: itself, unless it is folded. @param {string} id */
  drawnAs(id) {
    return this.folding?.idOf(id) ?? id;
  }

  /** Fold or unfold the cell of a step; unless stated, of what is in question.
   * @param {string | undefined} step */
  turnCell(step) {
    this.folding?.turn(step, this.chosen);
    this.build();
  }

  /** The parts whose numbers come first: pointed at, in focus, of this step. */
  get first() {
    const ids = [this.pointed, this.focus, ...this.active(this.step)];
    return [...new Set(ids.filter(Boolean))];
  }

  /** The parts that are drawn however many there are: in focus, and the link of this step. */
  get wanted() {
    const active = this.active(this.step).filter((id) => id[0] === "l");
    return this.focus ? [this.focus, ...active] : active;
  }

  /** What a drawing of chosen links depends on. */
  get drawing() {
    const { net, theme, step, wanted, sample } = this;
    const isChosen = net.links.length > theme.most_links;
    return isChosen ? [sample, step.phase, ...wanted].join() : String(sample);
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
    const { page, words, view, step } = this;
    if (this.drawing !== this.drawnFor) this.stage = this.drawn();
    const left = this.stage.paint(view, this.first);
    this.stage.mark(this.focus, this.active(step));
    this.showFew(left);
    const narrated = this.narrated(view);
    page.text("event h2", narrated.title);
    page.text("say", narrated.sentence + this.epochIsOver());
    page.html("formula", "views" in narrated ? narratedHtml(narrated.views, this.net) : narrated.rows);
    this.showStrip(view);
    page.text("where", this.whereText());
    this.slider.value = String(this.bySamples ? this.sample : this.at);
    this.slider.ariaValueText = narrated.title;
    page.select("level").selectedIndex = this.level;
    page.select("speed").value = String(this.speed);
    page.text("play", this.timer ? "Stop" : "Play");
    this.showCard(view);
    const table = tableOf(this.net, view, words);
    page.text("table caption", table.caption);
    page.text("all button", table.short);
    page.html("table tbody", table.rows);
    this.showWay();
    this.showCurve();
    fold(page, this.opened);
    this.showNotes(narrated.title);
    if (!this.isPage) return;
    const state = { position: this.position, speed: this.speed, level: page.select("level").value };
    const looks = { font: this.font, stubs: this.stubs, theme: this.root.dataset.theme ?? "" };
    rememberLooks({ ...looks, notes: page.isShown("notes") }, this.key);
    remember({ ...state, focus: this.focus && partName(this.net, this.focus) }, this.key);
  }

  /** Of a move of a coarser level all that it did, else the step itself. @param {View} view */
  narrated(view) {
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

  /** What the drawing leaves out, and how to see it. @param {number} left numbers without room */
  showFew(left) {
    const { page, words, stage, theme, folding } = this;
    const shown = stage.shown.length;
    const { count } = stage;
    const { links, room, point } = words.few;
    const some = shown < count ? plain(links, { shown, count }) : "";
    const rest = left ? plain(room, { left, count }) : shown > theme.most_numbers ? point : "";
    page.text("few", ghostNote(this.net) + (folding?.note ?? "") + some + rest);
  }

  /** Speaker notes, the next step and the clock: in a window of their own, else on the page.
   * @param {string} event the title of this step */
  showNotes(event) {
    const { recording, words, page, narration, presenter } = this;
    const note = recording.trace.script.findLast((one) => one.at <= this.position)?.say ?? words.note;
    page.text("notes p", note);
    if (!presenter.isOpen) return;
    const next = nextStop(recording, [this.sample, this.at], this.level);
    const title = next && tell(recording, viewAt(recording, ...next), narration).title;
    const gate = this.asked?.gate;
    presenter.show({
      ...{ where: this.whereText(), event, note },
      next: title ? plain(words.presenter.next, { title }) : words.presenter.end,
      answer: gate ? `${gate.question} ${verdictOn(gate, "", this.view, words).answer}` : "",
    });
  }

  /** Open the presenter's window; where that is forbidden, the notes stand on the page. */
  notes() {
    const { page, words, presenter } = this;
    if (presenter.isOpen) {
      presenter.close();
      return;
    }
    if (page.isShown("notes") || !presenter.open()) {
      page.show("notes", !page.isShown("notes"));
      page.text("found", page.isShown("notes") ? words.presenter.blocked : "");
    }
    this.show();
  }

  /** The ways of blame to what is in focus, else to the neurons next to the inputs. */
  get heaviest() {
    const { net, focus, view } = this;
    const index = Number(focus.slice(1));
    const start = focus[0] === "l" ? net.links[index].to : focus ? index : -1;
    const starts = start < 0 ? deepest(net) : [start];
    return starts.some((v) => view.sensitivity(v) == null) ? null : heaviestPaths(view, starts);
  }

  /** Whose fault? The next heaviest path of blame; it has the room of the card. */
  paths() {
    if (this.isAsking) return;
    this.opened = "";
    this.way += 1;
    this.show();
  }

  /** Mark the path in question, and say what it comes to. */
  showWay() {
    const { page, words, net, way } = this;
    page.show("ways", way >= 0);
    const paths = way >= 0 ? this.heaviest : [];
    const one = paths?.length ? paths[way % paths.length] : undefined;
    const along = one ? [...one.links.map((l) => `l${l}`), ...one.along.map((v) => `v${v}`)] : [];
    const ids = along.map((id) => this.drawnAs(id));
    for (const part of this.svg.querySelectorAll("g[data-id]")) {
      const id = part instanceof SVGElement ? (part.dataset.id ?? "") : "";
      part.classList.toggle("lp-way", ids.includes(id));
    }
    if (way < 0) return;
    const { title, path, early, none } = words.ways;
    if (!one) {
      page.text("ways h3", paths ? none : early);
      page.text("ways p", "");
      return;
    }
    const product = one.factors.map((factor) => number(factor)).join(" × ");
    const names = one.along.map((v) => net.names[v]).join(" ← ");
    const which = String((way % (paths?.length ?? 1)) + 1);
    page.text("ways h3", plain(title, { which, count: String(paths?.length) }));
    page.text("ways p", plain(path, { names, product, share: one.share }));
  }

  /** The strip of the neuron that the step, or the chosen card, is about. @param {View} view */
  showStrip(view) {
    const { net, page, step, chosen } = this;
    const drawn = this.stripNeuron(step, chosen);
    const strip = drawn == null ? "" : stripOf(net, view, drawn);
    page.show("strip", strip !== "");
    page.html("strip g", strip);
    page.text("middle", drawn != null && net.group[drawn] ? "mixes" : "gate");
    const name = drawn == null ? "" : net.names[drawn];
    page.text("strip button", plain(this.words.folds.strip, { name }));
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
    if (chosen) {
      const { heading, rows } = cardOf(net, view, this.words, chosen);
      page.text("card button", heading);
      page.html("facts", rows);
    }
    if (!this.live || !isLink || document.activeElement === page.get("weight-in")) return;
    page.input("weight-in").value = String(view.weight(this.weight));
    page.input("freeze").checked = view.sample.frozen.has(this.weight);
  }

  showCurve() {
    const { page } = this;
    page.show("losses", this.lastSample > 0 && !this.isAsking); // it knows all losses
    page.input("jump").max = String(this.lastSample);
    page.input("jump").value = String(this.sample);
    const width = page.get("curve").clientWidth || 800;
    page.html("curve", curveOf(this.recording.samples, this.sample, width));
  }

  /** @param {string} id of the part in focus, or nothing */
  choose(id) {
    this.focus = id && !partIds(this.net).includes(id) ? "" : id;
    this.way = -1;
    this.opened = id ? "card" : this.opened;
    this.page.html("check", "");
    this.show();
  }

  /** Gradient check of the chosen link. */
  check() {
    const { chosen, words, page, net } = this;
    if (chosen[0] !== "l" || this.isAsking) return;
    const { weight } = this;
    this.choose(chosen);
    const nudged = nudge(this.recording, this.recording.samples[this.sample], weight);
    if (!nudged) {
      page.text("check", words.check.unknown);
      fold(page, this.opened);
      return;
    }
    if (net.holders[weight].some((link) => this.view.own(link) == null)) {
      page.text("check", words.check.early);
      fold(page, this.opened);
      return;
    }
    const { low, high, slope, gradient, off, good } = nudged;
    const values = [number(low, 9), number(high, 9), number(slope, 6), number(gradient, 6)];
    const mark = good ? "good" : "bad";
    const verdict = `<p class="lp-${mark}">${plain(words.check[mark], { off })}</p>`;
    /** @type {[string, string][]} */
    const rows = values.map((value, i) => [words.check.rows[i], value]);
    page.html("check", pairs(rows) + verdict);
    fold(page, this.opened);
  }

  /* --- predict first --- */

  /** Whether a question waits for its answer, or somebody plays a part. */
  get isAsking() {
    return this.classroom.isPlaying || (this.asked !== undefined && this.page.isShown("ask"));
  }

  /** Ask before a step; the answer reveals it. @param {Gate | undefined} gate
   * @param {() => void} reveal */
  ask(gate, reveal) {
    if (!gate) return;
    const { page, words } = this;
    this.asked = { gate, reveal };
    this.opened = "";
    page.show("ask", true);
    page.show("guess", gate.kind === "number");
    page.input("guess").value = "";
    page.get("question").className = "lp-question";
    page.text("question", gate.question);
    const buttons = words.options[gate.kind].map(
      (option) => `<button type="button" data-act="answer">${option}</button>`,
    );
    page.html("options", buttons.join(""));
    this.show();
  }

  /** @param {string} option the button that was pressed */
  answer(option) {
    if (!this.asked) return;
    const { page, words, answers } = this;
    const { gate, reveal } = this.asked;
    const guess = gate.kind === "number" ? page.input("guess").value : option;
    if (!isAnswer(gate, guess)) {
      page.input("guess").focus();
      return;
    }
    const { right, answer, best } = verdictOn(gate, guess, this.view, words);
    answers.count += 1;
    answers.right += Number(right);
    this.keepAnswers();
    page.show("guess", false);
    page.get("question").className = `lp-question lp-${right ? "good" : "bad"}`;
    page.text("question", plain(words.asked[right ? "right" : "wrong"], { answer }));
    const counts = { right: String(answers.right), count: String(answers.count) };
    page.text("options", plain(words.asked.tally, counts));
    this.classroom.reveal(best);
    this.isAnswering = true;
    reveal();
    this.isAnswering = false;
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

  /** Ask about the next step, and know the mistakes behind its answers.
   * @param {Words["ask"]} [forms] of the question */
  predict(forms = this.words.ask) {
    const next = nextStop(this.recording, [this.sample, this.at], LEVEL.link);
    if (!next) return;
    const view = viewAt(this.recording, ...next);
    const { facts } = tell(this.recording, view, this.narration);
    const turn = next[0] === this.sample ? this.turns().find(({ at }) => at === next[1]) : undefined;
    const gate = invented(this.recording, view, facts, forms, turn, this.model.get("beliefs"));
    this.ask(gate, () => this.go(next, true));
  }

  /** Biases as neurons, or as stubs at the neurons that they lead to. */
  turnStubs() {
    this.stubs = !this.stubs;
    this.build();
  }

  stopAsking() {
    this.asked = undefined;
    if (!this.isAnswering) this.page.show("ask", false);
    this.classroom.close();
  }

  /* --- moves --- */

  /** A second move completes what is in flight. */
  finish() {
    if (!this.completes) return;
    this.completes();
    this.completes = undefined;
    this.stage.paint(this.view, this.first);
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
    this.page.text("found", "");
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
        this.stage.paint(view, this.first);
      },
    );
  }

  /** A move forward or back; whether one was made. A question of the trace comes before it.
   * @param {1 | -1} way @param {number} [level] */
  move(way, level = this.level) {
    const { recording, classroom } = this;
    if (way > 0 && classroom.isPlaying) {
      classroom.pass();
      return true;
    }
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
    this.moveTo(gate.at ?? 0);
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
  moveTo(position) {
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
    if (this.focus) this.opened = "card";
    if (position != null) this.moveTo(position);
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
    page.text("found", plain(words.unmet, { text: condition }));
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

  /** Letters as large as fit: no panel folds, every number finds room, nothing has to be scrolled. */
  letters() {
    const [least, most] = this.theme.font_scales;
    const began = this.font;
    for (let font = most; font > least; font -= LETTERS) {
      this.resize(font);
      if (this.fits && font !== began) return;
    }
    this.resize(least);
  }

  get fits() {
    const { page, svg, opened, root } = this;
    const isWide = root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight;
    const { folded, fits } = fold(page, opened);
    return fits && !isWide && folded <= 1 && !Number(svg.dataset.left);
  }

  /** What the mouse is on: its numbers come first, and its terms in the formula light up.
   * @param {string} id */
  point(id) {
    if (id === this.pointed) return;
    this.pointed = id;
    for (const one of this.root.querySelectorAll("[data-id], [data-tie]")) {
      const { data } = { data: /** @type {HTMLElement | SVGElement} */ (one).dataset };
      one.classList.toggle("lp-tied", id !== "" && (data.id ?? data.tie) === id);
    }
    if (this.completes) return;
    this.showFew(this.stage.write(this.view, this.first));
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
