"""A whole program: its head, the network's tables, the printed formulas, the functions of `looped`."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Sequence
from typing import Any

from lernpy import subclasses
from lernpy._version import __version__
from lernpy.engine.writer import Writer
from lernpy.errors import LernpyError
from lernpy.functions.activations import Activation
from lernpy.functions.moving import PENALTY, RULE
from lernpy.interop.code import looped
from lernpy.interop.code.languages import (
    WHOLE,
    Choice,
    Decided,
    HeaderText,
    Language,
    PythonText,
    ScriptText,
)
from lernpy.interop.code.numbering import Asking, Numbering
from lernpy.interop.vector import Vector, vector_of
from lernpy.network import Network
from lernpy.registry import unknown
from lernpy.text import listed

LANGUAGES: dict[str, Any] = {"py": PythonText, "js": ScriptText, "h": HeaderText}
TOLERANCE, SINGLE_TOLERANCE = 1e-12, 1e-5
PLAIN = (
    "reset",
    "scaled",
    "multiply",
    "hand",
    "forward",
    "answer",
    "penalty",
    "expect",
    "backward",
    "update",
)
LEARNING = {"reset", "hand", "penalty", "expect", "backward", "update", "learn"}
NAMES = (*PLAIN, "learn", "far", "test")
STATE = {"w": "WEIGHTS", "m": "WEIGHTS", "g": "WEIGHTS", "out": "OUTPUTS"}


def as_program(
    network: Network,
    language: str,
    *,
    learns: bool = True,
    single: bool = False,
    vector: Vector | None = None,
) -> str:
    """A network as a program that answers and goes on learning, by itself.

    Parameters
    ----------
    language : "py", "js" or "h"
    learns : whether it can learn; without, it is smaller
    single : whether it calculates in float (C only)
    vector : what its test is to hold; by chance where it is left out

    Python needs nothing but itself, JavaScript nothing, C99 ``<math.h>`` and, to keep the bits,
    ``-ffp-contract=off``. With ``maths="portable"`` all have the bits of `Network.learn`.

    Raises
    ------
    LernpyError
        If something of the network cannot be written down; it is named.

    >>> import lernpy
    >>> space = {}
    >>> exec(as_program(lernpy.build.by_hand(), "py"), space)
    >>> round(space["predict"]([1])[0], 4), round(space["learn"]([1], [1]), 4), space["test"]()
    (0.3364, 0.2202, 0)
    """
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    if single and language != "h":
        raise LernpyError("only C can calculate in float; leave --float32 out, or write an .h")
    subclasses.refuse(network, "a program holds only lernpy's own classes")
    is_portable = network.maths == "portable"
    how = {"single": single} if language == "h" else {}
    text = LANGUAGES[language](is_portable, **how)
    vector = vector or vector_of(network, single=single)
    return _Program(network, text, Numbering(network, vector, learns)).text()


class _Program:
    def __init__(self, network: Network, language: Language, numbering: Numbering) -> None:
        self.network, self.language, self.numbering = network, language, numbering
        self.flags, self.tables = numbering.tables()
        single = getattr(language, "single", False)
        exact = network.maths == "portable" and not single
        self.tables["TOLERANCE"] = 0.0 if exact else SINGLE_TOLERANCE if single else TOLERANCE

    def text(self) -> str:
        functions = [line for name in self._names() for line in self._function(name)]
        body = [*self._printed(), *functions]
        if getattr(self.language, "single", False):
            body = [WHOLE.sub(r"\g<0>f", line) for line in body]
        words = set(re.findall(r"\w+", "\n".join(body)))
        first, last = FRAMES[type(self.language)]
        words |= set(re.findall(r"\w+", "\n".join(last)))
        tables = [
            self.language.table(name, values)
            for name, values in self.tables.items()
            if self.language.known(name) in words
        ]
        lines = [*self._head(), *first, *self._named(), *tables, *self._state(words)]
        if isinstance(self.language, HeaderText):
            lines = [line.replace("REAL", self._real) for line in lines]
        return "\n".join([*lines, *self.language.helpers(), *body, *last]) + "\n"

    @property
    def _real(self) -> str:
        return "float" if getattr(self.language, "single", False) else "double"

    def _head(self) -> list[str]:
        network, sign = self.network, self.language.comment
        loss = f"{network.loss.name}, {network.optimizer.name}, rate {network.learning_rate:g}"
        lines = [f"Written by lernpy {__version__}: {network!r}; {loss}.", *_ends(network)]
        return [f"{sign} {line}" for line in lines]

    def _named(self) -> list[str]:
        """Names that programs can ask for."""
        card = self.network.card
        if card is None or isinstance(self.language, HeaderText) or not card.classes:
            return []
        export = "export const " if isinstance(self.language, ScriptText) else ""
        return [f"{export}CLASSES = {list(map(str, card.classes))!r}{self.language.end}"]

    def _state(self, words: set[str]) -> list[str]:
        sizes = {
            **dict.fromkeys("zys", "NEURONS"),
            **dict.fromkeys(("lead", "rest"), "NEURONS"),
            **STATE,
        }
        made = []
        for name, size in sizes.items():
            if self.language.known(name) in words and (name != "w" or self.numbering.learns):
                count = self.tables[size] * (self.tables["MEMORIES"] if name == "m" else 1)
                made.append(self.language.state(name, count))
        return [*made, self.language.state("ready", 1)] if self.numbering.learns else made

    # ---- functions ------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        wanted = set(NAMES)
        wanted -= set() if self.numbering.learns else LEARNING
        wanted -= set() if self.flags["PENALISED"] else {"penalty"}
        wanted -= set() if self.flags["MULTIPLIED"] else {"multiply", "hand"}
        return [name for name in NAMES if name in wanted]

    def _function(self, name: str) -> list[str]:
        tree = ast.parse(inspect.getsource(getattr(looped, name)))
        node = Decided(self.flags).visit(tree).body[0]
        assert isinstance(node, ast.FunctionDef)
        if not self.numbering.learns:  # the weights are a table
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and part.id == "w":
                    part.id = "START"
        return self.language.function(node)

    def _printed(self) -> list[str]:
        numbering, at = self.numbering, {"kind": "int", "i": "int"}
        kinds, forms = dict(enumerate(numbering.activations)), dict(enumerate(numbering.forms))
        sizes, where = {size: size for size in numbering.sizes}, {"size": "int", "i": "int"}
        asked = {"form": "int", "i": "int", "t": "float"}
        step = {"k": "int", "rate": "float"}
        parts: list[tuple[str, dict[str, str], str, dict[int, Any], Any]] = [
            ("value", at, "float", kinds, self._value),
            ("share", where, "None", sizes, self._shares),
            ("slope", at, "float", kinds, self._slope),
            ("loss", asked, "float", forms, self._loss),
            ("asked", asked, "float", forms, self._asked),
            ("mix", where, "None", sizes, self._mixed),
            ("move", step, "None", {0: 0}, self._moved),
        ]
        return [
            line
            for name, parameters, result, choices, write in parts[: None if numbering.learns else 2]
            for line in self.language.chosen(
                name, parameters, result, {number: write(x) for number, x in choices.items()}
            )
            if choices
        ]

    def _at(self, array: str, index: str) -> str:
        return f"{self.language.known(array)}[{index}]"

    def _value(self, entry: Activation) -> Choice:
        writer = Writer(self.language.printer)
        return writer.lines, writer.entry(entry, "value", self._at("z", "i"))

    def _slope(self, entry: Activation) -> Choice:
        writer = Writer(self.language.printer)
        return writer.lines, writer.entry(entry, "slope", self._at("z", "i"), self._at("y", "i"))

    # ---- groups ---------------------------------------------------------------------------------

    def _row(self, writer: Writer, array: str, size: int) -> list[str]:
        return [writer.name(f"{array}{n}", self._at(array, f"i + {n}")) for n in range(size)]

    def _put(self, writer: Writer, array: str, names: Sequence[str]) -> None:
        writer.lines += [
            self.language.set(self._at(array, f"i + {n}"), name) for n, name in enumerate(names)
        ]

    def _shares(self, size: int) -> Choice:
        """The outputs of a group; what the loss will ask of it beside them."""
        writer, forms = Writer(self.language.printer), self.numbering.forms
        totals = self._row(writer, "z", size)
        outputs = [f"y{n}" for n in range(size)]
        writer.group("shares", [*outputs, "whole"], totals)
        self._put(writer, "y", outputs)
        if self.numbering.learns and any(form.grouped and not form.apart for form in forms):
            self._put(writer, "lead", [writer.note(f"{z} - whole") for z in totals])
        if self.numbering.learns and any(form.apart for form in forms):
            for array, which, rows in (
                ("rest", "rests", [outputs]),
                ("lead", "leads", [totals, outputs]),
            ):
                names = [f"{array}{n}" for n in range(size)]
                writer.group(which, names, *rows)
                self._put(writer, array, names)
        return self._settled(writer), ""

    def _mixed(self, size: int) -> Choice:
        writer = Writer(self.language.printer)
        apart = any(group.apart for group in self.network.groups)
        rows = [self._row(writer, array, size) for array in ("zys" if apart else "ys")]
        names = [f"d{n}" for n in range(size)]
        writer.group("mixed_apart" if apart else "mixed", names, *rows)
        self._put(writer, "s", names)
        return self._settled(writer), ""

    def _settled(self, writer: Writer, *used_later: str) -> list[str]:
        """Without the names that nobody asks for."""
        lines: list[str] = []
        used = set(used_later)
        for line in reversed(writer.lines):
            name = re.match(r"(?:const \w+ )?(\w+) = ", line)
            if name is None or name[1] in used:
                lines.append(line)
                used |= set(re.findall(r"\w+", line))
        return lines[::-1]

    # ---- the loss, the step ---------------------------------------------------------------------

    def _loss(self, form: Asking) -> Choice:
        writer = Writer(self.language.printer)
        array = "y" if form.which == "value" else "lead" if form.grouped or form.apart else "z"
        result = writer.entry(self.network.loss, form.which, self._at(array, "i"), "t")
        return writer.lines, result

    def _asked(self, form: Asking) -> Choice:
        writer = Writer(self.language.printer)
        rest = [self._at("rest", "i")] if form.apart else []
        which = "rest_slope" if rest else "slope"
        return writer.lines, writer.entry(self.network.loss, which, self._at("y", "i"), *rest, "t")

    def _moved(self, _: int) -> Choice:
        """A weight's move: the pull of the penalty, the optimiser's step, the weight's rule."""
        writer, optimizer = Writer(self.language.printer), self.network.optimizer
        size, pulled = self.numbering.remembered, self.flags["PENALISED"]
        cells = [self._at("w", "k"), *(self._at("m", f"k * {size} + {n}") for n in range(size))]
        held = [writer.name(f"held{n}", cell) for n, cell in enumerate(cells)]
        rule = self._at("RULE", "k")
        kinds = {name: self._at(name.upper(), rule) for name in RULE if self.numbering.ruled}
        names = [writer.name(*kind) for kind in kinds.items()]
        reached = self._at("REACHED", rule)
        pull = [
            writer.name(name, f"{self.language.known(name.upper())} * {reached}")
            for name in PENALTY
            if pulled
        ]
        after = writer.moved(optimizer, held[0], self._at("g", "k"), held[1:], pull, names)
        notes = [writer.note(number) for number in after]
        writer.lines += [self.language.set(*pair) for pair in zip(cells, notes, strict=True)]
        return self._settled(writer), ""


