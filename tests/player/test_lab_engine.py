"""The page that learns, in node: its engine beside the objects, files in and out, back in time, edits.

With LERNPY_LAB=1000 in the environment so many random networks are compared, else a share of them.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_engine import Learned, Plan, in_node, learned, numbers, plan_for, random_network

import lernpy
from lernpy import build, data, files
from lernpy.functions import activations
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.player.laboratory import watchable
from lernpy.text import is_invisible, is_steering

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
COUNT = int(os.environ.get("LERNPY_LAB", "40"))
SESSIONS = 20  # of random networks that go back in time
CLOSE = 1e-9

# ---- the engine beside the objects ----------------------------------------------------------------

RUN = """
for (const { file, inputs, targets, order, size } of given) {
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  print([undefined, null].map((program) => {
    const engine = engineOf(file, {});
    engine.program = program;
    const losses = [];
    for (let start = 0; start < order.length; start += size) {
      losses.push(learn(engine, data, order, start, start + size, size) / size);
    }
    return { losses: bits(losses), weights: bits(engine.values), fast: Boolean(engine.program) };
  }));
}
"""


def difference(found: str, wanted: list[float]) -> float:
    """The largest, relative where numbers are large; what is no number has to be none in both."""
    here, there = numbers(found), np.array(wanted)
    if not len(there):
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(here - there) / np.maximum(1.0, np.abs(there))
    same = (here == there) | (np.isnan(here) & np.isnan(there))
    return float(np.max(np.where(same, 0.0, apart)))


def distances(plans: list[Plan], folder: Path) -> tuple[list[float], list[Learned], list[Any]]:
    """Of each plan how far page and objects are apart, and what both came to."""
    pairs = in_node(RUN, [plan.as_json() for plan in plans], folder)
    for plan, (fast, loops) in zip(plans, pairs, strict=True):
        assert fast["weights"] == loops["weights"], plan
        assert fast["losses"] == loops["losses"], plan
        assert fast["fast"] and not loops["fast"]  # so that two ways are compared
    objects = [learned(plan) for plan in plans]
    apart = [
        max(difference(page["losses"], told.losses), difference(page["weights"], told.weights))
        for (page, _), told in zip(pairs, objects, strict=True)
    ]
    return apart, objects, [page for page, _ in pairs]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory):
    plans = [plan_for(random_network(seed), seed) for seed in range(COUNT)]
    return plans, *distances(plans, tmp_path_factory.mktemp("node"))


def test_the_page_learns_what_the_objects_learn(compared, tmp_path: Path) -> None:
    """20 updates, losses and weights. Excused is only who made a step of a gradient that was mere
    round-off, by a rule that magnifies it; then the same net has to agree under sgd."""
    plans, apart, objects, _ = compared
    off = [number for number, distance in enumerate(apart) if not distance <= CLOSE]
    assert [number for number in off if not objects[number].is_faint] == []
    assert len(off) <= max(2, COUNT // 100)
    for number in off:
        plans[number].network.optimizer = "sgd"
    again, *_ = distances([plans[number] for number in off], tmp_path)
    assert max(again, default=0.0) <= CLOSE


def test_where_every_language_rounds_alike_the_weights_have_the_very_bits(tmp_path: Path) -> None:
    """Sums run in one order; only the page's own tanh, exp and the like may differ in a last bit."""
    networks = [
        build.random_dag(
            seed,
            activations=("identity", "relu", "leaky_relu"),
            softmax=False,
            tied=True,
            frozen=True,
            loss=("squared_error", "huber")[seed % 2],
            optimizer=name,
            l1=0.01 * (seed % 3),
        )
        for seed, name in enumerate(OPTIMIZERS)
    ]
    plans = [plan_for(network, seed) for seed, network in enumerate(networks)]
    _, objects, page = distances(plans, tmp_path)
    for plan, one, told in zip(plans, page, objects, strict=True):
        assert numbers(one["weights"]).tolist() == told.weights, plan


