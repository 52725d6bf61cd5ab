// The shapes that the modules hand to each other. Only the type checker reads this file.

type Numbers = Float64Array;

interface Activation {
  value(z: number): number;
  slope(z: number, y: number): number;
}

interface Loss {
  value(y: number, t: number): number;
  slope(y: number, t: number): number;
  /** Whether the loss of a sample is the mean over its outputs, not their sum. */
  mean: boolean;
  /** The slope of a share p, for a loss that asks for its rest 1 - p, too. */
  restSlope?: (y: number, rest: number, t: number) => number;
  /**
   * By activation of the output: the value from its total input (softmax: from ln p; where there is a
   * `restSlope`, from ln p - ln(1 - p)).
   */
  stable: Record<string, (from: number, t: number) => number>;
}

/** The maths of a group, on a number of each member: total inputs z, shares p, blames s. */
interface Softmax {
  /** The shares, and ln of the whole. */
  shares(z: number[]): [number[], number];
  /** Deltas. */
  mixed(p: number[], s: number[]): number[];
  /** The same where the loss asks for rests. */
  mixed_apart(z: number[], p: number[], s: number[]): number[];
  /** 1 - p */
  rests(p: number[]): number[];
  /** ln p - ln(1 - p) */
  leads(z: number[], p: number[]): number[];
}

/** The rule by which weights move. */
interface Optimizer {
  /** The usual rate, the options with their usual values, what a fresh weight remembers. */
  rate: number;
  options: Record<string, number>;
  memory(rate: number): number[];
  /** One step of the weight `w`, in place. */
  step(
    values: Numbers,
    w: number,
    gradient: number,
    rate: number,
    memory: Numbers[],
    options: number[],
  ): void;
  /** The step with the pull of the penalty, within what the weight's rule lets through. */
  move(
    values: Numbers,
    w: number,
    gradient: number,
    rate: number,
    memory: Numbers[],
    options: number[],
    ...limits: Limits
  ): void;
}

/** l1, l2; frozen, share of the step, lowest, highest. */
type Limits = [
  l1: number,
  l2: number,
  frozen: number,
  slowed: number,
  lowest: number,
  highest: number,
];

/** A block of numbers in a trace: base64 of little-endian values. */
interface Block {
  data: string;
  dtype: "float32" | "float64" | "uint8";
  shape: number[];
  scale?: number;
}

interface Table {
  all: Numbers;
  row(index: number): Numbers;
}

interface Edit {
  at: number;
  what: string;
  index: number;
  name: string;
  value: number | boolean | string;
}

interface Quantity {
  neuron?: number;
  link?: number;
  weight?: number;
  quantity: string;
}

interface Gate {
  at?: number;
  kind: "sign" | "number" | "compare";
  of: Quantity;
  than?: Quantity;
  question: string;
  tolerance?: number;
  wrong?: { value: number; says: string }[];
}

interface Header {
  names: string[];
  activations: { name: string; steepest: number | null }[];
  activation: number[];
  inputs: number[];
  outputs: number[];
  biases: number[];
  groups: number[][];
  products?: number[][];
  generations: number[][];
  links: [number, number, number, number][];
  weight_of: number[] | null;
  n_links: number;
  n_weights: number;
  weights: Block | null;
  frozen: number[];
  rules: [number, number, number | null, number | null][];
  gradients: Block | null;
  unfinished: number;
  loss: string;
  share: number;
  optimizer: { name: string; options: Record<string, number> };
  learning_rate: number;
  l1: number;
  l2: number;
  /** Links that are missed. */
  ghosts?: { from: number; to: number; gradient: number }[];
}

interface Trace {
  format: string;
  title: string;
  dtype: string;
  network: Header;
  samples: {
    count: number;
    batches: [number, number, boolean][];
    epochs: [number, number][];
    cut: [number, number][];
    inputs: Block;
    targets: Block;
    importance: Block | null;
    loss: Block;
    rate: Block | number;
    recorded: number[];
    total_input: Block | null;
    output: Block | null;
    sensitivity: Block | null;
    delta: Block | null;
  };
  detail: { samples: number[]; steps: Block | null; weights_at: Block | null };
  edits: Edit[];
  image: [number, number] | null;
  /** What the data call the neurons: a column, a class; "" where nobody gave another name. */
  labels?: string[] | null;
  about?: (Label | null)[];
  script: { at: number; say: string }[];
  gates: Gate[];
  breakpoints: string[];
}

interface Link {
  from: number;
  to: number;
  weight: number;
}

/** A part of the network. `members`: the neurons of a unit, or those that a link leads from. */
interface Part {
  kind: "link" | "neuron" | "group";
  link: number;
  members: number[];
  generation: number;
}

