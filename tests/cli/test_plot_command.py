"""``lernpy plot``: what is refused before anything is trained or drawn, and the table of a sweep."""

from __future__ import annotations

import pytest

import lernpy
from lernpy import plot
from lernpy.cli import main
from lernpy.sweep import read_table

SWEEP = "sweep xor --seeds 0:3 --learning-rate 0.1,1 --l2 0 -o t.csv"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a network of XOR in it."""
    monkeypatch.chdir(tmp_path)
    network = lernpy.layered([2, 2, 1], seed=0)
    lernpy.train(network, lernpy.data.load("xor"), 3, seed=0)
    lernpy.save(network, "net.json")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("network net.json --level phase", "a plot of network takes no --level"),
        ("blame net.json --epochs 2", "a plot of blame takes no --epochs"),
        ("functions net.json", "a plot of functions draws the tables, not net.json"),
        ("boundary net.json net.json", "net.json is one network too many"),
        ("history net.json --seed 2", "trained already, so --seed would change nothing"),
        ("vanishing net.json --epoch 2", "--epoch chooses among the checkpoints of a folder"),
        ("history net.csv", "no data set is called 'net.csv'"),
        ("sweep net.json", "is no table of a sweep: it has no column success"),
    ],
)
def test_what_would_change_nothing_is_refused(capsys, here, line, says):
    assert main(["plot", *line.split(), "-o", "a.png"]) == 1
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1
    assert not (here / "a.png").exists()


@pytest.mark.parametrize("output", ["a.xyz", "no/a.png", "a", "a.gif"])
def test_a_name_that_cannot_be_is_refused_before_the_training(capsys, here, monkeypatch, output):
    monkeypatch.setattr("lernpy.training.train", None)  # to call it would be an error of its own
    assert main(["plot", "confusion", "iris", "-o", output]) == 1
    assert "ending" in (err := capsys.readouterr().err) or output.split("/")[0] in err


@pytest.mark.parametrize("columns", ["0", "a,b", "0,1,2", "-1,0"])
def test_columns_are_two_numbers(capsys, here, columns):
    with pytest.raises(SystemExit):
        main(["plot", "boundary", "net.json", "--columns", columns, "-o", "a.png"])
    assert "no two inputs; write for example 0,2" in capsys.readouterr().err


def test_a_history_is_drawn_from_data_alone(capsys, here):
    assert main(["plot", "history", "xor", "--epochs", "5", "-o", "a.png"]) == 0
    assert (here / "a.png").stat().st_size > 1000


def test_epochs_are_those_of_the_net_that_is_trained_first(capsys, here):
    assert main(["plot", "confusion", "iris", "--epochs", "2", "-o", "a.png"]) == 0


def test_the_table_of_a_sweep_is_drawn(capsys, here):
    """Its cells may be empty: nets that never reached the target loss have no epoch in which."""
    assert main(SWEEP.split()) == 0
    assert main(["plot", "sweep", "t.csv", "-o", "a.png"]) == 0
    rows = read_table("t.csv")
    assert [row["learning_rate"] for row in rows] == ["0.1", "1.0"]
    sweep = lernpy.train_many(
        lambda seed: lernpy.layered([2, 2, 1], seed=seed),
        lernpy.data.load("xor"),
        range(3),
        epochs=2,
    )
    sweep.to_csv("s.csv")
    assert read_table("s.csv") == [{"success": sweep.success()[0]["success"]}]


def test_success_follows_the_rule_of_a_sweep(here):
    head = "seed,optimizer,epochs,loss,converged,reached,blown_up,accuracy\n"
    for body, expected in (
        ("0,adam,9,0.1,1,7,0,0.5\n1,sgd,9,0.1,0,,0,1.0\n", [1.0, 0.0]),  # the target was reached
        ("0,adam,9,0.1,0,,0,0.5\n1,sgd,9,0.1,0,,0,1.0\n", [0.0, 1.0]),  # every sample right
        ("0,adam,9,0.1,0,,1,\n1,sgd,9,0.1,0,,0,\n", [0.0, 1.0]),  # still finite
    ):
        (here / "t.csv").write_text(head + body)
        rows = read_table("t.csv")
        assert [row["success"] for row in rows] == expected
        assert [row["optimizer"] for row in rows] == ["adam", "sgd"]
    (here / "own.csv").write_text("setting,success\na,0.5\nb,much\n")
    with pytest.raises(lernpy.LernpyError, match="'much' is not a number"):
        read_table("own.csv")
    assert plot.sweep([{"setting": "a", "success": 0.5}])
