"""Lesson 5, be the link: the class is the net, with cards, on two-two-two."""

from __future__ import annotations

from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question, part_question
from lernpy.lessons.situation import Situation

SITUATION = Situation.of("two-two-two")


def mean() -> float:
    """What came back to h1, averaged over its two paths instead of added."""
    return SITUATION.value("h1", "sensitivity") / 2


def first_to_move() -> str:
    """Whether some weight is different before the last part has handed its blame back."""
    before = [weight.value for weight in SITUATION.make().network.weights]
    after = [weight.value for weight in SITUATION.collected().weights]
    return "all at once" if before == after else "h2 → y2"


LESSON = LessonPlan(
    5,
    "Be the link",
    "Play one whole lesson by hand: who acts next, and what does it pass on?",
    {"two-two-two": SITUATION},
    (
        Stop(
            "two-two-two",
            "start",
            "Give out the cards: a neuron adds, a link multiplies. Inputs begin.",
        ),
        Stop("two-two-two", "cost", "The loss speaks to y1 and y2 only. Who acts next?"),
        Stop("two-two-two", "h1", "Ask 5a: what has arrived at h1, and what does h1 do with it?"),
        Stop("two-two-two", "update", "Ask 5b. Then everybody writes the new weight, at one word."),
    ),
    (
        part_question(
            "5a",
            "All blame has come back to h1. How much is it?",
            SITUATION,
            ("h1", "sensitivity"),
            ["one path", "slope forgotten", "updated weights", "pie"],
            [(mean, "M1")],
            why=".4 × .1385 + .5 × (−.0381), with the old weights.",
        ),
        Question(
            "5b",
            "Which weight moves first?",
            first_to_move,
            (("h2 → y2", "M3"), ("each when it hands back its blame", "M9")),
            "All at once, when all blame is collected.",
        ),
        part_question(
            "5c",
            "The new weight of x1 → h1 (six digits)?",
            SITUATION,
            ("x1 -> h1", "new weight"),
            ["updated weights"],
            why="Blame was carried by the old weights.",
            tolerance=0.00001,
        ),
    ),
    "Who has no use for blame, and why?",
    "The inputs and the biases: nothing stands behind them that could change what they say.",
    Timing(
        "Forward only, ten cards; then 5a on the board.",
        "Forward, backward, update with all cards; questions 5a to 5c on the way.",
        "As in 45; then in pairs in the page, key B, each part for one of them.",
    ),
    ("updated weights",),
    (
        "lernpy lesson 5 -o 5.html",
        "lernpy lesson 5 --sheet 5-sheet.html --key 5-key.html --cards 5-cards.html",
    ),
)
