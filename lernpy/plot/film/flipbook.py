"""An animation as one HTML page that makes no request: the frames, five buttons and a slider."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
from collections.abc import Iterable
from importlib.resources import files
from string import Template
from typing import Any

from matplotlib.colors import to_hex


def page(figure: Any, frames: Iterable[Any], pause: float) -> str:
    """A page of these pictures. Nothing in it comes from elsewhere, so it plays with the net off."""
    ground = to_hex(figure.get_facecolor())
    ink = "#000000" if _bright(ground) else "#ffffff"
    width = int(figure.get_figwidth() * 100)
    colours = f"body {{ background: {ground}; color: {ink}; }} main {{ max-width: {width}px; }}"
    script, style = _asset("page.js"), _asset("page.css") + colours
    return Template(_asset("page.html")).substitute(
        policy=_policy(script, style),
        title=html.escape(_title(figure)),
        style=style,
        script=script,
        frames=json.dumps([base64.b64encode(png(frame)).decode("ascii") for frame in frames]),
        pause=max(int(pause), 20),
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """This script, this style and pictures that are in the page; nothing else runs or is fetched."""
    codes = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    )
    run, look = (f"'sha256-{code}'" for code in codes)
    return (
        f"default-src 'none'; script-src {run}; style-src {look}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def in_a_frame(text: str, figure: Any) -> str:
    """The page inside a notebook's output: it runs, but cannot reach the notebook."""
    wide, high = figure.get_size_inches()
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}" '
        f'style="width:100%;max-width:{int(wide * 100) + 20}px;'
        f'height:{int(high * 100) + 130}px;border:0"></iframe>'
    )


def png(image: Any) -> bytes:
    """A PNG of at most 128 colours: a quarter of the size, and a drawing loses nothing by it."""
    small = io.BytesIO()
    image.quantize(128, method=2, dither=0).save(small, format="PNG")  # 2: octree, which is quick
    return small.getvalue()


def _title(figure: Any) -> str:
    for ax in figure.axes:
        for text in [ax.get_title(loc="left"), *(t.get_text() for t in ax.texts)]:
            if text:
                return str(text).split("\n")[0].replace(r"\$", "$").strip()
    return "lernpy"


def _bright(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 128
