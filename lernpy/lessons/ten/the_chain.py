"""Lesson 3, the chain: x -> h -> y, and how blame gets from y to h."""

from __future__ import annotations

from lernpy.build import EXAMPLES, Example
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question, part_question
from lernpy.lessons.situation import Situation

SITUATION = Situation.of("by-hand")


def doubled() -> Example:
    """The same with the weight h -> y twice as large."""
    network, inputs, targets = EXAMPLES["by-hand"]()
    network.links["h", "y"].weight.value *= 2
    return Example(network, inputs, targets)


DOUBLED = Situation(doubled)


def blame_sign(mistake: str = "") -> str:
    return "+" if SITUATION.value("h", "sensitivity", mistake) > 0 else "−"


def gate(mistake: str = "") -> str:
    blame, delta = (abs(SITUATION.value("h", name, mistake)) for name in ("sensitivity", "delta"))
    return "smaller" if delta < blame else "equal" if delta == blame else "larger"


LESSON = LessonPlan(
    3,
    "The chain",
    "Say the chain in words: loss, output, slope, sum, weight, output, slope, sum, weight.",
    {"by-hand": SITUATION, "doubled": DOUBLED},
    (
        Stop("by-hand", "cost", "Blame of y is −.66: it should say more. Ask 3a."),
        Stop("by-hand", "y", "The gate of y: how steep was the sigmoid where y was?"),
        Stop(
            "by-hand",
            "h -> y",
            "Two products here: one goes back, the other stays. Which is which?",
        ),
        Stop("by-hand", "h", "Ask 3b: the gate of h."),
        Stop("doubled", "cost", "The weight is −2 now. Ask 3c before anything moves."),
    ),
    (
        Question(
            "3a",
            "Blame of y is −.66, the weight h → y is −1. Which sign has the blame of h?",
            blame_sign,
            ((lambda: blame_sign("swapped"), "M13"),),
            "+.1481: minus times minus. h should say less.",
        ),
        Question(
            "3b",
            "Is the delta of h smaller than its blame, or equal?",
            gate,
            ((lambda: gate("slope forgotten"), "M12"),),
            "Smaller: the slope at h is .2179.",
        ),
        part_question(
            "3c",
            "The weight h → y is doubled to −2. The blame of h?",
            DOUBLED,
            ("h", "sensitivity"),
            ["slope forgotten", "swapped"],
            [(lambda: 2 * SITUATION.value("h", "sensitivity"), "M12")],
            why="Less than double: y is smaller now, and its gate narrower.",
        ),
    ),
    "Say the chain in words.",
    "The loss blames y; y's slope narrows it; the link hands it back times its weight; h's slope "
    "narrows it; the link keeps it times the output of x.",
    Timing(
        "by-hand backward, 3a and 3b.",
        "All three; then the mistake 'swapped', and where the check is red.",
        "As in 45; then a chain of their own with tanh, computed on paper before it is played.",
    ),
    ("swapped",),
    ("lernpy play by-hand -o chain.html",),
)
