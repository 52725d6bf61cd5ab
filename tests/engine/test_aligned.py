"""What an engine goes through again and again begins at a line of the cache, wherever the heap puts it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import lernpy
from lernpy.engine import make
from lernpy.engine.aligned import BYTES, aligned

shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=40)


@given(
    shape=shapes, dtype=st.sampled_from(["float64", "float32"]), value=st.floats(-9, 9, width=32)
)
def test_an_array_begins_at_a_line(shape: tuple[int, ...], dtype: str, value: float) -> None:
    kept = [aligned(shape, dtype, value) for _ in range(3)]  # each elsewhere on the heap

    for numbers in kept:
        assert numbers.ctypes.data % BYTES == 0
        assert numbers.dtype == dtype
        assert numbers.flags.c_contiguous
        assert np.array_equal(numbers, np.full(shape, value, dtype))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_weights_and_gradients_begin_at_a_line(dtype: str, skip: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 90, 3).tolist()
    network = lernpy.layered(sizes, skip=skip, seed=seed)

    body = lernpy.Mirror(network, dtype=dtype).body

    for numbers in (body.values, body.gradient):
        assert numbers.ctypes.data % BYTES == 0


@pytest.mark.parametrize("sizes", [(20, 9, 3), (70, 30, 10)])
def test_compiled_weights_begin_at_a_line(sizes: tuple[int, ...]) -> None:
    pytest.importorskip("numba", reason="the compiled engine needs numba")
    engine = make(lernpy.layered(sizes, seed=0), "jit")

    assert engine.w.ctypes.data % BYTES == 0  # type: ignore[attr-defined]
