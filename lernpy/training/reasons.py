"""The sentences of the doctor, in one table: the terminal tells them, and so does the page that learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

REASONS: Mapping[str, str] = {
    "rate zero": "the learning rate is 0, so no weight moves",
    "frozen": "every weight is frozen; thaw some",
    "constant": "{columns} the same in every sample and can tell nothing apart",
    "copies": "{columns} a copy of another column, so it counts twice",
    "alike": "all hidden neurons do the same, as they started alike: they share one fate",
    "dead output": "the output {name} is 0 for every sample, so no blame passes it",
    "straight": "without hidden neurons it can draw straight borders only",
    "one matrix": "hidden neurons that only sum add nothing: all together they are one matrix",
    "no bias": "no neuron has a bias, so each says the same (0 or 1/2) when all inputs are 0",
    "penalty": "the penalty ({amounts}) outweighs what there is to learn and pulls the weights to 0",
    "grew": "the loss is higher than at the start ({low} to {high} of late): "
    "the learning rate {rate} is too large",
    "jumps": "the loss jumps up and down ({low} to {high} of late): the learning rate {rate} is too large",
    "dead": "{shut} of {hidden} hidden neurons are dead (0 for every sample): {names}",
    "saturated": "{shut} of {hidden} hidden neurons are saturated "
    "(so flat that hardly any blame passes): {names}",
    "fading": "blame dies on its way back: the first hidden layer gets {share} of that of the last",
    "slow": "the loss falls, but slowly: the learning rate {rate} is too small",
    "never says": "it never says {names}: what is rare costs little when it is missed",
    "hardly says": "it hardly ever says {names}: what is rare costs little when it is missed",
    "by heart": "it has learned by heart: {measure} {seen} on what it has seen, {unseen} on the rest",
    "stuck": "the loss hardly moves any more; perhaps a larger net, another start, or another learning "
    "rate than {rate}",
}


def why(kind: str, **facts: str | int) -> str:
    """
    >>> why("slow", rate="0.001")
    'the loss falls, but slowly: the learning rate 0.001 is too small'
    """
    return REASONS[kind].format(**facts)


class Meaning(NamedTuple):
    """A sentence as the lesson would say it; the number of the lesson, or None."""

    words: str
    lesson: int | None


MEANINGS: Mapping[str, Meaning] = {  # by what a reason says, the first that fits
    "rate is 0": Meaning("The step is the rate times the gradient; with 0 nothing moves.", 1),
    "too large": Meaning("A slope holds only nearby; too long a step lands on the other side.", 1),
    "too small": Meaning("The direction is right, but the steps are too short to get anywhere.", 0),
    "few epochs": Meaning("Each epoch is one small step; a few of them are no learning.", 0),
    "still falling": Meaning("It was on its way and was stopped.", 0),
    "frozen": Meaning("A frozen weight collects blame and stays; all are frozen.", 1),
    "do the same": Meaning(
        "Neurons that start alike get the same blame for ever: nothing tells them apart.", 6
    ),
    "straight borders": Meaning("Without hidden neurons the border is a straight line.", 0),
    "one matrix": Meaning("Sums of sums are sums: without a bend many layers are one.", 9),
    "has a bias": Meaning(
        "The bias moves the border away from the origin; it is a link like any other.", 9
    ),
    "outweighs": Meaning("The penalty is part of the loss; here it is most of it.", 7),
    "far from 1": Meaning("A gradient is output times delta: large inputs make huge steps.", 1),
    "a long way": Meaning(
        "Blame begins with the error, and this one is thousands of times too large.", 1
    ),
    "puts out": Meaning("No weight can make a squashing output leave its range.", 7),
    "dead": Meaning(
        "Where the gate is shut for every sample, no blame passes and nothing is learned.", 7
    ),
    "saturated": Meaning("Where an activation is flat, hardly any blame passes its gate.", 7),
    "is 0 for every sample": Meaning("A ReLU that is off for all samples passes no blame.", 7),
    "ever says": Meaning("The loss is a sum over samples; a few of them weigh little in it.", 7),
    "by heart": Meaning("What it says of new samples has to be looked at separately.", 8),
    "never asks": Meaning(
        "The loss is where blame begins, and this one never blames a wrong 1.", 7
    ),
    "not defined": Meaning(
        "This loss needs a share between 0 and 1, which such an output is not.", 7
    ),
    "defined for 0 to 1": Meaning("This loss needs targets between 0 and 1.", 7),
    "by chance": Meaning(
        "A net can only find what is there: neighbours should agree more often.", 8
    ),
    "same inputs": Meaning("Where the inputs are equal, every net says the same.", 8),
    "same in every sample": Meaning("What never changes explains no difference.", 8),
    "a copy of": Meaning("The same number twice adds a weight and no knowledge.", 8),
    "sign of a whole": Meaning("The sign of a few samples' gradient is noise.", 1),
    "dies on its way": Meaning(
        "Each slope on the way makes blame smaller; after many of them hardly any is left.", 7
    ),
    "hardly moves": Meaning(
        "It sits where all slopes are near 0; another start may sit elsewhere.", 6
    ),
}


def meaning_of(why: str) -> Meaning:
    """
    >>> meaning_of("every weight is frozen; thaw some").lesson
    1
    """
    for words, meaning in MEANINGS.items():
        if words in why:
            return meaning
    return Meaning("", None)
