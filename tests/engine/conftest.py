"""What the tests of the engines share: a folder for compiled code, and small nets on common kernels."""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest


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


@pytest.fixture(scope="session", autouse=True)
def no_straight_code() -> Iterator[None]:
    """The jit engine writes a program for each small net; here hundreds of nets share the kernels.

    `straight_code` in test_jit.py turns it on again.
    """
    if find_spec("numba") is None:
        yield
        return
    from lernpy.engine.jit import straight

    before, straight.MOST_LINKS = straight.MOST_LINKS, 0
    yield
    straight.MOST_LINKS = before
