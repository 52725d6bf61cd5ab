"""Fixtures of all tests: `shared`, `terminal`.

A helper module that lies in ``tests/helpers/`` is imported by its plain name
(``from strategies import networks``): ``pythonpath`` in pyproject.toml says so. Hence no two
helper or test files may have the same name, and none the name of an installed package.

The fixtures ``browser``, ``page``, ``new_page`` and ``lab`` are known to the tests in
``tests/browser/``. A test marked ``gpu`` is skipped where there is no NVIDIA GPU, and one marked
``bench`` runs with ``-m bench`` only. What holds for doctests too (hypothesis, matplotlib,
``--no-skip``) is in the ``conftest.py`` at the root.
"""

from __future__ import annotations

import getpass
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import terminal  # noqa: F401 (a fixture)

if importlib.util.find_spec("torch") is None:  # no test tool; without it the nudges are the oracle
    collect_ignore = ["test_torch.py"]
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real MNIST files and Lernmi's golden weights."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED} beside the project")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def compiled_code_is_kept() -> Iterator[None]:
    """In a folder of the tests' own, also for the next run: what lies there goes by its content."""
    folder = Path(tempfile.gettempdir()) / f"lernpy-tests-{getpass.getuser()}"
    before = os.environ.get("LERNPY_CACHE")
    os.environ["LERNPY_CACHE"] = str(folder)
    yield
    if before is None:
        del os.environ["LERNPY_CACHE"]
    else:
        os.environ["LERNPY_CACHE"] = before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker("shared")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and (reason := _no_gpu()):
        pytest.skip(reason)


def _no_gpu() -> str:
    try:
        import cupy
    except ImportError:
        return "no CuPy here (pip install cupy-cuda12x)"
    try:
        return "" if cupy.cuda.runtime.getDeviceCount() else "no NVIDIA GPU here"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"no NVIDIA GPU here: {error}"
