"""What students believe, in one table: each wrong answer of a lesson shows one of these."""

from __future__ import annotations

from typing import NamedTuple

from lernpy.registry import Named


class Belief(NamedTuple):
    """A belief, and what to tell somebody whose answer shows it.

    `lesson` is the number of the lesson that is about it.
    """

    name: str
    belief: str
    reply: str
    lesson: int

    def __str__(self) -> str:
        return f"{self.name}: {self.belief}"


_TABLE = (
    ("blame is a pie", 4,
     "Blame is not a pie: nobody divides it up. Each path hands back weight × delta, and all paths add."),
    ("one path is enough", 4,
     "That is one path. Blame comes back along every link that leads on, and all of it adds."),
    ("updated weights carry the blame", 5,
     "That is what the updated weights would hand back. All blame is collected with the old weights; "
     "then all weights move at once."),
    ("the gradient is the new value, the needed change, or has the other sign", 1,
     "The gradient says how the loss changes when the weight is raised. The step is minus the rate times it."),
    ("a bigger error learns faster", 7,
     "The error alone moves nothing: the input of the link and the slope of the neuron count as well."),
    ("zeros are a fine start", 6,
     "With zeros all hidden neurons do the same and no blame passes them: nothing can tell them apart."),
    ("'not yet' is 0", 6,
     "A number that is not computed yet is unknown, not 0; look which part has acted."),
    ("overwrite instead of add, or not cleared", 4,
     "Blame adds within a sample, and it is cleared before the next one."),
    ("the backward pass moves weights", 2,
     "The backward pass only collects blame. Weights move in the update, afterwards and all at once."),
    ("the net stores the data", 8,
     "A net keeps weights, not samples. What it says of new samples has to be looked at separately."),
    ("the loss falls, so it is right", 6,
     "A falling loss proves nothing: wrong rules make it fall, too. The gradient check shows them."),
    ("the slope is forgotten", 3,
     "On its way from a neuron's output to its sum, blame is multiplied by the slope of the activation."),
    ("weight and value are swapped", 3,
     "The link hands back weight × delta; its own gradient is output × delta."),
    # not in the list that the lessons began with; four answers need them
    ("the bias is left out", 9,
     "The bias is a neuron with links like any other; they are counted, and they learn."),
    ("chance decides", 0,
     "Chance comes from the seed alone: the same seed gives the same weights and the same order."),
    ("matrices are other maths", 9,
     "A matrix product is the same sums, written at once; the numbers agree but for rounding."),
    ("the loss is only a score", 7,
     "The loss is where blame starts: another loss blames the same output differently."),
)  # fmt: skip

BELIEFS: Named[Belief] = Named(
    "belief",
    {
        f"M{index}": Belief(f"M{index}", belief, reply, lesson)
        for index, (belief, lesson, reply) in enumerate(_TABLE, 1)
    },
)
