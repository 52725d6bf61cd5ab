"""What a network can be written as, by the ending of the file; what stays behind is named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from lernpy import storage, subclasses
from lernpy.errors import LernpyError
from lernpy.interop import checking, graphs
from lernpy.interop.code import as_program
from lernpy.interop.safetensors import to_safetensors
from lernpy.interop.to_onnx import to_onnx
from lernpy.interop.to_torch import to_torch
from lernpy.interop.vector import PRECISIONS, Vector, vector_of
from lernpy.network import Network
from lernpy.text import listed
from lernpy.weight import FREE

PROGRAM = frozenset({"memory", "rules", "penalty", "scaling", "names", "maths"})
ALL = PROGRAM | {"words"}
GRAPH = frozenset({"rules", "penalty", "maths"})


class Format(NamedTuple):
    """One ending: who writes it, what it carries, who checks it, and which options it has."""

    write: Callable[..., bytes | str]
    carries: frozenset[str]
    check: checking.Check | None = None
    options: tuple[str, ...] = ()


def _program(language: str) -> Callable[..., str]:
    def write(network: Network, vector: Vector, **how: Any) -> str:
        return as_program(network, language, vector=vector, **how)

    return write


def _drawn(write: Callable[[Network], bytes | str]) -> Callable[..., bytes | str]:
    return lambda network, vector: write(network)


FORMATS: dict[str, Format] = {
    ".onnx": Format(to_onnx, ALL, checking.check_model, ("single",)),
    ".pt.py": Format(to_torch, frozenset({"scaling"}), checking.check_torch),
    ".py": Format(_program("py"), PROGRAM, checking.check_python, ("learns",)),
    ".js": Format(_program("js"), PROGRAM, checking.check_module, ("learns",)),
    ".h": Format(_program("h"), PROGRAM, checking.check_header, ("learns", "single")),
    ".safetensors": Format(to_safetensors, ALL, checking.check_safetensors, ("single",)),
    ".graphml": Format(_drawn(graphs.to_graphml), GRAPH, checking.check_graphml),
    ".dot": Format(_drawn(graphs.to_dot), frozenset()),
    ".mmd": Format(_drawn(graphs.to_mermaid), frozenset()),
    ".cyjs": Format(_drawn(graphs.to_cytoscape), GRAPH),
}


class Exported(NamedTuple):
    """What was written: how far off it is (None where that was not asked), and what stayed behind."""

    path: str
    difference: float | None
    left: list[str]

    def __str__(self) -> str:
        words = [self.path]
        if self.difference is not None:
            words.append(f"checked: the largest difference is {self.difference:.3g}")
        if self.left:
            words.append(f"left behind: {listed(self.left, last='and')}")
        return "; ".join(words)


def ending_of(path: str) -> tuple[str, Format]:
    """The ending of a file's name and its format, or an error that names all."""
    lower = os.fspath(path).lower()
    for ending in sorted(FORMATS, key=len, reverse=True):
        if lower.endswith(ending):
            return ending, FORMATS[ending]
    raise LernpyError(
        f"{path}: lernpy writes files that end in {listed(FORMATS, most=20, last='or')}"
    )


def export(
    network: Network, path: str | os.PathLike[str], *, check: bool = False, **options: Any
) -> Exported:
    """Write a network as what the ending says: .onnx, .pt.py, .py, .js, .h, .safetensors, .graphml, ...

    Parameters
    ----------
    check : run it where its runtime is (onnxruntime, torch, node, gcc), and say how far off it is
    options : ``single=True`` for float32 (.onnx, .h, .safetensors), ``learns=False`` for a program that
        only answers (.py, .js, .h)

    Raises
    ------
    LernpyError
        If something cannot be carried at all, or the check's runtime is not there, or finds a difference
        that is larger than rounding makes: then nothing is written.

    >>> import lernpy
    >>> print(export(lernpy.build.by_hand(), "net.py", check=True))
    net.py; checked: the largest difference is 0
    >>> print(export(lernpy.build.by_hand(), "net.dot").left)
    []
    """
    ending, form = ending_of(os.fspath(path))
    for name, value in options.items():
        if name not in form.options and value is not {"learns": True, "single": False}[name]:
            flag = {"learns": "--no-learn", "single": "--float32"}[name]
            kinds = [e for e, other in FORMATS.items() if name in other.options]
            raise LernpyError(f"{flag} is for {listed(kinds, last='and')}, not for {ending}")
    single = options.get("single", False)
    twin = network if form.carries & {"scaling"} else _without_card(network)
    vector = vector_of(twin, single=single)
    how = {name: value for name, value in options.items() if name in form.options}
    content = form.write(network, vector=vector, **how)
    data = content.encode() if isinstance(content, str) else content
    if check and form.check is None:
        raise LernpyError(f"{ending} is a drawing, which nothing can run; leave --check out")
    difference = form.check(data, vector) if check and form.check else None
    if difference is not None and not difference <= PRECISIONS[single].rounding:
        raise LernpyError(
            f"{os.fspath(path)} is not written: it would not say what the network says. The largest "
            f"difference is {difference:.3g}, more than rounding makes; take another ending"
        )
    storage.write_bytes(path, data)
    return Exported(os.fspath(path), difference, list(_left(network, form)))


def _without_card(network: Network) -> Network:
    """For what has no scaling of its own: numbers as the neurons see them."""
    bare = network.copy()
    bare.card = None
    return bare


def _left(network: Network, form: Format) -> Iterable[str]:
    """What this network has and the format does not carry."""
    card = network.card
    has = {
        "classes": (f"that {subclasses.described(network)}", any(subclasses.own_parts(network))),
        "memory": ("what the optimiser remembers", any(w.memory for w in network.weights)),
        "rules": ("rates and bounds of weights", _has_rules(network)),
        "penalty": ("l1 and l2", bool(network.l1 or network.l2)),
        "maths": ("its portable maths", network.maths == "portable"),
        "scaling": ("the scaling of its card", card is not None and _scales(card)),
        "names": ("the names of its classes", card is not None and bool(card.classes)),
        "words": (
            "the words of its columns (it takes a number for each input)",
            card is not None and any(column.kinds or column.date for column in card.columns),
        ),
    }
    return (words for name, (words, there) in has.items() if there and name not in form.carries)


def _has_rules(network: Network) -> bool:
    """Beyond being frozen, which torch has, too."""
    return any(weight.rule._replace(frozen=False) != FREE for weight in network.weights)


def _scales(card: Any) -> bool:
    scalings = card.scaling, card.target_scaling
    return any(s.shift.any() or np.any(s.scale != 1) for s in scalings)
