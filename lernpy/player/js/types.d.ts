// The shapes that the modules hand to each other. Only the type checker reads this file.

type Numbers = Float64Array;

interface Activation {
  value(z: number): number;
  slope(z: number, y: number): number;
}

interface Loss {
  value(y: number, t: number): number;
  slope(y: number, t: number): number;
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

/** The new value of a weight. */
type Optimizer = (value: number, gradient: number, rate: number) => number;

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
  few: { links: string; room: string; point: string };
  stage: { pixels: string[]; columns: string[]; mixes: string };
  folds: { strip: string; table: string };
  ways: { title: string; path: string; early: string; none: string };
  presenter: Record<"title" | "next" | "end" | "blocked", string>;
  notFound: string;
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
  steps?: [number, string][];
  positions: ([number, number] | null)[];
  bends: Record<number, number>;
}

interface Traits {
  trace: string;
  checksum: number;
  places: Positions;
  theme: Theme;
  words: Words;
  narration: Narration;
  shell: string;
  font: number;
  level: number;
  live: boolean;
  page: boolean;
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
