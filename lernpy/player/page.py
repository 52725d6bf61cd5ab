"""The page: the module, a model of six lines and the trace, all in one file that asks for nothing."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import Any
from zlib import adler32

from lernpy import layout, storage, theme
from lernpy.errors import FileFormatError, LernpyError
from lernpy.player.sheet import sheet, unroll

FORMAT = "lernpy-trace/1"
MOST_LINKS = 50_000  # more than that no browser steps through
HEIGHT = 820  # pixels, of the frame in a notebook
MODEL = """const data = JSON.parse(document.getElementById("lp-data").textContent);
data.trace = document.getElementById("lp-trace").textContent;
const none = () => {};
const get = name => data[name], set = (name, value) => { data[name] = value; };
const model = { get, set, on: none, off: none, save_changes: none, send: none };
render({ model, el: document.getElementById("lp-here") });"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body class="lp-body">
<div id="lp-here"></div>
{sheet}
<noscript>This lesson is played by JavaScript; it needs no network.</noscript>
<script type="application/json" id="lp-trace">{trace}</script>
<script type="application/json" id="lp-data">{data}</script>
<script type="module">
{module}
{model}
</script>
</body>
</html>
"""


def write(
    trace: Any, path: str | os.PathLike[str], title: str | None = None, *, font_scale: float = 1.0
) -> None:
    """Write the lessons of a trace as one HTML file that plays in any browser, without a network.

    Parameters
    ----------
    trace : a `Trace`, or what its ``to_json()`` returns
    path : the file to write; it is written whole or not at all
    title : the heading; the trace's own unless given
    font_scale : the size of the letters to begin with, 1 to 3; on the page + and - change it

    Raises
    ------
    LernpyError
        If it is no trace, has too many links to be stepped through, or cannot be written.
    """
    storage.write_text(path, page(trace, title, font_scale=font_scale))


def page(trace: Any, title: str | None = None, *, font_scale: float = 1.0) -> str:
    """The same page as a text."""
    given = traits(trace, title)
    data = {**given, "page": True, "font": _font(font_scale)}
    text = escaped(data.pop("trace"))
    data["checksum"] = adler32(text.encode())
    return PAGE.format(
        title=html.escape(json.loads(given["trace"])["title"]),
        style=asset("player.css"),
        sheet=sheet(json.loads(given["trace"])),
        trace=text,
        data=escaped(json.dumps(data)),
        module=asset("player.js"),
        model=MODEL,
    )


def iframe(trace: Any, title: str | None = None, *, height: int = HEIGHT) -> str:
    """The page inside a frame, for a notebook: it may run its script, and reach nothing outside."""
    return (
        f'<iframe class="lernpy-player" sandbox="allow-scripts" width="100%" height="{height}" '
        f'style="border:0" title="a lesson, step by step" '
        f'srcdoc="{html.escape(page(trace, title), quote=True)}"></iframe>'
    )


def traits(trace: Any, title: str | None = None) -> dict[str, Any]:
    """What the module asks its model for: the trace as text, places of neurons, theme and shell."""
    header = _header(trace)
    header["title"] = str(title or header.get("title") or "A lesson")
    return {
        "trace": json.dumps(header, separators=(",", ":")),
        "places": places(header["network"]) if header.get("positions") is None else {},
        "theme": _themes(),
        "shell": asset("shell.html").replace("SIGN CONVENTION", theme.SIGN_CONVENTION),
        "words": json.loads(asset("words.json")),
    }


def _header(trace: Any) -> dict[str, Any]:
    found = trace.to_json() if hasattr(trace, "to_json") else trace
    if not isinstance(found, Mapping) or "format" not in found:
        raise LernpyError(
            f"the player plays a trace, not {trace!r}; record one: "
            "lernpy.Trace.record(lernpy.slow_motion(network, inputs, targets))"
        )
    if found["format"] != FORMAT:
        raise FileFormatError(f"the player reads {FORMAT}, not {found['format']!r}")
    links = found["network"]["n_links"]
    if links > MOST_LINKS:
        raise LernpyError(
            f"the network has {links:,} links; the player steps through at most {MOST_LINKS:,}. "
            "Train it, and play a smaller one"
        )
    return dict(found)


def _font(scale: float) -> float:
    low, high = theme.FONT_SCALES
    if not low <= scale <= high:
        raise LernpyError(f"the font scale is {scale:g}; it must be from {low:g} to {high:g}")
    return scale


@cache
def asset(name: str) -> str:
    """A file of this folder, as text."""
    return files("lernpy.player").joinpath(name).read_text(encoding="utf-8").rstrip()


def escaped(text: str) -> str:
    """JSON that cannot end the script it stands in, whatever a neuron is called."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _themes() -> dict[str, Any]:
    light = theme.as_dict("light")
    return {**light, "colours": {"light": light["colours"], "dark": _colours("dark")}}


def _colours(name: str) -> Any:
    return theme.as_dict(name)["colours"]


def places(network: Mapping[str, Any]) -> dict[str, Any]:
    """Where `lernpy.layout` puts each neuron, y from the top, and which links swerve how far."""
    pairs = [(int(start), int(end)) for start, end, _ in unroll(network)]
    names = [str(index) for index in range(len(network["names"]))]
    source = SimpleNamespace(
        names=names,
        links=pairs,
        generation=_generations(network),
        inputs=network["inputs"],
        outputs=network["outputs"],
        biases=network["biases"],
    )
    where = layout.positions(source)
    number = {pair: index for index, pair in enumerate(pairs)}
    bends = layout.bends(source, where)
    return {
        "positions": [[where[name][0], round(1 - where[name][1], 6)] for name in names],
        "bends": {number[int(u), int(v)]: bend for (u, v), bend in bends.items()},
    }


def _generations(network: Mapping[str, Any]) -> list[int]:
    found = [0] * len(network["names"])
    for number, units in enumerate(network["generations"]):
        for unit in units:
            for neuron in [unit] if unit >= 0 else network["groups"][-1 - unit]:
                found[neuron] = number
    return found