FORMULAS = [
    "function f(a,b){return a;}",
    "function f(a,b){return -a - b*-2 /(b + 1e-3)- 1.5e+2;}",
    "function f(a,b){return a - b - a /b /a*(a + b);}",
    "function f(a,b){return a>0?a:b>0?-1:b<0?1:b*0;}",
    "function f(a,b){const v1=a>b||a!=a;const v2=!v1&&b<=0.5;return v2?a:(v1?b:7);}",
    "function f(a,b){const v1=a>=b;const v2=!(v1&&b<0);const v3=v2;return v3?1:2;}",
    "function f(a,b){return Math.sqrt(Math.abs(a))+(a*a)** b + Math.atan2(a,b)- Math.log1p(Math.abs(b));}",
    "function f(a,b){const v1=0.5*tanh(a - tanh(b))+ 0.5;return v1*(1 - v1)+ tanh(v1);}",
    "function f(values,w){const next0=values[w]- 3*values[w]/(values[w]<0?-Infinity:0.1);values[w]=next0;}",
]
WRITTEN = """
const own = new WebAssembly.Memory({ initial: 1 });
const numbers = new Float64Array(own.buffer);
numbers.set(TANHS, 2);
for (const text of given.formulas) {
  const printed = new Function("tanh", `return ${text}`)(tanh);
  const code = new Assembler(16);
  const lesson = code.made(code.formula(printed, load(0), load(8)), own);
  print(given.pairs.map(([a, b]) => {
    numbers.set([a, b]);
    const values = [a];
    const told = text.includes("values") ? (printed(values, 0), values[0]) : printed(a, b);
    return [lesson(), told].map((number) => bits([number]));
  }));
}
"""


def test_a_formula_as_webassembly_has_the_bits_of_its_javascript(tmp_path: Path) -> None:
    pairs = [*np.random.default_rng(0).normal(size=(50, 2)).tolist(), [0, 0], [-1, 0.5], [2, 2]]
    given = {"formulas": FORMULAS, "pairs": pairs}
    for formula, told in zip(FORMULAS, in_node(WRITTEN, given, tmp_path), strict=True):
        assert [one for one, _ in told] == [other for _, other in told], formula
        assert len({one for one, _ in told}) > 1


UNKNOWN = """
print(given.map((text) => refusal(() => new Assembler(0).formula(new Function(`return ${text}`)(), load(0)))));
"""


def test_what_is_no_formula_is_refused_so_that_loops_run(tmp_path: Path) -> None:
    texts = ["function f(z){return z*other;}", "function f(z){const v1=table[z];return v1;}"]
    assert in_node(UNKNOWN, texts, tmp_path) == [["other is not known", "table[z] is not known"]]


def test_the_page_s_own_tanh(tmp_path: Path) -> None:
    """Within four units in the last place, odd, and 1 far out."""
    spread = np.random.default_rng(0).normal(size=3000) * 10.0 ** np.linspace(-12, 2, 3000)
    told = in_node("print(bits(given.map(tanh)))", spread.tolist(), tmp_path)
    back = in_node("print(bits(given.map((z) => -tanh(-z))))", spread.tolist(), tmp_path)
    assert told == back
    apart = np.abs(numbers(told[0]) - np.tanh(spread)) / np.spacing(np.abs(np.tanh(spread)))
    assert 0 < np.max(apart) <= 4
    ends = in_node(
        "print([0, Infinity, -Infinity, 700, NaN].map(tanh).map(String))", None, tmp_path
    )
    assert ends == [["0", "1", "-1", "1", "NaN"]]


def portable(network: lernpy.Network) -> lernpy.Network | None:
    """The same with portable maths, where all its functions have such a form."""
    try:
        return files.from_json({**files.to_json(network), "maths": "portable"})
    except lernpy.LernpyError:
        return None


