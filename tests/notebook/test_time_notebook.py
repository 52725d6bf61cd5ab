"""The how-to of networks in time runs from top to bottom, in short cells, stored without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "time.ipynb"


def test_the_notebook_of_time_runs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and len(cell.source.splitlines()) <= 10 for cell in cells)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=str(NOTEBOOK.parent))
    assert all(
        output.output_type != "error" and output.get("name") != "stderr"
        for cell in cells
        for output in cell.outputs
    )
    assert cells[-1].outputs[0].text.endswith("accuracy 100.00%\n")