/** One step. `at`: how many steps of its sample are done then, with a fraction within an update. */
interface Step {
  kind: "start" | "feed" | "link" | "neuron" | "group" | "cost" | "update";
  phase: number;
  at: number;
  back: boolean;
  link: number;
  members: number[];
  generation: number | undefined;
  weights: number[];
}

interface Network {
  header: Header;
  names: string[];
  count: number;
  neurons: number[];
  links: Link[];
  inputs: number[];
  outputs: number[];
  isInput: boolean[];
  isBias: boolean[];
  activation: string[];
  steepest: number[];
  group: (number[] | undefined)[];
  factors: number[][];
  multiplied: { product: number; at: number }[][];
  generation: number[];
  order: Part[];
  incoming: number[][];
  outgoing: number[][];
  holders: number[][];
  steps: Step[];
  times: {
    cost: number;
    link: [number[], number[]];
    neuron: [number[], number[]];
    weight: number[];
  };
}

interface Run {
  which: number;
  first: boolean;
  last: boolean;
  fresh: boolean;
}

interface Sample {
  index: number;
  from: number;
  size: number;
  detail: number;
  epoch: Run;
  inputs: Numbers;
  targets: Numbers;
  loss: number;
  sampleWeight: number;
  rate: number;
  edits: Edit[];
  frozen: Set<number>;
  /** Samples since the last update, with this one; and whether it was the first of its batch. */
  seen: number;
  fresh: boolean;
  totalInput: Numbers;
  output: Numbers;
  sensitivity: Numbers;
  delta: Numbers;
  /** Weights at its start, when they move, and after that; null where they cannot be known. */
  weights: Numbers | null;
  old: Numbers | null;
  new: Numbers | null;
  /** Sums of the gradients, before this sample and with it. */
  carried: Numbers | null;
  collected: Numbers;
  moves: Numbers | null;
  /** The moves of the rule, where recorded ones can be compared with them. */
  derived: Numbers | null;
}

/** What follows from a sample's recorded numbers. */
interface Details {
  signal: Numbers;
  blame: Numbers;
  own: Numbers;
  asked: Numbers;
  slope: Numbers;
  steps: Step[];
  /** By level: the steps after which a move of that level stops. */
  ends: number[][];
}

interface Recording {
  net: Network;
  trace: Trace;
  samples: Sample[];
  epochs: number;
  /** Plain gradient descent all the way: every update can be done again. */
  plain: boolean;
  exempt: boolean[];
  rules: Map<number, { rate: number; low: number; high: number }>;
  cache: Map<Sample, Details>;
}

/** One part's verb: what it passes on, after whom it may act, what somebody wrong would say. */
interface Turn {
  phase: string;
  part: string;
  kind: "link" | "neuron";
  quantity: string;
  value: number;
  /** How far from the value still counts. */
  near: number;
  word: string;
  /** Values, and the beliefs behind them. */
  wrong: [number, string][];
  /** Turns that have to be done before. */
  needs: number[];
  /** The step of the lesson. */
  at?: number;
}

type Beliefs = Record<string, { belief: string; reply: string }>;

type Known = number | undefined;

interface View {
  net: Network;
  sample: Sample;
  details: Details;
  step: Step;
  totalInput(neuron: number): Known;
  output(neuron: number): Known;
  slope(neuron: number): Known;
  sensitivity(neuron: number): Known;
  delta(neuron: number): Known;
  signal(link: number): Known;
  blame(link: number): Known;
  own(link: number): Known;
  weight(weight: number): Known;
  moved(weight: number): Known;
  arrived(neuron: number): number[];
  /** What the data call a neuron, in brackets; or nothing. */
  label(neuron: number): string;
}

type Fact = string | number | boolean | string[] | Facts[] | null | undefined;

interface Facts {
  [name: string]: Fact;
}

/** Words with holes; a list is joined, of an object the first form whose fact is true is taken. */
type Form = string | Form[] | { [fact: string]: Form } | Repeated;

interface Repeated {
  each: string;
  say: Form;
  join: string;
}

interface ViewForm {
  quiet?: string;
  symbols?: Form;
  numbers?: Form;
  sentence: Form;
}

interface Narration {
  titles: Record<string, Form>;
  events: Record<string, { view: string; when?: string; each?: string }[]>;
  views: Record<string, ViewForm>;
  spans: Record<"forward" | "backward", { title: Form; rows: Form; sentence: Form }>;
  losses: Record<string, string>;
  /** By activation, its slope in letters, and with holes for the numbers. */
  slope_words: Record<string, string>;
  slopes: Record<string, string>;
  most: Record<string, number>;
  /** By activation, the word for a slope that lets no blame through; and how small that is. */
  shut: Record<string, string>;
  limit: number;
}

