"""Traces that lernpy wrote before its rooms were moved load, and have the same numbers."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lernpy import Trace

OLD = Path(__file__).parent / "old"
NUMBERS = json.loads((OLD / "numbers.json").read_text(encoding="utf-8"))  # as they were then


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_an_old_trace_has_the_numbers_that_it_had(name: str) -> None:
    then, trace = NUMBERS[name], Trace.load(OLD / name)
    assert len(trace) == then["steps"]
    recording = trace.recording()
    for stop, numbers in zip(trace.stops("sample")[1:], then["ends"], strict=True):
        recording.seek(stop)
        neurons = recording.network.neurons.values()
        assert [weight.value for weight in recording.network.weights] == numbers["weights"]
        assert [neuron.output for neuron in neurons] == numbers["outputs"]
        assert [neuron.delta for neuron in neurons] == numbers["deltas"]
    trace.goto(-1)
    assert trace.losses == then["losses"]
    assert [list(edit) for edit in trace.edits] == then["edits"]


@pytest.mark.parametrize("name", ["edits.json", "softmax.json"])
def test_an_old_trace_is_written_again_as_it_was(name: str) -> None:
    old = json.loads((OLD / name).read_text(encoding="utf-8"))
    new = Trace.load(OLD / name).to_json(dtype=old["dtype"])
    assert in_numbers({**new, "versions": old["versions"]}) == in_numbers(old)


def in_numbers(content: Any) -> Any:
    """The content of a file with its float64 blocks as numbers (there -0.0 is 0, NaN is NaN)."""
    if isinstance(content, dict) and content.get("dtype") == "float64" and "data" in content:
        return repr(np.frombuffer(base64.b64decode(content["data"]), "<f8") + 0.0)
    return {k: in_numbers(v) for k, v in content.items()} if isinstance(content, dict) else content
