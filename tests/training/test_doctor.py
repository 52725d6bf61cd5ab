"""The doctor finds each kind of fault and mends it by its own first advice; what is healthy it leaves alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import lernpy
from lernpy import data
from lernpy.cli import main
from lernpy.lessons import LESSONS, consultation
from lernpy.training.columns_advice import neighbours_agree
from lernpy.training.doctor import Trial, examine, of_network, without

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmark import faults

SEEDS = range(1, 3)  # all ten: python -m scripts.benchmark.faults


@pytest.mark.parametrize("name", faults.FAULTS)
def test_each_fault_is_found_and_mended(name: str) -> None:
    row = faults.judged(name, SEEDS)
    assert row.found == len(SEEDS), row.misses
    assert row.mended in (None, len(SEEDS)), row.misses


@pytest.mark.parametrize("name", faults.HEALTHY)
def test_what_is_healthy_is_left_alone(name: str) -> None:
    row = faults.silent(name, SEEDS)
    assert row.found == len(SEEDS), row.misses


@pytest.mark.parametrize("name", faults.FAULTS)
def test_each_fault_is_explained_by_a_lesson(name: str) -> None:
    meaning = consultation.meaning_of(faults.FAULTS[name].says)
    assert meaning.words and (meaning.lesson is None or str(meaning.lesson) in LESSONS)


def test_nothing_is_mended_by_what_changes_nothing() -> None:
    """The judge can say no: a rate a little less wrong is no cure."""
    trial = Trial.of(data.load("circle:n=200,seed=0"), learning_rate=0.0)
    found = examine(trial)
    assert found.mended
    same = type(found)(found.before, found.tried, trial.with_({"learning_rate": 1e-9}).outcome())
    assert not same.mended
    assert not type(found)(found.before, found.tried, None).mended


def test_a_trial_is_the_same_again() -> None:
    first, again = (Trial.of(data.load("xor"), 3, init="zeros").outcome() for _ in range(2))
    assert np.array_equal(first.losses, again.losses) and first.score == again.score


def test_columns_are_left_out_by_name() -> None:
    rest = without(data.load("fruit"), ["colour"])
    assert [column.name for column in rest.columns] == ["weight", "texture", "size"]
    assert rest.inputs.shape == (data.load("fruit").inputs.shape[0], len(rest.input_names))


def test_a_net_goes_on_from_where_it_is() -> None:
    network = lernpy.layered([2, 3, 1], "tanh", loss="binary_cross_entropy", seed=0)
    lernpy.train(network, data.load("xor"), 5, learning_rate=0.01, optimizer="adam", seed=0)
    trial = of_network(network, data.load("xor"))
    before = [weight.value for weight in network.weights]
    assert [weight.value for weight in trial.network().weights] == before
    assert "so few epochs (5)" in trial.outcome().advice[0].why
    assert [weight.value for weight in network.weights] == before  # it tries on a copy
    assert trial.with_({"layers": [4]}).network().neurons.keys() >= {"h4"}


def test_neighbours_agree_where_there_is_something_to_learn() -> None:
    iris = data.load("iris")
    order = np.random.default_rng(0).permutation(len(iris))
    assert neighbours_agree(iris.inputs, iris.targets) > 5
    assert neighbours_agree(iris.inputs, iris.targets[order]) < 2
    assert neighbours_agree(iris.inputs[:10], iris.targets[:10]) == np.inf  # too few to say


# ---- the command ---------------------------------------------------------------------------------


def test_the_command_shows_both_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "both.png"
    assert main(["doctor", "xor", "--init", "zeros", "-o", str(path)]) == 0
    out = capsys.readouterr().out
    assert "found: all hidden neurons do the same" in out and "(lernpy lesson 6)" in out
    assert "tried: --init glorot_uniform" in out and out.splitlines()[-2] == "mended"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_healthy_set_needs_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "xor"]) == 0
    assert capsys.readouterr().out == "nothing is the matter: accuracy 100.0%\n"


def test_what_is_refused_is_mended_too(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--output-activation", "identity", "--loss", "binary_cross_entropy"]
    assert main(["doctor", "circle", *arguments]) == 0
    out = capsys.readouterr().out
    assert "refused" in out and "mended" in out


def test_data_for_data_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "xor", "--data", "xor"]) == 1
    assert "xor is data already" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
@pytest.mark.parametrize("fault", ["copy", "constant"])
def test_a_run_with_a_column_less_is_drawn_as_what_it_is(
    columns: int, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One input: a curve; two: regions; more: none. The verdict is that of the figures above it."""
    x = np.random.default_rng(0).uniform(0, 10, (80, columns))
    more = x[:, :1] if fault == "copy" else np.full((80, 1), 3.0)
    y = x.sum(axis=1, keepdims=True) + np.random.default_rng(1).normal(size=(80, 1))
    table = np.hstack([x, more, y])
    heads = ",".join([*"abcd"[:columns], "more", "y"])
    np.savetxt(tmp_path / "t.csv", table, "%.4f", ",", header=heads, comments="")
    assert main(["doctor", str(tmp_path / "t.csv"), "-o", str(tmp_path / "both.png")]) == 0
    *lines, drawn = capsys.readouterr().out.splitlines()
    assert drawn.startswith("drawn: ") and (tmp_path / "both.png").stat().st_size
    (seen,) = (line.split("R^2 ")[1:] for line in lines if line.startswith("  not seen"))
    before, after = map(float, seen)
    verdict = next(one for one in lines if one.startswith(("mended", "that is gone", "not mended")))
    assert (verdict == "mended") == (after >= before)