def test_with_portable_maths_every_bit_is_the_same(tmp_path: Path) -> None:
    """The weights after 20 updates, whatever the wiring; sums of losses may be taken in another order."""
    networks = enumerate(map(portable, map(random_network, range(COUNT))))
    plans = [plan_for(network, seed) for seed, network in networks if network is not None]
    assert len(plans) > COUNT / 2
    pairs = in_node(RUN, [plan.as_json() for plan in plans], tmp_path, "portable")
    for plan, (page, _) in zip(plans, pairs, strict=True):
        told = learned(plan)
        assert numbers(page["weights"]).tobytes() == np.array(told.weights).tobytes(), plan
        assert difference(page["losses"], told.losses) <= 1e-14, plan


# ---- files in and out -----------------------------------------------------------------------------

ROUND = """
for (const { text, plan: { inputs, targets, order, size } } of given) {
  const file = networkIn(text);
  const engine = engineOf(file, {});
  const untouched = textOf(fileOf(engine));
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  learn(engine, data, order, 0, order.length, size);
  print({ same: textOf(file), untouched, later: textOf(fileOf(engine)), values: bits(engine.values) });
}
"""


def some_networks() -> list[lernpy.Network]:
    """Of every kind, with memory, a weight of -0, and cards of real data."""
    networks = [random_network(seed) for seed in range(COUNT)]
    for seed, network in enumerate(networks):
        plan = plan_for(network, seed)
        for rows in plan.batches[: seed % 4]:  # some have not learned, and remember nothing
            network.learn_batch(plan.inputs[rows], plan.targets[rows])
        network.weights[0].value = -0.0
    return networks + [watchable(data.load(name), seed=3) for name in ("iris", "digits", "spiral")]


def test_a_file_goes_through_the_page_with_the_same_bits(tmp_path: Path) -> None:
    """Read and written, also by way of the engine; and what the page has learned Python loads."""
    networks = some_networks()
    plans = [plan_for(network, seed, updates=5) for seed, network in enumerate(networks)]
    texts = [files.to_text(files.to_json(network)) for network in networks]
    assert '"weight": -0.0' in texts[0] and any('"memory"' in text for text in texts)
    given = [
        {"text": text, "plan": plan.as_json()} for text, plan in zip(texts, plans, strict=True)
    ]
    for network, text, page in zip(networks, texts, in_node(ROUND, given, tmp_path), strict=True):
        assert files.to_text(files.to_json(read(page["same"]))) == text
        untouched = read(page["untouched"])
        assert untouched.learning_rate == network.learning_rate
        if json.loads(text)["learning_rate"] is None:  # the optimiser's own, which the page writes
            untouched.learning_rate = None
        assert files.to_text(files.to_json(untouched)) == text
        weights = np.array([weight.value for weight in read(page["later"]).weights])
        assert weights.tobytes() == numbers(page["values"]).tobytes()


def read(text: str) -> lernpy.Network:
    return files.from_json(json.loads(text))


