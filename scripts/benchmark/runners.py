"""Runners: something that learns a workload for some epochs and can be asked for its weights.

A peer that is not installed says so and is left out.
"""

from __future__ import annotations

import os
import warnings
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

import lernpy
from benchmark.workloads import Workload
from lernpy.engine.plan import Plan


class Absent(Exception):
    """This peer is not here, or has no such wiring."""


class Runner(ABC):
    """Made for one workload, with the weights of its network; `learn` goes on from where it was."""

    name = ""
    comparable = True  # whether its weights can be held against lernpy's
    units = 0  # what an epoch counts for; 0: its samples
    work = 0  # a slow one learns only so many samples that this many links have their turn; 0: all

    def __init__(self, workload: Workload, copies: int = 1) -> None:
        self.workload = workload
        self.network = workload.network()
        self.plan = Plan.of(self.network)
        self.x, self.t = workload.samples()
        if copies > 1:
            self.x, self.t = (np.tile(table, (copies, 1)) for table in (self.x, self.t))
        if self.work:
            most = max(workload.batch, self.work // self.plan.n_links)
            self.x, self.t = self.x[:most], self.t[:most]
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Make the model."""

    @abstractmethod
    def learn(self, epochs: int, shuffle: bool = True) -> None:
        """Learn for so many epochs."""

    @abstractmethod
    def weights(self) -> np.ndarray:
        """All weights, in the order of `network.weights`."""

    # ---- the network as matrices, as the peers want it ----------------------------------------------

    def matrices(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each layer (n_inputs, n_outputs) and the biases."""
        values = np.array([weight.value for weight in self.network.weights])
        found = [values[layer.weight] for layer in self.plan.layers]
        return [(layer[:, :-1].T.copy(), layer[:, -1].copy()) for layer in found]

    def flat(self, matrices: list[tuple[Any, Any]]) -> np.ndarray:
        """Back from matrices to the order of `network.weights`."""
        values = np.empty(self.plan.n_weights)
        for layer, (matrix, bias) in zip(self.plan.layers, matrices, strict=True):
            values[layer.weight[:, :-1]] = np.asarray(matrix).T
            values[layer.weight[:, -1]] = np.asarray(bias)
        return values

    def square(self) -> tuple[np.ndarray, np.ndarray]:
        """Any wiring as one matrix (sources, targets) and its mask."""
        plan = self.plan
        full, mask = (np.zeros((plan.n_neurons, plan.n_neurons)) for _ in range(2))
        values = np.array([weight.value for weight in self.network.weights])
        full[plan.source, plan.target] = values[plan.weight]
        mask[plan.source, plan.target] = 1.0
        return full, mask

    def flat_square(self, full: Any) -> np.ndarray:
        values = np.empty(self.plan.n_weights)
        values[self.plan.weight] = np.asarray(full)[self.plan.source, self.plan.target]
        return values


class Lernpy(Runner):
    """lernpy through its public call: shuffling, history and write-back included."""

    engine = "auto"

    def prepare(self) -> None:
        self.learn(1)
        self.network = self.workload.network()

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        lernpy.train(
            self.network,
            (self.x, self.t),
            epochs=epochs,
            batch_size=self.workload.batch,
            learning_rate=self.workload.rate,
            engine=self.engine,
            shuffle=shuffle,
            seed=0,
        )

    def weights(self) -> np.ndarray:
        return np.array([weight.value for weight in self.network.weights])


def of_engine(engine: str) -> type[Lernpy]:
    work = {"python": 2**20, "graph": 2**16}.get(engine, 0)
    return type(f"Lernpy_{engine}", (Lernpy,), {"engine": engine, "name": engine, "work": work})


class Torch(Runner):
    """PyTorch: a loop over batches, autograd, and the update in one call.

    `torch.optim.SGD` would make it half as fast again.
    """

    name = "torch"

    def prepare(self) -> None:
        try:
            import torch
        except ImportError:
            raise Absent("torch is not installed") from None
        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
        self.torch = torch
        self.tx, self.tt = torch.from_numpy(self.x), torch.from_numpy(self.t)
        arrays = (
            [a for pair in self.matrices() for a in pair]
            if self.plan.layers
            else [self.square()[0]]
        )
        self.params = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
        self.numbers = [param.detach() for param in self.params]  # the same, without a history
        self.mask = torch.from_numpy(self.square()[1]) if not self.plan.layers else None

    def forward(self, params: list[Any], x: Any) -> Any:
        torch = self.torch
        if self.plan.layers:
            for matrix, bias in zip(params[::2], params[1::2], strict=True):
                x = torch.sigmoid(torch.addmm(bias, x, matrix))
            return x
        full = params[0] * self.mask
        biases = self.plan.n_fixed - self.plan.n_inputs
        y = torch.cat([x, torch.ones(len(x), biases, dtype=x.dtype)], 1)
        for stage in self.plan.stages:
            window = full[: stage.low, stage.low : stage.high]
            y = torch.cat([y, torch.sigmoid(y @ window)], 1)
        return y[:, self.plan.outputs.tolist()]

    def loss(self, params: list[Any], x: Any, t: Any) -> Any:
        summed = self.torch.nn.functional.mse_loss(self.forward(params, x), t, reduction="sum")
        return summed * (0.5 / len(x))

    def step(self, x: Any, t: Any) -> None:
        slopes = self.torch.autograd.grad(self.loss(self.params, x, t), self.params)
        self.torch._foreach_add_(self.numbers, slopes, alpha=-self.workload.rate)

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        torch, size = self.torch, self.workload.batch
        count = len(self.x)
        for _ in range(epochs):
            order = torch.randperm(count) if shuffle else torch.arange(count)
            batches = (table[order].split(size) for table in (self.tx, self.tt))
            for x, t in zip(*batches, strict=True):
                self.step(x, t)

    def weights(self) -> np.ndarray:
        arrays = [param.detach().numpy() for param in self.params]
        if not self.plan.layers:
            return self.flat_square(arrays[0])
        return self.flat(list(zip(arrays[::2], arrays[1::2], strict=True)))


class TorchCompile(Torch):
    """The whole step, gradients and update included, through torch.compile."""

    name = "torch.compile"

    def prepare(self) -> None:
        super().prepare()
        torch = self.torch
        for param in self.params:
            param.requires_grad_(False)

        def whole(params: list[Any], x: Any, t: Any) -> list[Any]:
            slopes = torch.func.grad(self.loss)(params, x, t)
            return [p - self.workload.rate * g for p, g in zip(params, slopes, strict=True)]

        torch._dynamo.reset()  # or it counts earlier workloads as recompilations of this one
        self.whole = torch.compile(whole, dynamic=False)
        try:
            self.whole(self.params, self.tx[: self.workload.batch], self.tt[: self.workload.batch])
        except Exception as error:
            raise Absent(f"torch.compile does not work here: {type(error).__name__}") from None

    def step(self, x: Any, t: Any) -> None:
        self.params = self.whole(self.params, x, t)


class Sklearn(Runner):
    """scikit-learn's MLPRegressor; its output is linear, so only its speed can be compared."""

    name = "sklearn"
    comparable = False

    def prepare(self) -> None:
        try:
            from sklearn.neural_network import MLPRegressor
        except ImportError:
            raise Absent("scikit-learn is not installed") from None
        if not self.plan.layers:
            raise Absent("scikit-learn has layers only")
        self.make = MLPRegressor

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        model = self.make(
            hidden_layer_sizes=self.workload.sizes[1:-1],
            activation="logistic",
            solver="sgd",
            alpha=0.0,
            batch_size=self.workload.batch,
            learning_rate_init=1e-3,
            momentum=0.0,
            nesterovs_momentum=False,
            max_iter=epochs,
            n_iter_no_change=epochs + 1,
            tol=0.0,
            shuffle=shuffle,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(self.x, self.t if self.t.shape[1] > 1 else self.t.ravel())

    def weights(self) -> np.ndarray:
        return np.empty(0)


class Jax(Runner):
    """JAX: an epoch is one compiled scan over the batches."""

    name = "jax"

    def prepare(self) -> None:
        try:
            import jax
        except ImportError:
            raise Absent("jax is not installed") from None
        jax.config.update("jax_enable_x64", True)
        self.jax, self.key = jax, jax.random.key(0)
        self.jx, self.jt = jax.numpy.array(self.x), jax.numpy.array(self.t)
        self.params: Any = self.matrices() if self.plan.layers else self.square()[0]
        self.mask = None if self.plan.layers else self.square()[1]
        self.params = jax.tree.map(jax.numpy.array, self.params)
        self.epochs = jax.jit(self._epochs, static_argnums=(2, 3))

    def forward(self, params: Any, x: Any) -> Any:
        jnp, sigmoid = self.jax.numpy, self.jax.nn.sigmoid
        if self.plan.layers:
            for matrix, bias in params:
                x = sigmoid(x @ matrix + bias)
            return x
        full = params * self.mask
        biases = self.plan.n_fixed - self.plan.n_inputs
        y = jnp.concatenate([x, jnp.ones((len(x), biases))], 1)
        for stage in self.plan.stages:
            y = jnp.concatenate([y, sigmoid(y @ full[: stage.low, stage.low : stage.high])], 1)
        return y[:, self.plan.outputs]

    def _epochs(self, params: Any, key: Any, epochs: int, shuffle: bool) -> Any:
        jax, size = self.jax, self.workload.batch
        count = len(self.x) // size * size

        def loss(params: Any, x: Any, t: Any) -> Any:
            return 0.5 * ((self.forward(params, x) - t) ** 2).sum() / size

        def step(params: Any, at: Any) -> tuple[Any, None]:
            slopes = jax.grad(loss)(params, self.jx[at], self.jt[at])
            moved = jax.tree.map(lambda p, g: p - self.workload.rate * g, params, slopes)
            return moved, None

        def epoch(params: Any, key: Any) -> tuple[Any, None]:
            everything = jax.numpy.arange(len(self.x))
            order = jax.random.permutation(key, everything) if shuffle else everything
            return jax.lax.scan(step, params, order[:count].reshape(-1, size))[0], None

        return jax.lax.scan(epoch, params, jax.random.split(key, epochs))[0]

    def learn(self, epochs: int, shuffle: bool = True) -> None:
        self.key, key = self.jax.random.split(self.key)
        self.params = self.jax.block_until_ready(self.epochs(self.params, key, epochs, shuffle))

    def weights(self) -> np.ndarray:
        return self.flat(self.params) if self.plan.layers else self.flat_square(self.params)
