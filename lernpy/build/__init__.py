"""Builders: from layers, edges, a networkx graph; the worked examples; random graphs.

Read `layers.py` first, then `edges.py`, which takes any wiring; `start.py` draws the first weights,
`arguments.py` checks what a builder is asked for. It knows networks and their parts; no engine, no data.
"""

from lernpy.build.edges import from_edges
from lernpy.build.examples import (
    EXAMPLES,
    Example,
    by_hand,
    cancel,
    lernmi,
    sign,
    skip,
    two_two_two,
)
from lernpy.build.interchange import from_networkx, to_networkx
from lernpy.build.layers import layered
from lernpy.build.random import random_dag
from lernpy.build.start import draw_weights, fresh_seed

__all__ = [
    "EXAMPLES",
    "Example",
    "by_hand",
    "cancel",
    "draw_weights",
    "fresh_seed",
    "from_edges",
    "from_networkx",
    "layered",
    "lernmi",
    "random_dag",
    "sign",
    "skip",
    "to_networkx",
    "two_two_two",
]


def __dir__() -> list[str]:
    return sorted(__all__)
