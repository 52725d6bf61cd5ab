"""``lernpy sweep``: a row for each net, a line for each setting."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from lernpy.cli import main
from lernpy.cli.sweep import _judged


def test_a_row_for_each_net_and_a_line_for_each_setting(capsys, tmp_path):
    table, picture = tmp_path / "table.csv", tmp_path / "success.png"
    status = main(
        [
            *("sweep", "xor", "--seeds", "0:12", "--learning-rate", "0.0001,0.1"),
            *("--engine", "numpy", "-o", str(table), "--plot", str(picture)),
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert status == 0 and len(lines) == 3
    assert "learning rate 0.0001: " in lines[1] and "100.0% of 12" in lines[2]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [int(row["seed"]) for row in rows] == [*range(12), *range(12)]
    assert {row["learning_rate"] for row in rows} == {"0.0001", "0.1"}
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_json_with_a_target_that_ends_the_work(capsys):
    assert (
        main(
            [
                "sweep",
                "xor",
                "--seeds",
                "3,5",
                "--target-loss",
                "0.05",
                "--engine",
                "numpy",
                "--json",
            ]
        )
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    (setting,) = found["settings"]
    assert (found["nets"], setting["success"]) == (2, 1.0)
    assert setting["median_epochs"] < 200


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--seeds", "9:3"], "has no seed in it"),
        (["--seeds", "a:b"], "are no seeds"),
        (["--learning-rate", "0.1,x"], "'x' is not a number"),
        (["--optimizer", "sgd,adm"], "Did you mean 'adam'?"),
    ],
)
def test_wrong_usage(capsys, arguments, says):
    with pytest.raises(SystemExit) as caught:
        main(["sweep", "xor", *arguments])
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_an_unknown_engine_is_named(capsys):
    assert main(["sweep", "xor", "--engine", "graf"]) == 1
    assert "no engine for many nets is called 'graf'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("xor", "successful: every sample right"),
        ("xor --target-loss 0.2", "successful: a loss of 0.2 reached"),
        ("sine", "successful: numbers stayed finite (or say --target-loss)"),
    ],
)
def test_it_says_what_success_is(capsys, line, says):
    assert main(["sweep", *line.split(), "--seeds", "0:2", "--epochs", "2"]) == 0
    assert says in capsys.readouterr().out.splitlines()[0]


def test_nets_on_real_data_are_judged_by_samples_set_aside(capsys, tmp_path):
    """Each optimiser has a rate with which it learns, and the picture has bars."""
    picture = tmp_path / "success.png"
    names = ("sgd", "momentum", "adagrad", "rmsprop", "adam")
    line = ["sweep", "iris", "--seeds", "0:4", "--optimizer", ",".join(names), "--engine", "numpy"]
    assert main([*line, "--plot", str(picture)]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    for name, words in zip(names, lines, strict=True):
        start, spread = words.split(" ± ")
        assert start.startswith(f"  optimizer {name}: validation accuracy ") and spread
        assert float(start.rsplit(" ", 1)[1]) > 0.85
    assert picture.stat().st_size > 5000
    assert main([*line, "--json", "--epochs", "9"]) == 0
    settings = json.loads(capsys.readouterr().out)["settings"]
    assert all(0 <= row["validation"]["deviation"] < 1 for row in settings)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([0.5, 0.7], "0.600 ± 0.100"),
        ([0.5, np.nan], "0.500 ± 0.000 (known of 1)"),
        ([0.5, -np.inf, 0.7], "0.600 ± 0.100 (known of 2)"),
        ([np.nan, -np.inf], "unknown"),
        ([-3e200, -1e200], "-2e+200 ± 1e+200"),
        ([0.0, 0.0], "0.000 ± 0.000"),
    ],
)
def test_a_mean_is_of_what_is_known(scores, words):
    assert _judged(np.array(scores)) == words


@pytest.mark.parametrize("rate", ["0.01", "100"])
@pytest.mark.parametrize("rows", [2, 3, 40])
def test_what_is_not_known_is_not_0(capsys, tmp_path, rows, rate):
    """Of one sample set aside no R² can be told; of nets that blew up only those with a number count."""
    lines = [f"{1.5 * x},{3 * x + 1}" for x in range(rows)]
    (tmp_path / "line.csv").write_text("\n".join(["x,y", *lines]))
    line = ["sweep", str(tmp_path / "line.csv"), "--seeds", "0:2", "--epochs", "3"]
    line += ["--optimizer", "sgd", "--learning-rate", rate, "--plot", str(tmp_path / "bars.svg")]
    assert main(line) == 0
    told = capsys.readouterr().out
    assert "nan" not in told and "inf" not in told and "R² 0.000" not in told
    assert ("unknown" in told) == (rows < 5) == ("unknown" in (tmp_path / "bars.svg").read_text())
    assert main([*line, "--json"]) == 0
    (setting,) = json.loads(capsys.readouterr().out)["settings"]
    assert (setting["validation"]["mean"] is None) == (setting["validation"]["known"] == 0)
