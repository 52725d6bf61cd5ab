"""The script of a page: the modules of ``js/``, joined, with the maths printed from the tables."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from posixpath import dirname, normpath
from typing import Any

from lernpy import checks, wiring
from lernpy.errors import LernpyError
from lernpy.functions import moving, portable, softmax
from lernpy.functions.activations import ACTIVATIONS, Activation
from lernpy.functions.formula import Formula, traced
from lernpy.functions.losses import LOSSES, Loss
from lernpy.functions.optimizers import OPTIMIZERS, Optimizer
from lernpy.functions.optimizers import get as optimizer
from lernpy.functions.printing.infix import CannotPrint
from lernpy.functions.printing.javascript import JavaScript
from lernpy.layout import is_in_time
from lernpy.network import Network
from lernpy.player.shorter import with_short_names
from lernpy.text import INVISIBLE, JOINERS

ENTRIES: dict[str, Any] = {"activation": ACTIVATIONS, "loss": LOSSES, "optimizer": OPTIMIZERS}
REFUSALS = {
    "loop": wiring.LOOP,
    "unseen": checks.UNSEEN,
    "steering": f"(?![{JOINERS}])[" + "".join(rf"\p{{{kind}}}" for kind in INVISIBLE) + "]",
}
TABLES, TANH = (
    "tables",
    "lab/tanh",
)  # the modules whose text a page reads: one printed, one as it is
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[\w./]+)\.js";\n', re.M)
COMMENT = re.compile(
    r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n|/\*\* @type (?:(?!\*/).)*\*/ ?|[ \t]+// [^\n]*$",
    re.M | re.S,
)
PATTERN = r"/(?:\\.|\[[^\]]*\]|[^/\[])+/"
TEXT = re.compile(  # strings, templates (none within another) and patterns
    rf"""("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|(?<=[(=:,] ){PATTERN}|(?<=\(){PATTERN})"""
)
SPACE = re.compile(r" ?([{}()\[\],;:?=<>*&|!%]) ?")
NAME = re.compile(r"^(?:const|let|function|class) (\w+)", re.M)


def script(
    network: Mapping[str, Any] | None = None, entry: str = "page", maths: str = "fast"
) -> str:
    """One module, on one line and without comments; it exports what its entry does: ``{render}``.

    `network` : the header's, for the maths that it needs; unless given, all that can be printed
    `entry` : the module to begin with, as its path in ``js/``
    `maths` : "fast" or "portable"

    >>> module = script({"activations": [{"name": "relu"}], "loss": "huber"})
    >>> "relu:{" in module, "sigmoid:{" in module, module.endswith("export default{render};")
    (True, False, True)
    """
    return _with_maths(_joined(entry, _needless(network)), network, maths)


