/*
 * What a step says: the facts by the names of the holes in the narration's templates, which
 * terminal and films fill with Python's numbers and the page with its own.
 */

import { formula, isTrue, plain, rowsOf, sentence, termOf, withHoles } from "./forms.js";
import { range, sum } from "./lists.js";
import { outputIndex, partIds, partName } from "./network.js";
import { handedBack, isProduct, productEvent } from "./products.js";
import { sharedName, whenOf } from "./shared.js";
import { number, safe } from "./text.js";
import { LOSSES } from "./tables.js";
import { penalty, pull, weightAt } from "./trace.js";
import { opening } from "./view.js";

const NOTHING = 1e-30; // less blame than that is none
const HUGE = 1e15; // beyond that a difference of two numbers says nothing about either

/**
 * The event of a step by its name, its facts, and what is said.
 * @param {Recording} recording @param {View} view @param {Narration} narration
 */
export function tell(recording, view, narration) {
  const { event, facts } = factsOf(recording, view, narration);
  const views = viewsOf(event, facts, narration);
  if (event === "move" && view.step.weights[0] === 0) {
    views.unshift(...tellUpdate(recording, view, narration).views);
  }
  return narrated(event, facts, views, narration);
}

/** What the whole update says, also where its weights are steps of their own.
 * @param {Recording} recording @param {View} view @param {Narration} narration */
export function tellUpdate(recording, view, narration) {
  const facts = tellerOf(recording, view, narration).update(range(recording.net.holders.length));
  return narrated("update", facts, viewsOf("update", facts, narration), narration);
}

/**
 * @param {string} event @param {Facts} facts @param {ReturnType<typeof viewsOf>} views
 * @param {Narration} narration
 */
const narrated = (event, facts, views, narration) => ({
  ...{ event, facts, views },
  title: sentence(narration.titles[event], facts),
  sentence: views.map((one) => one.sentence).join(" "),
});

/** @param {string} event @param {Facts} facts @param {Narration} narration */
function viewsOf(event, facts, narration) {
  return narration.events[event].flatMap(({ view: name, when, each }) => {
    if (when && !isTrue(facts[when])) return [];
    const form = narration.views[name];
    return (each ? rowsOf(facts, each) : [{}]).map((row) => {
      const known = { ...facts, ...row };
      return {
        name,
        quiet: isTrue(known[form.quiet ?? ""]),
        symbols: formula(form.symbols ?? "", known),
        numbers: formula(form.numbers ?? "", known),
        sentence: sentence(form.sentence, known),
      };
    });
  });
}

/** Formulas and their numbers, line by line; the result in bold, each letter tied to its part.
 * @param {ReturnType<typeof tell>["views"]} views @param {Network} net */
export function narratedHtml(views, net) {
  return views
    .map(({ symbols, numbers, quiet }) => {
      const result = numbers.replace(/= ([^=;,]*)$/, "= <b>$1</b>");
      const lines = [symbols, result].filter(Boolean).map((line) => `<div>${whole(tied(line, net))}</div>`);
      return `<div class="lp-told${quiet ? " lp-quiet" : ""}">${lines.join("")}</div>`;
    })
    .join("");
}

const LONG = 32; // letters; a longer equation may break into lines

/** Equations that stay on one line. @param {string} html */
const whole = (html) =>
  html
    .split(/(?<=[,;]) /)
    .map((one) => {
      const text = one.replace(/<.*?>/g, "");
      return text.length > LONG ? one : `<span class="lp-whole">${one}</span>`;
    })
    .join(" ");

/** Letters with whose they are, tied to that neuron or link of the drawing.
 * @param {string} html @param {Network} net */