REFUSED = {
    "not json": "this is no JSON, so no network of lernpy; drop a file that lernpy.save wrote",
    "[1]": 'its "format" is missing, not "lernpy-network"; drop a network\'s file',
    '{"format": "lernpy-trace/1"}': 'its "format" is "lernpy-trace/1", not "lernpy-network"; '
    "drop a network's file",
    "null": 'its "format" is missing, not "lernpy-network"; drop a network\'s file',
}
CHANGES: list[tuple[str, Any, str]] = [
    ("version", 3, "it has version 3 of the format; this page reads 1 and 2"),
    ("version", 2, 'its "products" is no object'),
    ("version", None, "it has version null of the format; this page reads 1 and 2"),
    ("nodes", {}, 'its "nodes" is no list'),
    ("links", "many", 'its "links" is no list'),
    ("groups", None, 'its "groups" is no list'),
    (
        "links",
        [{"source": "x1", "target": "y1", "weight": 0}] * 100_000,
        "it has 100,000 links; this page trains at most 5,000. Train it with lernpy train",
    ),
    (
        "loss",
        "sqared_error",
        "this page knows no loss \"sqared_error\". Did you mean 'squared_error'?",
    ),
    ("loss", "constructor", 'this page knows no loss "constructor".'),
    ("optimizer", {"name": "adm"}, "this page knows no optimizer \"adm\". Did you mean 'adam'?"),
    ("optimizer", None, "this page knows no optimizer missing."),
    ("l1", -1, 'its "l1" is -1, not a number from 0 on'),
    ("l2", "much", 'its "l2" is "much", not a number from 0 on'),
    ("learning_rate", "fast", 'its "learning_rate" is "fast", not a number from 0 on'),
    ("inputs", [], 'its "inputs" name no neuron'),
    ("outputs", ["z"], 'its "outputs" names "z", which is no neuron of it'),
]
PARTS: list[tuple[str, dict[str, Any], str]] = [
    ("nodes", {"id": 3}, "a neuron has no name"),
    ("nodes", {"id": "h1", "activation": "tanh"}, 'two neurons are called "h1"'),
    *(
        (
            "nodes",
            {"id": f"h{letter}9", "activation": "tanh"},
            f'a neuron\'s name is "h{code}9", with a character that cannot be seen',
        )
        for letter, code in [
            ("\x1b", "\\u001b"),
            ("\u202e", "\\u202e"),
            ("\ud800", "\\ud800"),
            ("\u2028", "\\u2028"),
        ]
    ),
    (
        "nodes",
        {"id": "new", "activation": "sigmod"},
        "this page knows no activation \"sigmod\". Did you mean 'sigmoid'?",
    ),
    ("nodes", {"id": "new", "activation": "softmax"}, '"new" is not in exactly one softmax group'),
    (
        "nodes",
        {"id": "<img src=x onerror=alert(1)>", "activation": "<b>"},
        'this page knows no activation "<b>".',
    ),
    (
        "links",
        {"source": "x1", "target": "h9", "weight": 1},
        'its "link" names "h9", which is no neuron of it',
    ),
    ("links", {"source": "h1", "target": "x2", "weight": None}, "the weight of h1 -> x2 is null"),
    (
        "links",
        {"source": "h1", "target": "h1", "weight": 1},
        "the links form a loop (h1 -> h1); remove one of them",
    ),
    (
        "links",
        {"source": "y1", "target": "h2", "weight": 1},
        "the links form a loop (h2 -> y1 -> h2); remove one of them",
    ),
]
REFUSE = "for (const text of given) print(refusal(() => networkIn(text)));"


def test_what_is_no_network_is_refused_in_one_sentence(tmp_path: Path) -> None:
    good = files.to_json(lernpy.layered([2, 2, 1], seed=0))
    wanted = dict(REFUSED)
    wanted |= {json.dumps({**good, key: value}): told for key, value, told in CHANGES}
    wanted |= {json.dumps({**good, key: [*good[key], part]}): told for key, part, told in PARTS}
    assert len(wanted) == len(REFUSED) + len(CHANGES) + len(PARTS)
    assert dict(zip(wanted, in_node(REFUSE, list(wanted), tmp_path), strict=True)) == wanted
    assert in_node(REFUSE, [json.dumps(good)], tmp_path) == [""]


def test_the_page_refuses_in_names_what_python_refuses(tmp_path: Path) -> None:
    """What nobody sees; the signs that join letters are seen by what they join."""
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    letters = [*filter(is_invisible, every), "é", "名", "\u200c", "\u200d", " "]
    (told,) = in_node("print(given.map(isSteering))", letters, tmp_path)
    assert told == [*map(is_steering, letters)]
    assert told.count(False) == 7  # both signs stand in twice


def test_names_may_be_anything(tmp_path: Path) -> None:
    names = [
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "__proto__",
    ]
    network = lernpy.from_edges(
        [(names[0], names[2]), (names[1], names[2]), (names[2], names[3])],
        names[:2], names[3:], seed=1,
    )  # fmt: skip
    text = files.to_text(files.to_json(network))
    (same,) = in_node("print(textOf(fileOf(engineOf(networkIn(given), {}))))", text, tmp_path)
    assert list(read(same).neurons) == list(network.neurons)


# ---- back in time ---------------------------------------------------------------------------------

