"""The engine for graphics cards, on a stand-in that lets no number leave; on a real one where there is."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from fake_device import FakeArray, FakeDevice, LeftTheDevice
from hypothesis import assume, given, settings
from strategies import OPTIMIZERS, cases, near_a_kink

import lernpy
from lernpy import build
from lernpy.engine.arrays import Device, device
from lernpy.engine.cupy_engine import CupyEngine
from lernpy.engine.many import Many
from lernpy.engine.nets import Nets
from lernpy.errors import LernpyError
from lernpy.network import Network

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([[0], [1], [1], [0]], float)


def values(network: Network) -> np.ndarray:
    return np.array([weight.value for weight in network.weights])


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(a)), initial=0.0))


# ---- the stand-in bites --------------------------------------------------------------------------


def test_the_stand_in_refuses_to_hand_out_numbers() -> None:
    array = FakeDevice().take([1.0, 2.0])
    for leave in (
        np.asarray,
        float,
        bool,
        list,
        lambda a: a + np.ones(2),
        lambda a: np.ones(2) * a,
    ):
        with pytest.raises(LeftTheDevice):
            leave(array)
    assert isinstance(array + 1.0, FakeArray)
    assert isinstance(np.exp(array).sum(), FakeArray)


# ---- the mirror ----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(case=cases())
def test_gradients_on_any_wiring(case: tuple) -> None:
    network, x, t = case
    assume(not near_a_kink(network, x, t, 1e-9))
    engine = CupyEngine(network.copy(), arrays=FakeDevice())

    with np.errstate(all="ignore"):
        assert far(network.predict(x), engine.predict(x)) <= 1e-12
        expected = network.copy().learn_batch(x, t) - network.penalty()
        assert abs(engine.loss_of(x, t) - expected) <= 1e-12 * max(1.0, abs(expected))
        loss = network.learn_batch(x, t)
        assert abs(engine.learn_batch(x, t) - loss) <= 1e-12 * max(1.0, abs(loss))
    blames = np.array([weight.sensitivity / len(x) for weight in network.weights])
    assert far(blames, engine.gradients) <= 1e-12


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_epochs_with_every_optimizer(optimizer: str) -> None:
    network = build.random_dag(
        12, inputs=3, outputs=3, softmax=True, optimizer=optimizer, l1=0.01, l2=0.02
    )
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(10, 3)), rng.random((10, 3))
    twin = network.copy()
    engine = CupyEngine(twin, arrays=FakeDevice())
    orders = rng.permuted(np.tile(np.arange(10), (20, 1)), axis=1)

    losses = engine.learn_epochs(x, t, orders, 4, [0.02] * 20)
    for order, loss in zip(orders, losses, strict=True):
        batches = [order[low : low + 4] for low in (0, 4, 8)]
        each = [network.learn_batch(x[rows], t[rows], rate=0.02) * len(rows) for rows in batches]
        assert abs(sum(each) / 10 - loss) <= 1e-9
    engine.store()
    assert far(values(network), values(twin)) <= 1e-9
    for ours, theirs in zip(network.weights, twin.weights, strict=True):
        assert far(np.array(ours.memory), np.array(theirs.memory)) <= 1e-9


def test_nothing_comes_back_before_the_losses() -> None:
    """Ten epochs of 64 samples: the data goes there once; what comes back are ten numbers."""
    there = FakeDevice()
    network = lernpy.layered([30, 8, 3], "tanh", "softmax", loss="cross_entropy", seed=0)
    engine = CupyEngine(network, arrays=there)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(64, 30)), np.eye(3)[rng.integers(0, 3, 64)]
    orders = np.tile(np.arange(64), (10, 1))
    there.bytes_in = there.bytes_out = 0

    engine.learn_epochs(x, t, orders, 16, [0.1] * 10)
    assert there.bytes_out == 10 * 8
    assert there.bytes_in <= x.nbytes + t.nbytes + 64 * 8 + orders.nbytes + 1000
    assert there.recorded == 1


def test_recording_a_step_changes_nothing() -> None:
    network = lernpy.layered([2, 3, 1], optimizer="momentum", seed=0)
    twin = network.copy()
    engine = CupyEngine(twin, arrays=FakeDevice())
    engine.learn_batch(*XOR)
    engine.store()
    network.learn_batch(*XOR)
    assert far(values(network), values(twin)) <= 1e-15


def test_float32() -> None:
    network = lernpy.layered([4, 6, 2], optimizer="adam", learning_rate=0.01, seed=0)
    twin = network.copy()
    engine = CupyEngine(twin, "float32", arrays=FakeDevice())
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(12, 4)), rng.random((12, 2))
    for _ in range(20):
        network.learn_batch(x, t)
        engine.learn_batch(x, t)
    engine.store()
    assert far(values(network), values(twin)) <= 1e-4


# ---- many nets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [False, True])
def test_many_nets_stay_on_the_device(own: bool) -> None:
    def nets() -> Nets:
        networks = [
            build.random_dag(21, inputs=3, outputs=3, softmax=True, optimizer="adam", l2=0.01)
            for _ in range(4)
        ]
        return Nets(networks, np.array([0.01, 0.02, 0.03, 0.5]))

    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(8, 3)), rng.random((8, 3))
    shape = (6, 8, 4) if own else (6, 8, 1)
    orders = rng.permuted(np.broadcast_to(np.arange(8)[None, :, None], shape), axis=1)
    there, ours, theirs = FakeDevice(), nets(), nets()
    given_ = (x, t, np.ones(8))

    losses = Many(ours, *given_).learn(orders, 3, np.ones(6), patience=2)
    engine = Many(theirs, *given_, there)
    there.bytes_out = 0
    found = engine.learn(orders, 3, np.ones(6), patience=2)
    assert there.bytes_out == theirs.state.nbytes + theirs.watch.nbytes + found.nbytes
    assert far(np.nan_to_num(losses), np.nan_to_num(found)) <= 1e-12
    assert far(ours.state, theirs.state) <= 1e-12
    assert np.array_equal(ours.watch[[0, 1, 3, 4, 5, 6]], theirs.watch[[0, 1, 3, 4, 5, 6]])


# ---- what is missing -----------------------------------------------------------------------------


def test_without_cupy_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    network = lernpy.layered([2, 3, 1], seed=0)
    for use in (
        lambda: lernpy.train(network, XOR, epochs=1, engine="cupy"),
        lambda: lernpy.train_many(lambda seed: network, XOR, range(2), epochs=1, engine="cupy"),
    ):
        with pytest.raises(
            LernpyError, match=r"^the engine cupy needs cupy: pip install 'lernpy\[gpu\]'$"
        ):
            use()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "the engine cupy needs an NVIDIA GPU, and this machine has none"),
        (
            RuntimeError("cudaErrorNoDevice: no CUDA-capable device\nmore"),
            "needs an NVIDIA GPU: cudaErr",
        ),
    ],
)
def test_without_a_gpu_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, count: int | Exception, words: str
) -> None:
    def devices() -> int:
        if isinstance(count, Exception):
            raise count
        return count

    fake = ModuleType("cupy")
    fake.cuda = SimpleNamespace(runtime=SimpleNamespace(getDeviceCount=devices))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cupy", fake)
    with pytest.raises(LernpyError, match=words) as caught:
        device()
    assert "\n" not in str(caught.value)


def test_an_optimizer_for_single_numbers_is_refused() -> None:
    @lernpy.optimizers.optimizer("test_scalar", rate=0.1)
    def scalar(m):
        return lambda w, g, rate, memory: (w - rate if g > 0 else w + rate, memory)

    network = lernpy.layered([2, 1], optimizer="test_scalar", seed=0)
    with pytest.raises(LernpyError, match="test_scalar takes single numbers only"):
        CupyEngine(network, arrays=FakeDevice())
    lernpy.optimizers.OPTIMIZERS.remove("test_scalar")


# ---- a real one ----------------------------------------------------------------------------------


@pytest.mark.gpu
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_on_a_graphics_card(optimizer: str) -> None:
    network = lernpy.layered(
        [20, 16, 5], "tanh", "softmax", loss="cross_entropy", optimizer=optimizer, seed=0
    )
    twin = network.copy()
    engine, mirror = CupyEngine(network), lernpy.Mirror(twin)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(50, 20)), np.eye(5)[rng.integers(0, 5, 50)]
    orders = rng.permuted(np.tile(np.arange(50), (20, 1)), axis=1)
    ours, theirs = (e.learn_epochs(x, t, orders, 16, [0.01] * 20) for e in (engine, mirror))
    engine.store()
    mirror.store()
    assert isinstance(engine.arrays, Device)
    assert far(ours, theirs) <= 1e-9
    assert far(values(network), values(twin)) <= 1e-9
