"""Lesson 8, too little, too much: the lowest loss on the data learned from is not the goal."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from lernpy import data
from lernpy.build import Example, layered
from lernpy.data import Dataset
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.training import evaluate, train

NOISE, SIZE, NEW = 0.4, 40, 400
WIDTHS = (1, 4, 60)
EPOCHS = 2000


class Fit(NamedTuple):
    """Losses of one width at the end, on the data learned from and on new data; and where it was best."""

    width: int
    seen: float
    unseen: float
    best_epoch: int
    best: float


def samples(seed: int, count: int = SIZE) -> Dataset:
    return data.load(f"sine:noise={NOISE},n={count},seed={seed}")


@cache
def fits(seed: int = 0, epochs: int = EPOCHS) -> tuple[Fit, ...]:
    """Each width trained on the same noisy sine, and judged on a new one from the same source."""
    seen, unseen = samples(seed), samples(seed + 1000, NEW)
    rows = []
    for width in WIDTHS:
        network = layered(
            [1, width, 1],
            "tanh",
            "identity",
            seed=seed,
            loss="mean_squared_error",
            optimizer="adam",
        )
        history = train(
            network, seen, epochs, learning_rate=0.01, seed=seed, scale="standard",
            validation=unseen, batch_size=None,
        )  # fmt: skip
        later = np.asarray(history["validation_loss"])
        best = int(later.argmin())
        rows.append(
            Fit(width, float(history["loss"][-1]), float(later[-1]), best + 1, float(later[best]))
        )
    return tuple(rows)


def lowest(quantity: str, seed: int = 0) -> str:
    """The width with the lowest loss of that kind."""
    best = min(fits(seed), key=lambda fit: float(getattr(fit, quantity)))
    return f"{best.width} hidden"


def where_to_stop(seed: int = 0) -> str:
    """Whether the widest net was better on new data at an earlier epoch."""
    widest = fits(seed)[-1]
    earlier = widest.best_epoch < EPOCHS and widest.best < widest.unseen
    return "where the loss on new data is lowest" if earlier else "at the last epoch"


@cache
def fruit_accuracy(seed: int = 0) -> tuple[float, float]:
    """On the fruit learned from, and on fruit of another day."""
    rest, _, new = data.split(data.load("fruit"), 0.0, 0.5, seed)
    network = layered(
        [rest.inputs.shape[1], 30, rest.targets.shape[1]], "tanh", "softmax",
        loss="cross_entropy", optimizer="adam", seed=seed,
    )  # fmt: skip
    train(network, rest, 400, learning_rate=0.01, seed=seed, scale="standard")
    here, there = (evaluate(network, part).accuracy or 0.0 for part in (rest, new))
    return here, there


def ten_seeds() -> list[str]:
    """All ten, not chosen: which width is lowest, and where the widest net should have stopped."""
    lines = []
    for seed in range(10):
        widest = fits(seed)[-1]
        lines.append(
            f"seed {seed}: lowest on the data learned from {lowest('seen', seed)}, on new data "
            f"{lowest('unseen', seed)}; the widest was best at epoch {widest.best_epoch} of {EPOCHS}"
        )
    for seed in range(10):
        here, there = fruit_accuracy(seed)
        lines.append(
            f"fruit, seed {seed}: {here:.0%} of the fruit learned from, {there:.0%} of the rest"
        )
    return lines


def example() -> Example:
    network = layered([1, 4, 1], "tanh", "identity", seed=0, learning_rate=0.1)
    one = samples(0)
    return Example(network, [float(one.inputs[0, 0])], [float(one.targets[0, 0])])


LESSON = LessonPlan(
    8,
    "Too little, too much",
    "Judge a net by samples that it has not seen, and stop where these say so.",
    {"sine": Situation(example)},
    (
        Stop(
            "sine",
            "start",
            "One sample of a noisy sine. Its noise is no rule; a wide net learns it, too.",
        ),
        Stop(
            "sine",
            "cost",
            "This loss is of a sample that it learns from. Who asks about the others?",
        ),
        Stop(
            "sine", "end", "Show lernpy plot under_over: 1, 4 and 60 hidden neurons side by side."
        ),
    ),
    (
        Question(
            "8a",
            "1, 4 or 60 hidden neurons on 40 noisy samples: the lowest loss on the data learned from?",
            lambda: lowest("seen"),
            (("4 hidden", "M11"),),
            "The widest: it follows the noise as well.",
        ),
        Question(
            "8b",
            "And on new samples?",
            lambda: lowest("unseen"),
            ((lambda: lowest("seen"), "M10"),),
            "A middle one: what the widest learned of the noise does not come again.",
        ),
        Question(
            "8c",
            "Where should the widest net stop?",
            where_to_stop,
            (("where the loss on the data learned from stops falling", "M11"),),
            "Early stopping keeps the weights of that epoch.",
        ),
    ),
    "What does a test set prove?",
    "How the net does on samples drawn like these, and only as long as nobody chose by it.",
    Timing(
        "The picture of three widths, 8a and 8b.",
        "All three; then the fruit stall, half of it kept for the test.",
        "As in 45; then each group with another seed: whose net is best, and by which number?",
    ),
    look=(
        f"lernpy plot under_over sine:noise={NOISE},n={SIZE} -o sizes.png",
        "lernpy train fruit",
    ),
    table=ten_seeds,
)
