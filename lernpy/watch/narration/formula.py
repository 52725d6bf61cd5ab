"""Formulas, written once and shown three ways: as text, as HTML, as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite, isnan

UNKNOWN = "not yet"
LATEX = {"_": r"\_", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "{": r"\{", "}": r"\}"}
LATEX |= {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}


class Piece:
    """A piece of a formula; pieces add up.

    >>> piece = symbol("weight") + TIMES + symbol("output", "x1") + EQUALS + number(-0.25)
    >>> piece.text
    'w × y(x1) = -0.25'
    >>> piece.html
    'w × y<sub>x1</sub> = -0.25'
    >>> piece.latex
    'w \\\\times y_{\\\\mathrm{x1}} = -0.25'
    """

    __slots__ = ("html", "latex", "text")

    def __init__(self, text: str, html: str | None = None, latex: str | None = None) -> None:
        self.text = text
        self.html = escape(text) if html is None else html
        self.latex = _latex(text) if latex is None else latex

    def __add__(self, other: Piece | str) -> Piece:
        more = Piece(other) if isinstance(other, str) else other
        return Piece(self.text + more.text, self.html + more.html, self.latex + more.latex)

    def __repr__(self) -> str:
        return f"<formula {self.text}>"


def _latex(text: str) -> str:
    return "".join(LATEX.get(letter, letter) for letter in text).replace("->", r"\to")


def joined(pieces: Sequence[Piece], between: Piece) -> Piece:
    """Pieces with something between them."""
    whole = pieces[0] if pieces else Piece("0")
    for piece in pieces[1:]:
        whole = whole + between + piece
    return whole


EQUALS = Piece(" = ")
PLUS = Piece(" + ")
MINUS = Piece(" − ", " − ", " - ")
DOT = Piece("·", "·", r" \cdot ")
TIMES = Piece(" × ", " × ", r" \times ")
BECOMES = Piece(" → ", " → ", r" \to ")
DELTA = Piece("δ", "δ", r"\delta")
DOTS = Piece("…", "…", r"\dots")
LETTERS = {
    "total_input": Piece("z"),
    "output": Piece("y"),
    "sensitivity": Piece("s"),
    "delta": DELTA,
    "weight": Piece("w"),
    "target": Piece("t"),
}


def symbol(quantity: str, name: str = "") -> Piece:
    """The letter of a quantity, with whose it is: y(h1)."""
    letter = LETTERS.get(quantity) or Piece(quantity, quantity, word(quantity).latex)
    if not name:
        return letter
    sub = rf"_{{\mathrm{{{_latex(name)}}}}}"
    return Piece(
        f"{letter.text}({name})", f"{letter.html}<sub>{escape(name)}</sub>", letter.latex + sub
    )


def word(text: str) -> Piece:
    """A word inside a formula."""
    return Piece(text, None, rf"\text{{{_latex(text)}}}")


def call(name: str, inner: Piece, prime: bool = False) -> Piece:
    """A function of something: sigmoid(z), sigmoid'(z)."""
    tick = "′" if prime else ""
    head = Piece(name + tick, None, rf"\operatorname{{{_latex(name)}}}" + ("'" if prime else ""))
    return head + "(" + inner + ")"


def show(value: float | None) -> str:
    """A number as a person reads it, in four figures; "not yet" where there is none.

    >>> show(0.37754), show(-1.2345678e-9), show(1.0), show(None)
    ('0.3775', '-1.235e-09', '1', 'not yet')
    """
    if value is None:
        return UNKNOWN
    return f"{value:.4g}" if value else "0"


def number(value: float | None, guard: bool = False) -> Piece:
    """A number in a formula; with `guard` in brackets if it is negative."""
    text = show(value)
    if value is None:
        return Piece(text, f'<em class="lernpy-unknown">{text}</em>', rf"\text{{{text}}}")
    piece = Piece(text, None, _scientific(text) if isfinite(value) else _odd(value))
    return Piece("(") + piece + ")" if guard and text.startswith("-") else piece


def _scientific(text: str) -> str:
    head, e, tail = text.partition("e")
    return rf"{head} \times 10^{{{int(tail)}}}" if e else text


def _odd(value: float) -> str:
    return r"\mathrm{NaN}" if isnan(value) else (r"\infty" if value > 0 else r"-\infty")


def series(pieces: Sequence[Piece], sizes: Sequence[float], most: int = 6) -> Piece:
    """A sum of symbols: all of up to `most`, else those of the largest numbers and dots."""
    if len(pieces) <= most:
        return joined(pieces, PLUS)
    return joined([*(pieces[i] for i in _largest(sizes, most - 1)), DOTS], PLUS)


def added(sizes: Sequence[float], most: int = 6) -> Piece:
    """A sum of numbers: all of up to `most`, else the largest and what the others come to."""
    kept = list(range(len(sizes))) if len(sizes) <= most else _largest(sizes, most - 1)
    terms = [number(sizes[i], guard=place > 0) for place, i in enumerate(kept)]
    if len(kept) < len(sizes):
        others = sum(sizes) - sum(sizes[i] for i in kept)
        terms.append(number(others, guard=True) + word(f" ({len(sizes) - len(kept)} more)"))
    return joined(terms, PLUS)


def _largest(sizes: Sequence[float], count: int) -> list[int]:
    """The places of the largest numbers, in their order."""
    return sorted(sorted(range(len(sizes)), key=lambda i: -abs(sizes[i]))[:count])