def _ends(network: Network) -> list[str]:
    card = network.card
    lines = []
    for kind, neurons in (("Inputs", network.inputs), ("Outputs", network.outputs)):
        names = [neuron.name for neuron in neurons]
        known = () if card is None else getattr(card, f"{kind.lower()[:-1]}_names")
        own = f" ({listed(map(str, known))})" if known and list(known) != names else ""
        lines.append(f"{kind}: {listed(names)}{own}.")
    if card is not None and card.classes:
        lines.append(f"Classes: {listed(map(str, card.classes), most=1000)}.")
    return [" ".join(line.split()) for line in lines]


GUARD = "LERNPY_NET_H"
FRAMES: dict[type[Language], tuple[list[str], list[str]]] = {
    PythonText: (
        ["", "from math import *  # and nothing else", ""],
        [
            *("", "", "def predict(x):", "    answer(x, out)", "    return list(out)"),
            *("", "", 'if __name__ == "__main__":', "    assert test() == 0, test()"),
        ],
    ),
    ScriptText: (
        [],
        ["export function predict(x) {", "  answer(x, out);", "  return [...out];", "}"],
    ),
    HeaderText: (
        [f"#ifndef {GUARD}", f"#define {GUARD}", "#include <math.h>", "#include <stdint.h>",
         "typedef REAL net_real;"],
        ["#endif"],
    ),
}  # fmt: skip
