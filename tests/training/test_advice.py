"""Why a run has not learned: one planted fault each, and the advice that names it; none where it is well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lernpy
from lernpy.cli import main
from lernpy.data import Column, Dataset
from lernpy.errors import LernpyError
from lernpy.training import advise, evaluate
from lernpy.training.advice import Case, _jumps, _still_falling
from lernpy.training.case import Course

XOR = lernpy.data.load("xor")


def after(network, data=XOR, epochs=100, **how):
    """The run after its last epoch."""
    run = lernpy.epochs(network, data, epochs, seed=0, **how)
    run.finish()
    return run


def net(sizes=(2, 4, 1), activation="tanh", output="sigmoid", **how):
    return lernpy.layered(sizes, activation, output, **{"seed": 1, "learning_rate": 0.5, **how})


def frozen():
    network = net()
    for weight in network.weights:
        weight.freeze()
    return network


NO_YES = {"classes": ("n", "y"), "task": "classification"}
RNG = np.random.default_rng(0)
FAR = Dataset("far", RNG.normal(0, 1e6, (60, 2)), RNG.integers(0, 2, (60, 1)), **NO_YES)
HIGH = Dataset("high", RNG.random((40, 2)), 30 + RNG.random((40, 1)), task="regression")
SAME = Dataset("same", np.ones((20, 2)), np.arange(20)[:, None] % 2, **NO_YES)
RARE = Dataset("rare", RNG.random((100, 2)), np.arange(100)[:, None] < 4, **NO_YES)
DEAD = Dataset("dead", RNG.random((20, 1)), RNG.random((20, 1)), task="regression")
ALL = {"batch_size": None}


def dead_hidden():
    network = lernpy.layered([1, 3, 1], "relu", "identity", seed=0)
    for link in network.links.values():
        if link.output_neuron.name.startswith("h"):
            link.weight.value = -1.0
    return network


def saturated():
    network = net((1, 3, 1), output="identity", learning_rate=1e-9)
    for link in network.links.values():
        if link.input_neuron.name == "bias":
            link.weight.value = 30.0
    return network


@pytest.mark.parametrize(
    ("make", "data", "how", "says", "change"),
    [
        (net, XOR, {"learning_rate": 0.0}, "the learning rate is 0", {"learning_rate": 0.1}),
        (frozen, XOR, {}, "every weight is frozen", {}),
        (net, XOR, {"optimizer": "rprop", "learning_rate": 1e-5, "batch_size": 1},
         "not of 1 of 4 samples", {"batch_size": "all"}),
        (net, FAR, {"epochs": 20}, "the input 'x", {"scale": "standard"}),
        (net, HIGH, {}, "the targets go from 30", {"output_activation": "identity"}),
        (lambda: net(output="identity", learning_rate=1e-6), HIGH, {}, "the targets reach 30.",
         {"scale": "standard"}),
        (net, SAME, {}, "20 of 20 samples (100%) have the same inputs", {}),
        (lambda: net(init="zeros"), XOR, {}, "all hidden neurons do the same",
         {"init": "glorot_uniform"}),
        (lambda: net((2, 1)), XOR, ALL, "straight borders only", {"layers": [16]}),
        (lambda: net(activation="identity"), XOR, ALL, "one matrix", {"activation": "tanh"}),
        (net, XOR, {**ALL, "l2": 1.0}, "the penalty (l2 1) outweighs", {"l2": 0.01}),
        (lambda: net(output="identity", loss="mean_absolute_error"), XOR,
         {"batch_size": 1, "learning_rate": 2.0}, "is too large", {"learning_rate": 0.2}),
        (net, XOR, {**ALL, "learning_rate": 1e-5}, "1e-05 is too small", {"learning_rate": 0.1}),
        (net, XOR, {**ALL, "epochs": 3}, "so few epochs (3)", {"epochs": 30}),
        (dead_hidden, DEAD, {"learning_rate": 0.01}, "3 of 3 hidden neurons are dead",
         {"activation": "leaky_relu", "learning_rate": 0.001}),
        (saturated, DEAD, {}, "3 of 3 hidden neurons are saturated",
         {"activation": "relu", "learning_rate": 1e-10}),
        (lambda: net(bias=False), XOR, {**ALL, "epochs": 300}, "no neuron has a bias", {"bias": True}),
        (
            lambda: net((2, *(8,) * 6, 1), "sigmoid", learning_rate=0.1),
            XOR,
            {},
            "blame dies on its way back: the first hidden layer gets",
            {"activation": "relu"},
        ),
        (net, RARE, {"learning_rate": 0.01}, "it never says y", {"class_weights": "balanced"}),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named(make, data, how, says, change):
    told = advise(after(make(), data, **how))
    assert says in told[0].why, told
    assert told[0].change == change


@pytest.mark.parametrize(("epochs", "few"), [(9, True), (10, False)])
def test_from_ten_epochs_on_there_is_something_to_say(epochs, few):
    told = advise(after(net(learning_rate=0.1), epochs=epochs, **ALL))
    assert any("so few epochs" in advice.why for advice in told) is few


def test_who_has_stopped_early_is_not_told_to_go_on():
    """No weight moves, so no epoch is better than the first; the few there were are no fault."""
    run = after(net(learning_rate=1e-18), epochs=100, early_stop=2, **ALL)
    assert len(run.history) == 3
    assert not any("epochs" in advice.change for advice in advise(run))


def test_a_class_of_which_there_is_no_sample_is_no_riddle():
    """Of the classes a, b, c the last has no sample in this part; b, which is rare, is never said."""
    rare = np.arange(100)[:, None] < 4
    targets = np.hstack([~rare, rare, np.zeros((100, 1))])
    data = Dataset("part", RARE.inputs, targets, classes=("a", "b", "c"), task="classification")
    network = lernpy.layered([2, 4, 3], "tanh", "softmax", loss="cross_entropy", seed=1)
    (advice, *_) = advise(after(network, data, learning_rate=0.01))
    assert "it never says b: what is rare" in advice.why


@given(
    optimizer=st.sampled_from(["sgd", "momentum", "adam", "rprop"]),
    power=st.floats(-7, 3),
    falls=st.booleans(),
)
def test_what_is_too_small_is_raised_and_what_is_too_large_is_lowered(optimizer, power, falls):
    losses = np.linspace(1.0, 0.99, 40) if falls else np.tile([1.0, 2.0], 20)
    usual, rate = lernpy.optimizers.get(optimizer).rate, 10.0**power
    course = Course(losses, rate, 40, False, usual)
    (told,) = (_still_falling if falls else _jumps)(course)
    change = told.change["learning_rate"] / rate
    assert change > 1.5 if falls else change < 0.67
    assert 0.09 < change < 11 or told.change["learning_rate"] == usual


def test_the_advice_helps():
    """Taken, it leaves nothing to be said."""
    how = {"optimizer": "adam", "learning_rate": 0.1}
    for fault in ({"init": "zeros"}, {"sizes": (2, 1)}, {"activation": "identity"}):
        assert advise(after(net(**{**how, **fault}), epochs=400, **ALL))
    assert advise(after(net(**how), epochs=400, **ALL)) == []


def test_an_output_that_is_always_0_is_named():
    network = net((1, 1), output="relu", learning_rate=0.01)
    for weight in network.weights:
        weight.value = -1.0
    told = advise(after(network, DEAD))
    assert "the output y1 is 0 for every sample" in told[0].why


def test_learning_by_heart_is_told_by_the_samples_not_seen():
    """Noise can be learned by heart; words that are all different invite it."""
    inputs, targets = RNG.normal(size=(24, 6)), RNG.integers(0, 2, (24, 1))
    seen = Dataset("noise", inputs[:12], targets[:12], **NO_YES)
    rest = Dataset("noise", inputs[12:], 1 - seen.targets, **NO_YES)
    network = net((6, 16, 1), optimizer="adam", learning_rate=0.05)
    run = after(network, seen, 300)
    assert advise(run) == []
    tested = evaluate(network, rest)
    (advice,) = advise(run, tested)
    assert "learned by heart: accuracy 1.00" in advice.why
    assert advice.change == {"l2": 0.11}  # six columns for twelve samples
    assert str(advice).endswith(". Try l2=0.11")

    words = tuple(f"name{i}" for i in range(12))
    column = Column("id", words)
    named = Dataset("named", np.eye(12), seen.targets, columns=(column,), **NO_YES)
    network = net((12, 16, 1), optimizer="adam", learning_rate=0.05)
    (advice,) = advise(after(network, named, 300), tested)
    assert "column 'id'" in advice.why and "FILE:ignore=id" in advice.why


def test_the_last_word_is_another_start():
    """Two classes that overlap, so that four of five are told apart at best: nothing else is to be seen."""
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(400, 1))
    data = Dataset("mixed", inputs, (inputs > 0) ^ (rng.random((400, 1)) < 0.2), **NO_YES)
    told = advise(after(net((1, 3, 1), learning_rate=1.0), data, 300, batch_size=None))
    assert "another start" in told[-1].why
    assert told[-1].change["seed"] == 1


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"epochs": 3}, "so few epochs (3)"),
        ({"learning_rate": 1e-5}, "1e-05 is too small"),
        ({"optimizer": "adam", "learning_rate": 0.1, "epochs": 400}, None),
        ({"optimizer": "adam", "learning_rate": 0.1, "epochs": 400, "metrics": True}, None),
    ],
)
def test_a_history_shows_how_the_loss_went(how, says):
    history = lernpy.train(net(), XOR, **{"epochs": 100, "seed": 0, **ALL, **how})
    told = lernpy.advise(history)
    assert (says in told[0].why) if says else told == []


def test_a_history_of_a_run_that_is_stuck_says_where_to_look():
    """Without any bias XOR is not learned; the run says so, its history that it cannot see it."""
    run = after(net(bias=False, learning_rate=0.5), epochs=4000, **ALL)
    assert any("bias" in advice.why for advice in advise(run))
    (advice,) = lernpy.advise(run.history)
    assert "lernpy.advise(run) looks into it" in advice.why


def test_a_history_tells_of_learning_by_heart():
    inputs, targets = RNG.normal(size=(24, 6)), RNG.integers(0, 2, (24, 1))
    seen = Dataset("noise", inputs[:12], targets[:12], **NO_YES)
    rest = Dataset("noise", inputs[12:], 1 - seen.targets, **NO_YES)
    history = lernpy.train(
        net((6, 16, 1)), seen, 300, optimizer="adam", learning_rate=0.05, validation=rest,
        metrics=True, seed=0,
    )  # fmt: skip
    (advice,) = lernpy.advise(history)
    assert "learned by heart: accuracy 1.00" in advice.why


@pytest.mark.parametrize("thing", [None, net(), "run", [], XOR])
def test_what_is_no_run_is_refused(thing):
    with pytest.raises(LernpyError, match=r"needs what lernpy\.epochs or lernpy\.train returned"):
        lernpy.advise(thing)


def test_neurons_of_ones_own_are_left_out_and_all_else_is_said():
    class Loud(lernpy.Link):
        def propagate(self):
            self.output_neuron.input(2 * self.weight.value * self.input_neuron.output)

    x, y = lernpy.Neuron("x"), lernpy.Neuron("y", "sigmoid")
    network = lernpy.Network([x, y], [Loud(x, y, lernpy.Weight(0.5))], [x], [y])
    told = advise(after(network, ([[0.0], [1.0]], [[1.0], [0.0]]), 20))
    assert "straight borders only" in told[0].why


def test_nothing_is_said_of_what_was_not_trained_or_interrupted():
    run = lernpy.epochs(net(), XOR, 5, seed=0)
    assert advise(run) == []
    next(iter(run))
    run.interrupt()
    assert advise(run) == []


@pytest.mark.parametrize(
    "name", ["xor", "iris", "fruit", "spiral", "digits", "sine", "plane", "abcd"]
)
def test_known_data_need_no_advice(capsys, name):
    assert main(["train", name]) == 0
    assert "why it does not do better" not in capsys.readouterr().out


def test_the_command_line_says_what_to_type(capsys):
    assert main(["train", "xor", "--init", "zeros"]) == 0
    out = capsys.readouterr().out
    assert "why it does not do better, perhaps:" in out
    assert "try --init glorot_uniform" in out
    assert main(["train", "xor", "--init", "zeros", "--quiet"]) == 0
    assert "perhaps" not in capsys.readouterr().out


def test_a_product_has_no_slope_of_its_own_that_could_be_flat():
    """An LSTM is advised as any other network, though what its gates multiply has no activation."""
    cell = lernpy.build.lstm([1, 2, 1], seed=0)
    network = lernpy.unroll(cell, 3)
    run = after(network, lernpy.data.load("echo:steps=3,n=20"), epochs=3)
    case = Case(run, True)
    outputs, slopes = case.activity
    products = [index for index, neuron in enumerate(case.hidden) if "fc" in neuron.name]
    assert outputs.shape == slopes.shape and (slopes[:, products] == 1).all()
    assert isinstance(advise(run), list)


def test_it_looks_at_the_weights_that_were_restored():
    """Early stopping brings the best weights back; those of the last epoch are forgotten."""
    run = after(net(optimizer="adam", learning_rate=0.1), epochs=400, early_stop=500, **ALL)
    for weight in run.network.weights:
        weight.value = -50.0 if weight in run.network.penalised else 0.0  # it says one thing only
    assert Case(run, evaluate(run.network, XOR)).outputs == pytest.approx(
        run.network.predict(XOR.inputs)
    )
