"""The page: the module, a model of six lines and the trace, all in one file that asks for nothing."""

from __future__ import annotations

import html
import json
import os
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any
from zlib import adler32, compress

from lernpy import checks, layout, storage, theme
from lernpy.data import Card
from lernpy.errors import FileFormatError, LernpyError
from lernpy.functions import activations
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.losses import LOSSES
from lernpy.labels import Label, card_labels
from lernpy.player.bundle import is_shared, page_script
from lernpy.player.looks import asset, style_of
from lernpy.player.sheet import CLOSED, sheet, sheets
from lernpy.player.spots import spots_of
from lernpy.registry import unknown
from lernpy.text import shown
from lernpy.training import Missed
from lernpy.watch.file.blocks import encoded
from lernpy.watch.narration.forms import templates, with_holes
from lernpy.watch.timeline import LEVELS, known_level, usual_level

FORMAT = "lernpy-trace/1"
MOST_LINKS = 50_000  # more than that no browser steps through
MOST_SINGLE, SHOWN = 120, 80  # above the first only so many links are drawn singly
HEIGHT = 820  # pixels, of the frame in a notebook
PACKED = ("shell", "words", "narration", "beliefs")  # traits that are the same text on many pages
MODEL = """const data = await unpacked(JSON.parse(document.getElementById("lp-data").textContent));
data.trace = document.getElementById("lp-trace").textContent;
const none = () => {};
const get = (name) => data[name], set = (name, value) => { data[name] = value; };
const model = { get, set, on: none, off: none, save_changes: none, send: none };
render({ model, el: document.getElementById("lp-here") });"""
POLICY = CLOSED + "; script-src {script}; style-src {style}"
NOWHERE: dict[str, Any] = {"positions": [], "bends": {}}
OF_GROUPS = ("normalise", "normalises", "mix", "mixes")
NOT_TOLD = ("own rule", "own sums", "remember", "remembers")  # what no trace file can hold
BEHIND = ("M1", "M2", "M3", "M4", "M7", "M8", "M12", "M13")  # beliefs seen in an answer on a page
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="lp-body">
<div id="lp-here"></div>
{sheet}
<noscript>This lesson is played by JavaScript; it needs no network.</noscript>
<script type="application/json" id="lp-trace">{trace}</script>
<script type="application/json" id="lp-data">{data}</script>
<script type="module">{module}</script>
</body>
</html>
"""


def write(
    trace: Any,
    path: str | os.PathLike[str],
    title: str | None = None,
    *,
    font_scale: float = 1.0,
    level: str | None = None,
    missed: Sequence[Any] = (),
) -> None:
    """Write the lessons of a trace as one HTML file that plays in any browser, without a network.

    Parameters
    ----------
    trace : a `Trace`, or what its ``to_json()`` returns
    path : the file to write; it is written whole or not at all
    title : the heading; the trace's own unless given
    font_scale : the size of the letters to begin with, 1 to 3; on the page + and - change it
    level : how far one move goes to begin with: link, neuron, generation, phase, sample or epoch;
        unless given, by the number of steps (see `lernpy.watch.timeline.usual_level`)
    missed : links that are not there, as `lernpy.missed` has them: they are drawn as ghosts

    Raises
    ------
    LernpyError
        If it is no trace, has too many links to be stepped through, or cannot be written.

    >>> import lernpy, os, tempfile
    >>> trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lernpy.player.write(trace, f"{folder}/lesson.html", title="By hand")
    ...     os.listdir(folder)
    ['lesson.html']
    """
    text = page(trace, title, font_scale=font_scale, level=level, missed=missed)
    storage.write_text(path, text)


def page(
    trace: Any,
    title: str | None = None,
    *,
    font_scale: float = 1.0,
    level: str | None = None,
    missed: Sequence[Any] = (),
) -> str:
    """The same page as a text.

    >>> import lernpy
    >>> trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
    >>> "<title>By hand</title>" in page(trace, "By hand", level="phase")
    True
    """
    header = _haunted(_header(trace, title), missed)
    data = {**_traits(header, font_scale, level), "page": True}
    text = escaped(data.pop("trace"))
    data["checksum"] = adler32(text.encode())
    module, looks = page_script(header["network"], "page", MODEL), style_of(header["network"])
    return PAGE.format(
        policy=POLICY.format(script=hashed(module), style=hashed(looks)),
        title=html.escape(header["title"]),
        style=looks,
        sheet=sheet(header, neuron_labels(header)),
        trace=text,
        data=data_text(data),
        module=module,
    )


def data_text(traits: Mapping[str, Any]) -> str:
    """The traits as the page carries them: what it only reads out is packed, and takes half the room.

    >>> sorted(json.loads(data_text({**shell_traits(), "narration": {}, "page": True})))
    ['font', 'level', 'packed', 'page', 'theme']
    """
    texts = _compact({name: traits[name] for name in PACKED})
    packed = b64encode(compress(texts.encode(), 9)).decode()
    rest = {name: value for name, value in traits.items() if name not in PACKED}
    return escaped(_compact({**rest, "packed": packed}))


def _compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_sheet(
    trace: Any,
    path: str | os.PathLike[str],
    key: str | os.PathLike[str] | None = None,
    *,
    title: str | None = None,
    links: Sequence[str] = (),
) -> None:
    """Write the first recorded sample as a worksheet with blanks, and the answers apart.

    Each file is HTML that prints on one page. An example row is filled in.

    Parameters
    ----------
    key : the file for the answers; none is written unless it is given
    links : names of those that get a row; unless given, those with the largest gradients

    >>> import lernpy, os, tempfile
    >>> trace = lernpy.Trace.record(lernpy.slow_motion(lernpy.build.by_hand(), [1], [1]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lernpy.player.write_sheet(trace, f"{folder}/sheet.html", f"{folder}/key.html")
    ...     sorted(os.listdir(folder))
    ['key.html', 'sheet.html']
    """
    header = _header(trace, title)
    if not checks.is_list(links):
        raise LernpyError(f"links are a list of names, not {shown(links)}")
    links = [checks.text("name of a link", link) for link in links]
    worksheet, answers = sheets(header, neuron_labels(header), asset("css/print.css"), links)
    storage.write_text(path, worksheet)
    if key is not None:
        storage.write_text(key, answers)


def hashed(text: str) -> str:
    """What a content security policy knows a script or a style by."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def iframe(trace: Any, title: str | None = None, *, height: int = HEIGHT) -> str:
    """The page inside a frame, for a notebook: it may run its script, and reach nothing outside."""
    return framed(page(trace, title), "a lesson, step by step", height)


def framed(text: str, about: str, height: int = HEIGHT) -> str:
    """A page as a frame that may run its script, and reach nothing outside."""
    return (
        f'<iframe class="lernpy-player" sandbox="allow-scripts" width="100%" height="{height}" '
        f'style="border:0" title="{about}" srcdoc="{html.escape(text, quote=True)}"></iframe>'
    )


def traits(
    trace: Any, title: str | None = None, *, font_scale: float = 1.0, level: str | None = None
) -> dict[str, Any]:
    """What the module asks its model for: the trace as text, places of neurons, sizes and words."""
    return _traits(_header(trace, title), font_scale, level)


def _traits(header: Mapping[str, Any], font_scale: float, level: str | None) -> dict[str, Any]:
    return {
        "trace": json.dumps(encoded(header), separators=(",", ":")),
        "spots": spots_of(header["network"], header.get("positions"))
        if _is_open(header)
        else NOWHERE,
        "labels": [label and label._asdict() for label in neuron_labels(header)],
        "narration": narration(header["network"]),
        **shell_traits(_font(font_scale), _level(header["network"], level)),
    }


def _is_open(header: Mapping[str, Any]) -> bool:
    """Whether no generation is so large that the page draws it as an image, and places all anew."""
    network = header["network"]
    return max(map(len, network["generations"])) <= layout.FOLDED + len(network["biases"])


def shell_traits(font: float = 1.0, level: int = 0) -> dict[str, Any]:
    """What the modules need of every page: sizes, words, the shell that they fill."""
    sizes = {key: size for key, size in theme.as_dict().items() if key != "colours"}
    return {
        "theme": {**sizes, "most_links": MOST_SINGLE, "shown_links": SHOWN},
        "font": font,
        "level": level,
        "shell": asset("shell.html").replace("SIGN CONVENTION", theme.SIGN_CONVENTION),
        "words": page_words(),
        "beliefs": {
            name: {key: beliefs()[name][key] for key in ("belief", "reply")} for name in BEHIND
        },
    }


@cache
def page_words() -> dict[str, Any]:
    """The words of every page, but for those of an event."""
    return dict(json.loads(asset("words.json")))


@cache
def beliefs() -> dict[str, dict[str, Any]]:
    """What somebody believes whose answer is wrong, by name, with a reply and the number of a lesson.

    >>> beliefs()["M2"]["belief"]
    'one path is enough'
    """
    return dict(json.loads(asset("beliefs.json")))


OF_PRODUCTS = ("multiply", "blame_factors", "multiplies", "blames factors")


def neuron_labels(header: Mapping[str, Any]) -> list[Label | None]:
    """What the data call each neuron; raw value = value * scale + shift. None where nothing is to be said.

    Without a card an empty list.

    >>> import lernpy
    >>> network = lernpy.layered([4, 2, 3], output_activation="softmax", seed=0)
    >>> history = lernpy.train(network, lernpy.data.load("iris"), 1, loss="cross_entropy")
    >>> trace = lernpy.Trace.record(lernpy.slow_motion(network, [1, 2, 3, 4], [1, 0, 0]))
    >>> [label and label.called for label in neuron_labels(trace.contents())][4:]
    [None, None, None, 'setosa', 'versicolor', 'virginica']
    """
    if not header.get("card"):
        return []
    network, card = header["network"], Card.from_json(header["card"])
    every: list[Label | None] = [None] * len(network["names"])
    ends = network["inputs"], network["outputs"]
    for which, known in zip(ends, card_labels(card, *map(len, ends)), strict=True):
        for index, label in zip(which, known, strict=True):
            says = label.more(network["names"][index]) or label.unit or label.is_scaled
            every[index] = label if says else None
    return every


def narration(network: Mapping[str, Any]) -> dict[str, Any]:
    """The templates of what an event says, and when a slope is called shut, and how."""
    names = [kind["name"] for kind in network["activations"]]
    texts = templates()
    needless = (
        *NOT_TOLD,
        *(() if network.get("products") else OF_PRODUCTS),
        *(() if network.get("groups", True) else OF_GROUPS),
        *(() if is_shared(network) else ("adds up",)),
    )
    parts = {part: _without(texts[part], needless) for part in ("titles", "events", "views")}
    parts["events"] = {
        event: [entry for entry in entries if entry["view"] not in needless]
        for event, entries in parts["events"].items()
    }
    return {
        **texts,
        **parts,
        "shut": {name: activations.why_shut(name) for name in names},
        "losses": {loss: LOSSES[loss].words[0] for loss in [network["loss"]] if loss in LOSSES},
        "slope_words": {
            name: ACTIVATIONS[name].slope_words for name in names if name in ACTIVATIONS
        },
        "limit": theme.SHUT,
        "slopes": {
            name: with_holes(ACTIVATIONS[name].slope_words, y="output", z="total_input")
            for name in names
            if name in ACTIVATIONS
        },
    }


def _without(forms: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: form for name, form in forms.items() if name not in names}


def _header(trace: Any, title: str | None) -> dict[str, Any]:
    """The contents of a trace, with arrays where it has them, else with blocks as JSON knows them."""
    content = trace.contents() if hasattr(trace, "contents") else trace
    if not isinstance(content, Mapping) or "format" not in content:
        raise LernpyError(
            f"the player plays a trace, not {shown(trace)}; record one: "
            "lernpy.Trace.record(lernpy.slow_motion(network, inputs, targets))"
        )
    if content["format"] != FORMAT:
        raise FileFormatError(f"the player reads {FORMAT}, not {content['format']!r}")
    links = content["network"]["n_links"]
    if links > MOST_LINKS:
        raise LernpyError(
            f"the network has {links:,} links; the player steps through at most {MOST_LINKS:,}. "
            "Train it, and play a smaller one"
        )
    title = None if title is None else checks.text("title", title)
    return {**content, "title": str(title or content.get("title") or "A lesson")}


def _haunted(header: dict[str, Any], missed: Sequence[Any]) -> dict[str, Any]:
    """The contents with the links that are missed, by the indices of their neurons."""
    if not checks.is_list(missed) or not all(isinstance(ghost, Missed) for ghost in missed):
        raise LernpyError(
            f"missed links are a list, as lernpy.missed(network, data) gives it, not {shown(missed)}"
        )
    index = {name: at for at, name in enumerate(header["network"]["names"])}
    ghosts = []
    for ghost in missed:
        for name in (ghost.input_name, ghost.output_name):
            if not checks.is_hashable(name) or name not in index:
                raise unknown("neuron", name, index)
        ends = {"from": index[ghost.input_name], "to": index[ghost.output_name]}
        ghosts.append({**ends, "gradient": checks.finite("gradient", ghost.gradient)})
    network = {**header["network"], **({"ghosts": ghosts} if ghosts else {})}
    return {**header, "network": network}


def _font(scale: float) -> float:
    low, high = theme.FONT_SCALES
    size = checks.finite("font scale", scale)
    if not low <= size <= high:
        raise LernpyError(f"the font scale is {size:g}; it must be from {low:g} to {high:g}")
    return size


def _level(network: Mapping[str, Any], level: str | None) -> int:
    """The number of the level that a page begins with."""
    units = sum(len(generation) for generation in network["generations"])
    usual = usual_level(2 * (units + network["n_links"]) + 4)
    return LEVELS.index(usual if level is None else known_level(level))


@cache
def escaped(text: str) -> str:
    """JSON that cannot end the script it stands in, whatever a neuron is called."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
