"""Forty tables of known task, made up: none is taken for the other; and whole tables as people have them."""

from __future__ import annotations

import numpy as np
import pytest

from lernpy import data
from lernpy.cli import main
from lernpy.training import evaluate, train
from lernpy.training.recipe import network_for, recipe

RNG = np.random.default_rng(1)


def counts(mean, rows):
    return RNG.poisson(mean, rows).tolist()


CLASSES = {
    "two words": ["yes", "no"] * 20,
    "three words": ["a", "b", "c"] * 20,
    "0 and 1": [0, 1] * 4,
    "0 and 1, few of one": [0] * 45 + [1] * 3,
    "-1 and 1": [-1, 1] * 10,
    "1 and 2": [1, 2] * 10,
    "2 and 4, as of tumours": [2, 4] * 30,
    "0 to 2": [0, 1, 2] * 10,
    "1 to 3, in blocks": [1] * 20 + [2] * 20 + [3] * 20,
    "digits": list(range(10)) * 20,
    "1 to 7 without 4, as of glass": [1, 2, 3, 5, 6, 7] * 12,
    "quality from 3 to 8": [3, 4, 5, 6, 7, 8] * 30,
    "0.0 and 1.0": ["0.0", "1.0"] * 12,
    "True and False": ["True", "False"] * 12,
    "twenty letters": [chr(97 + i % 20) for i in range(100)],
    "twenty numbers": [i % 20 for i in range(100)],
    "words that look like numbers": ["<5", "5-9", "10+"] * 10,
    "codes with a zero before": ["01", "02", "11"] * 10,
    "one rare class of many rows": [0, 1] * 200 + [2],
    "iris": ["setosa", "versicolor", "virginica"] * 4,
}
NUMBERS = {
    "fractions": RNG.normal(size=30).round(3).tolist(),
    "halves": [0.5, 1, 1.5, 2] * 15,
    "celsius": [-40, 14, 32, 41, 50, 68, 95, 212],
    "prices": RNG.integers(50_000, 400_000, 40).tolist(),
    "whole and few": [7, 13, 22, 31, 45, 58, 64, 79, 90, 101],
    "years": list(range(1950, 1990)),
    "large counts": counts(60, 80),
    "diabetes": RNG.integers(25, 346, 442).tolist(),
    "ages": RNG.integers(18, 80, 200).tolist(),
    "money": [f"${cents / 100:.2f}" for cents in RNG.integers(100, 9000, 40)],
    "percents": [f"{value}%" for value in RNG.integers(0, 100, 60)],
    "21 different": [i % 21 for i in range(210)],
    "one row of most": [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9],
    "two rows of each": [i % 15 for i in range(30)],
    "negative": RNG.integers(-50, 50, 90).tolist(),
    "exponents": ["1.5e3", "2e2", "3.25e1", "4e0"] * 9,
    "breaks, as of warps": RNG.integers(10, 70, 54).tolist(),
    "stack losses": [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15],
    "a few thousand": RNG.integers(1000, 9999, 35).tolist(),
    "tenths": (RNG.integers(0, 30, 100) / 10).tolist(),
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [*(("classification", n) for n in CLASSES), *(("regression", n) for n in NUMBERS)],
)
def test_the_task_of_forty_tables(tmp_path, kind, name):
    values = {**CLASSES, **NUMBERS}[name]
    rows = [f'{x:.3f},"{y}"' for x, y in zip(RNG.normal(size=len(values)), values, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *rows]))
    assert data.load(tmp_path / "t.csv").task == kind


# ---- whole tables -------------------------------------------------------------------------------


def ship(rows=400):
    """Passengers with names, tickets, missing ages and a class written as a number; two of four live."""
    lines = ["PassengerId,Survived,Pclass,Name,Sex,Age,Ticket,Fare,Cabin,Embarked"]
    for i in range(1, rows + 1):
        sex, rank = ("male", "female")[RNG.integers(2)], int(RNG.integers(1, 4))
        lives = int(RNG.random() < (0.9 if sex == "female" and rank < 3 else 0.15))
        age = "" if RNG.random() < 0.2 else str(int(RNG.integers(1, 80)))
        cabin = f"C{RNG.integers(200)}" if RNG.random() < 0.2 else ""
        where = ("S", "C", "Q", "")[min(3, int(RNG.exponential(0.6)))]
        lines.append(
            f'{i},{lives},{rank},"Doe, Mr. No {i}",{sex},{age},A/{RNG.integers(10**5)},'
            f"{RNG.exponential(30):.2f},{cabin},{where}"
        )
    return "\n".join(lines)


