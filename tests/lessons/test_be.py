"""Being the link: who may act when, and whose mistake a wrong number is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lernpy.errors import LernpyError
from lernpy.lessons.be import BACKWARD, BeTheLink, turns_of
from lernpy.lessons.situation import Situation

TWO = turns_of(Situation.of("two-two-two"))
HAND = turns_of(Situation.of("by-hand"))


def right(game: BeTheLink) -> None:
    """Whoever plays makes no mistake."""
    while not game.over:
        turn = game.next_turns[-1]  # any order will do
        assert game.say(turn.part, turn.value)


@pytest.mark.parametrize("role", ["all", "links", "neurons", "h1", "h1 -> y2", "x1 -> h1"])
def test_who_makes_no_mistake_comes_to_the_end(role: str) -> None:
    game = BeTheLink(TWO, role)
    right(game)
    assert game.over and not game.tally
    assert game.summary() == "without a mistake"


def test_one_part_acts_twice_and_a_link_from_an_input_too() -> None:
    assert sum(turn.part == "h1" for turn in TWO) == 2
    assert [t.quantity for t in TWO if t.part == "x1 -> h1"] == ["signal", "gradient"]


@pytest.mark.parametrize(
    ("part", "answer", "belief"),
    [
        ("h1 -> y1", 0.40 * 0.7413650695523157, "M12"),  # y1's slope was forgotten
        ("h1", 0.2455 * 0.2413, "M1"),  # the pie, through h1's gate
    ],
)
def test_a_wrong_number_is_matched_to_a_mistake(part: str, answer: float, belief: str) -> None:
    game = BeTheLink(TWO, part)
    game.say(part, next(turn.value for turn in TWO if turn.part == part))
    verdict = game.say(part, answer)
    assert not verdict and verdict.belief and verdict.belief.name == belief
    assert game.tally == {belief: 1}


def test_updated_weights_show_where_the_step_is_large_enough() -> None:
    """The number that an updated weight hands back, as the mistake itself computes it."""
    (turn,) = (t for t in TWO if t.part == "h1 -> y1" and t.phase == BACKWARD)
    (value,) = (value for value, belief in turn.wrong if belief == "M3")
    verdict = BeTheLink(TWO, "h1 -> y1")
    verdict.say("h1 -> y1", next(t.value for t in TWO if t.part == "h1 -> y1"))
    assert "updated weights" in str(verdict.say("h1 → y1", value))


def test_who_waits_may_not_act() -> None:
    game = BeTheLink(HAND)
    verdict = game.say("h", 0.75)
    assert not verdict and verdict.belief and verdict.belief.name == "M7"
    assert game.tally["M7"] == 1 and not game.done
    assert game.say("x -> h", 0.5)
    assert not game.say("x -> h", 0.5)  # its next turn is far off


def test_all_wrong_values_are_apart() -> None:
    for turn in TWO + HAND:
        values = sorted([turn.value, *(value for value, _ in turn.wrong)])
        gaps = [b - a for a, b in pairwise(values)]
        assert all(gap > 2 * turn.near for gap in gaps), turn


@pytest.mark.parametrize(
    ("part", "answer", "says"),
    [
        ("hh", 1, "no part is called 'hh'. Did you mean 'h'"),
        ("x -> h", "much", "asks for a number"),
    ],
)
def test_what_is_no_turn_is_refused(part: str, answer: object, says: str) -> None:
    with pytest.raises(LernpyError, match=says):
        BeTheLink(HAND).say(part, answer)  # type: ignore[arg-type]


def test_a_role_of_nobody_is_refused() -> None:
    with pytest.raises(
        LernpyError, match=r"no part or kind is called 'linkz'\. Did you mean 'links'"
    ):
        BeTheLink(HAND, "linkz")
