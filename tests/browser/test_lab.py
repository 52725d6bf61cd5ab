"""The real JupyterLab that other tests rely on: page and kernel agree, and nothing wants out."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Lab


def test_a_notebook_runs_and_its_kernel_can_be_asked(page: Any, lab: Lab) -> None:
    lab.write("sum.ipynb", "a = 40", "a + 2")
    lab.open(page, "sum.ipynb")
    lab.run_all(page)
    assert page.locator(".jp-OutputArea-output").inner_text().strip() == "42"
    with lab.kernel("sum.ipynb") as kernel:
        kernel.run("a = 5")
        kernel.wait("a", 5)
        assert kernel.value("[a, a + 1]") == [5, 6]
    lab.save(page)
    lab.shut_down("sum.ipynb")
    assert not [s for s in lab.ask("sessions") if s["path"] == "sum.ipynb"]


def test_a_cell_that_raises_fails_the_test(page: Any, lab: Lab) -> None:
    lab.write("wrong.ipynb", "1 / 0")
    lab.open(page, "wrong.ipynb")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all(page)
    lab.save(page)
    lab.shut_down("wrong.ipynb")
