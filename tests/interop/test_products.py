"""Networks with products, out: programs, torch's source, ONNX, graphs."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from leaving import Programs, failures_in_python

import lernpy
from lernpy.interop.graphs import to_dot, to_mermaid
from lernpy.interop.to_onnx import to_onnx
from lernpy.interop.to_torch import to_torch


@pytest.fixture
def lstm():
    return lernpy.unroll(lernpy.build.lstm([1, 2, 1], seed=0), 3)


def test_a_graph_shows_who_is_a_factor(lstm):
    assert '"f1@1" -> "fc1@1" [style=dashed];' in to_dot(lstm)
    assert to_mermaid(lstm).count("-.->") == sum(len(product.factors) for product in lstm.products)


def test_programs_multiply(lstm, tmp_path):
    """Three steps, in float, too."""
    assert failures_in_python(lstm) == 0
    programs = Programs(tmp_path)
    programs.add(lstm, "h", single=True)
    assert programs.failures_in_c("-Wdouble-promotion", "-Wfloat-conversion") == {"net0": 0}


def test_torchs_source_multiplies(lstm):
    text = to_torch(lstm)
    compile(text, "lstm.pt.py", "exec")
    assert text.count("# products") == 3 * 2  # in each step one stage of fc and ig, one of h
    if find_spec("torch") is not None:
        exec(text, space := {"__name__": "net"})
        assert space["test"]() <= 1e-12


if find_spec("onnx") is not None and find_spec("onnxruntime") is not None:

    @pytest.mark.parametrize("seed", range(4))
    def test_onnx_multiplies(seed):
        import onnxruntime

        network = lernpy.build.random_dag(seed, products=True)
        x = np.random.default_rng(seed).normal(size=(5, len(network.inputs)))
        session = onnxruntime.InferenceSession(to_onnx(network), providers=["CPUExecutionProvider"])
        (outputs,) = session.run(None, {"inputs": x})
        assert outputs == pytest.approx(network.predict(x), rel=1e-9, abs=1e-12)
