"""Short names for variables: a script that does the same with a quarter of its letters left out.

Only variables get another name, and a name the same one wherever it stands. Properties (``step.back``,
``{back: 1}``), methods and names of the browser's own stay; a shorthand keeps its property: ``{net}``
becomes ``{net:a}``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain, count, islice, product
from string import ascii_letters
from typing import NamedTuple

TOKEN = re.compile(
    r'(?P<text>"(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27|(?<=[=(:,!&|?{};>\[])/(?:\\.|\[[^\]]*\]|[^/\[])+/\w*)'
    r"|(?P<template>`(?:\\.|[^`\\])*`)|(?P<number>\.?\d[\w.]*)|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<sign>\?\.(?!\d)|\?\?=?|=>|\.\.\.|\s+|.)",
    re.S,
)
HOLE = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")
WORDS = frozenset(
    re.findall(
        r"\w+",
        """async await break case catch class const constructor continue default delete do else export
        extends false finally for function get if import in instanceof let new null of return set
        static super switch this throw true try typeof undefined void while yield""",
    )
)
OWN = frozenset({"print", "location", "history", "performance", "screen", "document", "window"})
"""Names of the browser's that a variable may have as well: those stay long."""
OFTEN, AT_LEAST = (
    ("Math", "Number", "String", "Infinity"),
    9,
)  # these get a short name if used more often
BODIES = (")", "=>", "else", "try", "finally", "do", "catch", ";", "}", "")  # before a block's {


class Mention(NamedTuple):
    """A name where a variable may stand: its token, and what its short form has to keep."""

    token: int
    text: str
    is_shorthand: bool
    declares: bool


def with_short_names(code: str) -> str:
    """The script with short names for its variables.

    >>> print(with_short_names("const width=(radius)=>{const {total}=radius;return 2*total.size;};width(1);"))
    const c=(a)=>{const{total:b}=a;return 2*b.size};c(1);
    """
    tokens = _tokens(code)
    names = list(_names(tokens))
    counts = Counter(name.text for name in names)
    often = [name for name in OFTEN if counts[name] > AT_LEAST]
    declared = {name.text for name in names if name.declares} - OWN | set(often)
    free = set(counts) - declared
    fresh = (name for name in _short_names() if name not in WORDS and name not in free)
    chosen = sorted(declared, key=lambda name: (-counts[name], name))
    short = dict(zip(chosen, fresh, strict=False))
    texts = [text for _, text in tokens]
    for name in names:
        new = short.get(name.text, name.text)
        texts[name.token] = f"{name.text}:{new}" if name.is_shorthand else new
    for semicolon, const in _neighbours(tokens):
        texts[semicolon], texts[const] = ",", ""
    kinds = [kind for kind, _ in tokens]
    alias = ",".join(f"{short[name]}={name}" for name in often)
    return (alias and f"const {alias};") + "".join(_tight(kinds, texts))


def _neighbours(tokens: list[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Where one ``const`` follows another, which can be one: its semicolon, and the word."""
    begins = [""]  # by bracket, the word that the present statement begins with
    before, at = "", 0
    for index, (kind, text) in enumerate(tokens):
        if text.isspace():
            continue
        if kind in ("sign", "hole") and text in ("{", "(", "["):
            begins.append("")
        elif kind in ("sign", "hole") and text in ("}", ")", "]"):
            begins.pop()
        elif text == "const" and kind == "name":
            if before == ";" and begins[-1] == "const":
                yield at, index
            begins[-1] = text
        elif before in (";", ""):
            begins[-1] = text
        before, at = (text if kind != "text" else "text"), index


def _tight(kinds: list[str], texts: list[str]) -> Iterator[str]:
    """Without blanks that part nothing, and without what may be left out before a closing bracket."""
    neighbours = zip(["", *texts], texts, [*texts[1:], ""], strict=False)
    for kind, (before, text, after) in zip(kinds, neighbours, strict=True):
        if kind == "sign":
            ends = before[-1:] + after[:1]
            if text.isspace() and not re.fullmatch(r"[\w$]{2}|[+-]{2}", ends):
                continue
            if (text == ";" and after == "}") or (text == "," and after in ("}", ")")):
                continue
        if kind != "hole":
            yield text


def _tokens(code: str) -> list[tuple[str, str]]:
    """Kinds and texts; what stands in the holes of a template is code again."""
    tokens: list[tuple[str, str]] = []
    for match in TOKEN.finditer(code):
        if match.lastgroup != "template":
            tokens.append((str(match.lastgroup), match.group()))
            continue
        for index, part in enumerate(HOLE.split(match.group())):
            if index % 2:
                tokens += [
                    ("text", "${"),
                    ("hole", "("),
                    *_tokens(part),
                    ("hole", ")"),
                    ("text", "}"),
                ]
            else:
                tokens.append(("text", part))
    return tokens


def _names(tokens: list[tuple[str, str]]) -> Iterator[Mention]:
    """All names of variables, with the brackets that they stand in in mind."""
    solid = [i for i, (kind, text) in enumerate(tokens) if not text.isspace()]
    texts = ['"' if tokens[i][0] == "text" else tokens[i][1] for i in solid]
    parameters = _parameters(texts)
    inside: list[str] = []  # the kinds of the brackets around: block, object, class, ( or [
    is_class = False
    declares = [False]  # by bracket: a declaration's pattern
    for at, index in enumerate(solid):
        text = texts[at]
        before, after = texts[at - 1] if at else "", texts[at + 1] if at + 1 < len(texts) else ""
        if text in ("{", "(", "["):
            opened = before in ("const", "let") or (
                before in (",", ":", "...", "[", "{") and declares[-1]
            )
            kind = "class" if is_class else "block" if before in BODIES else "object"
            inside.append(kind if text == "{" else text)
            declares.append(at in parameters or (opened and text != "("))
            is_class = is_class and text != "{"
        elif text in ("}", ")", "]"):
            inside.pop()
            declares.pop()
        elif text == "class":
            is_class = True
        elif tokens[index][0] == "name" and text not in WORDS and before not in (".", "?."):
            where = inside[-1] if inside else ""
            is_key = where == "object" and before in ("{", ",")
            if where == "class" or before == "get" or (is_key and after in (":", "(")):
                continue
            new = before in ("const", "let", "function", "class") or after == "=>"
            in_list = before in ("const", "let", "(", ",", "[", "{", ":", "...") and declares[-1]
            yield Mention(index, text, is_key and before != "...", new or in_list)


def _parameters(texts: list[str]) -> set[int]:
    """Where brackets with parameters open: of arrow functions, functions and methods."""
    opened: list[int] = []
    starts = set()
    for at, text in enumerate(texts):
        if text == "(":
            opened.append(at)
        elif text == ")":
            start = opened.pop()
            after = texts[at + 1] if at + 1 < len(texts) else ""
            before = texts[start - 1] if start else ""
            if after == "=>" or (
                after == "{" and re.match(r"[\w$]", before) and before not in _HEADS
            ):
                starts.add(start)
    return starts


_HEADS = ("if", "for", "while", "switch", "catch")


@cache
def _first_names(amount: int) -> tuple[str, ...]:
    letters = chain.from_iterable(product(ascii_letters, repeat=n) for n in count(1))
    return tuple("".join(name) for name in islice(letters, amount))


def _short_names() -> Iterator[str]:
    """a, b, ... Z, aa, ab, ..."""
    yield from _first_names(52 + 52 * 52)
