"""Networks and checkpoints that an earlier lernpy wrote load, and go on with the same numbers.

What lies in ``tests/old/`` was written by the code of commit b275b2c; ``numbers.json`` has what that
code then said and learned. It stays as it is: whoever changes a format adds files, and reads these.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from saved import state

import lernpy
from lernpy.network import Network
from lernpy.training import checkpoint

OLD = Path(__file__).parent / "old"
NUMBERS = json.loads((OLD / "numbers.json").read_text())
NETWORKS = [name for name in NUMBERS if name != "run"]
SAME = {"rel": 1e-9, "abs": 1e-12}  # another machine's tanh may differ in the last bit


@pytest.mark.parametrize("name", NETWORKS)
def test_an_old_network_has_the_same_numbers_and_learns_on(name: str):
    """To the bit what is written; to round-off what is computed from it."""
    numbers, network = NUMBERS[name], lernpy.load(OLD / name)
    inputs, targets = numbers["inputs"], numbers["targets"]

    assert [weight.value.hex() for weight in network.weights] == numbers["weights"]
    assert [[v.hex() for v in weight.memory] for weight in network.weights] == numbers["memory"]
    assert [[str(v) for v in weight.rule] for weight in network.weights] == numbers["rules"]
    assert network.predict(inputs).ravel() == pytest.approx(np.ravel(numbers["answers"]), **SAME)
    losses = [network.learn_batch(inputs, targets) for _ in range(3)]
    assert losses == pytest.approx(numbers["losses"], **SAME)
    assert [w.value for w in network.weights] == pytest.approx(numbers["after"], **SAME)


@pytest.mark.parametrize("name", NETWORKS)
def test_an_old_network_is_written_again_as_it_was(name: str, tmp_path: Path):
    network = lernpy.load(OLD / name)

    lernpy.save(network, tmp_path / name)

    assert state(lernpy.load(tmp_path / name)) == state(network)


def test_the_old_networks_have_what_a_file_can_hold():
    """Or the tests above would say little."""
    networks = [lernpy.load(OLD / name) for name in NETWORKS]
    weights = [weight for network in networks for weight in network.weights]

    assert any(len(network.weights) < len(network.links) for network in networks)
    assert any(network.groups for network in networks)
    assert any(network.card for network in networks)
    assert {len(weight.memory) for weight in weights} >= {0, 1, 2, 4}
    assert any(weight.frozen for weight in weights)
    assert any(weight.rule.low > float("-inf") for weight in weights)
    assert any(weight.rule.rate != 1 for weight in weights)


def resumed(folder: Path, epochs: int) -> tuple[Network, lernpy.History]:
    network = lernpy.layered([4, 5, 3], "tanh", "softmax", loss="cross_entropy", seed=1)
    history = lernpy.train(
        network, lernpy.data.load("iris"), epochs, batch_size=8, optimizer="adam",
        learning_rate=0.05, l2=0.001, validation=0.3, early_stop=30, seed=1, scale="standard",
        class_weights={"setosa": 2.0}, metrics=True, checkpoint=folder, every=6, resume=True,
    )  # fmt: skip
    return network, history


def test_an_old_checkpoint_goes_on_as_the_old_run_did(tmp_path: Path):
    """Six epochs by the old code and six by this one are twelve of either."""
    numbers = NUMBERS["run"]
    shutil.copytree(OLD / "run", tmp_path / "run")
    before, history, _ = checkpoint.read(OLD / "run" / "epoch-000006.json")

    network, found = resumed(tmp_path / "run", 12)

    assert before.weights[3].frozen and network.weights[3].frozen
    assert history["loss"].tolist() == numbers["losses"][:6]
    assert found["loss"].tolist() == pytest.approx(numbers["losses"], **SAME)
    assert found["validation_loss"].tolist() == pytest.approx(numbers["validation"], **SAME)
    assert [w.value for w in network.weights] == pytest.approx(numbers["weights"], **SAME)


def test_an_old_checkpoint_resumed_twice_or_once_gives_the_same_bits(tmp_path: Path):
    for name in ("once", "twice"):
        shutil.copytree(OLD / "run", tmp_path / name)
    resumed(tmp_path / "twice", 9)

    (once, _), (twice, _) = resumed(tmp_path / "once", 12), resumed(tmp_path / "twice", 12)

    assert state(once) == state(twice)
