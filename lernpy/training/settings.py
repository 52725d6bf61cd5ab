"""How to train: every choice in one place, each checked before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from inspect import Parameter, cleandoc, signature
from os import PathLike
from types import BuiltinFunctionType
from typing import Any, TypedDict, TypeVar

import numpy as np

from lernpy.checks import LARGEST_WHOLE, is_hashable, not_negative, whole
from lernpy.data import SCALINGS
from lernpy.errors import LernpyError
from lernpy.functions import losses, optimizers, schedules
from lernpy.functions.losses import Loss
from lernpy.functions.optimizers import Optimizer
from lernpy.network import Network
from lernpy.registry import unknown
from lernpy.text import exact, shown

AnyOptimizer = str | Optimizer | tuple[str, Mapping[str, float]]
AnySchedule = str | Callable[[int, int], float]
Folder = str | PathLike[str]


@dataclass(frozen=True)
class Settings:
    """The arguments of `epochs` and `train`; None means: as the network has it.

    Attributes
    ----------
    epochs : passes over the data; None: until the caller stops asking
    seed : of the order of the samples and the split; None: a fresh one, recorded in the history
    batch_size : samples for each update, from 1 (online); None: all
    learning_rate : the step size; stays on the network, as do the next four
    optimizer : its name, or (name, options)
    loss : its name
    l1 : how strongly weights are drawn to 0: l1 times the sum of their sizes
    l2 : the same: l2 / 2 times the sum of their squares
    schedule : what becomes of the learning rate over the epochs (see `lernpy.schedules`)
    shuffle : whether the samples come in a new order in each epoch
    validation : a part of the data (0.2), or data of its own, to be looked at but not learned from
    early_stop : stop after so many epochs without a better validation loss (else loss)
    class_weights : "balanced", or by class name how much a sample counts; a batch still divides by its size
    scale : "standard", "minmax", "image" or "none", fitted on the training part alone; None: as before
    rescale : whether a network that was trained before forgets its columns, classes and scaling
    engine : see `lernpy.engine.make`
    dtype : "float64" or "float32"
    metrics : whether accuracy (or R^2) of the training data is measured after each epoch
    checkpoint : a folder to write to, so that a run can be resumed
    every : a checkpoint after every so many epochs
    resume : whether to go on from what is in the checkpoint folder
    """

    epochs: int | None = None
    seed: int | None = None
    batch_size: int | None = 32
    learning_rate: float | None = None
    optimizer: AnyOptimizer | None = None
    loss: str | Loss | None = None
    l1: float | None = None
    l2: float | None = None
    schedule: AnySchedule = "constant"
    shuffle: bool = True
    validation: Any = None
    early_stop: int | None = None
    class_weights: str | Mapping[Any, float] | None = None
    scale: str | None = None
    rescale: bool = False
    engine: str = "auto"
    dtype: str = "float64"
    metrics: bool = False
    checkpoint: Folder | None = None
    every: int = 1
    resume: bool = False

    def __post_init__(self) -> None:
        for name, (what, least, most) in WHOLE.items():  # 1e3 is a whole number, too, but no index
            value = getattr(self, name)
            if value is not None or name == "every":
                object.__setattr__(self, name, whole(what, value, least, most))
        for name in ("learning_rate", "l1", "l2"):
            if getattr(self, name) is not None:
                not_negative(name.replace("_", " "), getattr(self, name))
        for name in ("shuffle", "metrics", "resume", "rescale"):
            if not isinstance(getattr(self, name), (bool, np.bool_)):
                raise LernpyError(f"{name} is {shown(getattr(self, name))}; it is True or False")
        if isinstance(self.validation, (int, float)) and not 0 <= self.validation < 1:
            raise LernpyError(
                f"the validation part is {self.validation}; it must be from 0 to below 1"
            )
        if not isinstance(self.engine, str):
            raise LernpyError(f"the engine is {shown(self.engine)}; give its name")
        if self.dtype is None or not is_hashable(self.dtype):
            raise LernpyError(f"the dtype is {shown(self.dtype)}; give its name")
        if self.scale is not None and not (isinstance(self.scale, str) and self.scale in SCALINGS):
            raise unknown("scaling", self.scale, SCALINGS)
        if schedules.get(self.schedule) is not schedules.constant:
            self._try_schedule()
        if self.checkpoint is not None and not isinstance(self.checkpoint, (str, PathLike)):
            raise LernpyError(f"checkpoint is {shown(self.checkpoint)}; it must name a folder")
        if self.resume and self.checkpoint is None:
            raise LernpyError("to resume, name the checkpoint folder: checkpoint=...")
        if isinstance(self.class_weights, Mapping):  # a class 0 is called "0"
            named = {
                exact(k) if type(k) in (int, float) else k: v for k, v in self.class_weights.items()
            }
            object.__setattr__(self, "class_weights", named)
        if self.loss is not None:
            losses.get(self.loss)
        if self.optimizer is not None:
            optimizers.get(self.optimizer)

    def _try_schedule(self) -> None:
        if self.epochs is None:
            raise LernpyError("a rate schedule needs to know how many epochs there will be")
        try:
            schedules.factors(schedules.get(self.schedule), 0, 1, self.epochs)
        except TypeError as error:
            raise LernpyError(
                f"the schedule {shown(self.schedule)} cannot be called as schedule(epoch, epochs): "
                f"{error}"
            ) from error

    def apply(self, network: Network) -> None:
        """What training is asked to use stays on the network."""
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


MOST = 1 << 53  # beyond, floats are not exact
WHOLE = {  # settings that are whole numbers: how an error calls them, the least and the most
    "epochs": ("number of epochs", 1, MOST),
    "seed": ("seed", 0, LARGEST_WHOLE),
    "batch_size": ("batch size", 1, MOST),
    "early_stop": ("number of epochs to wait (early_stop)", 1, MOST),
    "every": ("number of epochs between checkpoints (every)", 1, MOST),
}


ONE_RUN = "checkpoint", "every", "resume"
"""Settings of one training: of several with the same, each would resume another's weights."""


