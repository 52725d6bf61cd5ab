"""The engine for graphics cards, on a stand-in that lets no number leave; on a real one where there is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_device import FakeArray, FakeCupy, FakeDevice, FakeStream, LeftTheDevice, Wrong
from hypothesis import assume, given, settings
from strategies import OPTIMIZERS, cases, near_a_kink

import lernpy
from lernpy import build
from lernpy.engine.arrays.backend import Device, device
from lernpy.engine.arrays.engine import CupyEngine
from lernpy.engine.arrays.many import Many
from lernpy.engine.arrays.nets import Nets
from lernpy.errors import LernpyError
from lernpy.functions.activations import ACTIVATIONS
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
    with pytest.raises(LeftTheDevice):
        array[array > 1.0]


def test_the_stand_in_records_as_cuda_does() -> None:
    """What is recorded is not done before it is launched; then it is done on the same arrays."""
    there = FakeDevice()
    a, b = there.take([1.0, 2.0]), there.take([0.0, 0.0])
    stream = there.m.cuda.Stream(non_blocking=True)
    there.m.cuda.Device().synchronize()
    with stream:
        stream.begin_capture()
        double = a + a
        b[...] = double
        for refused in (
            lambda: there.give(a),
            lambda: there.take([1.0]),
            lambda: there.m.matmul(a, a),
            stream.synchronize,
        ):
            with pytest.raises((RuntimeError, NotImplementedError)):
                refused()
        graph = stream.end_capture()
    assert np.isnan(there.give(double)).all()
    assert there.give(b).tolist() == [0.0, 0.0]
    a[...] = 3.0
    graph.launch()
    assert there.give(b).tolist() == [6.0, 6.0]


def test_the_stand_in_has_streams_that_do_not_wait() -> None:
    there = FakeDevice()
    a = there.take([1.0])
    stream = there.m.cuda.Stream(non_blocking=True)
    a[...] = 2.0
    with stream, pytest.raises(Wrong, match="nobody waited"):
        a[...] = 3.0
    there.m.cuda.Device().synchronize()
    with stream:
        a[...] = 3.0
    with pytest.raises(Wrong, match="nobody waited"):
        a + a
    stream.synchronize()
    assert there.give(a + a).tolist() == [6.0]


def test_the_stand_in_fuses_as_cupy_does() -> None:
    m = FakeDevice().m
    z = m.array([-1.0, 1.0])
    with pytest.raises(ValueError, match="Invalid kernel name"):
        m.fuse()(lambda z: z)
    assert m.asnumpy(m.fuse(kernel_name="f")(lambda z: 0.01 * z)(z)).tolist() == [-0.01, 0.01]
    chosen = m.fuse(kernel_name="f")(lambda z: m.where(z > 0, 1.0, 0.01))(z)
    assert m.asnumpy(chosen).dtype == np.float16
    for wrong in (lambda z: z.sum(), lambda z: z[0], lambda z: z if z > 0 else -z, len):
        with pytest.raises((Wrong, LeftTheDevice)):
            m.fuse(kernel_name="f")(wrong)(z)


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


def learned(engine: CupyEngine, network: Network, epochs: int = 3) -> None:
    """Both learn the same, in batches of two and a short last one."""
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(5, 3)), rng.random((5, 2))
    orders = rng.permuted(np.tile(np.arange(5), (epochs, 1)), axis=1)
    engine.learn_epochs(x, t, orders, 2, [0.1] * epochs)
    for order in orders:
        for rows in (order[:2], order[2:4], order[4:]):
            network.learn_batch(x[rows], t[rows], rate=0.1)
    engine.store()
    assert far(values(network), values(engine.network)) <= 1e-12


def test_a_recorded_step_is_kept_from_chunk_to_chunk() -> None:
    """Two sizes of batch are two recordings, also after two more chunks and a look in between."""
    network = lernpy.layered([3, 4, 2], "tanh", optimizer="rprop", seed=0)
    there, twin = FakeDevice(), network.copy()
    engine = CupyEngine(twin, arrays=there)
    for _ in range(3):
        learned(engine, network)
        engine.predict(np.zeros((7, 3)))
        engine.loss_of(np.zeros((7, 3)), np.zeros((7, 2)))
        twin.weights[0].value = network.weights[0].value = 0.5
        engine.load()
    assert there.recorded == 2
    assert engine.explanation == "fake: 26 weights"

    twin.weights[1].freeze()
    network.weights[1].freeze()
    engine.load()
    learned(engine, network)
    assert there.recorded == 4  # a frozen weight makes it another step


@pytest.mark.parametrize("at", ["product", "begin", "end"])
def test_what_cannot_be_recorded_is_done_step_by_step(
    monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Once is enough: the reason is told, and the stream is not left recording."""
    there = FakeDevice()
    network = lernpy.layered([3, 4, 2], "tanh", optimizer="momentum", seed=0)
    engine = CupyEngine(network.copy(), arrays=there)
    tries = []

    def refuse(*_: object, **__: object) -> None:
        tries.append(at)
        if at == "end":
            there.m.gpu.tape = None
        raise RuntimeError("\n=====\ncudaErrorSomething: not here\nmore")

    if at == "product":
        monkeypatch.setattr(
            there, "product", there.m.matmul
        )  # cuBLAS's, which a step alone may use
    else:
        monkeypatch.setattr(FakeStream, f"{at}_capture", refuse)
    learned(engine, network)
    learned(engine, network)
    assert there.recorded == 0 and len(tries) <= 1
    assert there.m.gpu.tape is None and not there._recording
    reason = "calling cuBLAS API during stream capture is currently unsupported"
    reason = reason if at == "product" else "cudaErrorSomething: not here"
    assert engine.explanation == f"fake: 26 weights, no CUDA graphs ({reason})"


