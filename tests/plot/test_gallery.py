"""The gallery shows every plotter. (It is run, and held against its source, with all other notebooks.)"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from lernpy import plot

GALLERY = Path(__file__).parents[2] / "notebooks" / "gallery.ipynb"


@pytest.fixture(scope="module")
def notebook() -> Any:
    return nbformat.read(GALLERY, as_version=4)


def sources(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_every_kind_of_plot_is_in_it(notebook: Any) -> None:
    text = "\n".join(sources(notebook))
    missing = [
        kind
        for kind in plot.KINDS
        if f"plot.{kind}(" not in text and f'render("{kind}"' not in text
    ]
    assert not missing


def test_every_plot_shows_something(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "plot." in cell.source.splitlines()[-1]:
            kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert kinds & {"image/png", "text/html"}, cell.source
        for output in cell.get("outputs", ()):
            assert output.output_type != "error" and output.get("name") != "stderr", output
