"""Lesson 7, when blame dies: flat places of an activation, and many of them in a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lernpy.build import Example, from_edges, layered
from lernpy.lessons import mistakes
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation

LAYERS, WIDTH = 6, 8
SAMPLE, TARGET = [1.0, 1.0], [1.0]


def example(weight: float, loss: str = "squared_error") -> Example:
    """x = 1, one sigmoid, target 0."""
    network = from_edges([("x", "y", weight)], ["x"], ["y"], loss=loss, learning_rate=0.5)
    return Example(network, [1.0], [0.0])


NEAR, FAR = Situation(lambda: example(0.5)), Situation(lambda: example(6.0))
CROSS = Situation(lambda: example(6.0, "binary_cross_entropy"))


def which_is_larger(quantity: str) -> str:
    near, far = (abs(situation.value("y", quantity)) for situation in (NEAR, FAR))
    return "w = .5" if near > far else "w = 6"


@cache
def left_over(activation: str, mistake: str = "") -> float:
    """Blame of the first over that of the last hidden layer: 2, six times 8, 1; seed 0, sample (1, 1)."""
    network = layered([2, *[WIDTH] * LAYERS, 1], activation, seed=0)
    if mistake:
        network = mistakes.apply(network, mistake)
    network.collect(SAMPLE, TARGET)
    first, last = (
        sum(abs(network.neurons[f"h{layer}_{i}"].sensitivity) for i in range(1, WIDTH + 1))
        for layer in (1, LAYERS)
    )
    return first / last


def order_of(mistake: str = "") -> str:
    """Whether blame has died on its way through six layers of sigmoid."""
    return "below a thousandth" if left_over("sigmoid", mistake) < 0.001 else "of the same order"


def by_activation() -> list[str]:
    return [f"{name}: {left_over(name):.2g}" for name in ("sigmoid", "tanh", "relu")]


def _delta(situation: Situation, mistake: str = "") -> Callable[[], float]:
    return lambda: situation.value("y", "delta", mistake)


LESSON = LessonPlan(
    7,
    "When blame dies",
    "A flat activation lets no blame through; many in a row let none reach the first layer.",
    {"w = .5": NEAR, "w = 6": FAR, "cross-entropy": CROSS},
    (
        Stop("w = 6", "cost", "Output .998, target 0: the error could hardly be larger. Ask 7a."),
        Stop("w = 6", "y", "Look at the gate: nearly shut."),
        Stop("w = .5", "y", "Here it stands open."),
        Stop("cross-entropy", "cost", "The same net with another loss. Ask 7b."),
    ),
    (
        Question(
            "7a",
            "A sigmoid with x = 1 and target 0. Who moves faster: w = .5 or w = 6?",
            lambda: which_is_larger("delta"),
            ((lambda: which_is_larger("sensitivity"), "M5"),),
            "w = .5: delta .146 against .0025; at 6 the gate is nearly shut.",
        ),
        Question(
            "7b",
            "w = 6, but with binary cross-entropy: the delta of y?",
            _delta(CROSS),
            ((_delta(FAR), "M17"), (_delta(CROSS, "slope forgotten"), "M12")),
            "The loss blames as much more as the gate lets through less: output − target is left.",
        ),
        Question(
            "7c",
            "Six hidden layers of sigmoid: blame of the first over blame of the last is …",
            order_of,
            ((lambda: order_of("slope forgotten"), "M12"),),
            "At best a quarter passes each gate; tanh and ReLU let far more through.",
        ),
    ),
    "One ReLU is off for this sample. Is it dead?",
    "Not for that reason: dead is who is off for every sample.",
    Timing(
        "7a and 7b, each stepped.",
        "All three; then six layers in the lab, from sigmoid to ReLU while it runs.",
        "As in 45; then: which start and which rate make ReLUs die?",
    ),
    look=("lernpy plot vanishing net.json",),
    table=by_activation,
)
