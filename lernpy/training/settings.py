"""How to train: every choice in one place, each checked before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from inspect import signature
from os import PathLike
from typing import Any

from lernpy.checks import not_negative
from lernpy.errors import LernpyError
from lernpy.functions import losses, optimizers, schedules
from lernpy.network import Network

WHOLE = {"epochs": 1, "batch_size": 1, "early_stop": 1, "every": 1, "seed": 0}
"""Settings that are whole numbers, and the least that each may be."""


@dataclass(frozen=True)
class Settings:
    """The arguments of `epochs` and `train`; None means: as the network has it.

    Attributes
    ----------
    epochs : passes over the data; None: until the caller stops asking
    batch_size : samples for each update, from 1 (online); None: all
    optimizer, learning_rate, loss, l1, l2 : stay on the network
    schedule : what becomes of the learning rate over the epochs (see `lernpy.schedules`)
    shuffle, seed : a new order in each epoch, drawn from the seed; None: a fresh seed, recorded
    validation : a part of the data (0.2), or data of its own, to be looked at but not learned from
    early_stop : stop after so many epochs without a better validation loss (else loss)
    class_weights : "balanced", or weights by class name: how much a sample of that class counts.
        A batch still divides by its number of samples.
    scale : "standard", "minmax", "image" or "none"; fitted on the training part alone. None: as the
        network was trained before, else "none"
    rescale : a network that was trained before forgets its columns, classes and scaling
    engine, dtype : see `lernpy.engine.make`
    metrics : whether accuracy (or R^2) of the training data is measured after each epoch
    checkpoint, every, resume : a folder to write to, after every so many epochs, and whether to go
        on from what is there
    """

    epochs: int | None = None
    batch_size: int | None = 32
    learning_rate: float | None = None
    optimizer: Any = None
    loss: Any = None
    l1: float | None = None
    l2: float | None = None
    schedule: Any = "constant"
    shuffle: bool = True
    seed: int | None = None
    validation: Any = None
    early_stop: int | None = None
    class_weights: str | Mapping[str, float] | None = None
    scale: str | None = None
    rescale: bool = False
    engine: str = "auto"
    dtype: str = "float64"
    metrics: bool = False
    checkpoint: Any = None
    every: int = 1
    resume: bool = False

    def __post_init__(self) -> None:
        for name, least in WHOLE.items():  # 1e3 is a whole number, too, but no index
            given = getattr(self, name)
            if given is not None or name == "every":
                object.__setattr__(self, name, whole(name.replace("_", " "), given, least))
        for name in ("learning_rate", "l1", "l2"):
            if getattr(self, name) is not None:
                not_negative(name.replace("_", " "), getattr(self, name))
        if isinstance(self.validation, (int, float)) and not 0 <= self.validation < 1:
            raise LernpyError(
                f"the validation part is {self.validation}; it must be from 0 to below 1"
            )
        if schedules.get(self.schedule) is not schedules.constant and self.epochs is None:
            raise LernpyError("a rate schedule needs to know how many epochs there will be")
        if self.checkpoint is not None and not isinstance(self.checkpoint, (str, PathLike)):
            raise LernpyError(f"checkpoint is {self.checkpoint!r:.60}; it must name a folder")
        if self.resume and self.checkpoint is None:
            raise LernpyError("to resume, name the checkpoint folder: checkpoint=...")
        if self.loss is not None:
            losses.get(self.loss)
        if self.optimizer is not None:
            optimizers.get(self.optimizer)

    def apply(self, network: Network) -> None:
        """What training is given stays on the network."""
        for name in ("loss", "optimizer", "learning_rate"):
            if getattr(self, name) is not None:
                setattr(network, name, getattr(self, name))
        for name in ("l1", "l2"):
            if getattr(self, name) is not None:
                setattr(network, name, not_negative(name, getattr(self, name)))

    def as_json(self, network: Network, seed: int) -> dict[str, Any]:
        """What a file tells of the training: plain values only."""
        part = self.validation if isinstance(self.validation, (int, float)) else None
        return {
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "schedule": self.schedule if isinstance(self.schedule, str) else "own",
            "shuffle": self.shuffle,
            "seed": seed,
            "validation": part,
            "early_stop": self.early_stop,
            "class_weights": _plain(self.class_weights),
            "scale": network.card.scaling.kind
            if network.card is not None
            else self.scale or "none",
            "loss": network.loss.name,
            "optimizer": network.optimizer.name,
            "learning_rate": network.learning_rate,
            "l1": network.l1,
            "l2": network.l2,
            "dtype": getattr(self.dtype, "__name__", str(self.dtype)),
        }


def _plain(weights: str | Mapping[str, float] | None) -> Any:
    return dict(weights) if isinstance(weights, Mapping) else weights


def whole(name: str, value: Any, least: int) -> int:
    """A whole number of at least `least`, also if it is written 1e3, or an error that names it."""
    try:
        fits = not isinstance(value, bool) and int(value) == value and value >= least
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise LernpyError(f"{name} is {value!r}; it must be a whole number from {least}")
    return int(value)


def check_builder(asking: str, build: Any) -> None:
    """Refuse what cannot be called with a seed; `asking` is the function that needs a builder."""
    fits = callable(build)
    if fits:
        with suppress(ValueError):  # what is not written in Python may have no signature
            try:
                signature(build).bind(0)
            except TypeError:
                fits = False
    if not fits:
        raise LernpyError(
            f"{asking} needs a function from a seed to a fresh network, such as "
            f"lambda seed: lernpy.layered([2, 3, 1], seed=seed); not {build!r:.60}"
        )
