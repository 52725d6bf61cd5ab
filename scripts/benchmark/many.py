"""Many nets at once: 1,000 XOR nets with different seeds, full batch; counted in nets times steps."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import lernpy
from benchmark.runners import Absent, Jax, Runner, Torch
from lernpy import build
from lernpy.network import Network

NETS = 1000


def net(seed: int) -> Network:
    return build.layered([2, 3, 1], seed=seed)


@cache
def starts() -> np.ndarray:
    """(n_nets, n_weights) in the order of `network.weights`."""
    return np.array([[w.value for w in net(seed).weights] for seed in range(NETS)])


class Many(Runner):
    """Every net learns all four samples in each step."""

    units = NETS

    def stacked(self) -> list[np.ndarray]:
        """The matrices and biases of all nets, one net after the other."""
        found = []
        for layer in self.plan.layers:
            values = starts()[:, layer.weight]
            found += [values[:, :, :-1].transpose(0, 2, 1).copy(), values[:, :, -1].copy()]
        return found

    def unstacked(self, arrays: list[Any]) -> np.ndarray:
        values = np.empty_like(starts())
        for layer, matrix, bias in zip(self.plan.layers, arrays[::2], arrays[1::2], strict=True):
            values[:, layer.weight[:, :-1]] = np.asarray(matrix).transpose(0, 2, 1)
            values[:, layer.weight[:, -1]] = np.asarray(bias)
        return values.ravel()


class ManyLernpy(Many):
    """`lernpy.train_many`, building and writing back included."""

    engine = "auto"

    def prepare(self) -> None:
        self.learn(1)

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        data = self.x, self.t
        rate = self.workload.rate
        self.sweep = lernpy.train_many(
            net, data, range(NETS), epochs=epochs, learning_rate=rate, engine=self.engine
        )

    def weights(self) -> np.ndarray:
        nets = [self.sweep.network(place) for place in range(NETS)]
        return np.array([[w.value for w in each.weights] for each in nets]).ravel()


class ManyTorch(Many, Torch):
    """torch.func.vmap over the gradient of one net."""

    def prepare(self) -> None:
        super().prepare()
        torch = self.torch
        self.params = [torch.from_numpy(array) for array in self.stacked()]
        self.slopes = torch.func.vmap(torch.func.grad(self.loss), in_dims=(0, None, None))

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        for _ in range(epochs):
            slopes = self.slopes(self.params, self.tx, self.tt)
            self.torch._foreach_add_(self.params, slopes, alpha=-self.workload.rate)

    def weights(self) -> np.ndarray:
        return self.unstacked(self.params)


class ManyJax(Many, Jax):
    """jax.vmap over the gradient of one net, and a scan over the steps."""

    def prepare(self) -> None:
        super().prepare()
        self.params = [self.jax.numpy.array(array) for array in self.stacked()]

    def _epochs(self, params: Any, key: Any, epochs: int, shuffle: bool) -> Any:
        jax = self.jax

        def loss(arrays: Any) -> Any:
            pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
            return 0.5 * ((self.forward(pairs, self.jx) - self.jt) ** 2).sum() / len(self.x)

        def step(params: Any, _: None) -> tuple[Any, None]:
            slopes = jax.vmap(jax.grad(loss))(params)
            return jax.tree.map(lambda p, g: p - self.workload.rate * g, params, slopes), None

        return jax.lax.scan(step, params, None, epochs)[0]

    def weights(self) -> np.ndarray:
        return self.unstacked(self.params)


def of_engine(engine: str) -> type[ManyLernpy]:
    if engine in ("learn", "graph", "python"):
        return type("OneByOne", (_OneByOne,), {"name": engine})
    return type(f"Many_{engine}", (ManyLernpy,), {"engine": engine, "name": engine})


class _OneByOne(ManyLernpy):
    def prepare(self) -> None:
        raise Absent(f"{self.name} learns one net at a time")


PEERS: dict[str, type[Runner]] = {"torch": ManyTorch, "jax": ManyJax}
