"""What lernpy's objects look like in a notebook: HTML, with a picture in it that stands by itself."""

from __future__ import annotations

import html
from base64 import b64encode
from typing import Any

from lernpy import player
from lernpy.errors import LernpyError
from lernpy.frame import numbers_of
from lernpy.notebook import pictures
from lernpy.player.page import framed

MOST_LISTED = 12
_just_drawn: list[Any] = []  # a trace and its storyboard, between its HTML and its PNG
STYLE = "font-family:system-ui,sans-serif;line-height:1.45"
CELL = "padding:.1em 1em .1em 0;text-align:left;border:0;background:none"


def inline_image(png: bytes | None, words: str) -> str:
    """A picture as part of the HTML, kept where a viewer strips scripts and frames."""
    if png is None:
        return ""
    data = b64encode(png).decode()
    return (
        f'<img alt="{html.escape(words, quote=True)}" style="max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">'
    )


def table(rows: list[tuple[str, Any]]) -> str:
    cells = "".join(
        f'<tr><th style="{CELL};font-weight:600">{html.escape(name)}</th>'
        f'<td style="{CELL}">{html.escape(str(value))}</td></tr>'
        for name, value in rows
    )
    return f'<table style="border-collapse:collapse;margin:.4em 0">{cells}</table>'


def card(title: str, *parts: str) -> str:
    heading = f'<div style="font-weight:600">{html.escape(title)}</div>'
    return f'<div class="lernpy" style="{STYLE}">{heading}{"".join(parts)}</div>'


def _short(value: float | None) -> str:
    return "not yet" if value is None else f"{value:.6g}".replace("-", "−")


# ---- a network and its parts --------------------------------------------------------------------


def html_network(network: Any) -> str:
    rows = [
        ("inputs", _listed(neuron.name for neuron in network.inputs)),
        ("outputs", _listed(neuron.name for neuron in network.outputs)),
        ("loss", network.loss.name),
        ("optimiser", f"{network.optimizer.name}, learning rate {network.learning_rate:g}"),
        ("seed", network.seed),
    ]
    return card(
        repr(network).strip("<>"), table(rows), inline_image(png_network(network), repr(network))
    )


def _listed(names: Any) -> str:
    listed = list(names)
    more = f", … ({len(listed)} in all)" if len(listed) > MOST_LISTED else ""
    return ", ".join(listed[:MOST_LISTED]) + more


def png_network(network: Any) -> bytes | None:
    return pictures.network(network)


def html_neuron(neuron: Any) -> str:
    numbers = numbers_of(neuron)
    rows = [
        ("activation", neuron.activation.name),
        ("total input", _short(numbers["total_input"])),
        ("output", _short(numbers["output"])),
        ("blame (sensitivity)", _short(numbers["sensitivity"])),
        ("delta", _short(numbers["delta"])),
    ]
    picture = inline_image(png_neuron(neuron), repr(neuron))
    return card(f"neuron {neuron.name}", table(rows), picture)


def png_neuron(neuron: Any) -> bytes | None:
    return pictures.neuron(neuron)


def html_link(link: Any) -> str:
    title = f"link {link.name}"
    frozen = " (frozen)" if link.weight.frozen else ""
    numbers = numbers_of(link)
    rows = [
        ("weight", _short(link.weight.value) + frozen),
        ("signal", _short(numbers["signal"])),
        ("blame handed back", _short(numbers["blame"])),
        ("gradient collected", _short(numbers["gradient"])),
    ]
    return card(title, table(rows), inline_image(png_link(link), title))


def png_link(link: Any) -> bytes | None:
    return pictures.link(link)


def html_group(group: Any) -> str:
    rows = [(member.name, _short(numbers_of(member)["output"])) for member in group.members]
    return card(
        f"softmax group of {len(rows)}", table(rows), inline_image(png_group(group), repr(group))
    )


def png_group(group: Any) -> bytes | None:
    return pictures.group(group)


# ---- moments, lessons, training -----------------------------------------------------------------


def html_frame(frame: Any) -> str:
    loss = "" if frame.loss is None else f", loss {frame.loss:.4g}"
    return card(frame.title or f"a moment{loss}", inline_image(png_frame(frame), repr(frame)))


def png_frame(frame: Any) -> bytes | None:
    return pictures.frame(frame)


def html_step(step: Any) -> str:
    return f'<div class="lernpy" style="{STYLE}">{step.html}</div>'


def png_step(step: Any) -> bytes | None:
    return pictures.words(step.text)


def html_stepper(stepper: Any) -> str:
    shown = stepper.step.html if stepper.step else "<p>Before the first step.</p>"
    where = f"step {stepper.trace.cursor} of {len(stepper.trace)}"
    return card(where, shown, inline_image(png_stepper(stepper), repr(stepper)))


def png_stepper(stepper: Any) -> bytes | None:
    return pictures.frame(stepper.frame)


def html_trace(trace: Any) -> str:
    """The player itself, and beneath it a storyboard that stays where frames are taken out."""
    png = pictures.storyboard(trace)
    _just_drawn[:] = [trace, png]
    board = inline_image(png, f"storyboard of {trace!r}")
    try:
        return f'<div class="lernpy">{player.iframe(trace)}{board}</div>'
    except LernpyError as error:
        return card(repr(trace).strip("<>"), board, f"<p>{html.escape(str(error))}</p>")


def png_trace(trace: Any) -> bytes | None:
    """IPython asks for the HTML first: its storyboard need not be drawn again."""
    drawn, _just_drawn[:] = list(_just_drawn), []
    return drawn[1] if drawn and drawn[0] is trace else pictures.storyboard(trace)


def html_labpage(page: Any) -> str:
    """The page that learns, and beneath it its net, for where frames are taken out."""
    picture = inline_image(png_labpage(page), repr(page.network))
    return f'<div class="lernpy">{framed(page, "a net that learns")}{picture}</div>'


def png_labpage(page: Any) -> bytes | None:
    return png_network(page.network)


def html_history(history: Any) -> str:
    rows = [("epochs", len(history)), ("loss", _short(history.loss)), ("best epoch", history.best)]
    rows += [("ended", history.stopped)] if history.stopped else []
    return card("training", table(rows), inline_image(png_history(history), str(history)))


def png_history(history: Any) -> bytes | None:
    return pictures.history(history)
