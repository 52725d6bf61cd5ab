"""The notebooks: what is stored is what their sources say, and runs from a clean kernel to the same words."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lernpy.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "scripts"))

import notebooks as writer  # noqa: E402

NAMES = writer.names()
MOST_BYTES, MOST_LINES = 600_000, 10
GALLERY_BYTES = 1_600_000  # two dozen pictures and two films


def stored(name: str) -> Any:
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def code(book: Any) -> list[Any]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def test_there_is_one_for_each_lesson_and_each_how_to() -> None:
    assert [int(name[0]) for name in NAMES if name[0].isdigit()] == [int(n) for n in LESSONS]
    assert {"gallery", "your_own_table", "any_wiring", "your_own_activation", "why_does_it_not_learn",
            "fast_and_many", "time"} == {name for name in NAMES if not name[0].isdigit()}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_with_its_outputs_as_its_source_says(name: str) -> None:
    path = ROOT / "notebooks" / f"{name}.ipynb"
    book = stored(name)
    nbformat.validate(book)
    assert path.stat().st_size < (GALLERY_BYTES if name == "gallery" else MOST_BYTES)
    assert [cell.source for cell in book.cells] == [c.source for c in writer.notebook(name).cells]
    assert all(cell.execution_count for cell in code(book))
    assert all(output.output_type != "error" for cell in code(book) for output in cell.outputs)


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_is_short_and_ends_in_something_to_look_at(name: str) -> None:
    for cell in code(stored(name)):
        assert len([line for line in cell.source.splitlines() if line]) <= MOST_LINES, cell.source
        assert cell.outputs, cell.source


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_has_words_for_who_cannot_see_it(name: str) -> None:
    for cell in code(stored(name)):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20, cell.source


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_asks_all_its_questions_and_gives_no_answer(number: str) -> None:
    (name,) = (name for name in NAMES if name.startswith(number))
    text = "\n".join(cell.source for cell in stored(name).cells)
    for question in LESSONS[number].questions:
        assert question.text in text and f'lessons.check("{question.name}", answer)' in text
    assert LESSONS[number].exit_answer not in text


def verdicts(book: Any) -> list[str]:
    """What is said of the answers that stand in it."""
    asked = [cell for cell in code(book) if "lessons.check(" in cell.source]
    return ["".join(output.text for output in cell.outputs) for cell in asked]


def kinds(book: Any) -> list[list[list[str]]]:
    """What each cell shows: text (in as many pieces as it came), pictures, pages."""
    shown = [[sorted(o.get("data", ["text"])) for o in cell.outputs] for cell in code(book)]
    return [[kind for kind, _ in groupby(cell)] for cell in shown]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_from_a_clean_kernel_to_what_is_stored(name: str, monkeypatch: Any) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its own
    book = writer.execute(writer.notebook(name))
    assert verdicts(book) == verdicts(stored(name))
    assert kinds(book) == kinds(stored(name))
