"""Data: sets that are built in, readers for files, splitting, scaling, and the card of a network.

Read `dataset` first (samples with their names), then `cells` and `columns` (what a column is taken for,
and why), `targets` (classes or numbers?), `from_table` (a table of any origin as a data set), `card`
(what lies beside a network); `readers.loading` is the door for a name or a path, `builtin` holds what
ships.

May know: data/builtin, data/readers. Nothing of networks.

>>> from lernpy import data
>>> iris = data.load("iris")
>>> training, validation, test = data.split(iris, validation=0.2, test=0.2, seed=0)
>>> card = data.Card.of(training, scaling="standard")
>>> inputs, targets = card.prepare(training)
>>> inputs.shape, targets.shape
((90, 4), (90, 3))
"""

from lernpy.data.alignment import align
from lernpy.data.builtin.catalogue import BUILT_IN, built_in
from lernpy.data.builtin.catalogue import options_of as options
from lernpy.data.card import Card
from lernpy.data.columns import Column
from lernpy.data.dataset import Dataset
from lernpy.data.pairs import convert as _convert  # noqa: F401  (Dataset.of asks it)
from lernpy.data.parts import split
from lernpy.data.readers.csv import read_csv
from lernpy.data.readers.fetch import MIRRORS, fetch_mnist
from lernpy.data.readers.idx import read_idx, read_idx_folder
from lernpy.data.readers.loading import load, load_inputs, names, reload
from lernpy.data.readers.npz import read_npz
from lernpy.data.scaling import SCALINGS, Scaling
from lernpy.data.sequences import in_steps
from lernpy.data.targets import TASKS

__all__ = [
    "BUILT_IN",
    "MIRRORS",
    "SCALINGS",
    "TASKS",
    "Card",
    "Column",
    "Dataset",
    "Scaling",
    "align",
    "built_in",
    "fetch_mnist",
    "in_steps",
    "load",
    "load_inputs",
    "names",
    "options",
    "read_csv",
    "read_idx",
    "read_idx_folder",
    "read_npz",
    "reload",
    "split",
]


def __dir__() -> list[str]:
    return sorted(__all__)