def test_ctrl_c_in_a_recording_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    there = FakeDevice()
    engine = CupyEngine(lernpy.layered([2, 3, 1], seed=0), arrays=there)
    product = there._product

    def interrupted(*args: object, **kwargs: object) -> object:
        if there.m.gpu.tape is not None:
            raise KeyboardInterrupt
        return product(*args, **kwargs)

    monkeypatch.setattr(there, "_product", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.learn_batch(*XOR)
    assert there.m.gpu.tape is None and there.m.gpu.stream is None


def test_large_products_are_left_to_cublas() -> None:
    there = FakeDevice()
    network = lernpy.layered([2000, 300, 2], "relu", init="zeros")
    engine = CupyEngine(network, arrays=there)
    engine.learn_batch(np.ones((2, 2000)), np.ones((2, 2)))
    assert there.recorded == 0
    assert "no CUDA graphs (products so large are cuBLAS's" in engine.explanation
    engine.learn_batch(np.ones((1, 2000)), np.ones((1, 2)))  # 600,000 multiplications
    assert there.recorded == 1


def test_every_formula_is_fused_under_a_name_of_its_own() -> None:
    there = FakeDevice()
    network = lernpy.layered([2, 3, 1], "leaky_relu", "sigmoid", loss="huber", optimizer="adam")
    CupyEngine(network, arrays=there)
    names = {"leaky_relu_value", "leaky_relu_delta", "sigmoid_value", "huber_slope", "adam"}
    assert {f"lernpy_{name}" for name in names} <= set(there.m.kernels)


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


def some_dags() -> list[Network]:
    return [
        build.random_dag(21, inputs=3, outputs=3, softmax=True, optimizer="adam", l2=0.01)
        for _ in range(4)
    ]


def some_layers() -> list[Network]:
    return [
        lernpy.layered([3, 5, 3], "leaky_relu", "sigmoid", optimizer="adam", seed=seed)
        for seed in range(4)
    ]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("networks", [some_dags, some_layers])
def test_many_nets_stay_on_the_device(own: bool, networks: Callable[[], list[Network]]) -> None:
    """Batches of 3, 3 and 2 samples: two recordings; the orders go there once in an epoch."""

    def nets() -> Nets:
        return Nets(networks(), np.array([0.01, 0.02, 0.03, 0.5]))

    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(8, 3)), rng.random((8, 3))
    shape = (6, 8, 4) if own else (6, 8, 1)
    orders = rng.permuted(np.broadcast_to(np.arange(8)[None, :, None], shape), axis=1)
    there, ours, theirs = FakeDevice(), nets(), nets()
    given_ = (x, t, np.linspace(0.5, 1.5, 8))

    losses = Many(ours, *given_).learn(orders, 3, np.linspace(1.0, 0.5, 6), patience=2)
    engine = Many(theirs, *given_, there)
    there.bytes_in = there.bytes_out = 0
    found = engine.learn(orders, 3, np.linspace(1.0, 0.5, 6), patience=2)
    assert there.bytes_out == theirs.state.nbytes + theirs.watch.nbytes + found.nbytes
    assert there.bytes_in == orders.nbytes
    assert there.recorded == 2 and not there.refused
    assert far(np.nan_to_num(losses), np.nan_to_num(found)) <= 1e-12
    assert far(ours.state, theirs.state) <= 1e-12
    assert np.array_equal(ours.watch[[0, 1, 3, 4, 5, 6]], theirs.watch[[0, 1, 3, 4, 5, 6]])


