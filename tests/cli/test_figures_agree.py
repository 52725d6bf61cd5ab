"""One net has one set of figures: train, evaluate, the plot, the JSON and Python say the same, every pair."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

import lernpy
from lernpy.cli import main
from lernpy.text import number


@pytest.mark.parametrize(
    "options", [(), ("--early-stop", "3", "--validation", "0.2"), ("--l2", "1")]
)
def test_figures_of_one_net_agree(tmp_path: Path, monkeypatch, capsys, options) -> None:
    """Loss and accuracy of the test part as seven tellers have them; restored and penalised nets, too."""
    monkeypatch.chdir(tmp_path)

    def said(*command: str) -> str:
        assert main(list(command)) == 0
        return str(capsys.readouterr().out)

    trained = json.loads(
        said("train", "iris", "--epochs", "12", "--save", "n.json", "--json", *options)
    )
    again = said("train", "iris", "--epochs", "12", "--save", "m.json", *options)
    network = lernpy.load("n.json")
    held_out = lernpy.data.split(
        lernpy.data.load("iris"),
        validation=0.2 if options[2:3] == ("--validation",) else 0.0,
        test=0.2,
    )[2]
    assert lernpy.load("m.json").predict(network.card.scale(held_out.inputs)).tolist() == (
        network.predict(network.card.scale(held_out.inputs)).tolist()
    )
    python = lernpy.evaluate(network, held_out)
    evaluated = json.loads(said("evaluate", "n.json", "--on", "test", "--json"))
    text = said("evaluate", "n.json", "--on", "test")
    answers = lernpy.predict(network, held_out.inputs)
    right = sum(a == held_out.classes[i] for a, i in zip(answers[0], held_out.labels, strict=True))
    title = lernpy.plot.confusion(network, held_out).get_title(loc="left")

    losses = {
        "train": trained["test"]["loss"],
        "evaluate": evaluated["loss"],
        "python": python.loss,
    }
    accuracies = {
        "train": trained["test"]["accuracy"],
        "evaluate": evaluated["accuracy"],
        "python": python.accuracy,
        "predict": right / len(held_out),
        "matrix": sum(row[i] for i, row in enumerate(evaluated["confusion"])) / len(held_out),
    }
    for tellers in (losses, accuracies):
        for (one, a), (other, b) in combinations(tellers.items(), 2):
            assert a == pytest.approx(b, rel=1e-12), (one, other)
    for words in (text, again):
        assert number(python.loss, 6) in words or number(python.loss) in words
        assert f"{python.accuracy:.2%}" in words
    assert title.startswith(f"{python.accuracy:.1%} right ({right} of {len(held_out)} ")