def birds(rows=300):
    """Three kinds by bill and flipper, with NA where nobody measured."""
    lines = ["rowid,species,island,bill_mm,flipper_mm,sex,year"]
    for i in range(1, rows + 1):
        kind = int(RNG.integers(3))
        bill = f"{RNG.normal(38 + 5 * kind, 1.5):.1f}" if RNG.random() > 0.02 else "NA"
        flipper = str(int(RNG.normal(185 + 15 * kind, 4)))
        sex = ("male", "female", "NA")[min(2, int(RNG.exponential(0.7)))]
        lines.append(f"{i},kind{kind},isle{RNG.integers(3)},{bill},{flipper},{sex},{2007 + i % 3}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("make", "options", "told", "least"),
    [
        (
            ship,
            ("--target", "Survived", "--ignore", "Name,Ticket,Cabin", "--categorical", "Pclass"),
            (
                "PassengerId (it counts the rows)",
                "Name (as you said)",
                "Pclass: 3 kinds (as you said)",
                "missing cells (Age ",
            ),
            0.75,
        ),
        (
            birds,
            ("--target", "species"),
            ("rowid (it counts the rows)", "missing cells (bill_mm "),
            0.93,
        ),
    ],
)
def test_one_command_a_sensible_net_and_a_report_of_each_column(
    tmp_path, monkeypatch, capsys, make, options, told, least
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(make())
    assert main(["train", "t.csv", *options]) == 1
    assert "--missing mean" in capsys.readouterr().err
    command = ["train", "t.csv", *options, "--missing", "mean", "--save", "net.json"]
    assert main(command) == 0
    out = capsys.readouterr().out
    for words in told:
        assert words in out
    accuracy = float(
        out.split("tested on samples never seen: ")[1].split("accuracy ")[1].split("%")[0]
    )
    assert accuracy >= 100 * least
    assert main(["evaluate", "net.json"]) == 0
    assert f"accuracy {accuracy:.2f}%" in capsys.readouterr().out


def test_the_texts_of_a_ship_are_named_together(tmp_path, capsys):
    (tmp_path / "t.csv").write_text(ship())
    assert main(["train", str(tmp_path / "t.csv"), "--target", "Survived"]) == 1
    error = capsys.readouterr().err
    assert "'Name' is text in which most cells differ (400 of 400)" in error
    assert "--ignore Name,Ticket" in error and error.count("\n") == 1


# ---- the recipe ---------------------------------------------------------------------------------


def line(rows, seed=0):
    """Prices by size, rooms and year: a plane with a little noise."""
    rng = np.random.default_rng(seed)
    x = np.column_stack(
        [rng.integers(30, 180, rows), rng.integers(1, 7, rows), rng.integers(1950, 2020, rows)]
    )
    y = (
        1800 * x[:, 0]
        + 9000 * x[:, 1]
        + 400 * (x[:, 2] - 1950)
        + rng.normal(size=rows) * 1000
        + 0.5
    )
    return data.Dataset("line", x, y)


@pytest.mark.parametrize("edge", [20, 32, 100, 249, 256, 999])
def test_the_recipe_has_no_jump(edge):
    """One sample more changes nothing by more than its share, whatever the size."""
    before, after = recipe(line(edge)), recipe(line(edge + 1))
    for name in ("scale", "activation", "learning_rate", "batch_size", "early_stop", "loss"):
        assert getattr(before, name) == getattr(after, name)
    for name in ("epochs", "l2"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), rel=0.06)
    assert abs(after.layers[0] - before.layers[0]) <= 1
    for name in ("validation", "test"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=0.01)


def test_a_test_part_is_large_enough_to_say_something():
    for rows in (8, 33, 44, 45, 46, 100, 1000):
        held_out = round(recipe(line(rows)).test * rows)
        assert held_out == 0 or 5 <= held_out <= rows / 5


@pytest.mark.parametrize("rows", [8, 20, 32, 33])
def test_small_tables_are_learned_as_well_as_larger_ones(rows):
    dataset = line(rows)
    usual = recipe(dataset)
    network = network_for(dataset, usual, 0)
    train(network, dataset, **usual.settings, seed=0)
    assert evaluate(network, dataset).r2 > 0.98
    assert evaluate(network, line(200, seed=1)).r2 > 0.9


def test_a_layer_has_twice_as_many_neurons_as_there_are_classes():
    labels = np.arange(400) % 40
    many = data.Dataset(
        "many", RNG.normal(size=(400, 3)), np.eye(40)[labels],
        classes=tuple(f"c{i}" for i in range(40)), task="classification",
    )  # fmt: skip
    assert recipe(many).layers[0] >= 80