SESSION = """
const state = ({ engine, epoch, at }) =>
  [bits([...engine.values, ...engine.memory.flatMap((slot) => [...slot])]), epoch, at].join(" ");
const sessionOf = ({ file, inputs, targets, count, settings }) => {
  const data = { inputs: Float64Array.from(inputs), targets: Float64Array.from(targets), count };
  return new Session(engineOf(file, {}), data, settings);
};
"""
STRAIGHT = """
const recorded = (session, updates) => {
  const states = [state(session)];
  while (states.length <= updates) { session.learnBatch(); states.push(state(session)); }
  return states;
};
"""
STOPPED = """
for (const plan of given) {
  const wanted = recorded(sessionOf(plan), 300);
  const session = sessionOf(plan);
  const random = generator(plan.settings.seed);
  const upTo = (count) => Math.floor(random() * count);
  const wrong = [];
  const look = (what) => {
    if (state(session) !== wanted[session.updates]) wrong.push([what, session.updates]);
  };
  while (session.updates < 200) {
    session.learnUntil(session.at + 1 + upTo(session.order.length)); look("on");
    for (let count = 0; count < 3; count++) {
      const { updates } = session;
      const isBack = session.back();
      if (isBack !== updates > 0) wrong.push(["end", updates]);
      if (session.updates !== updates - Number(isBack)) wrong.push(["count", updates]);
      look("back");
    }
    for (let count = upTo(7); count > 0; count--) session.learnBatch();
    look("three back, on");
    if (upTo(4) === 0) {
      const { epoch, at } = session;
      const count = 1 + upTo(2);
      session.backEpochs(count); look("epochs back");
      const meant = Math.max(0, epoch - count + Number(at > 0));
      if (session.at !== 0 || session.epoch !== meant) wrong.push(["epochs", epoch, at, count, session.epoch]);
      for (let more = 0; more < count + 1; more++) session.learnEpoch();
      look("epochs on");
    }
  }
  session.learnUntil(Infinity); look("end");
  print({ wrong, updates: session.updates });
}
"""


def session_plan(seed: int, network: lernpy.Network | None = None, **chosen: Any) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    network = network or random_network(seed)
    count = int(rng.integers(12, 30))
    settings = {
        "rate": 0.01,
        "batch": int(rng.integers(0, 6)),
        "l1": network.l1,
        "l2": network.l2,
        "noise": 0,
        "split": float(rng.choice([0, 0.2])),
        "seed": seed,
        **chosen,
    }
    return {
        "file": files.to_json(network),
        "inputs": np.round(rng.uniform(-2, 2, count * len(network.inputs)), 3).tolist(),
        "targets": np.round(rng.uniform(0, 1, count * len(network.outputs)), 3).tolist(),
        "count": count,
        "settings": settings,
    }


def test_stopped_at_random_moments_and_gone_back_it_learns_the_very_bits(tmp_path: Path) -> None:
    """Three samples back, epochs back, and on, as often as one likes: as if it had never stopped."""
    plans = [session_plan(seed) for seed in range(SESSIONS)]
    for seed, told in enumerate(in_node(SESSION + STRAIGHT + STOPPED, plans, tmp_path)):
        assert told["wrong"] == [], seed
        assert told["updates"] >= 200


CHANGED = """
const drawing = { random: generator(1), starts: {} };
for (const plan of given) {
  const session = sessionOf(plan);
  const random = generator(plan.settings.seed);
  const start = engineOf(plan.file, {});
  const change = (part) => session.use(session.engine, session.samples, { ...session.settings, ...part });
  const rewire = (edit) =>
    session.use(engineOf(edit(fileOf(session.engine)), {}), session.samples, session.settings);
  const changes = [
    () => change({ rate: 0.003 }),
    () => change({ batch: 3 }),
    () => rewire((file) => addLoneNeuron(file, "tanh", drawing)),
    () => change({ l2: 0.01 }),
    () => change({ batch: 2, split: 0.3 }),
    () => rewire((file) => changedLinks(file, (link) => ({ weight: link.weight / 2 }))),
    () => change({ rate: 0.02, batch: 0, l2: 0 }),
  ];
  const states = [state(session)];
  const wrong = [];
  for (const one of changes) {
    for (let count = Math.floor(random() * 90); count >= 0; count--) {
      session.learnBatch();
      states.push(state(session));
    }
    one();
    states[session.updates] = state(session);
  }
  const last = session.updates;
  while (session.back()) if (state(session) !== states[session.updates]) wrong.push(session.updates);
  const { values, memory } = start;
  const same = bits(session.engine.values) === bits(values) && session.engine.net.count === start.net.count;
  print({ wrong, left: session.updates, last, same });
}
"""


