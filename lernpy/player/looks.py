"""The looks of a page: its colours, light or dark, and its style sheets on one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lernpy import theme
from lernpy.player.bundle import is_shared

DARK = (  # where the style is the dark one: the host says so, or the button
    '[data-jp-theme-light="false"] .lp-root',
    ".vscode-dark .lp-root",
    ".vscode-high-contrast .lp-root",
    '.lp-root.lp-root[data-theme="dark"]',
)
LIGHT = (
    '[data-jp-theme-light="true"] .lp-root',
    ".vscode-light .lp-root",
    '.lp-root.lp-root[data-theme="light"]',
)
INK = {  # letters need more contrast than lines; a mark for "right"
    "light": {"ink-pos": "#005f94", "ink-neg": "#a84300", "ok": "#1a7f37"},
    "dark": {"ink-pos": "#6cbcf0", "ink-neg": "#ff9b57", "ok": "#57ab5a"},
}
SHEETS = ("page", "panels", "drawing", "class", "narrow", "print")  # in this order


def asset(name: str) -> str:
    """A file of this folder, as text."""
    return files("lernpy.player").joinpath(name).read_text(encoding="utf-8").rstrip()


def style_of(network: Mapping[str, Any] | None) -> str:
    """The looks of the page of a network, those that only some need last; of any network all of them."""
    shared = network is None or is_shared(network)
    haunted = network is None or network.get("ghosts")
    plain = style(*(["missed"] if haunted else []), *(["time"] if shared else []))
    if not shared:
        return plain
    series = zip(theme.get("light").series, theme.get("dark").series, strict=True)
    rules = [
        f".lp-root .lp-core.lp-tie{nth}{{stroke:light-dark({light},{dark});stroke-width:2.6}}"
        for nth, (light, dark) in enumerate(series)
    ]
    return plain + "".join(rules)


@cache
def style(*more: str) -> str:
    """The looks of the player: its colours, light or dark by button, host or system, and its rules.

    more : style sheets that this kind of page has besides
    """
    dark = _colours("dark", ".lp-root"), _colours("dark", *DARK)  # paper is light
    rules = [
        _colours("light", ".lp-root", *LIGHT),
        f"@media screen and (prefers-color-scheme: dark) {{ {dark[0]} }} @media screen {{ {dark[1]} }}",
    ]
    sheets = "\n".join([*rules, *(asset(f"css/{name}.css") for name in (*SHEETS, *more))])
    line = " ".join(re.sub(r"/\*.*?\*/", "", sheets, flags=re.S).split())
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", r"\1", line).replace(";}", "}")


def _colours(name: str, *selectors: str) -> str:
    """One rule: the colours of a theme, those that the light one has not. (Lists of them are for plots.)"""
    light = _inks("light") if name != "light" else {}
    lines = [f"--lp-{key}: {ink};" for key, ink in _inks(name).items() if ink != light.get(key)]
    return f"{', '.join(selectors)} {{ color-scheme: {name}; {' '.join(lines)} }}"


def _inks(name: str) -> dict[str, str]:
    colours = {**theme.as_dict(name)["colours"], **INK[name]}
    return {key: colour for key, colour in colours.items() if isinstance(colour, str)}
