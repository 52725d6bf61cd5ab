"""Builders: from layers, edges, a networkx graph; cells repeated in time; worked examples; random graphs.

Read `layers.py` first, then `edges.py`, which takes any wiring; `start.py` draws the first weights,
`unrolling.py` repeats a cell of `recurrent.py` step by step, `arguments.py` checks what a builder is asked for.

May know: functions, network.
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
from lernpy.build.recurrent import CELLS, elman, gru, lstm
from lernpy.build.start import draw_weights, fresh_seed
from lernpy.build.unrolling import Cell, unroll

__all__ = [
    "CELLS",
    "EXAMPLES",
    "Cell",
    "Example",
    "by_hand",
    "cancel",
    "draw_weights",
    "elman",
    "fresh_seed",
    "from_edges",
    "from_networkx",
    "gru",
    "layered",
    "lernmi",
    "lstm",
    "random_dag",
    "sign",
    "skip",
    "to_networkx",
    "two_two_two",
    "unroll",
]


def __dir__() -> list[str]:
    return sorted(__all__)
