"""Lesson 0, watch it learn: what a rate, a seed and a hidden neuron do, before any formula."""

from __future__ import annotations

from functools import cache

from lernpy import data
from lernpy.build import Example, layered
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.network import Network
from lernpy.training import train

RATE, EPOCHS = 1.0, 300


def net(hidden: int = 3, seed: int = 0) -> Network:
    return layered([2, hidden, 1], "tanh", seed=seed, learning_rate=RATE)


@cache
def learned(
    rate: float = RATE, hidden: int = 3, seed: int = 0
) -> tuple[Network, tuple[float, ...]]:
    """XOR, learned online: the net, and the loss of each epoch."""
    network = net(hidden, seed)
    history = train(network, data.load("xor"), EPOCHS, batch_size=1, learning_rate=rate, seed=seed)
    return network, tuple(float(loss) for loss in history["loss"])


def ten_times_the_rate() -> str:
    """What becomes of the loss, beside the usual rate."""
    usual, fast = learned()[1][-1], learned(10 * RATE)[1]
    late = fast[-EPOCHS // 3 :]
    if min(late) > usual and max(late) > 1.3 * min(late):
        return "it swings and gets nowhere"
    return "it learns ten times as fast" if late[-1] < usual else "it learns more slowly"


def same_seed_again() -> str:
    """Two runs from one seed, weight by weight."""
    values = [[weight.value for weight in learned.__wrapped__()[0].weights] for _ in range(2)]
    return "the same picture, bit for bit" if values[0] == values[1] else "another picture"


def cheapest_to_lose() -> str:
    """The hidden neuron (of four) without which the loss stays lowest."""
    network, _ = learned(hidden=4)
    samples = data.load("xor")

    def loss_without(name: str) -> float:
        cut = network.copy()
        cut.prune((name, "y1"))
        return cut.learn_batch(samples.inputs, samples.targets, rate=0.0)

    return min(("h1", "h2", "h3", "h4"), key=loss_without)


def smallest_weight() -> str:
    """The hidden neuron (of four) whose own bias is smallest: a guess by looking at one path."""
    network, _ = learned(hidden=4)
    names = ("h1", "h2", "h3", "h4")
    right = cheapest_to_lose()
    sizes = {name: abs(network.links["x1", name].weight.value) for name in names}
    return min((name for name in names if name != right), key=sizes.__getitem__)


LESSON = LessonPlan(
    0,
    "Watch it learn",
    "See a net learn, stop it, change one thing at a time, and say what changed.",
    {"xor": Situation(lambda: Example(net(), [0.0, 1.0], [1.0]))},
    (
        Stop(
            "xor",
            "start",
            "Let it run first: the loss falls, the border bends. Then stop and reset.",
        ),
        Stop("xor", "cost", "The net has spoken. How wrong is it, and whose fault is that?"),
        Stop("xor", "update", "Now, and only now, the weights move."),
    ),
    (
        Question(
            "0a",
            f"The rate is {RATE:g}. What happens with ten times that?",
            ten_times_the_rate,
            (("it learns ten times as fast", "M4"),),
            "The slope holds only nearby; too long a step lands on the other side.",
        ),
        Question(
            "0b",
            "The same seed again: the same picture?",
            same_seed_again,
            (("another picture", "M15"),),
            "Seed, data and order decide all of it.",
        ),
        Question(
            "0c",
            "A net 2-4-1 has learned XOR. Which hidden neuron can go at the least cost?",
            cheapest_to_lose,
            ((smallest_weight, "M2"), ("none: each holds a sample", "M10")),
            "Cut it and look: what counts is what the loss does, not how one weight looks.",
        ),
    ),
    "Draw the border of a net without hidden neurons on XOR.",
    "A straight line, wherever it lies: one side always holds a wrong point.",
    Timing(
        "Run XOR, ask 0a before the rate goes up, reset.",
        "All three questions, then spiral with 2 and with 8 hidden neurons.",
        "As in 45; then everybody draws points of their own and looks for the smallest net.",
    ),
    look=("lernpy train xor", "lernpy train spiral", "lernpy step xor"),
)
