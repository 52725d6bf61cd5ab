"""Which engine, how many BLAS threads, and what is said about it."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import lernpy
from lernpy.engine import blas, choose, make
from lernpy.engine.plan import Plan
from lernpy.errors import LernpyError

TINY = lernpy.layered([2, 3, 1], seed=0)


def test_auto_says_what_it_chose() -> None:
    assert make(TINY).explanation == "numpy, 1 BLAS thread: 13 weights"
    assert make(TINY, batch_size=1).explanation == "python, straight lines: 13 weights"
    large = lernpy.layered([64, 32, 10], seed=0)
    assert make(TINY, batch_size=1, dtype="float32").name == "numpy"
    assert make(large, batch_size=1).name == "numpy"


def test_large_products_use_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "available", lambda: 4)
    plan = Plan.of(lernpy.layered([100, 100, 1], seed=0))

    assert choose.blas_threads(plan, 1) == 1
    assert choose.blas_threads(plan, choose.ONE_THREAD_LIMIT) == 4


def test_the_environment_limits_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert blas.available() == 1


class Counter:
    """Stands in for a BLAS: it remembers the number that it was told."""

    def __init__(self) -> None:
        self.count = 4

    def get(self) -> int:
        return self.count

    def set(self, count: int) -> None:
        self.count = count


def test_threads_are_lowered_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(blas, "available", lambda: 4)
    monkeypatch.setattr(blas, "openblas", lambda: (counter.get, counter.set))

    with blas.threads(2):
        assert counter.count == 2
        with blas.threads(1):
            assert counter.count == 1
        with blas.threads(3):
            assert counter.count == 2  # the most modest decides
        assert counter.count == 2
    assert counter.count == 4


def test_another_blas_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "openblas", lambda: None)
    with blas.threads(1):
        assert lernpy.Mirror(TINY).predict([[0, 1]]).shape == (1, 1)


def test_the_real_library_answers_or_is_absent() -> None:
    found = blas.openblas()
    if found is not None:
        before = found[0]()
        with blas.threads(1):
            assert found[0]() == 1 or blas.available() == 1
        assert found[0]() == before


def test_the_threads_of_a_run_are_told() -> None:
    mirror = lernpy.Mirror(TINY)
    mirror.learn_epochs(np.eye(2), [[0], [1]], np.array([[0, 1]]), 2, [0.1])
    assert "1 BLAS thread:" in mirror.explanation


@pytest.mark.parametrize("package", ["numba", "llvmlite"])
def test_a_missing_numba_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    for loaded in [key for key in sys.modules if key.startswith("lernpy.engine.jit")]:
        monkeypatch.delitem(sys.modules, loaded)

    def import_module(wanted: str, room: str = "") -> None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    monkeypatch.setattr("lernpy.engine.import_module", import_module)
    with pytest.raises(LernpyError, match=r"^the engine jit needs numba: pip install numba$"):
        make(TINY, "jit")
