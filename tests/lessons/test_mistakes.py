"""Each mistake gives the number that a student with that belief would write down."""

from __future__ import annotations

import pytest

import lernpy
from lernpy import build
from lernpy.lessons import mistakes
from lernpy.link import Link
from lernpy.neuron import Neuron

X, T = [0.05, 0.10], [0.01, 0.99]


@pytest.mark.parametrize(
    ("name", "blame"),
    [
        ("updated weights", 0.0302),
        ("one path", 0.0554),
        ("slope forgotten", 0.1880),
        ("pie", 0.2455),
        ("sign flipped", 0.0364),
    ],
)
def test_blame_of_h1_in_the_worked_example(name: str, blame: float) -> None:
    """Right is .0364: .40 x .1385 - .50 x .0381. (A flipped sign shows in the weights alone.)"""
    network = mistakes.apply(build.two_two_two(), name)
    network.learn(X, T)
    assert network.neurons["h1"].sensitivity == pytest.approx(blame, abs=5e-5)


def test_updated_weights_are_the_famous_wrong_answer() -> None:
    """0.149780716 is right; with weights that have moved already it is 0.149817639."""
    network = mistakes.apply(build.two_two_two(), "updated weights")
    network.learn(X, T)
    assert network.weights[0].value == pytest.approx(0.149817639, abs=5e-8)


def test_sign_flipped_walks_uphill() -> None:
    network = build.two_two_two()
    wrong = mistakes.apply(network, "sign flipped")
    first = wrong.learn(X, T)
    assert wrong.learn(X, T) > first == network.learn(X, T) > network.learn(X, T)


def test_a_pie_is_divided_up_by_the_sizes_of_the_weights() -> None:
    """y1 is to blame 1, y2 .4; weights .2 .8 and -.9 .3: h1 gets .2 + .3 where -.16 is right."""
    edges = [("h1", "y1", 0.2), ("h2", "y1", 0.8), ("h1", "y2", -0.9), ("h2", "y2", 0.3)]
    network = lernpy.from_edges(
        edges, inputs=["h1", "h2"], outputs=["y1", "y2"], activation="identity"
    )
    for name, blame in [("pie", 0.5), ("one path", 0.2), (None, -0.16)]:
        twin = mistakes.apply(network, name) if name else network.copy()
        outputs = twin.answer([0, 0])
        twin.learn([0, 0], [outputs[0] - 1, outputs[1] - 0.4])
        assert twin.neurons["h1"].sensitivity == pytest.approx(blame)


def test_swapped_hands_back_the_value() -> None:
    network = mistakes.apply(build.by_hand(), "swapped")
    network.learn([1], [1])
    link = network.links["h", "y"]
    assert link.blame == link.input_neuron.output * link.output_neuron.delta


def test_what_is_not_cleared_adds_up_over_samples() -> None:
    network = mistakes.apply(build.by_hand(), "not cleared")
    network.learning_rate = 0.0
    network.learn([1], [1])
    once = network.neurons["y"].sensitivity
    network.learn([1], [1])
    assert network.neurons["y"].sensitivity == pytest.approx(2 * once)


@pytest.mark.parametrize("name", list(mistakes.MISTAKES))
def test_the_network_itself_stays_right(name: str) -> None:
    network = build.two_two_two()
    wrong = mistakes.apply(network, name)
    wrong.learn(X, T)
    assert {type(neuron) for neuron in network.neurons.values()} == {Neuron}
    assert {type(link) for link in network.links.values()} == {Link}
    network.learn(X, T)
    assert network.weights[0].value == pytest.approx(0.149780716, abs=5e-10)


@pytest.mark.parametrize("name", list(mistakes.MISTAKES))
def test_each_mistake_differs_from_the_right_blame_or_gradient(name: str) -> None:
    """After two lessons (one is not enough for what is not cleared) some weight stands elsewhere."""
    network = lernpy.layered([2, 3, 2], activation="tanh", output_activation="sigmoid", seed=1)
    wrong = mistakes.apply(network, name)
    for twin in (network, wrong):
        twin.learn([0.3, -0.7], [1, 0])
        twin.learn([0.5, 0.9], [0, 1])
    gaps = [abs(a.value - b.value) for a, b in zip(network.weights, wrong.weights, strict=True)]
    assert max(gaps) > 1e-6


@pytest.mark.parametrize("name", list(mistakes.MISTAKES))
def test_copies_and_new_links_follow_the_rule_with_numbers_of_their_own(name: str) -> None:
    wrong = mistakes.apply(build.two_two_two(), name)
    twin = wrong.copy()
    wrong.weights[4].value, wrong.learning_rate = 7.0, 0.0  # nothing to the twin
    fresh = mistakes.apply(build.two_two_two(), name)
    for network in (twin, fresh):
        network.connect("x1", "y1", 0.3)
        network.learn(X, T)
    assert [w.value for w in twin.weights] == [w.value for w in fresh.weights]


def test_the_objects_train_it_and_no_fast_engine_does() -> None:
    wrong = mistakes.apply(build.two_two_two(), "pie")
    assert lernpy.train(wrong, ([X], [T]), epochs=2, seed=0).engine == "graph"
    with pytest.raises(lernpy.LernpyError, match="PieLink"):
        lernpy.train(wrong, ([X], [T]), epochs=2, engine="numpy")


def test_an_unknown_mistake_is_named() -> None:
    with pytest.raises(lernpy.LernpyError, match=r"no mistake is called 'pi'\. Did you mean 'pie'"):
        mistakes.apply(build.by_hand(), "pi")


SAMPLES = ([[0.05, 0.10], [0.3, -0.7]], [[0.01, 0.99], [1.0, 0.0]])


@pytest.mark.parametrize("name", list(mistakes.MISTAKES))
def test_the_check_is_red_where_it_is_worst_and_green_when_the_mistake_is_off(name: str) -> None:
    """Two hidden neurons with two ways on each, two samples: here every mistake shows."""
    network = build.two_two_two()
    assert lernpy.check_gradients(network, *SAMPLES).ok
    report = lernpy.check_gradients(mistakes.apply(network, name), *SAMPLES)
    assert not report.ok and report.worst is not None
    assert f"{report.worst.name}: the blame says {report.worst.ours:.12g}" in str(report)
    assert abs(report.worst.ours - report.worst.other) > 1e-4
    assert lernpy.check_gradients(network, *SAMPLES).ok
