"""Colours and sizes of every picture, for the plots and for the player alike: plain data.

What a colour or a width means is written here once:

* a positive number is blue and solid, a negative one vermillion and dashed, so that the sign is
  seen by the colour-blind, in greyscale and on a bad projector;
* a line is the wider the larger the number is: ``1 + 9 sqrt(|v| / largest)`` pixels;
* the two lanes of a link leave `LANE_GAP` pixels free between them, for the line of the weight.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isinf, isnan, sqrt
from typing import Any

from lernpy.errors import LernpyError, UnknownNameError
from lernpy.text import near_miss, shown

LANE_GAP = 6.0  # pixels free between the two lanes of a link
THINNEST, SPREAD = 1.0, 9.0  # a width is THINNEST + SPREAD * sqrt(|v| / largest)
DASH = (7.0, 4.0)  # pixels drawn, pixels left out: a negative number
FONT_SIZE = 10.0  # at font scale 1
FONT_SCALES = (1.0, 3.0)  # what a projector may need
MOST_LINKS, SHOWN_LINKS = 1500, 300  # above the first number only so many links are drawn singly
MOST_NUMBERS = 20  # up to so many links have their numbers written on them
SHUT = 0.01  # a slope below this share of the steepest lets hardly any blame through
TIMING = {"link": 400, "fan": 750, "stagger": 60, "phase": 1000}  # milliseconds
SIGN_CONVENTION = "blame = dLoss/d output; + means: raising it raises the loss"
NOT_A_PIE = "not a pie"


@dataclass(frozen=True)
class Theme:
    """The colours of one theme; every entry is a colour in hexadecimal, or a list of them."""

    name: str
    background: str
    panel: str  # a neuron's face, a legend's face
    text: str
    muted: str  # second-rate text, axes
    faint: str  # grids, lanes that are still empty
    positive: str
    negative: str
    weight: str  # the thin centre line of a link
    accent: str  # the best epoch, a warning, what is chosen
    series: tuple[str, ...]  # one run, class or function each
    diverging: tuple[str, ...]  # from the most negative (grey: white) over 0 to the most positive
    sequential: tuple[str, ...]  # from nothing to much


LIGHT = Theme(
    name="light",
    background="#ffffff",
    panel="#f4f6f8",
    text="#1b1f24",
    muted="#57606a",
    faint="#d5dae0",
    positive="#0072b2",
    negative="#d55e00",
    weight="#6e7781",
    accent="#9a4d88",
    series=("#0072b2", "#d55e00", "#00795a", "#a8568b", "#8a6d00", "#2f86b8", "#4d4d4d"),
    diverging=("#d55e00", "#e58a4f", "#f3c3a0", "#f7f7f7", "#a9cde6", "#5ba3d0", "#0072b2"),
    sequential=("#ffffff", "#c6dfef", "#7fb7dc", "#2f86b8", "#00507f", "#00304d"),
)
DARK = Theme(
    name="dark",
    background="#111418",
    panel="#1c2128",
    text="#f0f3f6",
    muted="#a9b4c0",
    faint="#39414b",
    positive="#0072b2",
    negative="#d55e00",
    weight="#8b96a3",
    accent="#d992c4",
    series=("#56b4e9", "#e8853a", "#2fbf95", "#d992c4", "#e0c341", "#0072b2", "#c4ccd4"),
    diverging=("#f08a3c", "#b9580f", "#5e3114", "#20252b", "#0f3f5f", "#0d6aa3", "#3fa2dc"),
    sequential=("#111418", "#0b3550", "#005a8c", "#0072b2", "#56b4e9", "#d7eefc"),
)
GREYSCALE = Theme(
    name="greyscale",
    background="#ffffff",
    panel="#f5f5f5",
    text="#000000",
    muted="#555555",
    faint="#d8d8d8",
    positive="#262626",
    negative="#737373",
    weight="#8c8c8c",
    accent="#000000",
    series=("#000000", "#737373", "#404040", "#8c8c8c", "#262626", "#666666", "#595959"),
    diverging=("#ffffff", "#dedede", "#bababa", "#949494", "#6a6a6a", "#404040", "#101010"),
    sequential=("#ffffff", "#d9d9d9", "#a6a6a6", "#737373", "#404040", "#0d0d0d"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, GREYSCALE)}


def get(theme: str | Theme | None = None) -> Theme:
    """The theme of that name (light unless stated); a theme is returned as it is.

    >>> get("dark").background
    '#111418'
    """
    if isinstance(theme, Theme):
        return theme
    name = "light" if theme is None else theme
    if not isinstance(name, str) or name not in THEMES:
        raise UnknownNameError(
            f"no theme is called {shown(name)}.{near_miss(str(name), THEMES)} Known: {', '.join(THEMES)}"
        )
    return THEMES[name]


def width(value: float, largest: float) -> float:
    """The width in pixels of a line that stands for `value`, where `largest` is the largest size.

    >>> width(0.0, 2.0), width(-0.5, 2.0), width(2.0, 2.0)
    (1.0, 5.5, 10.0)
    """
    if not largest > 0 or isnan(value):
        return THINNEST
    if isinf(value):
        return THINNEST + SPREAD
    return THINNEST + SPREAD * sqrt(min(abs(value) / largest, 1.0))


def font_size(font_scale: float = 1.0) -> float:
    """The size of the letters; 1 is for paper, up to 3 for the back row of a lecture hall."""
    low, high = 0.5, 2 * FONT_SCALES[1]
    is_number = isinstance(font_scale, (int, float)) and not isinstance(font_scale, bool)
    if not is_number or not low <= font_scale <= high:
        raise LernpyError(
            f"the font scale is {shown(font_scale)}; it must be from {low:g} to {high:g}"
        )
    return FONT_SIZE * font_scale


def as_dict(theme: str | Theme | None = None, font_scale: float = 1.0) -> dict[str, Any]:
    """Colours, sizes and words as JSON knows them: what the player is fed with.

    >>> as_dict("dark")["colours"]["negative"]
    '#d55e00'
    """
    chosen = asdict(get(theme))
    name = chosen.pop("name")
    colours = {key: list(c) if isinstance(c, tuple) else c for key, c in chosen.items()}
    return {
        "name": name,
        "colours": colours,
        "lane_gap": LANE_GAP,
        "thinnest": THINNEST,
        "spread": SPREAD,
        "dash": list(DASH),
        "font_size": font_size(font_scale),
        "font_scales": list(FONT_SCALES),
        "most_links": MOST_LINKS,
        "shown_links": SHOWN_LINKS,
        "most_numbers": MOST_NUMBERS,
        "timing": dict(TIMING),
        "sign_convention": SIGN_CONVENTION,
        "not_a_pie": NOT_A_PIE,
    }
