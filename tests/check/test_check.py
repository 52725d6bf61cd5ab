"""The two checks: they find what is wrong, name it, and leave the network as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from strategies import OPTIMIZERS, Case, cases, near_a_kink

import lernpy
from lernpy import build, check_gradients, check_parity
from lernpy import engine as engines
from lernpy.check.report import names_of
from lernpy.errors import LernpyError
from lernpy.functions import optimizers
from lernpy.group import Group
from lernpy.link import Link
from lernpy.network import Network
from lernpy.neuron import Neuron

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
T = [[0.0], [1.0], [1.0], [0.0]]


def everything(network: Network) -> list[object]:
    """Every number there is, also those of the last sample."""
    return [
        *(getattr(n, slot) for n in network.neurons.values() for slot in Neuron.__slots__),
        *((link.signal, link.blame) for link in network.links.values()),
        *((w.value, w.sensitivity, w.memory, w.rule) for w in network.weights),
        *(group.log_sum for group in network.groups),
        *(network.l1, network.l2, network.samples, network.version),
    ]


# ---- gradients ----------------------------------------------------------------------------------


def test_a_right_net_is_right():
    report = check_gradients(lernpy.layered([2, 3, 1], seed=0), X, T)

    assert report.ok
    assert (report.wrong, report.checked, report.weights, report.samples) == (0, 13, 13, 4)
    assert report.worst is not None and report.worst.ok
    lines = str(report).splitlines()
    assert lines[0] == "gradients: right (13 of 13 weights; 4 samples)"
    assert lines[1].startswith("  furthest apart: ") and " -> " in lines[1]
    assert "the blame says" in lines[1] and "a nudge says" in lines[1]


@given(cases(most=3, optimizers=OPTIMIZERS))
def test_every_random_net_is_right_and_left_as_it_was(case: Case):
    network, inputs, targets = case
    assume(not near_a_kink(network, inputs, targets))
    network.learn(inputs[0], targets[0])
    assume(not near_a_kink(network, inputs, targets))
    before = everything(network)

    report = check_gradients(network, inputs, targets)

    assert report.ok, report
    assert report.checked == len(network.weights)
    assert everything(network) == before


def forget_the_slope(neuron: Neuron) -> None:
    neuron.delta = neuron.sensitivity


def flip_the_sign(neuron: Neuron) -> None:
    neuron.delta = -neuron.sensitivity * neuron.activation.slope(neuron.total_input, neuron.output)


def swap_weight_and_value(link: Link) -> None:
    link.input_neuron.submit_sensitivity(link.input_neuron.output * link.output_neuron.delta)
    link.weight.submit_sensitivity(link.weight.value * link.output_neuron.delta)


def follow_one_path(neuron: Neuron, sensitivity: float) -> None:
    neuron.sensitivity = sensitivity


@pytest.mark.parametrize(
    ("kind", "verb", "wrong"),
    [
        (Neuron, "backpropagate", forget_the_slope),
        (Neuron, "backpropagate", flip_the_sign),
        (Neuron, "submit_sensitivity", follow_one_path),
        (Link, "backpropagate", swap_weight_and_value),
        (Group, "backpropagate", lambda group: [forget_the_slope(m) for m in group.members]),
    ],
)
def test_wrong_backpropagation_is_found(
    kind: type, verb: str, wrong: Callable, monkeypatch: pytest.MonkeyPatch
):
    """What students (and programs) get wrong."""
    network = lernpy.layered([2, 3, 2], output_activation="softmax", loss="cross_entropy", seed=0)
    monkeypatch.setattr(kind, verb, wrong)
    before = everything(network)

    report = check_gradients(network, [[0.3, 1.0]], [[1.0, 0.0]])

    assert not report.ok
    assert report.wrong > 0
    assert report.worst is not None and not report.worst.ok
    assert str(report).startswith("gradients: WRONG for ")
    assert "worst: " in str(report)
    assert everything(network) == before


def test_one_wrong_weight_is_named(monkeypatch: pytest.MonkeyPatch):
    network = lernpy.layered([2, 3, 1], seed=0)
    bad = network.links["h2", "y1"]
    right = Link.backpropagate

    def careless(link: Link) -> None:
        right(link)
        if link is bad:
            link.weight.submit_sensitivity(0.001)

    monkeypatch.setattr(Link, "backpropagate", careless)

    report = check_gradients(network, X, T)

    assert report.wrong == 1
    assert report.worst is not None
    assert report.worst.name == "h2 -> y1"
    assert report.worst.ours - report.worst.other == pytest.approx(0.001, abs=1e-8)


def test_an_engine_that_trains_otherwise_than_it_learns_a_batch(monkeypatch: pytest.MonkeyPatch):
    class Hasty(Careless):
        def learn_epochs(self, *args: Any) -> None:
            super().learn_epochs(*args)
            self.network.weights[3].value += 1e-6

    monkeypatch.setattr(engines, "make", lambda network, name, dtype: Hasty(network))
    report = check_parity(lernpy.layered([2, 3, 1], seed=0), X, T)
    assert not report.ok and report.worst is not None and report.worst.what == "weight"


def test_a_shared_weight_is_named_by_its_links():
    network = lernpy.from_edges([("x1", "y"), ("x2", "y")], ["x1", "x2"], ["y"], seed=0)
    network.tie(("x1", "y"), ("x2", "y"))
    network.weights[0].freeze()

    report = check_gradients(network, [[1.0, 2.0]], [[1.0]])

    assert report.ok and report.checked == 1
    assert report.worst is not None and report.worst.name == "x1 -> y = x2 -> y"
    assert abs(report.worst.ours) > 0.01


def test_a_kink_is_no_error():
    """At x = 0 the ReLUs stand at their kink: 0 is as right as 1."""
    network = lernpy.layered([2, 3, 1], "relu", seed=0)

    report = check_gradients(network, [[0.0, 0.0]], [[1.0]])

    assert report.ok
    assert report.kinks > 0
    assert f"{report.kinks} weights at a kink" in str(report)


def test_a_step_is_flat_and_right():
    assert check_gradients(lernpy.layered([2, 3, 1], "step", seed=0), [[0.3, 1.0]], [[1.0]]).ok


def test_the_penalty_is_left_out():
    assert check_gradients(lernpy.layered([2, 3, 1], l1=0.1, l2=0.3, seed=0), X, T).ok


def test_of_a_large_net_some_are_drawn_from_every_generation():
    network = lernpy.layered([100, 40, 10], seed=0)
    inputs = np.random.default_rng(0).random((2, 100))

    report = check_gradients(network, inputs, np.eye(10)[:2], most=50, seed=3)

    assert report.ok
    assert report.checked == 50
    assert "(50 of 4,450 weights, drawn with seed 3; 2 samples)" in str(report)
    again = check_gradients(network, inputs, np.eye(10)[:2], most=50, seed=3)
    assert again == report


def test_gradients_of_a_saturated_net():
    edges = [("x", "a", 1000.0), ("x", "b", -1000.0)]
    network = lernpy.from_edges(
        edges, ["x"], ["a", "b"], output_activation="softmax", loss="cross_entropy"
    )

    report = check_gradients(network, [[1.0]], [[0.0, 1.0]])

    assert report.ok, report
    assert report.worst is not None and abs(report.worst.ours) == 1.0


def test_a_nan_is_wrong_and_raises_nothing():
    network = build.by_hand()
    network.weights[0].value = float("nan")

    report = check_gradients(network, [[1.0]], [[1.0]])

    assert not report.ok
    assert "nan" in str(report)


def test_wrong_samples_are_an_error():
    with pytest.raises(LernpyError, match="has 1 input neuron, but the sample has 2 values"):
        check_gradients(build.by_hand(), [[1.0, 2.0]], [[1.0]])
    with pytest.raises(LernpyError, match="the batch is empty"):
        check_parity(build.by_hand(), [], [])


@pytest.mark.parametrize(
    ("check", "settings", "says"),
    [
        (check_gradients, {"most": 0}, "the number of weights to check is 0; it must be a whole"),
        (check_gradients, {"most": 2.5}, "the number of weights to check is 2.5"),
        (check_gradients, {"tolerance": -1}, "the tolerance is -1; it must be 0 or more"),
        (check_gradients, {"tolerance": "x"}, "the tolerance is 'x'"),
        (check_gradients, {"seed": -1}, "the seed is -1"),
        (check_parity, {"updates": 0}, "the number of updates is 0; it must be a whole number"),
        (check_parity, {"updates": "x"}, "the number of updates is 'x'"),
        (check_parity, {"network": None}, "this needs a network, not None"),
    ],
)
def test_a_check_that_could_find_nothing_is_refused(check, settings, says):
    """Of no weights, over no updates, or with a negative tolerance, anything would be right."""
    given = {"network": build.by_hand(), "inputs": [[1.0]], "targets": [[1.0]], **settings}
    with pytest.raises(LernpyError, match=says):
        check(**given)


def test_what_was_changed_is_put_back_also_after_an_error():
    network = lernpy.layered([2, 3, 1], l2=0.1, seed=0)
    before = everything(network)

    with pytest.raises(LernpyError):
        check_gradients(network, [[1.0, 2.0], [1.0]], [[1.0], [0.0]])

    assert everything(network) == before


def test_where_there_is_no_weight_nothing_is_wrong():
    """The input is the output: no link, no weight, nothing that could be furthest apart."""
    report = check_gradients(lernpy.from_edges([], ["x"], ["x"]), [[1.0]], [[0.0]])

    assert report.ok and report.worst is None
    assert str(report) == "gradients: right (0 of 0 weights; 1 sample)"


def test_a_weight_too_large_to_be_nudged_is_no_error():
    """1e20 and a millionth more are one number: no slope is to be seen, and none is claimed."""
    edges = [("x", "y", 1e20)]
    network = lernpy.from_edges(edges, ["x"], ["y"], output_activation="identity")

    assert check_gradients(network, [[0.0]], [[1.0]]).ok


# ---- parity -------------------------------------------------------------------------------------


def test_the_numpy_engine_is_the_object_graph():
    report = check_parity(lernpy.layered([2, 3, 1], seed=0), X, T)

    assert report.ok
    assert report.updates == 20
    assert report.note == ""
    assert str(report).startswith("parity: engine numpy learns the same as the object graph (20 up")


@given(cases(optimizers=OPTIMIZERS))
def test_every_random_net_agrees_and_stays_as_it_was(case: Case):
    network, inputs, targets = case
    before = everything(network)

    report = check_parity(network, inputs, targets)

    assert report.ok, report
    assert everything(network) == before


def test_a_network_that_blows_up_is_followed_while_its_numbers_mean_something():
    """Where a step is a million times too long, the last bits of one update are the first of the next."""
    network = build.random_dag(0, inputs=3, hidden=5, outputs=3, activations=("identity",))
    network.learning_rate = 1.0

    report = check_parity(network, [[0.047, 1.802, -1.423]], [[0.949, 0.312, 0.423]])

    assert report.ok, report
    assert report.updates == 4
    assert report.note == (
        "followed no further: by update 5 the gradient of x1 -> h1 has blown up, and round-off with it"
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_parity_with_every_optimiser(optimizer: str):
    network = lernpy.layered([2, 4, 2], "tanh", seed=0, optimizer=optimizer, l2=0.01)

    report = check_parity(network, np.array(X) + 0.1, [[0.1, 0.9]] * 4)

    assert report.ok, report
    assert report.updates == 20, report


class Careless:
    """An engine that is the object graph, but for a gradient or a weight that is off."""

    def __init__(
        self, network: Network, gradient: float = 0.0, weight: float = 0.0, after: int = 1
    ):
        self.name = "careless"
        self.network, self.gradient, self.weight, self.after = network, gradient, weight, after

    def learn_batch(self, inputs: list, targets: list) -> float:
        loss = self.network.learn_batch(inputs, targets)
        self.gradients = np.array([w.sensitivity for w in self.network.weights]) / len(inputs)
        self.gradients[2] += self.gradient
        self.after -= 1
        if self.weight and self.after == 0:
            self.network.weights[3].value += self.weight
        return loss

    def learn_epochs(self, inputs: list, targets: list, orders: Any, size: int, rates: Any) -> None:
        self.learn_batch(inputs, targets)

    def store(self) -> None:
        """Nothing: it works on the network."""


def careless(monkeypatch: pytest.MonkeyPatch, **off: float) -> None:
    monkeypatch.setattr(engines, "make", lambda network, name, dtype: Careless(network, **off))  # type: ignore[arg-type]


def test_an_engine_with_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch):
    careless(monkeypatch, gradient=1e-10)

    report = check_parity(lernpy.layered([2, 3, 1], seed=0), X, T)

    assert not report.ok
    assert report.worst is not None and report.worst.what == "gradient"
    assert report.worst.name == "x1 -> h3"
    assert report.worst.other - report.worst.ours == pytest.approx(1e-10)
    assert str(report).startswith("parity: engine careless learns NOT the same as the object graph")
    assert report.updates == 1  # what is wrong once is not followed


@pytest.mark.parametrize(("off", "ok"), [(0.9e-12, True), (1.1e-12, False)])
def test_a_gradient_may_be_off_by_a_millionth_of_a_millionth(
    monkeypatch: pytest.MonkeyPatch, off: float, ok: bool
):
    careless(monkeypatch, gradient=off)

    assert check_parity(lernpy.layered([2, 3, 1], seed=0), X, T).ok is ok


def test_a_shared_weight_is_named_by_three_of_its_links():
    network = lernpy.layered([4, 1], seed=0)
    network.tie(("x1", "y1"), ("x2", "y1"), ("x3", "y1"))
    assert "x1 -> y1 = x2 -> y1 = x3 -> y1" in names_of(network).values()

    network.tie(("x1", "y1"), ("x4", "y1"))
    assert "x1 -> y1 = x2 -> y1 = x3 -> y1 = 1 more" in names_of(network).values()


def test_an_engine_that_goes_astray_in_its_fifth_update(monkeypatch: pytest.MonkeyPatch):
    careless(monkeypatch, weight=1e-7, after=5)

    report = check_parity(lernpy.layered([2, 3, 1], seed=0), X, T)

    assert not report.ok
    assert report.worst is not None
    assert (report.worst.what, report.worst.name, report.worst.update) == ("weight", "x2 -> h1", 5)
    assert report.updates == 5
    assert "  weight after update 5, worst: x2 -> h1: the graph has " in str(report)


def test_round_off_is_followed_no_further(monkeypatch: pytest.MonkeyPatch):
    """A gradient that is 0 here and 1e-17 there: adam makes a whole step of one of them."""
    network = lernpy.layered([2, 3, 1], seed=0, optimizer="adam")
    for link in network.links.values():
        if link.output_neuron.name == "h3":
            link.weight.value = 0.0
    network.links["h3", "y1"].weight.value = 0.0  # so nobody blames h3
    careless(monkeypatch, gradient=1e-17)

    report = check_parity(network, X, T)

    assert report.ok
    assert report.updates == 0
    assert report.note == (
        "followed no further: in update 1 the gradient of x1 -> h3 is mere round-off, "
        "which adam magnifies"
    )


def one_relu(start: float) -> Network:
    """x -> h -> y, where h stands at `start` for x = 0."""
    edges = [("x", "h", 0.5), ("bias", "h", start), ("h", "y", 1.0)]
    return lernpy.from_edges(edges, ["x"], ["y"], activations={"h": "relu"})


def test_a_hair_off_a_kink_round_off_decides(monkeypatch: pytest.MonkeyPatch):
    """The graph has h at 1e-17, the engine would have it at 0: no fault of the engine."""
    monkeypatch.setattr(engines, "make", lambda network, name, dtype: Careless(network, 0.1))

    report = check_parity(one_relu(1e-17), [[0.0]], [[1.0]])

    assert report.ok and report.updates == 0
    assert report.note == "followed no further: in update 1 the neuron h is at a kink"


def test_a_kink_at_zero_is_no_excuse(monkeypatch: pytest.MonkeyPatch):
    """Of zeros, every engine makes the same zero."""
    careless(monkeypatch, gradient=0.1)

    assert not check_parity(one_relu(0.0), [[0.0]], [[1.0]]).ok


def test_only_some_optimisers_magnify():
    from lernpy.check.parity import _magnifies

    magnify = [name for name in OPTIMIZERS if _magnifies(optimizers.get(name))]

    assert magnify == ["adagrad", "rmsprop", "adam", "rprop"]


def test_the_type_of_the_numbers_may_be_numpys_own():
    assert check_parity(build.by_hand(), [[1.0]], [[1.0]], dtype=np.float32).ok


def test_an_unknown_engine_is_an_error():
    with pytest.raises(LernpyError, match="no engine is called 'numppy'"):
        check_parity(build.by_hand(), [[1.0]], [[1.0]], engine="numppy")
