"""Numbers, lists and names as text: the one place that says how they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from difflib import get_close_matches
from itertools import islice
from math import isnan
from shlex import quote

UNKNOWN = "not yet"
STEP_SIGN = "@"  # h1@3 is h1 in the third step of time
MINUS = "−"  # for pictures and pages; a terminal and an error take the keyboard's
MOST_COMPARED = 2_000  # a near miss is a courtesy: it may not take seconds
LONGEST_COMPARED = 100
WORD = re.compile(r"[^\W_]+")
JOINERS = "\u200c\u200d"  # of the letters of Persian, of a family of faces: no name does without
AT_THE_SHELL = ContextVar("AT_THE_SHELL", default=False)  # where messages are met, or in Python
INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format (bidi), surrogates, line separators


def number(
    value: float | None,
    digits: int = 4,
    *,
    signed: bool = False,
    minus: str = "-",
    unknown: str = UNKNOWN,
) -> str:
    """A number as a person reads it; `unknown` where there is none yet (None or NaN).

    >>> number(0.37754), number(-1.2345678e-9), number(1.0), number(None), number(-0.0)
    ('0.3775', '-1.235e-09', '1', 'not yet', '0')
    >>> number(0.14807, 3, signed=True, minus=MINUS), number(-2.0, 3, minus=MINUS)
    ('+0.148', '−2')
    """
    if value is None or isnan(value):
        return unknown
    size = f"{abs(value):.{digits}g}" if value else "0"
    sign = minus if value < 0 else "+" if signed and value > 0 else ""
    return sign + size.replace("inf", "infinity")


def exact(value: float) -> str:
    """A number with all its digits, as a person would write it: the name of a class, say.

    >>> exact(7.0), exact(0.5), exact(0.1 + 0.2)
    ('7', '0.5', '0.30000000000000004')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def counted(count: int, what: str) -> str:
    """
    >>> counted(1, "sample"), counted(4000, "sample"), counted(2, "class"), counted(0, "category")
    ('1 sample', '4,000 samples', '2 classes', '0 categories')
    >>> counted(2, "epoch"), counted(2, "batch")
    ('2 epochs', '2 batches')
    """
    return f"{count:,} {what if count == 1 else plural(what)}"


def plural(what: str) -> str:
    """More than one of it; the last word is the noun."""
    if what.endswith(("s", "x", "ch", "sh")) and not what.endswith("epoch"):
        return what + "es"
    if what.endswith("y") and what[-2:-1] not in "aeiou":
        return what[:-1] + "ies"
    return what + "s"


def listed(words: Iterable[object], most: int = 10, last: str = "") -> str:
    """The words with commas, some left out where there are more than `most`.

    >>> listed(["a", "b", "c", "d", "e"], most=4)
    'a, b, ..., e'
    >>> listed(["x1", "x2"], last="and"), listed(["x1", "x2", "x3"], last="or"), listed([])
    ('x1 and x2', 'x1, x2 or x3', '')
    """
    names = [str(word) for word in words]
    if len(names) > most:
        names = [*names[: most - 2], "...", names[-1]]
    if last and len(names) > 1:
        return f"{', '.join(names[:-1])} {last} {names[-1]}"
    return ", ".join(names)


def nth(what: str, index: int) -> str:
    """A thing by its number. People count from 1: samples, epochs, steps, columns, folds.

    Only what indexes lists and arrays of Python counts from 0, as Python does.

    >>> nth("sample", 0)
    'sample 1'
    """
    return f"{what} {index + 1}"


def path(names: Sequence[str]) -> str:
    """
    >>> path(["x1", "h1"])
    'x1 -> h1'
    """
    return " -> ".join(names)


def shortened(words: str, most: int = 24, dots: str = "…") -> str:
    """Words, cut where they would push everything else aside.

    >>> shortened("a long name", 7)
    'a long…'
    """
    return words if len(words) <= most else words[: most - len(dots)] + dots


def shown(value: object, most: int = 60) -> str:
    """A value as an error shows it: whole where it is short, else its beginning or its size.

    >>> import numpy as np
    >>> shown("abc"), shown([1, 2]), shown({}), shown(np.ones((4, 2)))
    ("'abc'", 'a list of 2', 'an empty object', 'an array of shape (4, 2)')
    """
    if shape := getattr(value, "shape", None):
        return f"an array of shape {shape}"
    if isinstance(value, (list, dict)):
        kind = "list" if isinstance(value, list) else "object"
        article = "a" if kind == "list" else "an"
        return f"{article} {kind} of {len(value)}" if value else f"an empty {kind}"
    try:
        words = repr(value)
    except Exception:  # an integer of more than 4,300 digits, or a class of anybody's
        return "a huge number" if isinstance(value, int) else f"a {type(value).__name__}"
    return shortened(visible(words), most, "...")