function tied(html, net) {
  const parts = new Map(partIds(net).map((id) => [safe(partName(net, id).replace("->", "→")), id]));
  return html.replace(/(\p{L}+′?(?:\(z)?)<sub>(.*?)<\/sub>/gu, (whole, _, whose) => {
    const id = parts.get(whose);
    return id ? termOf(id, whole) : whole;
  });
}

/**
 * @param {Recording} recording @param {View} view @param {Narration} narration
 * @returns {{event: string, facts: Facts}}
 */
function factsOf(recording, view, narration) {
  const teller = tellerOf(recording, view, narration);
  const { step } = view;
  const [v] = step.members;
  switch (step.kind) {
    case "start":
      return { event: "reset", facts: teller.reset() };
    case "feed":
      return { event: "feed", facts: teller.feed() };
    case "link":
      return step.back
        ? { event: "hand_back", facts: teller.handBack(step.link) }
        : { event: "carry", facts: teller.carry(step.link) };
    case "neuron":
      if (isProduct(recording.net, v)) {
        const { event, facts } = productEvent(recording.net, v, view.sample, step.back);
        return { event, facts: { ...teller.collects(v), ...facts } };
      }
      return step.back
        ? { event: "turn", facts: teller.turn(v) }
        : { event: "activate", facts: teller.activate(v) };
    case "group":
      return step.back
        ? { event: "mix", facts: teller.mix(step.members) }
        : { event: "normalise", facts: teller.normalise(step.members) };
    case "cost":
      return { event: "cost", facts: teller.cost() };
    default:
      return step.weights.length > 1
        ? { event: "update", facts: teller.update(step.weights) }
        : { event: "move", facts: teller.move(step.weights[0]) };
  }
}

/** The word for a neuron that lets next to no blame through, or nothing.
 * @param {Network} net @param {Details} details @param {number} v
 * @param {Narration} narration */
export const shutWord = (net, details, v, { shut, limit }) =>
  opening(net, details, v) < limit ? (shut[net.activation[v]] ?? "") : "";

/**
 * @param {Recording} recording @param {View} view @param {Narration} narration
 */
function tellerOf(recording, view, narration) {
  const { net } = recording;
  const { sample, details } = view;
  const { most } = narration;
  /** @param {number} v */
  const name = (v) => net.names[v];
  /** @param {number} v */
  const kind = (v) => {
    const bias = net.isBias[v];
    return { bias, input: !bias && net.isInput[v], passive: bias || net.isInput[v] };
  };
  /** Links in the order of the lesson. @param {number[]} links @param {0 | 1} way */
  const inOrder = (links, way) => {
    const times = net.times.link[way];
    return links.toSorted((a, b) => times[a] - times[b]);
  };

  /** Terms of a sum: all of a few, else the largest and what the others come to.
   * @param {(Facts & {value: number})[]} terms */
  const summed = (terms) => {
    let kept = terms;
    if (terms.length > most.terms) {
      const sizes = terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
      const largest = new Set(sizes.slice(0, most.terms - 1));
      kept = terms.filter((term) => largest.has(term));
    }
    return {
      terms: kept,
      more: terms.length - kept.length,
      others: sum(terms, (term) => term.value) - sum(kept, (term) => term.value),
      count: terms.length,
      none: terms.length === 0,
      two: terms.length === 2,
      several: terms.length > 1,
    };
  };
  /** @param {number} v */
  const sums = (v) =>
    summed(
      inOrder(net.incoming[v], 0).map((link) => ({
        part: `l${link}`,
        source: name(net.links[link].from),
        value: details.signal[link],
      })),
    );
  /** What raising it would do to the loss. @param {number} blame */
  const directions = (blame) => ({ raises: blame > 0, lowers: blame !== 0 && !(blame > 0) });
  /** @param {number} v */
  const collects = (v) => {
    const asked = outputIndex(net, v) < 0 ? [] : [{ loss: true, value: details.asked[v] }];
    const blames = inOrder(net.outgoing[v], 0).map((link) => ({
      loss: false,
      part: `l${link}`,
      target: name(net.links[link].to),
      value: details.blame[link],
    }));
    const sensitivity = sample.sensitivity[v];
    return {
      ...summed([...asked, ...blames, ...handedBack(net, v, sample)]),
      ...directions(sensitivity),
      ...kind(v),
      ...{ name: name(v), sensitivity },
    };
  };
  /** @param {number} link @param {0 | 1} way */
  const linkFacts = (link, way) => {
    const { from, to, weight } = net.links[link];
    const holders = net.holders[weight].length;
    const at = net.times.link[way][link];
    return {
      ...kind(from),
      ...{ source: name(from), target: name(to), holders, shared: holders > 1 },
      weight: sample.weights ? weightAt(sample, sample.weights, weight, at) : null,
      output: sample.output[from],
      delta: sample.delta[to],
      frozen: isFrozen(weight, at),
    };
  };
  /** @param {number} w @param {number} at */
  const isFrozen = (w, at) => {
    const edit = sample.edits.findLast(
      (one) => one.name === "frozen" && one.index === w && one.at - sample.from < at,
    );
    return edit ? Boolean(edit.value) : sample.frozen.has(w);
  };
  /** The values of the data, where they have other names or numbers.
   * @param {{name: string, value: number}[]} rows */
  const rawOf = (rows) => {
    const texts = rows.map(({ name: own, value }, index) => {
      const label = recording.trace.about?.[net.inputs[index]];
      const raw = label ? value * label.scale + label.shift : value;
      return `${label?.called || own} ${number(raw)} ${label?.unit ?? ""}`.trim();
    });
    const isSame = rows.every(({ name: own, value }, i) => texts[i] === `${own} ${number(value)}`);
    return isSame ? [] : texts;
  };

  /** The loss with its numbers: the terms that are not 0, the largest of many.
   * @param {{output: number, target: number}[]} rows */
  const worked = (rows) => {
    const words = narration.losses[net.header.loss] ?? "";
    const known = words && !words.includes(",") ? LOSSES[net.header.loss] : undefined;
    /** @param {number} i */
    const size = (i) =>
      known ? net.header.share * known.value(rows[i].output, rows[i].target) : 0;
    const sizes = range(rows.length).filter((i) => size(i) !== 0);
    const largest = sizes.toSorted((a, b) => Math.abs(size(b)) - Math.abs(size(a)) || a - b);
    const kept = new Set(largest.slice(0, most.terms));
    const holes = withHoles(words, { y: "output", t: "target" });
    const form = holes.replace("/ n", `/ ${rows.length}`);
    return {
      loss_terms: sizes.filter((i) => kept.has(i)).map((i) => ({ worked: plain(form, rows[i]) })),
      more_terms: sizes.length - kept.size,
      other_terms: sum(sizes.filter((i) => !kept.has(i)), size),
    };
  };
  /** What came before a link in its sum. @param {number[]} links @param {number} link
   * @param {0 | 1} way */
  const earlier = (links, link, way) => {
    const ordered = inOrder(links, way);
    return ordered.slice(0, ordered.indexOf(link));
  };

  /** Who said 0 where all links of a weight carried nothing; where else nobody was to blame.
   * @param {number} w */
  const reasons = (w) => {
    const sources = net.holders[w].map((link) => net.links[link].from);
    const targets = net.holders[w].map((link) => net.links[link].to);
    const isSilent = sources.every((v) => sample.output[v] === 0);
    const isBlameless = !isSilent && targets.every((v) => sample.delta[v] === 0);
    return {
      silent: isSilent ? sources.map(name) : [],
      blameless: isBlameless ? targets.map(name) : [],
    };
  };

  return {
    collects,

    reset: () => ({ clears: sample.seen === 1 || sample.fresh, collected: sample.seen - 1 }),

    feed() {
      const rows = net.inputs.map((v, position) => ({ name: name(v), value: sample.inputs[position] }));
      const shown = rows.slice(0, most.inputs);
      return {
        names: net.inputs.map(name),
        single: rows.length === 1,
        raw: rawOf(shown),
        first_inputs: shown,
        more: rows.length - shown.length,
      };
    },

    /** @param {number} link */
    carry(link) {
      const before = earlier(net.incoming[net.links[link].to], link, 0);
      return {
        ...linkFacts(link, 0),
        signal: details.signal[link],
        so_far: sum(before, (l) => details.signal[l]),
        first: before.length === 0,
      };
    },

    /** @param {number} v */
    activate(v) {
      const { input, bias, passive } = kind(v);
      return {
        ...sums(v),
        ...{ name: name(v), bias, input, sums: !passive },
        identity: net.activation[v] === "identity",
        activation: net.activation[v],
        total_input: sample.totalInput[v],
        output: sample.output[v],
      };
    },

    /** @param {number[]} members */
    normalise(members) {
      const rows = members.map((v) => ({
        ...sums(v),
        ...{ name: name(v), total_input: sample.totalInput[v], output: sample.output[v] },
      }));
      const top = rows.reduce((best, row) => (row.output > best.output ? row : best));
      return {
        few_members: members.length > most.sums ? [] : rows,
        first_members: rows.slice(0, most.members),
        names: members.map(name),
        one: members.length > 1 ? "i" : name(members[0]),
        top: top.name,
        largest: top.output,
      };
    },

    cost() {
      const { header } = net;
      const rows = net.outputs.map((v, position) => ({
        name: name(v),
        called: recording.trace.labels?.[v] ?? "",
        output: sample.output[v],
        target: sample.targets[position],
        asked: details.asked[v],
      }));
      const pulled = sample.weights ? penalty(recording, sample.weights) : 0;
      return {
        ...worked(rows),
        ...{ loss: sample.loss, sample_weight: sample.sampleWeight },
        formula: narration.losses[header.loss] || `${header.loss}(y, t)`,
        ...{ counts: sample.sampleWeight !== 1, many: rows.length > 1 },
        ...{ penalised: pulled !== 0, penalty: pulled },
        few_outputs: rows.slice(0, most.said),
        first_outputs: rows.slice(0, most.outputs),
        more: rows.length > most.said,
        asks: rows.length > 0,
        up: rows.filter((row) => row.asked > 0).map((row) => row.name),
        down: rows.filter((row) => row.asked < 0).map((row) => row.name),
      };
    },

    /** @param {number} v */
    turn(v) {
      const shut = shutWord(net, details, v, narration);
      const activation = net.activation[v];
      const numbers = { total_input: sample.totalInput[v], output: sample.output[v] };
      return {
        ...collects(v),
        slope_words: kind(v).passive ? "" : (narration.slope_words[activation] ?? ""),
        slope_worked: plain(narration.slopes[activation] ?? "", numbers),
        activation,
        slope: details.slope[v],
        delta: sample.delta[v],
        shut,
        nothing: Math.abs(sample.delta[v]) < NOTHING,
        loud: Boolean(shut) && Math.abs(sample.delta[v]) > narration.limit,
      };
    },

    /** @param {number[]} members */
    mix(members) {
      const rows = members.map((v) => ({
        ...collects(v),
        ...{ output: sample.output[v], delta: sample.delta[v] },
      }));
      const mean = sum(members, (v) => sample.output[v] * sample.sensitivity[v]);
      return {
        few_members: members.length > most.sums ? [] : rows,
        first_members: rows.slice(0, most.members),
        mean,
        huge: Math.abs(mean) > HUGE,
      };
    },

    /** @param {number} link */
    handBack(link) {
      const { from, weight } = net.links[link];
      const isOutput = outputIndex(net, from) >= 0;
      const before = earlier(net.outgoing[from], link, 1);
      const kept = earlier(net.holders[weight], link, 1);
      const had = (sample.carried?.[weight] ?? 0) + sum(kept, (l) => details.own[l]);
      const own = details.own[link];
      const facts = linkFacts(link, 1);
      const blame = details.blame[link];
      const others = handedBack(net, from, sample);
      return {
        ...facts,
        ...directions(own),
        ...{ own, blame, kept: had, adds: sample.seen > 1 || kept.length > 0, gradient: had + own },
        so_far:
          (isOutput ? details.asked[from] : 0) +
          sum(others, (one) => one.value) +
          sum(before, (l) => details.blame[l]),
        first: !isOutput && !others.length && before.length === 0,
        flips: blame * facts.delta < 0,
      };
    },

    /** @param {number[]} weights */
    update(weights) {
      const { optimizer } = net.header;
      const { old, new: after } = sample;
      const steps = weights.map((w) => (old && after ? after[w] - old[w] : 0));
      const moving = steps.filter(Boolean).length;
      const largest = steps.reduce(
        (best, step, w) => (Math.abs(step) > Math.abs(steps[best]) ? w : best),
        0,
      );
      const frozen = weights.filter((w) => isFrozen(w, Infinity)).length;
      return {
        ...{ rule: optimizer.name, sgd: optimizer.name === "sgd", rate: sample.rate },
        options: Object.entries(optimizer.options).map(([key, value]) => ({ name: key, value })),
        unknown: !after,
        ...{ moving, single: moving === 1, count: weights.length },
        ...{ samples: number(sample.seen), batch: sample.seen > 1 },
        ...{ frozen, stuck: frozen > 0, one_frozen: frozen === 1 },
        ...{ largest: weightName(weights[largest]), step: steps[largest] },
      };
    },

    /** @param {number} w */
    move(w) {
      const { old, new: after } = sample;
      const before = old?.[w] ?? NaN;
      const now = after?.[w] ?? NaN;
      const pulled = pull(recording, w, before);
      const { rate = 1, low = -Infinity, high = Infinity } = recording.rules.get(w) ?? {};
      const frozen = isFrozen(w, Infinity);
      const shares = frozen ? [] : sharesOf(w);
      return {
        ...{ ...summed(shares), adds_up: shares.length > 0, collected: sample.collected[w] },
        ...{ name: weightName(w), whose: weightName(w, "→") },
        ...{ old: before, new: now, size: Math.abs(now - before) },
        ...{ down: now < before, still: now === before, frozen, free: !frozen },
        gradient: sample.collected[w] / sample.seen,
        ...{ pull: pulled, pulled: pulled !== 0, factor: rate, own_rate: rate !== 1 },
        held: now === low || now === high,
        ...(sample.seen === 1 ? reasons(w) : {}),
      };
    },
  };

  /** @param {number} w */
  function weightName(w, arrow = " -> ") {
    return sharedName(net, w, arrow);
  }

  /** Of a weight of several links what each has brought to its gradient, and when.
   * @param {number} w */
  function sharesOf(w) {
    const links = net.holders[w];
    if (links.length < 2) return [];
    const shares = links.map((link) => ({ when: whenOf(net, link), value: details.own[link] }));
    const value = Number(sample.moves && sample.collected[w]) - sum(shares, (one) => one.value);
    if (sample.seen > 1) return [...shares, { when: "earlier samples", value }];
    return Math.abs(value) > 1e-9 * Math.abs(sample.collected[w]) + 1e-300 ? [] : shares;
  }
}