def test_changes_of_rate_batch_penalty_and_wiring_lie_in_the_past_as_they_were(
    tmp_path: Path,
) -> None:
    """Update by update back over all of them: each time the very bits, and the net of that time."""
    plans = [session_plan(seed, biased(seed)) for seed in range(SESSIONS)]
    for seed, told in enumerate(in_node(SESSION + CHANGED, plans, tmp_path)):
        assert told["wrong"] == [], seed
        assert told["left"] == 0 and told["last"] > 20 and told["same"], seed


def biased(seed: int) -> lernpy.Network:
    """Some network with a bias, so that a lone neuron has someone to hear."""
    chance = random.Random(seed)
    sizes = [chance.randint(1, 3), chance.randint(1, 4), chance.randint(1, 2)]
    return lernpy.layered(sizes, optimizer=chance.choice(list(OPTIMIZERS)), seed=seed)


RATE = """
const [plainly, changed] = [sessionOf(given), sessionOf(given)];
plainly.learnUntil(10); changed.learnUntil(10);
plainly.use(plainly.engine, plainly.samples, { ...plainly.settings, batch: 4 });
changed.use(changed.engine, changed.samples, { ...changed.settings, batch: 4 });
plainly.learnEpoch();
const sizes = [];
while (changed.epoch === 0 && sizes.length < 20) {
  const { at, batchEnd } = changed;
  changed.learnBatch();
  sizes.push((changed.at || plainly.parts.train.length) - at);
}
print({ sizes, same: state(plainly) === state(changed) });
"""


def test_a_batch_that_is_changed_in_the_midst_of_an_epoch_begins_there(tmp_path: Path) -> None:
    """10 of 23 samples are learned one by one, the others by fours: 4, 4, 4 and 1, however one moves."""
    plan = session_plan(3, lernpy.layered([2, 3, 1], seed=0), batch=1, split=0.0)
    plan |= {"count": 23, "inputs": plan["inputs"][:46] * 2, "targets": plan["targets"][:23] * 2}
    (told,) = in_node(SESSION + RATE, plan, tmp_path)
    assert told == {"sizes": [4, 4, 4, 1], "same": True}


FEWER = """
const session = sessionOf(given);
session.learnUntil(session.order.length - 1);
session.use(session.engine, session.samples, { ...session.settings, split: 0.8 });
const { epoch, at } = session;
session.learnEpoch();
print([epoch, at, session.epoch]);
"""


def test_an_epoch_that_has_become_too_short_is_over(tmp_path: Path) -> None:
    """Most of the samples are for the test now; the training goes on with the next epoch."""
    plan = session_plan(3, lernpy.layered([2, 3, 1], seed=0), batch=1, split=0.0)
    assert in_node(SESSION + FEWER, plan, tmp_path) == [[1, 0, 2]]


LONG = """
const session = sessionOf(given);
for (let count = 0; count < 100; count++) session.learnBatch();
session.use(session.engine, session.samples, { ...session.settings, rate: 0.005 });
const states = [];
for (let count = 0; count < 7000; count++) {
  session.learnBatch();
  states[session.updates] = state(session);
}
const bytes = session.moments.reduce((sum, { weights }) => sum + weights.values.byteLength, 0);
session.seek(1000);
const far = session.updates;
const wrong = [];
const last = session.updates;
for (let count = 0; count < 20 && session.back(); count++);
while (session.updates < last) {
  if (state(session) !== states[session.updates]) wrong.push(session.updates);
  if (!session.learnBatch()) throw Error("blew up");
}
print({ bytes, far, wrong });
"""


