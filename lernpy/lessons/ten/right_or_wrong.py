"""Lesson 6, right or wrong? A falling loss proves nothing; the gradient check does."""

from __future__ import annotations

from functools import cache

from lernpy import data
from lernpy.build import Example, layered
from lernpy.check import check_gradients
from lernpy.lessons import mistakes
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.network import Network
from lernpy.text import number
from lernpy.training import train

EPOCHS = 500
MISTAKE = "updated weights"


def net(init: str | None = None) -> Network:
    return layered([2, 3, 1], "tanh", init=init, seed=0, learning_rate=0.5)


SITUATION = Situation(lambda: Example(net(), [0.0, 1.0], [1.0]))


def staying() -> float:
    """How many weights have no gradient for the sample (0, 1)."""
    return float(sum(weight.sensitivity == 0 for weight in SITUATION.collected().weights))


def behind_hidden() -> float:
    """How many weights lead to a hidden neuron: those whose blame comes last."""
    links = SITUATION.make().network.links.values()
    return float(sum(link.output_neuron.name.startswith("h") for link in links))


@cache
def loss_after(init: str | None) -> float:
    """The loss after full batches, from that start."""
    network = net(init)
    history = train(network, data.load("xor"), EPOCHS, batch_size=None, seed=0)
    return float(history["loss"][-1])


@cache
def learns_with_the_mistake() -> str:
    """By the mistake shown: whether xor is solved, seed 0, 2,000 epochs online."""
    solved = {count.name: count.solved for count in mistakes.success([0], only=[MISTAKE])}
    return "yes" if solved[MISTAKE] else "no"


def worst_weights() -> list[str]:
    """The gradient check with each mistake: where it is worst, and by how much.

    'One path' agrees on XOR: with one output and one hidden layer there is one path only.
    """
    lines = []
    for name in mistakes.MISTAKES:
        report = check_gradients(mistakes.apply(net(), name), *mistakes.XOR)
        worst = report.worst
        if worst is None:
            continue
        verdict = "agrees" if report.ok else f"{report.wrong} of {report.checked} weights wrong"
        lines.append(
            f"{name}: {verdict}; worst at {worst.name}: {number(worst.ours)} against {number(worst.other)}"
        )
    return lines


LESSON = LessonPlan(
    6,
    "Right or wrong?",
    "Tell a right backward pass from a wrong one, and know that the loss does not.",
    {"xor": SITUATION},
    (
        Stop("xor", "start", "Sample (0, 1): x1 says 0. Ask 6a now."),
        Stop("xor", "cost", "Nothing is known behind this point. 'Not yet' is not 0."),
        Stop("xor", "update", "Three links stay: x1 said 0. Count them."),
        Stop(
            "xor",
            "end",
            "Now with a mistake (by vote which). The loss falls, too. The check is red.",
        ),
    ),
    (
        Question(
            "6a",
            "Sample (0, 1), one lesson: how many of the 13 weights stay as they are?",
            staying,
            ((0.0, "M5"), (behind_hidden, "M7")),
            "The three links from x1, which said 0.",
            tolerance=0.4,
        ),
        Question(
            "6b",
            f"All weights start at 0, full batch, rate .5: the loss after {EPOCHS} epochs?",
            lambda: loss_after("zeros"),
            ((lambda: loss_after(None), "M6"),),
            "Stuck at .125: it says 1/2 to everything, and no blame passes weights of 0.",
            tolerance=0.005,
        ),
        Question(
            "6c",
            f"Each weight moves at once and hands the blame back updated ('{MISTAKE}'). Is XOR learned?",
            learns_with_the_mistake,
            (("no", "M11"),),
            "It does, with this seed as with most: a falling loss proves nothing, the check does.",
        ),
    ),
    "How does one find a wrong backward pass?",
    "By nudging each weight and comparing the slopes: the gradient check.",
    Timing(
        "6a by hands, one mistake, the check.",
        "All three; the class votes which mistake to try, two or three of them.",
        "As in 45; then each group writes a mistake of its own (README: a mistake) and has it found.",
    ),
    tuple(mistakes.MISTAKES),
    ("lernpy lesson mistakes", "lernpy check net.json"),
    worst_weights,
)
