"""Lesson 9, objects to matrices: the same sums, written at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from lernpy import activations, data
from lernpy.build import Example, layered
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.link import Link
from lernpy.network import Network

SIZES = (64, 16, 10)
AGREE = 1e-12


@cache
def _digit() -> tuple[list[float], list[float]]:
    samples = data.load("digits")
    return (samples.inputs[0] / 16).tolist(), samples.targets[0].tolist()


def net() -> Network:
    return layered(SIZES, "tanh", seed=0, learning_rate=0.1)


def link_events() -> float:
    """How many links carry something in one forward pass."""
    return float(sum(isinstance(part, Link) for part in net().order))


def without_biases() -> float:
    links = net().links.values()
    return float(sum(link.input_neuron.name != "bias" for link in links))


def products() -> float:
    return float(len(net().matrices()))


def sums() -> float:
    """How many neurons add something up."""
    return float(sum(SIZES[1:]))


def difference() -> float:
    """The largest difference between the objects and their matrices, over the outputs of a digit."""
    network, (inputs, _) = net(), _digit()
    first, second = network.matrices()
    tanh, sigmoid = (activations.get(name).over(np)[0] for name in ("tanh", "sigmoid"))
    hidden = tanh(np.array([*inputs, 1.0]) @ first)
    outputs = sigmoid(np.array([*hidden, 1.0]) @ second)
    return float(np.abs(outputs - network.answer(inputs)).max())


def agreement() -> str:
    return "12 digits or more" if difference() < AGREE else "about 3 digits"


SMALL: Callable[[], Example] = lambda: Example(  # noqa: E731
    layered([2, 3, 1], "tanh", seed=0, learning_rate=0.5), [0.0, 1.0], [1.0]
)

LESSON = LessonPlan(
    9,
    "Objects to matrices",
    "See that 1,210 links at work are two matrix products, and that nothing is lost.",
    {"xor": Situation(SMALL)},
    (
        Stop(
            "xor",
            "start",
            "Nine links lead to three hidden neurons: a matrix of 3 rows and 3 columns.",
        ),
        Stop(
            "xor", "cost", "Forward: each generation at once. Compare with lernpy show --matrices."
        ),
        Stop("xor", "update", "The gradient of a matrix: output times delta, all pairs at once."),
    ),
    (
        Question(
            "9a",
            "64-16-10 with biases: how many links carry something in one forward pass?",
            link_events,
            ((without_biases, "M14"),),
            "(64 + 1) × 16 + (16 + 1) × 10.",
            tolerance=0.5,
        ),
        Question(
            "9b",
            "And how many matrix products are that?",
            products,
            ((link_events, "M16"), (sums, "M14")),
            "One for each layer of weights.",
            tolerance=0.4,
        ),
        Question(
            "9c",
            "To how many digits do objects and matrices agree?",
            agreement,
            (("about 3 digits", "M16"),),
            "They are the same sums; only the rounding differs.",
        ),
    ),
    "What do the matrices not show?",
    "Who is to blame: which neuron, by which path. That is what the objects are for.",
    Timing(
        "9a and 9b.",
        "All three; then time digits with engine='graph' and engine='numpy'.",
        "As in 45; then write the backward pass in four lines of NumPy and check it against the objects.",
    ),
    look=("lernpy show digits.json --matrices", "lernpy check digits.json"),
)
