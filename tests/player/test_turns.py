"""Who passes what on: the page computes the turns of a lesson, and its wrong answers, as Python does."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from page_engine import in_node

import lernpy
from lernpy import build
from lernpy.lessons import LESSONS
from lernpy.lessons.be import WORDS, turns_of
from lernpy.lessons.mistakes import MISTAKES
from lernpy.lessons.situation import Situation

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
SITUATIONS = {
    f"{number}-{name}": situation
    for number, plan in LESSONS.items()
    for name, situation in plan.situations.items()
    if len(situation.make().network.links) < 30
}
SOFTMAX = Situation(
    lambda: build.Example(
        lernpy.layered([2, 3, 3], output_activation="softmax", loss="cross_entropy", seed=3),
        [0.5, -1.0],
        [0.0, 1.0, 0.0],
    )
)
RUN = """
for (const { trace, words } of given) print(turnsOf(recordingOf(trace), 0, words));
print(Object.entries(MISTAKES).map(([name, { belief }]) => [name, belief]));
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory):
    situations = {**SITUATIONS, "softmax": SOFTMAX}
    given = []
    for situation in situations.values():
        trace = lernpy.Trace.record(lernpy.slow_motion(*situation.network()))
        given.append({"trace": trace.to_json(), "words": dict(WORDS)})
    *turns, mistakes = in_node(RUN, given, tmp_path_factory.mktemp("turns"))
    return dict(zip(situations, turns, strict=True)), situations, mistakes


def test_there_are_enough_of_them(both) -> None:
    turns, _, _ = both
    assert (
        len(turns) > 8 and sum(len(turn["wrong"]) for one in turns.values() for turn in one) > 100
    )


def test_every_turn_is_pythons(both) -> None:
    pages, situations, _ = both
    for name, situation in situations.items():
        turns = turns_of(situation)
        assert len(pages[name]) == len(turns), name
        for page, turn in zip(pages[name], turns, strict=True):
            of = (name, turn.phase, turn.part)
            assert (page["phase"], page["part"], page["kind"]) == (turn.phase, turn.part, turn.kind)
            assert page["word"] == WORDS[turn.quantity], of
            assert np.isclose(page["value"], turn.value, rtol=0, atol=1e-12), of
            assert np.isclose(page["near"], turn.near), of
            assert set(page["needs"]) == set(turn.needs), of
            assert [belief for _, belief in page["wrong"]] == [one for _, one in turn.wrong], of
            values = [value for value, _ in turn.wrong]
            assert np.allclose([value for value, _ in page["wrong"]], values, atol=1e-12), of


def test_the_page_knows_the_seven_mistakes_and_their_beliefs(both) -> None:
    *_, mistakes = both
    assert mistakes == [[name, one.belief.partition(":")[0]] for name, one in MISTAKES.items()]


def test_the_blame_of_a_group_waits_for_the_whole_way_forward(both) -> None:
    """A softmax group acts by itself; a link behind it has to wait all the same."""
    for turns in (both[0]["softmax"],):
        last = next(turn for turn in turns if turn["phase"] == "backward")
        assert last["needs"] and all(turns[need]["phase"] == "forward" for need in last["needs"])
