"""What the tests of the engines share: small nets run on common kernels."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest


@pytest.fixture(scope="module", autouse=True)  # a package would keep it for the rooms behind
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
