"""``lernpy sweep``: a row for each net, a line for each setting."""

from __future__ import annotations

import csv
import json

import pytest

from lernpy.cli import main


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
