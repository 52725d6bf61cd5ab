"""Lesson 1, one link: x = 2, weight .5, target 3. Which way does the weight go, and how far?"""

from __future__ import annotations

from lernpy.build import Example, from_edges
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question, part_question
from lernpy.lessons.situation import Situation

RATE = 0.1


def example(x: float = 2.0, weight: float = 0.5, rate: float = RATE) -> Example:
    edges = [("x", "y", weight)]
    network = from_edges(edges, ["x"], ["y"], activation="identity", learning_rate=rate)
    return Example(network, [x], [3.0])


SITUATION, SILENT = Situation(example), Situation(lambda: example(x=0.0))


def loss_when_raised() -> str:
    here, there = (
        network.learn(inputs, targets)
        for network, inputs, targets in (example(), example(weight=0.51))
    )
    return "down" if there < here else "up"


def step(mistake: str = "") -> float:
    """How far the weight moves where x is 0."""
    return SILENT.value("x -> y", "new weight", mistake) - 0.5


def losses(rate: float, lessons: int = 3) -> list[float]:
    """
    >>> [round(loss, 2) for loss in losses(0.6)]
    [2.0, 3.92, 7.68]
    """
    network, inputs, targets = example(rate=rate)
    return [network.learn(inputs, targets) for _ in range(lessons)]


LESSON = LessonPlan(
    1,
    "One link",
    "Read a gradient: its sign, its size, and what the rate makes of it.",
    {"x = 2": SITUATION, "x = 0": SILENT},
    (
        Stop("x = 2", "start", "x = 2, weight 0.5, target 3. Let them compute the output first."),
        Stop(
            "x = 2",
            "cost",
            "Output 1, target 3: loss 2. Ask 1a by hands: raise the weight a little?",
        ),
        Stop("x = 2", "x -> y", "Gradient = output of x × delta of y. Which sign?"),
        Stop(
            "x = 2", "update", "Minus rate × gradient: ask 1c. Then the same with the sign flipped."
        ),
        Stop("x = 0", "cost", "The error is larger now. Ask 1b."),
    ),
    (
        Question(
            "1a",
            "x = 2, weight .5, target 3: raise the weight a little. The loss goes …",
            loss_when_raised,
            (("up", "M4"),),
            "The output is too small, so a larger weight helps: the gradient is negative.",
        ),
        Question(
            "1b",
            "x = 0, weight .5, target 3, rate .1: by how much does the weight move?",
            step,
            ((lambda: RATE * 3.0, "M5"), (lambda: step("swapped"), "M13")),
            "Not at all, though the loss is 4.5: x said 0, so the weight is not to blame.",
        ),
        part_question(
            "1c",
            "x = 2, weight .5, target 3, rate .1: the new weight?",
            SITUATION,
            ("x -> y", "new weight"),
            ["sign flipped"],
            [
                (lambda: SITUATION.value("x -> y", "gradient"), "M4"),
                (lambda: SITUATION.value("x -> y", "new weight", "swapped"), "M13"),
            ],
            why="0.5 − 0.1 × (−4).",
        ),
    ),
    "With rate .6 the loss goes 2 → 3.92 → 7.68. Why?",
    "Each step leaps over the best weight (1.5) and lands farther from it than it was: the error grows "
    "by a factor of −1.4 each time.",
    Timing(
        "1a by hands, step to the update, 1c.",
        "All three; then the mistake 'sign flipped', and rate .6.",
        "As in 45; then everybody finds the rate from which on it blows up (0.5).",
    ),
    ("sign flipped",),
    ("lernpy lesson 1",),
)
