"""When numbers blow up: what is kept is finite, is what the error says, and a link is named."""

from __future__ import annotations

import json
from math import inf, isfinite, nan

import numpy as np
import pytest

import lernpy
from lernpy import build, files
from lernpy.errors import LernpyError, TrainingError
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.training import checkpoint
from lernpy.training.history import History

BLOW_UPS = 500
KINDS = ("identity", "sigmoid", "tanh", "softplus", "gelu", "elu", "relu", "leaky_relu")
LOSSES = ("squared_error", "mean_squared_error", "mean_absolute_error", "huber")


def blow_up(seed: int) -> tuple[lernpy.Network, TrainingError | None, dict[int, list[float]]]:
    """A random net, optimiser, rate and engine; the weights after each epoch that was shown."""
    rng = np.random.default_rng(seed)
    dtype = str(rng.choice(["float64", "float32"]))
    network = build.random_dag(
        seed, activations=KINDS, loss=str(rng.choice(LOSSES)), l2=float(rng.choice([0.0, 0.01])),
        optimizer=str(rng.choice(list(OPTIMIZERS))),
    )  # fmt: skip
    inputs = rng.normal(size=(6, len(network.inputs))) * 10.0 ** rng.integers(0, 30)
    targets = rng.normal(size=(6, len(network.outputs))) * 10.0 ** rng.integers(0, 6)
    run = lernpy.epochs(
        network,
        (inputs, targets),
        int(rng.integers(1, 60)),
        batch_size=int(rng.integers(1, 7)),
        learning_rate=10.0 ** rng.integers(0, 60),
        seed=0,
        dtype=dtype,
        engine="numpy" if dtype == "float32" else str(rng.choice(["numpy", "python", "graph"])),
    )
    states = {0: [weight.value for weight in network.weights]}
    try:
        if rng.random() < 0.5:
            run.finish()
        for epoch in run:
            states[epoch.number] = [weight.value for weight in network.weights]
    except TrainingError as error:
        return network, error, states
    return network, None, states


def test_500_blow_ups_keep_finite_weights_those_of_the_epoch_that_is_named():
    count, seed = 0, 0
    while count < BLOW_UPS:
        network, error, states = blow_up(seed)
        seed += 1
        numbers = [number for w in network.weights for number in (w.value, *w.memory)]
        assert all(map(isfinite, numbers)), seed
        if error is None:
            continue
        count += 1
        done = len(error.history)
        kept = f"the weights of epoch {done}" if done else "the weights it started with"
        assert f"{kept} are kept" in str(error), seed
        if done in states:
            assert [weight.value for weight in network.weights] == states[done], seed
        assert any(link.name in str(error) for link in network.links.values()), str(error)
        assert "sample" in str(error)
        files.to_json(network)  # and it can be saved


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_culprit_is_named_alike_in_either_kind_of_numbers(dtype):
    """A signal of 1e50 in the second sample is too much for float32, one of 1e330 for either."""
    network = lernpy.layered([1, 1], output_activation="identity", init="zeros")
    network.links["x1", "y1"].weight.value = 1e30
    data = ([[1.0], [1e300 if dtype == "float64" else 1e20]], [[0.0], [0.0]])

    with pytest.raises(TrainingError, match=r"epoch 1: at sample 2 of data .* x1 -> y1"):
        lernpy.train(network, data, 3, loss="huber", batch_size=2, shuffle=False, dtype=dtype)


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_weights_that_are_not_finite_are_not_trained(value):
    network = lernpy.layered([2, 3, 1], seed=0)
    network.links["x1", "h2"].weight.value = value

    with pytest.raises(
        LernpyError, match=r"the weight of the link x1 -> h2 is .*; set it to a finite"
    ):
        lernpy.train(network, ([[0, 1]], [[1]]), 3)


def test_a_validation_loss_beyond_all_numbers_does_not_stop_a_run_or_its_checkpoints(tmp_path):
    """What is looked at, but not learned from, may be anything; a file holds it as not measured."""
    network = lernpy.layered([1, 1], output_activation="identity", seed=0)
    far = ([[1e200]], [[0.0]])

    history = lernpy.train(
        network, ([[1.0]], [[1.0]]), 3, validation=far, checkpoint=tmp_path, early_stop=9
    )

    assert history["validation_loss"].tolist() == [inf] * 3
    _, again, _ = checkpoint.read(checkpoint.newest(tmp_path))
    assert (
        np.isnan(again["validation_loss"]).all()
        and again["loss"].tolist() == history["loss"].tolist()
    )
    assert len(History.from_json(json.loads(json.dumps(history.to_json())), "history")) == 3