interface Words {
  keys: Record<string, string>;
  phases: string[];
  where: string[];
  epoch: string;
  over: string;
  mixes: string;
  ask: Record<string, [Gate["kind"], string, string]>;
  options: Record<string, string[]>;
  badge: Record<string, [string, string, string]>;
  table: string[];
  facts: Record<string, [string, string][]>;
  check: Record<"good" | "bad" | "early" | "unknown", string> & { rows: string[] };
  asked: { right: string; wrong: string; tally: string };
  passes: Record<string, string>;
  be: { none: string };
  vote: { none: string; ask: Record<string, [Gate["kind"], string, string]> };
  few: Record<"links" | "room" | "point", string>;
  stage: { pixels: string[]; columns: string[]; mixes: string };
  folds: { strip: string; table: string };
  ways: { title: string; path: string; early: string; none: string };
  presenter: Record<"title" | "next" | "end" | "blocked", string>;
  unmet: string;
  problems: Record<"phase" | "number" | "limit" | "unknown", string>;
  conditionWords: string[];
  conditions: string[];
  note: string;
}

interface Theme {
  thinnest: number;
  spread: number;
  lane_gap: number;
  most_links: number;
  shown_links: number;
  most_numbers: number;
  shut: number;
  font_scales: [number, number];
  timing: { link: number; fan: number; stagger: number; phase: number };
  not_a_pie: string;
}

interface Positions {
  rows?: number;
  names?: string[];
  steps?: { at: number; name: string; step: number | null }[];
  positions: (number[] | null)[];
  bends: Record<number, number>;
  time?: Timetable;
  fold?: Fold;
}

/** Of a network in time, by neuron: its step, how far into it and how high it stands, whether it is part of
 * a cell, what it has in common with its like. `columns`: each step, its breadth folded and open. */
interface Timetable {
  steps: (number | null)[];
  shares: number[];
  asides: number[];
  heights: number[];
  middle: number;
  inside: boolean[];
  columns: [number | null, number, number][];
  names: string[];
  kinds: string[];
}

/** What a folded drawing has besides: boxes from neuron `first` on, bundles from link `links` on. */
interface Fold {
  /** What a neuron is drawn as: itself, or a box. */
  homeOf(neuron: number): number;
  isHidden(neuron: number): boolean;
  first: number;
  links: number;
  bundles: Bundle[];
  breadth: number;
  height: number;
  kinds: string[];
}

/** The links, and factors of products, that one line to or from a box stands for. */
interface Bundle {
  from: number;
  to: number;
  kind: string;
  sources: Set<number>;
  links: number[];
  factors: { product: number; at: number }[];
}

/** Raw value = value × scale + shift, in its unit. */
interface Label {
  called: string;
  unit: string;
  shift: number;
  scale: number;
}

interface Traits {
  labels?: (Label | null)[];
  trace: string;
  checksum: number;
  spots: Positions;
  theme: Theme;
  words: Words;
  narration: Narration;
  beliefs: Beliefs;
  shell: string;
  font: number;
  level: number;
  live: boolean;
  page: boolean;
  /** Whether it stands in somebody else's document, and tells Python what happens. */
  hosted?: boolean;
  /** Of a page that learns, and only there. */
  lab: LabTraits;
}

/** What the player uses of its host. */
interface Model {
  get<K extends keyof Traits>(name: K): Traits[K];
  on(event: string, hear: (message: any) => void): void;
  off(event: string, hear: (message: any) => void): void;
  send(message: object): void;
}

/** What there is to draw in: pixels of a letter, of the stage; biases as stubs at their neurons or not. */
interface Space {
  font: number;
  width: number;
  height: number;
  stubs?: boolean;
}

interface Scale {
  largest: Record<string, number>;
  width(value: number, quantity: string): number;
}

/* --- the lab --- */

interface NodeEntry {
  id: string;
  activation: string;
}

/** A link of a network file, with its weight. */
interface LinkEntry {
  source: string;
  target: string;
  weight: number;
  shared?: number;
  frozen?: boolean;
  rate?: number;
  low?: number;
  high?: number;
  memory?: number[];
}

/** A network as lernpy/files writes it. */
interface NetworkFile {
  format: string;
  version: number;
  loss: string;
  optimizer: { name: string; options: Record<string, number> };
  learning_rate: number | null;
  l1: number;
  l2: number;
  seed: number | null;
  inputs: string[];
  outputs: string[];
  groups: string[][];
  /** The factors of each product by its name. */
  products?: Record<string, string[]>;
  nodes: NodeEntry[];
  links: LinkEntry[];
  card: any;
  [more: string]: unknown;
}

/** Rows of numbers side by side, as the input neurons see them. */
interface Samples {
  inputs: Numbers;
  targets: Numbers;
  count: number;
}

