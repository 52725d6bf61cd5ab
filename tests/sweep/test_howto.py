"""The how-to notebook of sweeps: its cells run; what it says of others' packages runs where they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import execute

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "sweeps.ipynb"


@pytest.fixture(scope="module")
def notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_runs_from_top_to_bottom(
    notebook: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    execute(notebook, tmp_path)
    shown = str([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])
    assert "'success'" in shown and "5 folds: loss" in shown


@pytest.mark.profile
@pytest.mark.filterwarnings("ignore")  # what these packages have to say of each other
@pytest.mark.parametrize("package", ["optuna", "mlflow", "wandb"])
def test_three_lines_for_others(
    package: str, notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    (lines,) = (
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if package in block
    )
    assert len(lines.splitlines()) == 3
    space: dict = {}
    exec(next(cell.source for cell in notebook.cells if cell.cell_type == "code"), space)
    exec(lines, space)
