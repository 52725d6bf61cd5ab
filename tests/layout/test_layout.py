"""Places by generation: for any wiring, the same each time, nobody on top of somebody else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from strategies import networks

import lernpy
from lernpy import Frame, layout
from lernpy.network import Network


@settings(max_examples=60)
@given(networks())
def test_links_run_to_the_right_and_nobody_is_hidden(network: Network) -> None:
    where = layout.positions(network)
    assert list(where) == list(network.neurons)
    assert len(set(where.values())) == len(where)
    for x, y in where.values():
        assert -1e-9 <= y <= 1 + 1e-9 and x >= -1e-9
    ordinary = [name for name in where if network.neurons[name] not in network.biases]
    assert all(where[name][0] <= 1 for name in ordinary)
    for u, v in network.links:
        assert where[u][0] < where[v][0] or network.neurons[u] in network.biases


@settings(max_examples=30)
@given(networks())
def test_a_frame_and_its_network_are_laid_out_alike(network: Network) -> None:
    assert layout.positions(Frame.of(network)) == layout.positions(network)
    assert layout.positions(network.copy()) == layout.positions(network)
    assert layout.bends(Frame.of(network)) == layout.bends(network)


def test_a_layer_is_a_column_in_declared_order() -> None:
    where = layout.positions(lernpy.layered([2, 3, 1], seed=0))
    assert where["h1"][0] == where["h2"][0] == where["h3"][0] == 0.5
    assert where["x1"][1] > where["x2"][1] and where["h1"][1] > where["h2"][1] > where["h3"][1]
    assert where["y1"][1] == where["h2"][1]


def test_a_bias_stands_one_generation_before_its_first_target_at_the_foot() -> None:
    edges = [("x", "h"), ("h", "g"), ("bias", "g"), ("bias", "y"), ("g", "y")]
    where = layout.positions(lernpy.from_edges(edges, ["x"], ["y"], seed=0))
    assert where["bias"][0] == where["h"][0]
    assert where["bias"][1] == 0.0 < min(where[name][1] for name in "xhgy")


def test_links_are_uncrossed_where_they_can_be() -> None:
    """a -> q and b -> p cross if p stands above q."""
    edges = [("a", "q"), ("b", "p"), ("p", "y"), ("q", "y")]
    network = lernpy.from_edges(edges, ["a", "b"], ["y"], seed=0)
    where = layout.positions(network)
    assert where["a"][1] > where["b"][1] and where["q"][1] > where["p"][1]


def test_inputs_and_outputs_keep_their_order_even_if_links_cross() -> None:
    network = lernpy.from_edges([("a", "z"), ("b", "y")], ["a", "b"], ["y", "z"], seed=0)
    where = layout.positions(network)
    assert where["a"][1] > where["b"][1] and where["y"][1] > where["z"][1]


def test_784_inputs_stand_as_the_image_they_are() -> None:
    where = layout.positions(lernpy.layered([784, 15, 10], seed=0))
    rows = np.array([where[f"x{i}"] for i in range(1, 785)]).reshape(28, 28, 2)
    assert (np.ptp(rows[:, :, 1], axis=1) == 0).all() and (np.ptp(rows[:, :, 0], axis=0) == 0).all()
    assert (np.diff(rows[:, 0, 1]) < 0).all() and (np.diff(rows[0, :, 0]) > 0).all()
    assert rows[:, :, 0].max() < where["h1"][0]


def test_a_link_that_would_run_through_a_neuron_swerves() -> None:
    edges = [("a", "h"), ("b", "k"), ("c", "m"), ("h", "y"), ("k", "y"), ("m", "y"), ("b", "y")]
    network = lernpy.from_edges(edges, ["a", "b", "c"], ["y"], seed=0)
    where = layout.positions(network)
    assert where["b"][1] == where["k"][1] == where["y"][1]  # k is in the way
    assert set(layout.bends(network)) == {("b", "y")}
    middle = where["k"][1] + layout.bends(network)["b", "y"]
    assert abs(middle - where["k"][1]) >= layout.CLEARANCE


def test_a_lone_neuron_makes_way_for_the_link_that_passes_it() -> None:
    network = lernpy.from_edges([("x", "h"), ("h", "y"), ("x", "y")], ["x"], ["y"], seed=0)
    where = layout.positions(network)
    assert where["x"][1] == where["y"][1] != where["h"][1]
    assert layout.bends(network) == {}