class Shared(TypedDict, total=False):
    """What several trainings can have in common."""

    batch_size: int | None
    learning_rate: float | None
    optimizer: AnyOptimizer | None
    loss: str | Loss | None
    l1: float | None
    l2: float | None
    schedule: AnySchedule
    shuffle: bool
    validation: Any
    early_stop: int | None
    class_weights: str | Mapping[Any, float] | None
    scale: str | None
    rescale: bool
    engine: str
    dtype: str
    metrics: bool


class Options(Shared, total=False):
    """`Settings` as an editor completes them in a call of `train`; a test holds the two together."""

    checkpoint: Folder | None
    every: int
    resume: bool


Function = TypeVar("Function", bound=Callable[..., Any])


def with_settings(function: Function, without: Collection[str] = ()) -> Function:
    """Show the names of the settings, with a line each, in the help of a function that takes them."""
    shape = signature(function)
    own = [p for p in shape.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
    more = [
        Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type)
        for field in fields(Settings)
        if field.name not in (*shape.parameters, *without)
    ]
    function.__signature__ = shape.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    if function.__doc__ and Settings.__doc__:  # python -OO has none
        text = cleandoc(function.__doc__)
        lines = cleandoc(Settings.__doc__).partition("----------\n")[2].splitlines()
        named = {line.partition(" :")[0] for line in text.splitlines()}
        others = [line for line in lines if line.partition(" :")[0] not in {*named, *without}]
        function.__doc__ = "\n".join([text, "", "Settings", "--------", *others, ""])
    return function


def checked(options: Mapping[str, Any], *, several: str = "", **more: Any) -> Settings:
    """Settings by name, or an error with the near miss for a name that is none.

    several : who trains several times with them, if anyone: no training resumes another's weights
    """
    names = [field.name for field in fields(Settings)]
    for name in options:
        if several and name in ONE_RUN:
            raise LernpyError(
                f"{several} trains several times, and {name} is for one training, which another would "
                f"resume; leave {name} out"
            )
        if name not in names:
            raise unknown("training setting", name, names)
    return Settings(**{**options, **more})


def _plain(weights: str | Mapping[str, float] | None) -> Any:
    return dict(weights) if isinstance(weights, Mapping) else weights


def check_builder(asking: str, build: Any) -> None:
    """Refuse what cannot be called with a seed; `asking` is the function that needs a builder."""
    fits = callable(build) and not isinstance(build, BuiltinFunctionType)
    if isinstance(build, type):
        fits = issubclass(build, Network)
    if fits:
        with suppress(ValueError):  # what is not written in Python may have no signature
            try:
                signature(build).bind(0)
            except TypeError:
                fits = False
    if not fits:
        raise LernpyError(
            f"{asking} needs a function from a seed to a fresh network, such as "
            f"lambda seed: lernpy.layered([2, 3, 1], seed=seed); not {shown(build)}"
        )
