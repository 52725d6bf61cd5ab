"""Products step by step: what they say, back and forth, by path, in a file."""

import numpy as np
import pytest

import lernpy
from lernpy.watch.snapshot import Snapshot


@pytest.fixture
def gated():
    """z = tanh(y / 2), y = a b, a = tanh(2 x1), b = tanh(x2)."""
    edges = [("x1", "a", 2.0), ("x2", "b", 1.0), ("y", "z", 0.5)]
    return lernpy.from_edges(
        edges, ["x1", "x2"], ["z"], activation="tanh", products={"y": ["a", "b"]}
    )


def lines(network, *sample):
    return {f"{s.phase} {s.name}": s.line for s in lernpy.slow_motion(network, *sample)}


def test_a_product_says_what_it_multiplies(gated):
    told = lines(gated, [0.3, 0.5], [0.2])
    assert told["forward y"].endswith("y(y) = 0.537 × 0.4621 = 0.2482")
    assert "blame(a) = -0.03769 × 0.4621 = -0.01742" in told["backward y"]
    assert "blame(b) = -0.03769 × 0.537 = -0.02024" in told["backward y"]
    assert "s(a) = -0.01742" in told["backward a"]


def test_a_factor_that_says_0_is_named(gated):
    steps = lernpy.slow_motion(gated, [0.0, 0.5], [0.2])
    [said] = [
        step.views[0].sentence for step in steps if step.name == "y" and step.phase == "forward"
    ]
    assert said == "y multiplies what a and b say; a said 0, so nothing gets through."


def test_slow_motion_leaves_what_learn_leaves(gated):
    twin = gated.copy()
    list(lernpy.slow_motion(gated, [0.3, 0.5], [0.2]))
    twin.learn([0.3, 0.5], [0.2])
    assert Snapshot.of(gated) == Snapshot.of(twin)


@pytest.mark.parametrize("seed", range(6))
def test_a_trace_walked_at_random_restores_every_number(seed, tmp_path):
    network = lernpy.build.random_dag(seed, products=True)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, len(network.inputs)))
    t = rng.uniform(size=(2, len(network.outputs)))
    trace = lernpy.Trace.record(lernpy.slow_motion(network, x, t))
    seen = {}
    for at in rng.integers(0, len(trace) + 1, 120).tolist():
        trace.goto(at)
        now = Snapshot.of(network)
        assert seen.setdefault(at, now) == now
    trace.goto(0)
    trace.save(tmp_path / "lesson.json")
    again = lernpy.Trace.load(tmp_path / "lesson.json")
    trace.goto(len(trace))
    again.goto(len(again))
    assert np.array_equal(again.frame.sensitivity, trace.frame.sensitivity, equal_nan=True)


@pytest.mark.parametrize("seed", range(6))
def test_all_paths_through_products_add_up(seed):
    network = lernpy.build.random_dag(seed, products=True)
    network.learn(np.ones(len(network.inputs)), np.zeros(len(network.outputs)))
    for name in network.neurons:
        paths = lernpy.paths(network, name, 5000)
        assert sum(path.share for path in paths) == pytest.approx(paths.blame, rel=1e-9, abs=1e-12)


def test_which_step_is_to_blame():
    """Blame at h1@1 came along the states of the later steps."""
    network = lernpy.unroll(lernpy.build.elman([1, 1, 1], seed=0), 3, read="last")
    network.learn([1, 0, 0], [1])
    [path] = lernpy.paths(network, "h1@1")
    assert path.names == ("h1@1", "h1@2", "h1@3", "y1@3")


def test_explain_names_the_products(gated):
    assert "y = a × b is a product: outputs multiplied" in str(lernpy.explain(gated))
