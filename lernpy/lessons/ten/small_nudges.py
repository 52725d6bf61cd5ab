"""Lesson 2, nudge: a gradient is what a small nudge of the weight does to the loss."""

from __future__ import annotations

from lernpy.build import Example, layered
from lernpy.lessons.lesson_plan import LessonPlan, Stop, Timing
from lernpy.lessons.question import Question
from lernpy.lessons.situation import Situation
from lernpy.lessons.ten import one_link

NUDGE = 0.01
SITUATION = Situation.of("by-hand")


def fall() -> float:
    """How far the loss falls when the weight of lesson 1 is nudged."""
    here, there = (
        float(network.learn(inputs, targets))
        for network, inputs, targets in (one_link.example(), one_link.example(weight=0.5 + NUDGE))
    )
    return here - there


def xor() -> Example:
    return Example(layered([2, 3, 1], "tanh", seed=0, learning_rate=0.5), [0.0, 1.0], [1.0])


def passes_of_nudging(biases: bool = True) -> float:
    """Two for each weight; those of the biases may be forgotten."""
    links = xor().network.links.values()
    return 2.0 * len([link for link in links if biases or link.input_neuron.name != "bias"])


def moved_by_the_backward_pass() -> str:
    network = SITUATION.make().network
    before = [weight.value for weight in network.weights]
    after = [weight.value for weight in SITUATION.collected().weights]
    return "none" if before == after else "those with blame"


LESSON = LessonPlan(
    2,
    "Nudge",
    "A gradient is measured by nudging; the backward pass gets all of them at once.",
    {"by-hand": SITUATION},
    (
        Stop(
            "by-hand",
            "cost",
            "Nudge one weight by .01 and compute the loss again: that is a slope.",
        ),
        Stop("by-hand", "h -> y", "Now the same slope without a nudge. Compute first, then step."),
        Stop("by-hand", "update", "Ask 2c before this step: which weights are different by now?"),
        Stop("by-hand", "end", "Press G on a link: the nudge and the backward pass agree."),
    ),
    (
        Question(
            "2a",
            "One link, x = 2, weight .5, target 3: the weight is raised by .01. The loss falls by …",
            fall,
            ((NUDGE, "M4"),),
            "About .01 × 4, a little less as the slope gets flatter on the way.",
            tolerance=0.0005,
        ),
        Question(
            "2b",
            "How many forward passes does it take to nudge each weight of XOR 2-3-1 both ways?",
            passes_of_nudging,
            ((2.0, "M1"), (lambda: passes_of_nudging(biases=False), "M14")),
            "Two for each of 13 weights; backward it is one pass forward and one back.",
            tolerance=0.5,
        ),
        Question(
            "2c",
            "Which weights are different after the backward pass (before the update)?",
            moved_by_the_backward_pass,
            (("all of them", "M9"), ("each that the blame has passed", "M3")),
            "Blame is collected; nothing moves before the update.",
        ),
    ),
    "What does the + mean in 'blame +0.15'?",
    "Raising that number raises the loss.",
    Timing(
        "2a on the board, G on three links.",
        "All three; then by-hand step by step, each gradient computed first.",
        "As in 45; then 'slope forgotten' and the gradient check: red where, and by how much?",
    ),
    ("slope forgotten",),
    ("lernpy play by-hand -o nudge.html", "lernpy step by-hand"),
)
