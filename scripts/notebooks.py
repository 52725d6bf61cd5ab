"""Write the notebooks: from ``notebooks/source/*.py`` to executed ``notebooks/*.ipynb``, outputs stored.

    python3 scripts/notebooks.py [NAME ...]      # all of them, or some: 4_all_paths_add

A source is a Python file in cells: ``# %% [markdown]`` begins words (each line behind a #), ``# %%`` code,
``# %% alt: ...`` code whose picture is so described for who cannot see it, ``# %% question 4b`` a question of
a lesson with somebody's wrong answer, to be replaced. Needs the extra `class`. Without a display, offline.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1] / "notebooks"
SOURCES = ROOT / "source"
MARK = re.compile(r"^# %%(.*)$", re.M)
WIDEST, COLOURS = 760, 32  # of a stored picture
PATIENCE = 300  # seconds for a cell
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(name: str) -> Any:
    """The notebook of a source, not yet executed."""
    import nbformat

    text = (SOURCES / f"{name}.py").read_text(encoding="utf-8")
    _, *parts = MARK.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    cells = [cell for head, body in pairs for cell in made(head.strip(), body)]
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def made(head: str, body: str) -> Iterator[Any]:
    """The cells that a part of a source becomes."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    if head == "[markdown]":
        lines = [line.removeprefix("#").removeprefix(" ") for line in body.strip().split("\n")]
        yield new_markdown_cell("\n".join(lines))
    elif head.startswith("question"):
        yield from asked(head.split()[1])
    else:
        alt = head.removeprefix("alt:").strip()
        code = body.strip().rstrip(";")  # ";" behind a picture: its axes need not be named, too
        yield new_code_cell(f"{code};" if alt else code, metadata={"alt": alt} if alt else {})


def asked(name: str) -> Iterator[Any]:
    """A question, and a cell with somebody's answer, which the student replaces."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    from lernpy.lessons import LESSONS

    question = LESSONS[name[0]].question(name[1])
    options = "" if question.is_number else f" ({' / '.join(map(str, question.options))})"
    yield new_markdown_cell(f"**{name}** {question.text}{options}")
    value = question.wrong_answers[0][0]
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:.4g}"
    lines = [
        f"answer = {shown}  # somebody's; put yours here",
        f'print(lessons.check("{name}", answer))',
    ]
    yield new_code_cell("\n".join(lines))


def execute(book: Any) -> Any:
    """Run it from top to bottom in a fresh kernel and a fresh folder; pictures get their descriptions."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(book, timeout=PATIENCE, kernel_name="python3").execute(cwd=folder)
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
        cell.metadata.pop("execution", None)  # times, which differ
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                words = cell.metadata.get("alt") or output.data["text/plain"]
                output.metadata["image/png"] = {"alt": words}
    return book


def smaller(picture: str) -> str:
    """A PNG in base64 with fewer colours and at most WIDEST pixels a row: a notebook is to be kept small."""
    from PIL import Image  # matplotlib brings it

    with Image.open(io.BytesIO(b64decode(picture))) as image:
        flat = image.convert("RGB")
    if flat.width > WIDEST:
        flat = flat.resize((WIDEST, round(flat.height * WIDEST / flat.width)))
    held = io.BytesIO()
    most = Image.Quantize.MAXCOVERAGE  # a thin line in a colour of its own keeps it
    flat.quantize(COLOURS, most).save(held, "PNG", optimize=True)
    return b64encode(held.getvalue()).decode()


def names() -> list[str]:
    return sorted(path.stem for path in SOURCES.glob("*.py"))


def main() -> None:
    import nbformat

    logging.getLogger("traitlets").setLevel(logging.ERROR)
    for name in sys.argv[1:] or names():
        book = execute(notebook(name))
        nbformat.validate(book)
        path = ROOT / f"{name}.ipynb"
        nbformat.write(book, path)
        print(f"written: {path.relative_to(ROOT.parent)}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
