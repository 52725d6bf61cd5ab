"""What students believe, in one table: each wrong answer of a lesson shows one of these.

The table itself is `lernpy/player/beliefs.json`: pages tell it, too. M1 to M13 are those that the lessons
began with; four answers need the others.
"""

from __future__ import annotations

from typing import NamedTuple

from lernpy.player.page import beliefs
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


BELIEFS: Named[Belief] = Named(
    "belief", {name: Belief(name, **about) for name, about in beliefs().items()}
)
