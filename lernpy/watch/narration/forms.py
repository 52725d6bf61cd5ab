"""What an event says: templates with named holes, filled here for text, HTML and LaTeX.

The templates stand in ``templates.json``; the player's page gets the same file and fills it with the
numbers that it recomputes. A form is

* words with holes: ``{name}`` a fact, ``{(name)}`` in brackets if it is negative, ``{+name}`` with its
  sign, ``{name#link}`` counted ("2 links"); in a formula ``z[{name}]`` is the z of that neuron;
* a list of forms, one after the other;
* an object of forms by fact: the first whose fact is true (``else``: always), or nothing;
* ``{"each": rows, "say": form, "join": words}``: a form for every row of facts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lernpy.text import counted
from lernpy.watch.narration.step import View
from lernpy.watch.narration.terms import Piece, and_listed, letter_of, piece_of, show, static

Facts = Mapping[str, Any]
HOLE = r"\{[(+]?(\w+)(?:\)|#([\w ]*))?\}"
TOKEN = re.compile(  # of a formula: e to a power, a letter with whose it is, a function, a hole
    rf"(?P<power>e\^)z(?:\[(?P<of>[^\]]*)\])?|(?P<letter>\w+)\[(?P<whose>[^\]]*)\]"
    rf"|(?P<call>\{{\w+\}})(?P<prime>′?)(?=\()|(?P<hole>{HOLE})"
)


@cache
def templates() -> dict[str, Any]:
    """All templates, as the page gets them."""
    text = files("lernpy.watch.narration").joinpath("templates.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def most(what: str) -> int:
    """Up to how many of these are told one by one."""
    return int(templates()["most"][what])


def tell(event: str, facts: Facts) -> tuple[View, ...]:
    """The views of an event."""
    return tuple(_views(event, facts))


def _views(event: str, facts: Facts) -> Iterator[View]:
    for entry in templates()["events"][event]:
        if not facts.get(entry.get("when"), "when" not in entry):
            continue
        form = templates()["views"][entry["view"]]
        for row in facts[entry["each"]] if "each" in entry else [{}]:
            known = {**facts, **row}
            yield View(
                entry["view"],
                formula(form.get("symbols", ""), known),
                formula(form.get("numbers", ""), known),
                sentence(form["sentence"], known),
                bool(known.get(form.get("quiet"))),
            )


def with_holes(words: str, **letters: str) -> str:
    """A formula in which each letter is a hole for a fact.

    >>> with_holes("1 − y²", y="output")
    '1 − {(output)}²'
    """
    letter = re.compile(rf"\b({'|'.join(letters)})\b", re.ASCII)  # ² is no letter
    return letter.sub(lambda match: f"{{({letters[match[1]]})}}", words)


def sentence(form: Any, facts: Facts) -> str:
    """A form as plain text.

    >>> form = ["{name} adds ", {"several": "{count#signal}", "else": "nothing"}, "."]
    >>> sentence(form, {"name": "h1", "several": True, "count": 3})
    'h1 adds 3 signals.'
    """
    return "".join(_filled(form, facts, _text))


def formula(form: Any, facts: Facts) -> Piece:
    """A form as a formula.

    >>> formula("z[{name}] = {(value)}", {"name": "h1", "value": -0.5}).text
    'z(h1) = (-0.5)'
    """
    return sum(_filled(form, facts, _piece), Piece(""))


def _filled(form: Any, facts: Facts, leaf: Callable[[str, Facts], Any]) -> Iterator[Any]:
    if isinstance(form, str):
        yield leaf(form, facts)
    elif isinstance(form, list):
        for part in form:
            yield from _filled(part, facts, leaf)
    elif "each" in form:
        for index, row in enumerate(facts[form["each"]]):
            if index:
                yield leaf(form["join"], facts)
            yield from _filled(form["say"], {**facts, **row, "first": not index}, leaf)
    else:
        chosen = (part for fact, part in form.items() if fact == "else" or facts.get(fact))
        yield from _filled(next(chosen, ""), facts, leaf)


def _text(words: str, facts: Facts) -> str:
    return re.sub(HOLE, lambda hole: _value(hole, facts), words)


def _value(hole: re.Match[str], facts: Facts) -> str:
    name, noun = hole.groups()
    value = facts[name]
    if noun is not None:
        return counted(value, noun) if noun else f"{value:,}"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return and_listed(value)
    if hole.group().startswith("{+"):
        return f"{value:+.4g}"
    text = show(value)
    return f"({text})" if hole.group().startswith("{(") and text.startswith("-") else text


def _piece(words: str, facts: Facts) -> Piece:
    whole, done = Piece(""), 0
    for token in TOKEN.finditer(words):
        whole = whole + static(words[done : token.start()]) + _token(token, facts)
        done = token.end()
    return whole + static(words[done:])


def _token(token: re.Match[str], facts: Facts) -> Piece:
    if token["power"]:
        exponent = letter_of("z", _text(token["of"] or "", facts))
        html = f"e<sup>{exponent.html}</sup>"
        return Piece(f"e^{exponent.text}", html, f"e^{{{exponent.latex}}}")
    if token["letter"]:
        return letter_of(token["letter"], _text(token["whose"], facts))
    hole = re.fullmatch(HOLE, token["call"] or token["hole"])
    assert hole is not None
    value = facts[hole[1]]
    if token["call"] or isinstance(value, str):
        return static(_value(hole, facts) + (token["prime"] or ""), bool(token["call"]))
    if hole[2] is not None:
        return Piece(_value(hole, facts))
    return piece_of(value, guard="(" in hole.group())
