"""Jupyter: networks, steps and traces that show themselves, a stepper, and a live lesson.

`register` is called when lernpy is imported in IPython. It only leaves word by name which function draws
which class; nothing else is imported before something is shown. Read `display.py` first (what a cell
shows of each class), then `stepper.py`, and `player.py` with `buttons.py` (what its buttons do) and
`learning.py` (what a page that learns tells). IPython and anywidget are imported here alone.

May know: build, data, files, frame, network, player, plot, training, watch.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Stepper", "live", "register", "unregister"]

SHOWN = {  # class -> the module that defines it; each has functions html_<class> and png_<class>
    "Network": "lernpy.network",
    "Neuron": "lernpy.neuron",
    "Link": "lernpy.link",
    "Group": "lernpy.group",
    "Frame": "lernpy.frame",
    "Step": "lernpy.watch.narration.step",
    "Trace": "lernpy.watch.trace",
    "LabPage": "lernpy.player.laboratory",
    "History": "lernpy.training.history",
    "Stepper": "lernpy.notebook.stepper",
}
TABLES = {  # the same of those that are tables alone
    "Explanation": "lernpy.watch.explain",
    "Paths": "lernpy.watch.paths",
    "GradientReport": "lernpy.check.report",
    "ParityReport": "lernpy.check.report",
    "Evaluation": "lernpy.training.metrics",
    "CrossValidation": "lernpy.training.crossval",
    "Run": "lernpy.training.run",
    "Sweep": "lernpy.sweep.result",
    "Dataset": "lernpy.data.dataset",
    "Card": "lernpy.data.card",
}
KINDS = {"text/html": "html", "image/png": "png"}


def register(shell: Any = None) -> None:
    """Let IPython (this session's, unless a shell is given) show lernpy's objects richly."""
    for name, module, formatter, kind in _formatters(shell):
        formatter.for_type_by_name(module, name, _shower(kind, name.lower()))


def unregister(shell: Any = None) -> None:
    """Let IPython print lernpy's objects as plain text again."""
    for name, module, formatter, _ in _formatters(shell):
        try:
            formatter.pop(f"{module}.{name}")
        except KeyError:
            formatter.pop(getattr(import_module(module), name), None)


def _formatters(shell: Any) -> list[tuple[str, str, Any, str]]:
    if shell is None:
        from IPython import get_ipython

        shell = get_ipython()
    if shell is None:
        return []
    known = shell.display_formatter.formatters
    return [
        (name, module, known[mime], kind)
        for name, module in (SHOWN | TABLES).items()
        for mime, kind in KINDS.items()
        if name in SHOWN or kind == "html"
    ]


def _shower(kind: str, name: str) -> Any:
    """The function that shows such an object; its module is imported when it is called."""

    def show(thing: Any) -> Any:
        home = "display" if name in map(str.lower, SHOWN) else "reports"
        return getattr(import_module(f"lernpy.notebook.{home}"), f"{kind}_{name}")(thing)

    return show


def __getattr__(name: str) -> Any:
    if name == "Stepper":
        return import_module("lernpy.notebook.stepper").Stepper
    if name == "live":
        return import_module("lernpy.notebook.player").live
    raise AttributeError(f"module 'lernpy.notebook' has no attribute {name!r}")
