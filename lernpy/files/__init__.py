"""Networks as readable JSON files: one neuron or link a line, every number exact."""

from lernpy.files.reading import from_json, load
from lernpy.files.writing import save, to_json, to_text

__all__ = ["from_json", "load", "save", "to_json", "to_text"]