/** A data set as Python sends it. `draws`: what noise of 1 adds to its inputs or targets. */
interface Dataset {
  name: string;
  inputs: Block;
  targets: Block;
  draws: { of: "inputs" | "targets"; block: Block; usual: number; most: number } | null;
  /** Names of the inputs and of the classes (or of the outputs), as people have them. */
  columns: string[];
  classes: string[];
  /** Of inputs and of outputs: how their values become those of the data. */
  labels: [Label[], Label[]];
  task: string;
  image: [number, number] | null;
  /** The network to begin with. */
  file: NetworkFile;
  settings: Settings;
  /** What makes the same data in Python. */
  python: string;
}

/** What can be changed while the net learns. */
interface Settings {
  rate: number;
  batch: number;
  l1: number;
  l2: number;
  noise: number;
  /** The share of samples that are kept for the test. */
  split: number;
  seed: number;
}

interface Plane {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/** The state of a training between two updates. */
interface Moment {
  updates: number;
  epoch: number;
  /** How many samples of the epoch are learned, and the sum of their losses. */
  at: number;
  total: number;
  weights: Weights;
  engine: Engine;
  settings: Settings;
  samples: Samples;
  parts: { train: Int32Array; test: Int32Array };
}

interface CurvePoint {
  epoch: number;
  train: number;
  test: number;
}

/** A lesson as WebAssembly: its engine's numbers lie in the memory, so do the sample's and the rate. */
interface Program {
  engine: Engine;
  inputs: Numbers;
  targets: Numbers;
  rate: Numbers;
  /** Whether a lesson moves the weights, too. */
  movesWeights: boolean;
  /** Returns the loss. */
  lesson(): number;
}

/** Links by neuron: where its own begin, their other ends, their weights. */
interface Fan {
  starts: Int32Array;
  ends: Int32Array;
  weights: Int32Array;
}

interface Weights {
  values: Numbers;
  memory: Numbers[];
  isFresh: Uint8Array;
}

interface Engine extends Weights {
  /** What it was made of, and which weight each link of it has. */
  file: NetworkFile;
  weightOf: Map<LinkEntry, number>;
  net: Network;
  loss: Loss;
  optimizer: Optimizer;
  options: number[];
  rate: number;
  l1: number;
  l2: number;
  units: number[][];
  acts: Activation[];
  /** All neurons as they act, and of each its activation's functions. */
  sequence: Int32Array;
  squash: Activation["value"][];
  slope: Activation["slope"][];
  /** The group whose first, or last, member a neuron is. */
  groupStartingAt: (number[] | undefined)[];
  groupEndingAt: (number[] | undefined)[];
  /** Since the last update. */
  samples: number;
  totalInput: Numbers;
  output: Numbers;
  sensitivity: Numbers;
  delta: Numbers;
  logSums: Map<number[], number>;
  gradient: Numbers;
  isFrozen: Uint8Array;
  /** Whether nothing limits how any weight moves. */
  isFree: boolean;
  rates: Numbers;
  low: Numbers;
  high: Numbers;
  isExempt: Uint8Array;
  arriving: Fan;
  leaving: Fan;
  /** A rule that is wrong, by its name; "" where all is right. */
  mistake: string;
  /** Not made yet, or not to be had. */
  program: Program | null | undefined;
  /** Whether the program is for one sample to an update. */
  isSingle: boolean;
}

/** Colours of the theme. */
interface Looks {
  text: string;
  muted: string;
  faint: string;
  background: string;
  accent: string;
  positive: string;
  negative: string;
  ramp: Uint32Array;
}

/** What the board shows of a moment. */
interface Shown {
  values: Numbers;
  output: Numbers;
  maps: Numbers[] | null;
  rangeOf(v: number): [number, number] | null;
  inputs: Numbers | null;
  targets: Numbers | null;
  focus: string;
}

interface PictureFacts {
  looks: Looks;
  limits: [number, number] | null;
  test: Int32Array;
  marked: number | undefined;
  classes: string[];
  plane?: Plane;
  /** What every neuron says over the plane, where that is known already. */
  maps?: Numbers[];
}

/** A short run of Python's: its samples, in which order, and what came out. */
interface Proof {
  file: NetworkFile;
  inputs: Block;
  targets: Block;
  order: number[];
  size: number;
  losses: Block;
  weights: Block;
}

/** What a lab page is given beside the traits of a player. */
interface LabTraits {
  shell: string;
  sets: Dataset[];
  steepest: Record<string, number>;
  starts: Record<string, string>;
  ranges: Record<string, [number, number]>;
  rates: Record<string, number>;
  file: NetworkFile;
  positions: [number, number][];
  proof: Proof;
  /** Sentences by kind of trouble; and by words in them the number of a lesson. */
  doctor: { reasons: Record<string, string>; lessons: Record<string, number> };
}