def test_what_is_forgotten_is_not_made_up(tmp_path: Path) -> None:
    """Moments are dropped from 2 MB on. Who goes back beyond them comes to the earliest that is kept,
    not to what the rate of the beginning would have given."""
    network = lernpy.layered([10, 40, 40, 2], seed=0)
    (told,) = in_node(SESSION + LONG, session_plan(1, network, batch=1), tmp_path)
    assert told["bytes"] <= 2e6
    assert told["far"] > 500 and told["wrong"] == []


# ---- edits ----------------------------------------------------------------------------------------

EDIT = """
const { file, starts } = given;
const drawing = () => ({ random: generator(5), starts });
const last = ["h2_1", "h2_2", "h2_3"];
const edits = {
  addNeuron: (file) => addNeuron(file, ["h1_1", "h1_2", "h1_3"], drawing()),
  addLoneNeuron: (file) => addLoneNeuron(file, "relu", drawing()),
  removeNeuron: (file) => removeNeuron(file, "h1_2"),
  addLayer: (file) => addLayer(file, last, "relu", drawing()),
  removeLayer: (file) => removeLayer(file, last, drawing()),
  removeBoth: (file) => removeLayer(removeLayer(file, last, drawing()), ["h1_1", "h1_2", "h1_3"], drawing()),
  connect: (file) => connect(file, "x1", "y1", drawing()),
  cut: (file) => cut(file, "h1_2", "h2_2"),
  setActivation: (file) => setActivation(file, ["h1_1", "h2_1"], "gelu"),
  changedLinks: (file) =>
    changedLinks(file, ({ source, target }) => (source === "x1" && target === "h1_1" ? { weight: -0 } : {})),
  redrawn: (file) => redrawn(file, drawing(), 6),
};
const trained = engineOf(file, {});
const data = { inputs: Float64Array.of(0.5, -1, 1, 2), targets: Float64Array.of(1, 0), count: 2 };
learn(trained, data, [0, 1, 0], 0, 3, 1);
const before = fileOf(trained);
for (const [name, edit] of Object.entries(edits)) {
  const text = textOf(edit(before));
  const engine = engineOf(networkIn(text), {});
  learn(engine, data, [0, 1, 1], 0, 3, 1);
  print({ name, text, again: textOf(edit(before)), finite: engine.values.every(Number.isFinite) });
}
print({ name: "before", text: textOf(before) });
"""
GONE = {  # links that an edit takes away, and how many come
    "addNeuron": (0, 3 + 3),
    "addLoneNeuron": (0, 1),
    "removeNeuron": (3 + 3, 0),
    "addLayer": (3, 3 * (3 + 1) + 3),
    "removeLayer": (3 * 3 + 3 + 3, 3),
    "removeBoth": (3 * 3 + 3 + 3 * 3 + 3, 2),
    "connect": (0, 1),
    "cut": (1, 0),
    "setActivation": (0, 0),
    "changedLinks": (0, 0),
    "redrawn": (0, 0),
}


def test_an_edit_gives_a_net_that_python_loads_and_leaves_the_other_weights(tmp_path: Path) -> None:
    """What stays keeps its weight and the optimiser's memory; what comes is drawn, the same each time."""
    network = lernpy.layered([2, 3, 3, 1], activation="tanh", optimizer="adam", seed=1)
    starts = {name: activations.traits_of(name).start for name in ACTIVATIONS}
    given = {"file": files.to_json(network), "starts": starts}
    edits = {told.pop("name"): told for told in in_node(EDIT, given, tmp_path)}
    before = read(edits.pop("before")["text"])
    assert set(edits) == set(GONE)
    for name, told in edits.items():
        after = read(told["text"])
        assert told["again"] == told["text"] and told["finite"], name
        stay = [pair for pair in before.links if pair in after.links]
        assert (len(before.links) - len(stay), len(after.links) - len(stay)) == GONE[name], name
        changed = [pair for pair in stay if state(before.links[pair]) != state(after.links[pair])]
        if name == "redrawn":
            assert len(changed) == len(before.links)
        else:
            assert changed == ([("x1", "h1_1")] if name == "changedLinks" else []), name
    assert read(edits["addNeuron"]["text"]).neurons["h1"].activation.name == "tanh"
    assert read(edits["setActivation"]["text"]).neurons["h2_1"].activation.name == "gelu"


