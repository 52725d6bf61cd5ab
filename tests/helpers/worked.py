"""Printed formulas, worked out as a reader would."""

from __future__ import annotations

import re

from lernpy.text import MINUS

MATHS = {"sqrt": lambda x: x**0.5, "sign": lambda x: (x > 0) - (x < 0), "min": min, "max": max}


def worked(formula: str, known: dict[str, float]) -> float:
    """A printed formula in numbers."""
    code = formula.replace("√", "sqrt").replace("×", "*").replace(MINUS, "-")
    code = re.sub(r"\bold (\w+)", r"old_\1", code.replace(", else", " else"))
    return float(eval(code, {**MATHS, **known}))
