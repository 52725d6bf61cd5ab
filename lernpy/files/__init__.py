"""Networks as readable JSON files: one neuron or link a line, every number exact.

A file has, in this order:

``format``, ``version``     "lernpy-network" and 1
``directed``, ``multigraph``  always true and false, for networkx
``loss``                    its name
``optimizer``               {"name": ..., "options": {...}}
``learning_rate``           a number, or null where none was chosen (then the optimiser's own holds)
``l1``, ``l2``, ``seed``          numbers; the seed may be null
``maths``                   "portable", where it is not the usual "fast"
``inputs``, ``outputs``         names, in the order of a sample's values
``groups``                  the softmax groups, each a list of names
``nodes``                   a neuron a line: "id", "activation"
``links``                   a link a line: "source", "target", "weight", and where they apply
                            "shared" (links of the same number have one weight), "frozen", "rate",
                            "low", "high" (its rule) and "memory" (the optimiser's)
``card``                    what lies beside the network (`lernpy.data.Card`), or null

The order of neurons and links is kept: it fixes the order of all sums, so that what is loaded
learns on bit for bit.

Read `writing.py` first; `reading.py` trusts nothing; `lernpy.storage` writes and reads the bytes.

May know: data, functions, network.
"""

from lernpy.files.reading import from_json, load
from lernpy.files.writing import check_entries, save, to_json, to_text

__all__ = ["check_entries", "from_json", "load", "save", "to_json", "to_text"]