def state(link: lernpy.Link) -> tuple[float, tuple[float, ...]]:
    return link.weight.value, tuple(link.weight.memory)


REFUSED_EDITS = """
const { file } = given;
const drawing = { random: generator(5), starts: {} };
const bare = { ...file, nodes: file.nodes.filter(({ id }) => id !== "bias"),
  links: file.links.filter(({ source }) => source !== "bias") };
print([
  refusal(() => connect(file, "h1", "h1", drawing)),
  refusal(() => connect(file, "x1", "h1", drawing)),
  refusal(() => connect(file, "h1", "x1", drawing)),
  refusal(() => connect(file, "h1", "bias", drawing)),
  refusal(() => engineOf(connect(file, "y1", "h1", drawing), {})),
  refusal(() => removeNeuron(file, "x1")),
  refusal(() => removeNeuron(removeNeuron(bare, "h1"), "h2")),
  refusal(() => cut({ ...bare, links: bare.links.filter(({ source }) => source !== "x2") }, "x1", "h1")),
  refusal(() => removeLayer(file, [], drawing)),
  refusal(() => addLoneNeuron(bare, "tanh", drawing)),
]);
"""


def test_an_edit_that_makes_no_net_is_refused_by_name(tmp_path: Path) -> None:
    given = {"file": files.to_json(lernpy.layered([2, 2, 1], seed=1))}
    assert in_node(REFUSED_EDITS, given, tmp_path) == [
        [
            "h1 cannot be linked to itself: that is a loop",
            "x1 -> h1 is there already",
            "x1 hears nobody: it is an input",
            "bias hears nobody: it is a bias",
            "the links form a loop (h1 -> y1 -> h1); remove one of them",
            "x1 is an input or an output; it stays",
            "y1 would hear nobody; link it to another neuron first",
            "h1 would hear nobody; link it to another neuron first",
            "there is no hidden layer",
            "a neuron drawn by hand needs a bias to hear; this net has none",
        ]
    ]


LOOPS = """
const drawing = { random: generator(5), starts: {} };
for (const [file, source, target] of given) {
  print(refusal(() => engineOf(connect(file, source, target, drawing), {})));
}
"""


def test_a_loop_is_refused_in_the_words_of_python(tmp_path: Path) -> None:
    """A link from some neuron back to one that it hears, softmax groups among them."""
    given, wanted = [], []
    for network in map(random_network, range(COUNT)):
        pairs = [
            pair for pair in network.links if network.neurons[pair[0]].activation.name != "one"
        ]
        for source, target in pairs:
            if source in {neuron.name for neuron in network.inputs}:
                continue
            with pytest.raises(lernpy.LernpyError) as refused:
                network.copy().connect(target, source)
            given.append([files.to_json(network), target, source])
            wanted.append(str(refused.value))
    assert sum("softmax(" in words for words in wanted) > 3
    assert in_node(LOOPS, given, tmp_path) == wanted


SHARED = """
const drawing = { random: generator(5), starts: {} };
for (const file of given) {
  const fresh = networkIn(textOf(redrawn(file, drawing, 1)));
  print({ text: textOf(fresh) });
}
"""


def test_new_weights_for_any_net_keep_what_is_shared_and_frozen(tmp_path: Path) -> None:
    networks = [random_network(seed) for seed in range(COUNT)]
    told = in_node(SHARED, [files.to_json(network) for network in networks], tmp_path)
    for network, one in zip(networks, told, strict=True):
        fresh = read(one["text"])
        assert list(fresh.links) == list(network.links)
        assert len(fresh.weights) == len(network.weights)
        for old, new in zip(network.weights, fresh.weights, strict=True):
            assert new.frozen == old.frozen
            assert new.value == old.value if old.frozen else True
            assert new.rule == old.rule
