"""Blame by path, against a list of every path there is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from recorded import some_network, some_samples

import lernpy
from lernpy import LernpyError, paths, slow_motion
from lernpy.watch.paths import Factor, Path, Search


def every_path(network: lernpy.Network, neuron: lernpy.Neuron) -> Iterator[Path]:
    """Every path from a neuron's output, one after the other."""
    search = Search(network, neuron)
    stack: list[Any] = [((neuron,), (), 1.0)]
    while stack:
        along, factors, value = stack.pop()
        if along[-1] in search.asked:
            asked = Factor("loss", along[-1].name, search.asked[along[-1]])
            names = tuple(neuron.name for neuron in along)
            yield Path(names, (asked, *factors), value * asked.value)
        stack += [
            ((*along, *via), (*more, *factors), product * value)
            for via, more, product in search.arrows(along[-1])
        ]


def learned(seed: int) -> lernpy.Network:
    network = some_network(seed)
    network.learn(*(a[0] for a in some_samples(network, seed)))
    return network


@pytest.mark.parametrize("seed", range(80))
def test_paths_add_up_to_the_blame_and_the_largest_come_first(seed: int) -> None:
    network = learned(seed)
    for neuron in network.neurons.values():
        if not np.isfinite(neuron.sensitivity):
            continue
        every = sorted(every_path(network, neuron), key=lambda path: -abs(path.share))
        listed = [(path.names, [(f.kind, f.name) for f in path.factors]) for path in every]
        scale = sum(abs(path.share) for path in every) or 1.0
        found = paths(network, neuron, k=5)
        assert found.number == len(every)
        assert found.complete
        assert abs(found.blame - sum(path.share for path in every)) <= 1e-9 * scale
        assert [abs(path.share) for path in found] == pytest.approx(
            [abs(path.share) for path in every[:5]], abs=1e-9 * scale
        )
        others = sum(path.share for path in every) - sum(path.share for path in found)
        assert abs(found.rest - others) <= 1e-9 * scale
        for path in found:
            assert np.prod([factor.value for factor in path.factors]) == pytest.approx(path.share)
            assert path.names[0] == neuron.name
            kinds = [(factor.kind, factor.name) for factor in path.factors]
            assert (path.names, kinds) in listed
            assert network.neurons[path.names[-1]] in network.outputs


@pytest.mark.parametrize("seed", range(40))
def test_the_paths_of_a_link_end_at_its_output_end(seed: int) -> None:
    network = learned(seed)
    for link in network.links.values():
        end = link.output_neuron
        if not np.isfinite(end.delta):
            continue
        found = paths(network, link, k=10_000)
        assert found.number == len(found)
        scale = sum(abs(path.share) for path in found) or 1.0
        assert found.blame == end.delta
        assert abs(sum(path.share for path in found) - end.delta) <= 1e-9 * scale
        assert found.rest == 0.0
        assert all(path.names[0] == end.name for path in found)


def test_two_paths_of_the_worked_example_also_after_the_weights_have_moved() -> None:
    network = lernpy.build.two_two_two()
    network.learn([0.05, 0.1], [0.01, 0.99])
    found = paths(network, "h1")
    assert [path.names for path in found] == [("h1", "y1"), ("h1", "y2")]
    kinds = [(factor.kind, factor.name) for factor in found[0].factors]
    assert kinds == [("loss", "y1"), ("slope", "y1"), ("weight", "h1 -> y1")]
    assert found[0].factors[2].value == pytest.approx(0.40, abs=1e-12)
    assert round(found.blame, 8) == 0.03635031
    assert paths(network, "x1->h1").blame == network.neurons["h1"].delta
    assert paths(network, ("x1", "h1"), k=1).rest == pytest.approx(
        paths(network, "x1->h1")[1].share
    )


def test_a_softmax_group_mixes_and_an_output_with_links_adds_its_own() -> None:
    edges = [("x", "h", 1.0), ("h", "a", 1.0), ("h", "b", 2.0), ("a", "y", 1.0)]
    network = lernpy.from_edges(edges, ["x"], ["a", "b", "y"], softmax=[["a", "b"]])
    network.learn([1], [0, 1, 1])
    found = paths(network, "h")
    assert found.number == 6
    assert ("h", "a", "b") in {path.names for path in found}
    assert any(factor.kind == "mixing" and factor.name == "a <- b"
               for path in found for factor in path.factors)  # fmt: skip
    assert sum(path.share for path in found) == pytest.approx(found.blame, abs=1e-15)


def test_digits_have_thousands_of_paths_and_the_ten_largest_come_at_once() -> None:
    network = lernpy.layered([784, 30, 30, 30, 10], "relu", "softmax", seed=0, loss="cross_entropy")
    rng = np.random.default_rng(0)
    network.learn(rng.uniform(size=784), np.eye(10)[3])
    found = paths(network, "x5")
    assert found.number == 30**3 * 100
    assert len(found) == 10 and found.complete
    assert "2,699,990 more" in str(found)


def test_a_search_that_is_ended_early_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    network = lernpy.layered([3, 4, 4, 2], "tanh", seed=0)
    network.learn([1, 2, 3], [0, 1])
    assert "ended early" not in str(paths(network, "x1", k=3))
    monkeypatch.setattr(import_module("lernpy.watch.paths"), "MOST_TRIED", 20)
    found = paths(network, "x1", k=30)
    assert not found.complete
    assert len(found) < found.number == 32
    last = "  (the search ended early; other paths may be as large as these)"
    assert str(found).splitlines()[-1] == last


def test_places_that_do_not_exist_and_places_before_any_lesson() -> None:
    network = lernpy.build.by_hand()
    with pytest.raises(LernpyError, match="no neuron is called 'hh'"):
        paths(network, "hh")
    with pytest.raises(LernpyError, match="no link is called 'x -> y'"):
        paths(network, "x -> y")
    with pytest.raises(LernpyError, match="belongs to another network"):
        paths(network, lernpy.build.by_hand().neurons["h"])
    with pytest.raises(LernpyError, match="the number of paths to list is -1"):
        paths(network, "h", k=-1)
    with pytest.raises(LernpyError, match="no blame has come to h yet"):
        paths(network, "h")


def test_paths_of_a_moment_in_a_trace() -> None:
    network = lernpy.build.two_two_two()
    trace = lernpy.Trace.record(slow_motion(network, [0.05, 0.1], [0.01, 0.99]))
    trace.until("x1->h1", back=True)
    assert len(paths(network, "h1")) == 2
