"""Builders: from layers, edges, a networkx graph; the worked examples; random graphs."""

from lernpy.build.edges import from_edges
from lernpy.build.examples import by_hand, lernmi, two_two_two
from lernpy.build.interchange import from_networkx, to_networkx
from lernpy.build.layers import layered
from lernpy.build.random import random_dag
from lernpy.build.start import draw_weights, fresh_seed

__all__ = [
    "by_hand",
    "draw_weights",
    "fresh_seed",
    "from_edges",
    "from_networkx",
    "layered",
    "lernmi",
    "random_dag",
    "to_networkx",
    "two_two_two",
]
