"""People count from 1: samples, epochs, steps, columns, folds, generations; see `text.numbered`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy.cli import main
from lernpy.errors import LernpyError
from lernpy.plot.material import Material

XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def printed(capsys, *arguments: str, status: int = 0) -> str:
    assert main([*arguments]) == status
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("sample", [1, 2, 3, 4])
def test_a_sample_has_one_number_everywhere(sample: int, capsys, tmp_path: Path):
    """Shown by step, played, drawn, in Python as at the shell."""
    a, b = XOR[0][sample - 1]
    lines = printed(capsys, "step", "xor", "--sample", str(sample))
    assert f"z(x1) = {a}, z(x2) = {b}" in lines
    network = lernpy.layered([2, 1], seed=0)
    inputs, _ = Material("blame", network, XOR, sample).pair()
    assert inputs.tolist() == [a, b]


@pytest.mark.parametrize("sample", [0, 5])
def test_there_is_no_sample_0(sample: int, capsys):
    network = lernpy.layered([2, 1], seed=0)
    with pytest.raises(LernpyError, match="the number of a sample of data"):
        Material("blame", network, XOR, sample).pair()
    with pytest.raises(SystemExit) if sample == 0 else nullcontext():
        assert main(["step", "xor", "--sample", str(sample)]) == 1
    assert "it must be" in capsys.readouterr().err


def test_what_came_out_wrong_has_the_number_that_step_takes(capsys, tmp_path: Path):
    """Also where only a part of the data is evaluated, as text and as JSON."""
    net = str(tmp_path / "net.json")
    printed(capsys, "train", "iris", "--epochs", "1", "--save", net)
    text = printed(capsys, "evaluate", net, "--on", "test", "--wrong")
    wrong = json.loads(printed(capsys, "evaluate", net, "--on", "test", "--json"))["wrong"]
    assert wrong
    iris = lernpy.data.load("iris")
    for miss in wrong:
        assert f"  sample {miss['sample']}: is {miss['truth']}," in text
        assert iris.classes[iris.labels[miss["sample"] - 1]] == miss["truth"]


def test_errors_name_the_first_sample_1():
    bad = ([[np.inf, 0.0], [0.0, 0.0]], [[0.0], [1.0]])
    with pytest.raises(LernpyError, match="sample 1, input 'x1'"):
        lernpy.Dataset.of(bad)
    network = lernpy.layered([1, 1], "identity", "identity", seed=0, learning_rate=1.0)
    with pytest.raises(LernpyError, match="sample 1 of data"):
        lernpy.train(network, ([[1e200]], [[0.0]]), 3, seed=0)


@pytest.mark.parametrize("columns", [[1, 2], ["x1", "x2"]])
def test_columns_count_from_1(columns: list):
    ax = lernpy.plot.boundary(lernpy.layered([2, 2, 1], seed=0), XOR, columns=columns)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x2")
    with pytest.raises(LernpyError, match=r"the number of an input is 0; .* from 1 on"):
        lernpy.plot.boundary(lernpy.layered([2, 2, 1], seed=0), XOR, columns=[0, 1])


def test_epochs_folds_and_generations_begin_with_1(capsys, tmp_path: Path):
    network = lernpy.layered([2, 3, 1], seed=0)
    history = lernpy.train(network, XOR, 3)
    assert [row.number for row in history.rows] == [1, 2, 3]
    lernpy.save(network, tmp_path / "net.json")
    shown = printed(capsys, "show", str(tmp_path / "net.json"))
    assert "generation 1: x1, x2" in shown and "generation 3: y1" in shown
    assert "generation 0" not in shown
    with pytest.raises(LernpyError, match="epoch 1 of 2"):
        lernpy.train(network, XOR, 2, schedule=lambda done, epochs: -1.0)
