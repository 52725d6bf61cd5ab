"""Formulas, written once and shown three ways: as text, as HTML, as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from math import isinf, isnan

from lernpy.text import listed

UNKNOWN = "not yet"
LATEX = {"_": r"\_", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "{": r"\{", "}": r"\}"}
LATEX |= {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}
SIGNS = {  # of a formula, in LaTeX
    "×": r"\times",
    "·": r" \cdot ",
    "→": r"\to",
    "−": "-",
    "½": r"\tfrac12",
    "²": "^2",
    "Σ": r"\sum",
    "δ": r"\delta",
    "…": r"\dots",
    "′": "'",
    "ln": r"\ln",
    "√": r"\surd ",
}
WORD = re.compile(  # of LaTeX: a function, words with the spaces that it would swallow, a sign
    r"(?P<call>\w{2,})(?=\()|(?P<word>(?:(?<![×−+=→/,]) )?[A-Za-z_]\w+(?: [A-Za-z_]\w+)*(?: $)?)|(?P<sign>.)"
)


class Piece:
    """A piece of a formula; pieces add up.

    >>> piece = letter_of("y", "x1") + static(" × w = ") + piece_of(-0.25)
    >>> piece.text
    'y(x1) × w = -0.25'
    >>> piece.html
    'y<sub>x1</sub> × w = -0.25'
    >>> piece.latex
    'y_{\\\\mathrm{x1}} \\\\times w = -0.25'
    """

    __slots__ = ("html", "latex", "text")

    def __init__(self, text: str, html: str | None = None, latex: str | None = None) -> None:
        self.text = text
        self.html = escape(text) if html is None else html
        self.latex = _latex(text) if latex is None else latex

    def __add__(self, other: Piece) -> Piece:
        return Piece(self.text + other.text, self.html + other.html, self.latex + other.latex)

    def __repr__(self) -> str:
        return f"<formula {self.text}>"


def _latex(text: str) -> str:
    return (
        "".join(LATEX.get(letter, letter) for letter in text)
        .replace("->", r"\to")
        .replace("→", r"\to ")
    )


def letter_of(letter: str, name: str = "") -> Piece:
    """The letter of a quantity, with whose it is: y(h1)."""
    if not name:
        return static(letter)
    sub = rf"_{{\mathrm{{{_latex(name)}}}}}"
    return Piece(
        f"{letter}({name})", f"{letter}<sub>{escape(name)}</sub>", static(letter).latex + sub
    )


def static(text: str, called: bool = False) -> Piece:
    """What stands in a formula as it is: signs, words, names of functions (before a bracket)."""

    def latex(part: re.Match[str]) -> str:
        if part["call"] or (called and part["word"]):
            return rf"\operatorname{{{_latex(part.group())}}}"
        known = SIGNS.get(part.group())
        if part["word"] and known is None:
            return rf"\text{{{_latex(part.group())}}}"
        return known or _latex(part.group())

    return Piece(text, None, WORD.sub(latex, text))


def show(value: float | None) -> str:
    """A number as a person reads it, in four figures; "not yet" where there is none.

    >>> show(0.37754), show(-1.2345678e-9), show(1.0), show(None)
    ('0.3775', '-1.235e-09', '1', 'not yet')
    """
    if value is None:
        return UNKNOWN
    return f"{value:.4g}" if value else "0"


def and_listed(names: Sequence[str], most: int = 6) -> str:
    """'x1 and x2'; many names are cut short."""
    left = len(names) - most + 1
    return listed(names if left < 2 else [*names[: most - 1], f"{left} more"], most, last="and")


def piece_of(value: float | None, guard: bool = False) -> Piece:
    """A number in a formula; with `guard` in brackets if it is negative."""
    text = show(value)
    if value is None:
        return Piece(text, f'<em class="lernpy-unknown">{text}</em>', rf"\text{{{text}}}")
    latex = _number_as_latex(value, text)
    if guard and text.startswith("-"):
        return Piece(f"({text})", None, f"({latex})")
    return Piece(text, None, latex)


def _number_as_latex(value: float, text: str) -> str:
    if isnan(value):
        return r"\mathrm{NaN}"
    if isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    head, e, tail = text.partition("e")
    return rf"{head} \times 10^{{{int(tail)}}}" if e else text