@pytest.mark.parametrize("refused", [False, True])
def test_a_sweep_on_the_device(monkeypatch: pytest.MonkeyPatch, refused: bool) -> None:
    """Nets that are done drop out, and the others go on as they do with NumPy."""
    there = FakeDevice()
    monkeypatch.setattr("lernpy.engine.arrays.backend.device", lambda: there)
    if refused:
        monkeypatch.setattr(FakeStream, "begin_capture", None)

    def sweep(engine: str) -> Any:
        return lernpy.train_many(
            lambda seed: lernpy.layered([2, 3, 1], activation="tanh", seed=seed),
            *(XOR, range(5)),
            epochs=100,
            batch_size=3,
            learning_rate=[0.1, 1.0],
            target_loss=0.05,
            engine=engine,
        )

    monkeypatch.setattr("lernpy.sweep.many.DEVICE_NUMBERS", 8 * 4 * 7 * 3)  # 8 nets' at a time
    ours, theirs = sweep("cupy"), sweep("numpy")
    assert [len(columns) for columns, _ in ours._kept] == [8, 2]
    assert bool(there.recorded) != refused and bool(there.refused) == refused
    assert ours.epochs.tolist() == theirs.epochs.tolist()
    assert far(np.nan_to_num(ours.losses), np.nan_to_num(theirs.losses)) <= 1e-9
    assert 0 < theirs.converged.sum() < 10


# ---- what is missing -----------------------------------------------------------------------------