def _needless(network: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The modules that the page of a network does not need; that of any network needs all."""
    if network is None:
        return ()
    needed = {
        "products": network.get("products"),
        "cells": is_in_time(network.get("names", ())),
        "shared": is_shared(network),
        "ghosts": network.get("ghosts"),
    }
    return tuple(name for name, has in needed.items() if not has)


def is_shared(network: Mapping[str, Any]) -> bool:
    """Whether a weight is on several links."""
    weights = network.get("weight_of") or ()
    return len({*weights}) < len(weights)


def page_script(
    network: Mapping[str, Any] | None, entry: str, start: str, maths: str = "fast"
) -> str:
    """The script of a page of its own: the module with short names, and the lines that start it.

    The maths, "fast" or "portable", keeps its names: a page may write code of its own from it.
    """
    return _with_maths(_short(entry, start, _needless(network)), network, maths)


def _with_maths(code: str, network: Mapping[str, Any] | None, maths: str) -> str:
    """The script with what keeps its names, since a page reads its text: tables, and the lab's own tanh."""
    printed = squeezed(tables(network, maths))
    if "TANH;" in code:
        printed = printed.replace("Math.tanh", "tanh")
    return code.replace("TABLES;", printed).replace("TANH;", squeezed(_text_of(TANH)))


def self_unpacking(code: str) -> str:
    """A script that unpacks another and starts it; a page has to allow both.

    >>> len(self_unpacking("render();" * 1000)) < 1000
    True
    """
    text = b64encode(zlib.compress(code.encode(), 9)).decode()
    return squeezed(_text_of("lab/unpack")).replace("PACKED SCRIPT", text)


@cache
def _short(entry: str, start: str, needless: tuple[str, ...]) -> str:
    return with_short_names(f"{_joined(entry, needless)} {' '.join(start.splitlines())}")


def tables(network: Mapping[str, Any] | None = None, maths: str = "fast") -> str:
    """Activations, losses and optimisers as JavaScript, printed from the entries of the tables.

    What has no formula (an entry that asks for its number: ``if z > 0``) is left out: the page shows
    its recorded numbers. So are, for the page of one network, the moves of every rule but plain gradient
    descent, since these are recorded.

    >>> print(tables({"activations": [{"name": "relu"}], "loss": "?"}))
    const ACTIVATIONS = {
    relu: {
    value: function value(z) {
      return z <= 0 ? 0 : z;
    },
    slope: function slope(z, y) {
      return z > 0 ? 1 : 0;
    },
    },
    };
    const LOSSES = {
    };
    const SOFTMAX = {
    };
    const OPTIMIZERS = {
    };
    """
    if network is None:
        kinds: Iterable[str] = ACTIVATIONS
        losses: Iterable[str] = LOSSES
        rules: Iterable[str] = OPTIMIZERS
    else:
        kinds = [kind["name"] for kind in network["activations"]]
        losses = [network["loss"]]
        rules = [one for one in [network.get("optimizer", {}).get("name")] if one == "sgd"]
    language = JavaScript(portable=maths == "portable")
    lines = [
        *_table("ACTIVATIONS", {name: entry_code(language, _unit(name)) for name in kinds}),
        *_table("LOSSES", {name: entry_code(language, LOSSES.get(name)) for name in losses}),
        *_table("SOFTMAX", _softmax(language, network)),
        *_table(
            "OPTIMIZERS",
            {name: entry_code(language, optimizer(name), network is None) for name in rules},
        ),
    ]
    needed = portable.definitions(language, lines) if language.portable else []
    words = [f"const REFUSALS = {json.dumps(REFUSALS)};"] if network is None else []
    return "\n".join([*needed, *lines, *words])


def check_computed(network: Network) -> None:
    """Refuse a network with an entry that no page can compute: it has no formula, or another has its name."""
    language = JavaScript(portable=network.maths == "portable")
    units = dict.fromkeys(neuron.activation for neuron in network.neurons.values())
    kinds: list[tuple[str, Any]] = [
        ("activation", unit) for unit in units if isinstance(unit, Activation)
    ]
    for kind, entry in (*kinds, ("loss", network.loss), ("optimizer", network.optimizer)):
        code = entry_code(language, entry, whole=False)
        if code is None:
            raise LernpyError(
                f"no page can compute the {kind} {entry.name}: it is no formula of operators and m's "
                "functions (but has an if, math.exp, np.sum). A page can play what was recorded: "
                "lernpy.player.write(lernpy.Trace.record(lernpy.slow_motion(network, inputs, targets)), "
                '"lesson.html")'
            )
        if code != entry_code(language, ENTRIES[kind].get(entry.name), whole=False):
            raise LernpyError(
                f"the {kind} {entry.name} is not what its table has under that name, so that no page can "
                f'name it; enter it there with @{kind}("...") under a name of its own'
            )


def entry_code(language: JavaScript, entry: Any, whole: bool = True) -> str | None:
    """An entry in the maths of the page; None where it has no such form. For `whole` see `_rule`."""
    try:
        entry = entry and portable.of(entry, "portable" if language.portable else "fast")
    except LernpyError:
        return None
    if isinstance(entry, Activation):
        return _object(language, {which: entry.formula(which) for which in ("value", "slope")})
    if isinstance(entry, Loss):
        return _loss(language, entry)
    return None if entry is None else _rule(language, entry, whole)


def _table(name: str, entries: Mapping[str, str | None]) -> Iterator[str]:
    yield f"const {name} = {{"
    for key, code in entries.items():
        if code is not None:
            yield f"{key if key.isidentifier() else json.dumps(key)}: {code},"
    yield "};"


def _unit(name: str) -> Activation | None:
    return ACTIVATIONS.get("identity" if name == "product" else name)  # which is not squashed


def _loss(language: JavaScript, entry: Loss) -> str | None:
    stable = _object(language, {form: entry.formula(form) for form in entry.from_total})
    parts = {which: entry.formula(which) for which in ("value", "slope")}
    if entry.from_rest:
        parts["restSlope"] = entry.formula("rest_slope")
    code = _object(language, parts)
    mean = str(entry.mean).lower()
    return code and stable and f"{code[:-1]}mean: {mean},\nstable: {stable},\n}}"


def _softmax(language: JavaScript, network: Mapping[str, Any] | None) -> dict[str, str]:
    """The maths of a group, on a number of each member."""
    names = [*softmax.FUNCTIONS]
    if network is not None:
        loss = LOSSES.get(network["loss"])
        usual = names if loss and loss.from_rest else ["shares", "mixed"]
        names = usual if network.get("groups") else []
    return {name: language.members(name, softmax.group_formula(name)) for name in names}


def _rule(language: JavaScript, entry: Optimizer, whole: bool) -> str | None:
    """How a weight moves; on the `whole` also the bare step, the usual rate and options, a fresh memory."""
    fresh = traced(lambda m: lambda rate: tuple(entry.memory(rate)), "rate")
    step = entry.formula(named_options=True)
    move = moving.move_formula(entry, moving.PENALTY, moving.RULE, named_options=True)
    if fresh is None or step is None or move is None:
        return None
    try:
        parts = [_in_place(language, "move", move, entry, (*moving.PENALTY, *moving.RULE))]
        if whole:
            memory = ", ".join(language.write(fresh).results)
            parts += [
                _in_place(language, "step", step, entry, ()),
                f"rate: {entry.rate!r},\noptions: {json.dumps(entry.options)},",
                f"memory: (rate) => [{memory}],",
            ]
    except CannotPrint:
        return None
    return "\n".join(["{", *parts, "}"])


def _in_place(
    language: JavaScript, name: str, formula: Formula, entry: Optimizer, more: Sequence[str]
) -> str:
    """A formula of a weight's value and memory as a function that writes into arrays, at `w`."""
    slots = [f"memory[{at}][w]" for at in range(len(formula.results) - 1)]
    options = {option: f"options[{at}]" for at, option in enumerate(entry.options)}
    names = {"value": "values[w]", **options}
    names |= {f"memory{at}": slot for at, slot in enumerate(slots)}
    code = language.write(formula, names)
    results = [f"next{at}" for at in range(len(code.results))]
    noted = [f"const {new} = {result};" for new, result in zip(results, code.results, strict=True)]
    moved = [f"{to} = {new};" for to, new in zip(["values[w]", *slots], results, strict=True)]
    parameters = ", ".join(["values", "w", "gradient", "rate", "memory", "options", *more])
    lines = [f"  {line}" for line in (*code.lines, *noted, *moved)]
    return "\n".join([f"{name}: function {name}({parameters}) {{", *lines, "},"])


def _object(language: JavaScript, formulas: Mapping[str, Formula | None]) -> str | None:
    """The functions of an entry; None if one of them cannot be printed."""
    code = {name: _function(language, name, formula) for name, formula in formulas.items()}
    if None in code.values():
        return None
    return "\n".join(["{", *(f"{name}: {one}," for name, one in code.items()), "}"])


def _function(language: JavaScript, name: str, formula: Formula | None) -> str | None:
    if formula is None:
        return None
    try:
        return language.function(name, formula)
    except CannotPrint:
        return None


@cache
def _joined(entry: str, needless: tuple[str, ...]) -> str:
    """All modules, each behind those that it imports; all names in one scope."""
    order: dict[str, str] = {}
    _collect(entry, order, (), {name: f"without-{name}" for name in needless})
    code = "\n".join(order.values())
    names = [*NAME.findall(code), "ACTIVATIONS", "LOSSES", "SOFTMAX", "OPTIMIZERS", "REFUSALS"]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LernpyError(f"two modules of the player have a name of their own: {', '.join(twice)}")
    return squeezed(code)


def _collect(
    name: str, order: dict[str, str], above: tuple[str, ...], instead: Mapping[str, str]
) -> None:
    if name in above:
        raise LernpyError(f"modules of the player import each other: {' -> '.join((*above, name))}")
    text = _source(instead.get(name, name))
    for needed_path in IMPORT.findall(text):
        needed = normpath(f"{dirname(name)}/{needed_path}").lstrip("/")
        if needed not in order:
            _collect(needed, order, (*above, name), instead)
    kept = {TABLES: "TABLES;", TANH: "TANH;"}
    order[name] = kept.get(name) or _text_of(instead.get(name, name))


def _source(name: str) -> str:
    return files("lernpy.player").joinpath(f"js/{name}.js").read_text(encoding="utf-8")


def _text_of(name: str) -> str:
    """A module without comments, imports and exports."""
    code = COMMENT.sub("", IMPORT.sub("", _source(name)))
    return re.sub(r"^export (?!default)", "", code, flags=re.M)


def squeezed(code: str) -> str:
    """The code on one line: a host that joins the lines of a page then changes nothing of it.

    >>> squeezed('const a = (b) => {\\n  return b ? "a  =  b" : `</p>`;\\n};')
    'const a=(b)=>{return b?"a  =  b":`<\\\\/p>`;};'
    """
    line = " ".join(filter(None, map(str.strip, code.splitlines()))).replace("</", "<\\/")
    parts = TEXT.split(line)
    parts[::2] = [SPACE.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)
