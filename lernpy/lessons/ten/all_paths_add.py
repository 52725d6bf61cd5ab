"""Lesson 4, all paths add: blame is not a pie."""

from __future__ import annotations

from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import part_question
from lernpy.lessons.situation import Situation

CANCEL, SIGN, SKIP = (Situation.of(name) for name in ("cancel", "sign", "skip"))


def forgotten_path() -> float:
    """The blame of x on *skip* without the path over both hidden neurons."""
    network = SKIP.collected()
    return network.neurons["x"].sensitivity - network.neurons["y"].sensitivity


LESSON = LessonPlan(
    4,
    "All paths add",
    "The blame of a neuron is the sum of what came back along all of its links, signs included.",
    {"cancel": CANCEL, "sign": SIGN, "skip": SKIP},
    (
        Stop("cancel", "cost", "Both outputs are wrong by 1. Ask 4a by hands, discuss, ask again."),
        Stop(
            "cancel",
            "h",
            "One path says more, one says less: together 0. Nobody was handed a share.",
        ),
        Stop(
            "sign", "cost", "Ask 4b. Who answers .5 divides a pie; who answers .2 stopped after y1."
        ),
        Stop("sign", "h1", "Negative, though both outputs are too high."),
        Stop("skip", "cost", "How many paths lead from x to y? Write them down, then ask 4c."),
        Stop("skip", "x", "Four paths of 4. In: 4. Out: 16. Not a pie."),
    ),
    (
        part_question(
            "4a",
            "h → y1 weighs +1, h → y2 weighs −1, both outputs are wrong by +1. The blame of h?",
            CANCEL,
            ("h", "sensitivity"),
            ["pie", "one path"],
            why="+1 and −1: what helps one output hurts the other as much.",
        ),
        part_question(
            "4b",
            "Blame of y1 is 1, of y2 .4. h1 → y1 weighs .2, h1 → y2 weighs −.9. The blame of h1?",
            SIGN,
            ("h1", "sensitivity"),
            ["pie", "one path"],
            why=".2 × 1 + (−.9) × .4.",
        ),
        part_question(
            "4c",
            "x → a, b, y; a → b, y; b → y; all weights 1, blame of y is 4. The blame of x?",
            SKIP,
            ("x", "sensitivity"),
            ["pie"],
            [(forgotten_path, "M2")],
            why="Four paths lead to y, and each brings 4.",
        ),
    ),
    "Is blame conserved?",
    "No. It is multiplied on each path and added over paths; the sum in is not the sum out.",
    Timing(
        "4a and 4b by hands, before and after two minutes of talk.",
        "All three, each stepped backward; then 'pie' and 'one path' with the gradient check.",
        "As in 45; then groups draw nets in which pie and truth differ most.",
    ),
    ("pie", "one path"),
    (
        "lernpy play cancel -o cancel.html",
        "lernpy play sign -o sign.html",
        "lernpy play skip -o skip.html",
    ),
)