def visible(words: str) -> str:
    r"""Words of a stranger as harmless text: what would steer a terminal is shown as its code.

    >>> visible("h\x1b[31m1"), visible("naïve 名")
    ('h\\x1b[31m1', 'naïve 名')
    """
    if words.isascii() and words.isprintable():
        return words
    return "".join(
        letter.encode("unicode_escape").decode() if is_invisible(letter) else letter
        for letter in words
    )


def is_invisible(letter: str) -> bool:
    """Whether this is a control, a direction mark, half a surrogate or a line separator."""
    return unicodedata.category(letter) in INVISIBLE


def is_steering(letter: str) -> bool:
    """Whether this may be in no name: nobody sees it, and it is none of the `JOINERS`."""
    return is_invisible(letter) and letter not in JOINERS


def option(name: str, value: object = True) -> str:
    """How an option is written where the message is met: in Python, or at the shell.

    >>> option("missing", "mean"), option("dates")
    ('missing="mean"', 'dates=True')
    """
    if not AT_THE_SHELL.get():
        return f'{name}="{value}"' if isinstance(value, str) else f"{name}={value!r}"
    flag = f"--{name.replace('_', '-')}"
    return flag if value is True else f"{flag} {quote(str(value))}"


def in_step(name: str, step: int) -> str:
    """What a neuron, or a column, of one step of time is called.

    >>> in_step("h1", 3)
    'h1@3'
    """
    return f"{name}{STEP_SIGN}{step}"


def step_of(name: str) -> tuple[str, int | None]:
    """The name within the step, and the step; None where it belongs to no step.

    >>> step_of("h1@3"), step_of("bias"), step_of("me@home")
    (('h1', 3), ('bias', None), ('me@home', None))
    """
    base, sign, step = name.rpartition(STEP_SIGN)
    is_step = bool(base and sign) and step.removeprefix("-").isdecimal() and len(step) < 8
    return (base, int(step)) if is_step else (name, None)


def shared_name(pairs: Sequence[tuple[str, str]], arrow: str = " -> ") -> str:
    """One name for the links that hold one weight, which in time are the same link in several steps.

    >>> shared_name([("x1@1", "h1@1"), ("x1@2", "h1@2")])
    'x1 -> h1 in 2 steps'
    >>> shared_name([("h1@0", "h1@1"), ("h1@1", "h1@2")]), shared_name([("a", "c"), ("b", "c")])
    ('h1 -> h1, a step on, in 2 steps', 'a -> c = b -> c')
    """
    ends = [(*step_of(start), *step_of(end)) for start, end in pairs]
    bases = {(start, end, None if a is None or b is None else b - a) for start, a, end, b in ends}
    if len(pairs) < 2 or len(bases) > 1 or any(b is None for *_, b in ends):
        return " = ".join(start + arrow + end for start, end in pairs)
    [(start, end, later)] = bases
    on = "" if not later else ", a step on," if later == 1 else f", {later} steps on,"
    return f"{start}{arrow}{end}{on} in {len(pairs)} steps"


def tie_letter(index: int) -> str:
    """What the weights that several links hold are called, in their order.

    >>> tie_letter(0), tie_letter(25), tie_letter(26)
    ('a', 'z', 'a2')
    """
    turn, letter = divmod(index, 26)
    return chr(ord("a") + letter) + (str(turn + 1) if turn else "")


def stem_of(name: str) -> str:
    """What neurons that differ in a number alone have in common.

    >>> stem_of("h1@3"), stem_of("h2_11"), stem_of("before"), stem_of("7")
    ('h', 'h2', 'before', '7')
    """
    base = step_of(name)[0]
    return base.rstrip("0123456789").removesuffix("_") or base


def near_miss(name: str, known: Iterable[str]) -> str:
    """``" Did you mean 'sigmoid'?"`` where a known name is near, else an empty string.

    Near is a short form (a word of a name, its initials, its beginning), or a slip of the fingers.

    >>> near_miss("mse", ["huber", "mean_squared_error"])
    " Did you mean 'mean_squared_error'?"
    >>> near_miss("--rate", ["--dates", "--learning-rate"]), near_miss("--date", ["--dates"])
    (" Did you mean '--learning-rate'?", " Did you mean '--dates'?")
    """
    by_lower = {entry.lower(): entry for entry in islice(known, MOST_COMPARED)}
    asked = name[:LONGEST_COMPARED].lower()
    close = sorted((entry for entry in by_lower if _is_part(asked.lstrip("-"), entry)), key=len)
    close = close or get_close_matches(asked, list(by_lower), n=1)
    close = close or [entry for entry in by_lower if len(asked) > 1 and entry.startswith(asked)]
    return f" Did you mean '{by_lower[close[0]]}'?" if close else ""


def _is_part(asked: str, entry: str) -> bool:
    words = WORD.findall(entry)
    initials = "".join(word[:1] for word in words)
    ones = {word.removesuffix("s") for word in words}
    return len(asked) > 1 and (asked == initials or asked.removesuffix("s") in ones)
