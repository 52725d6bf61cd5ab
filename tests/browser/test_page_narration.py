"""One telling: what the page says of a step is what the terminal says, with the page's own numbers."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from typing import Any

import pytest
from recorded import some_network, some_samples

import lernpy
from lernpy import player
from lernpy.player.bundle import script
from lernpy.watch import SlowMotion, Step, Trace, slow_motion
from lernpy.watch.narration import spans

TELL = """([code, traits]) => {
    const names = "{ recordingOf, detailsAt, viewAt, tell }";
    const player = new Function(code.replace("export default{render};", `return ${names};`))();
    const recording = player.recordingOf(JSON.parse(traits.trace));
    return recording.samples.map((_, sample) =>
        player.detailsAt(recording, sample).steps.map((step, at) => {
            const told = player.tell(recording, player.viewAt(recording, sample, at), traits.narration);
            const views = told.views.map((one) => [one.name, one.symbols, one.numbers, one.sentence]);
            return [step.at, step.weights, told.sentence, views];
        }));
}"""


def plain(words: str) -> str:
    """Without what may differ: the minus sign, how HTML is written, what ties terms to the drawing."""
    words = re.sub(r'<span class="lp-term" data-tie="\w+">|</span>', "", words)
    return unescape(words).replace("−", "-").replace("<sub></sub>", "")


def told_by_python(step: Step, weights: list[int]) -> list[tuple[str, ...]]:
    views = step.views
    if step.phase == "update":
        all_at_once = len(weights) > 1
        ends = [n for n, view in enumerate(views, 1) if view.name in ("update", "moves", "stays")]
        one = views[ends[weights[0]] : ends[weights[0] + 1]] if not all_at_once else ()
        views = (*views[: all_at_once or not weights[0]], *one)
    return [(v.name, v.symbols.html, v.numbers.html, v.sentence) for v in views]


def compare(page: Any, lesson: SlowMotion) -> int:
    """How many steps were compared: every step that the page plays."""
    trace = Trace.record(lesson)
    steps = list(trace.steps())
    traits = player.traits(trace.to_json(dtype="float64", detail=999))
    page.goto("about:blank")
    told = page.evaluate(TELL, [script(json.loads(traits["trace"])["network"]), traits])
    by_sample: dict[int, list[Step]] = {}
    for step in steps:
        by_sample.setdefault(step.sample, []).append(step)
    count = 0
    for sample, rows in enumerate(told):
        for at, weights, sentence, views in rows:
            step = by_sample[sample][int(at) - 1]
            wanted = told_by_python(step, weights)
            assert plain(sentence) == plain(" ".join(view[-1] for view in wanted)), step.where
            assert [tuple(map(plain, view)) for view in views] == [
                tuple(map(plain, view)) for view in wanted
            ]
            count += 1
    return count


@pytest.mark.parametrize("seed", range(30))
def test_page_and_terminal_say_the_same_of_every_step(page: Any, seed: int) -> None:
    """Any wiring, functions, loss, optimiser, penalty, rules, shared weights, batches."""
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, 3)
    lesson = slow_motion(network, inputs, targets, batch_size=2 if seed % 2 else None)
    assert compare(page, lesson) > 0


@pytest.mark.parametrize(
    "make",
    [
        lernpy.build.by_hand,
        lernpy.build.two_two_two,
        lambda: lernpy.layered(
            [9, 8, 5], output_activation="softmax", loss="cross_entropy", seed=3
        ),
        lambda: lernpy.layered([2, 3, 1], "relu", optimizer="adam", l2=0.1, seed=2),
        lambda: lernpy.unroll(lernpy.build.elman([1, 2, 1], seed=0), 8),
        lambda: lernpy.unroll(lernpy.build.gru([1, 1, 1], seed=0), 2),
    ],
    ids=["by-hand", "two-two-two", "softmax", "adam", "elman", "gru"],
)
def test_so_of_networks_that_one_shows(page: Any, make: Any) -> None:
    network = make()
    inputs = [[0.5 / (1 + i) for i in range(len(network.inputs))]] * 2
    targets = [[1.0] + [0.0] * (len(network.outputs) - 1)] * 2
    lesson = slow_motion(network, inputs, targets, sample_weight=[1, 2.5])
    assert compare(page, lesson) > 0


SPANS = """([code, traits]) => {
    const names = "{ recordingOf, detailsAt, viewAt, tellSpan }";
    const player = new Function(code.replace("export default{render};", `return ${names};`))();
    const recording = player.recordingOf(JSON.parse(traits.trace));
    const { steps, ends } = player.detailsAt(recording, 0);
    return ends.slice(1, 4).flatMap((stops) => stops.map((end, i) => {
        const span = steps.slice(i ? stops[i - 1] + 1 : 0, end + 1), view = player.viewAt(recording, 0, end);
        const told = player.tellSpan(recording, view, span, traits.narration);
        return told && [span[0].at, span.at(-1).at, told.sentence];
    })).filter(Boolean);
}"""


@pytest.mark.parametrize("seed", range(12))
def test_a_coarser_move_is_told_in_one_sentence_the_same_in_both(page: Any, seed: int) -> None:
    network = some_network(seed)
    inputs, targets = some_samples(network, seed, 1)
    trace = Trace.record(slow_motion(network, inputs, targets))
    steps = list(trace.steps())
    traits = player.traits(trace.to_json(dtype="float64", detail=999))
    page.goto("about:blank")
    told = page.evaluate(SPANS, [script(json.loads(traits["trace"])["network"]), traits])
    assert len(told) >= 4
    for first, last, words in told:
        assert plain(words) == plain(spans.view(steps[int(first) - 1 : int(last)]).sentence)


NUMBERS = [
    *(0.0, -0.0, 1.0, -1.5, 0.37754, 0.15625, 0.03125, 1.0625, 2.5, 9999.5, 12345.0, 123456789.0),
    *(
        1e-4,
        9.9999e-5,
        -1.2345678e-9,
        1e22,
        5e-324,
        1.7976931348623157e308,
        0.099995,
        1e5,
        8388608.5,
    ),
]


def test_numbers_are_written_as_python_writes_them(page: Any) -> None:
    """Of two numbers of four figures that are as near, both take the even one."""
    chance = random.Random(0)
    numbers = NUMBERS + [chance.uniform(-1, 1) * 10 ** chance.randint(-12, 12) for _ in range(2000)]
    numbers += [chance.randint(-(2**20), 2**20) / 2 ** chance.randint(0, 14) for _ in range(2000)]
    page.goto("about:blank")
    found = page.evaluate(
        """([code, numbers]) => {
            const body = code.replace("export default{render};", "return { number };");
            const { number } = new Function(body)();
            return numbers.map((value) => number(value));
        }""",
        [script(), numbers],
    )
    wanted = [f"{value:.4g}" if value else "0" for value in numbers]
    assert [text.replace("−", "-") for text in found] == wanted