def test_without_cupy_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    network = lernpy.layered([2, 3, 1], seed=0)
    for use in (
        lambda: lernpy.train(network, XOR, epochs=1, engine="cupy"),
        lambda: lernpy.train_many(lambda seed: network, XOR, range(2), epochs=1, engine="cupy"),
    ):
        with pytest.raises(
            LernpyError, match=r"^the engine cupy needs cupy: pip install 'cupy-cuda12x\[ctk\]'$"
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


def test_a_broken_cupy_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "cupy":
                raise ImportError("\n====\nFailed to import CuPy.\n\nOriginal error: ...")

    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(LernpyError, match=r"^the engine cupy cannot import cupy: Failed to import"):
        device()


def test_a_gpu_without_all_of_cuda_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy looks for the compiler and for cuBLAS only when it needs them."""
    fake: Any = FakeCupy()
    fake.cuda.runtime = SimpleNamespace(getDeviceCount=lambda: 1)
    monkeypatch.setitem(sys.modules, "cupy", fake)
    assert isinstance(device(), Device)

    def missing(*_: object, **__: object) -> None:
        raise RuntimeError("CuPy failed to load libcublas.so.12: OSError\nmore")

    monkeypatch.setattr(fake, "matmul", missing, raising=False)
    with pytest.raises(LernpyError, match="no whole CUDA: CuPy failed to load libcublas") as caught:
        device()
    assert "\n" not in str(caught.value)


def test_entries_for_single_numbers_are_refused() -> None:
    @lernpy.optimizers.optimizer("test_scalar", rate=0.1)
    def scalar(m):
        return lambda w, g, rate, memory: (w - rate if g > 0 else w + rate, memory)

    @lernpy.activations.activation("test_bent")
    def bent(m):
        return lambda z: z if z > 0 else 2 * z, lambda z, y: 1.0 if z > 0 else 2.0

    @lernpy.losses.loss("test_odd")
    def odd(m):
        return lambda y, t: y - t if y > t else t - y, lambda y, t: 1.0 if y > t else -1.0

    try:
        for kind, name, how in (
            ("optimizer", "test_scalar", {"optimizer": "test_scalar"}),
            ("activation", "test_bent", {"output_activation": "test_bent"}),
            ("loss", "test_odd", {"loss": "test_odd"}),
        ):
            network = lernpy.layered([2, 1], seed=0, **how)
            with pytest.raises(LernpyError, match=f"the {kind} {name} takes single numbers only"):
                CupyEngine(network, arrays=FakeDevice())
    finally:
        lernpy.optimizers.OPTIMIZERS.remove("test_scalar")
        lernpy.activations.ACTIVATIONS.remove("test_bent")
        lernpy.losses.LOSSES.remove("test_odd")


# ---- the same on the stand-in and on a real one ----------------------------------------------------


@pytest.fixture(params=["stand-in", pytest.param("real", marks=pytest.mark.gpu)])
def there(request: pytest.FixtureRequest) -> Device:
    return FakeDevice() if request.param == "stand-in" else device()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_epochs_of_a_layered_net(there: Device, optimizer: str) -> None:
    network = lernpy.layered(
        [20, 16, 5], "tanh", "softmax", loss="cross_entropy", optimizer=optimizer, seed=0
    )
    twin = network.copy()
    engine, mirror = CupyEngine(network, arrays=there), lernpy.Mirror(twin)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(50, 20)), np.eye(5)[rng.integers(0, 5, 50)]
    orders = rng.permuted(np.tile(np.arange(50), (20, 1)), axis=1)
    ours, theirs = (e.learn_epochs(x, t, orders, 16, [0.01] * 20) for e in (engine, mirror))
    engine.store()
    mirror.store()
    assert far(ours, theirs) <= 1e-9
    assert far(values(network), values(twin)) <= 1e-9
    assert engine.explanation.endswith("weights"), "the steps were recorded"


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "one"])
@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-12), ("float32", 1e-5)])
def test_no_formula_rounds_its_constants(
    there: Device, activation: str, dtype: str, bound: float
) -> None:
    network = lernpy.layered([6, 8, 3], activation, loss="mean_squared_error", seed=0)
    engine = CupyEngine(network.copy(), dtype, arrays=there)
    mirror = lernpy.Mirror(network.copy(), dtype)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(40, 6)), rng.random((40, 3))
    assert abs(engine.learn_batch(x, t) - mirror.learn_batch(x, t)) <= bound
    assert far(mirror.gradients, engine.gradients) <= bound
    assert np.array(engine.w.dtype) == dtype


def test_a_dag_with_a_shared_weight(there: Device) -> None:
    network = build.random_dag(7, inputs=3, outputs=3, softmax=True, optimizer="rprop", l2=0.01)
    network.tie(*list(network.links)[:3])
    twin = network.copy()
    engine, mirror = CupyEngine(network, arrays=there), lernpy.Mirror(twin)
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(10, 3)), rng.random((10, 3))
    orders = rng.permuted(np.tile(np.arange(10), (5, 1)), axis=1)
    ours, theirs = (e.learn_epochs(x, t, orders, 4, [0.01] * 5) for e in (engine, mirror))
    assert far(ours, theirs) <= 1e-9


@pytest.mark.parametrize("networks", [some_dags, some_layers])
def test_many_nets_go_where_numpy_takes_them(
    there: Device, networks: Callable[[], list[Network]]
) -> None:
    ours, theirs = (Nets(networks(), np.array([0.01, 0.02, 0.03, 0.04])) for _ in range(2))
    rng = np.random.default_rng(0)
    given_ = rng.normal(size=(8, 3)), rng.random((8, 3)), np.ones(8)
    orders = rng.permuted(np.tile(np.arange(8)[None, :, None], (6, 1, 1)), axis=1)
    found = Many(ours, *given_, there).learn(orders, 3, np.ones(6))
    expected = Many(theirs, *given_).learn(orders, 3, np.ones(6))
    assert far(expected, found) <= 1e-9
    assert far(theirs.state, ours.state) <= 1e-9
    assert not there.refused
