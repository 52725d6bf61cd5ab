"""What there is to draw from: a network, data, a sample, a history; and what of it a kind needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lernpy.checks import whole
from lernpy.data import Dataset
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot.answers import fitting, hardest, pair_of, scaled, scaled_targets
from lernpy.training import Run
from lernpy.training.rerun import rerun

WHERE = {
    "network": "a network file",
    "data": "data (--data)",
    "sample": "a sample: data (--data) and its number (--sample)",
    "history": "a history: a checkpoint folder, or data to train afresh",
    "other": "a second network",
}


@dataclass
class Material:
    """What a picture is drawn from, and the options of its plotter, which `prepare` may change.

    Attributes
    ----------
    data : a `Dataset`, a pair, or (for sweep) a table
    sample : its number in the data (1 is the first), or a pair (inputs, targets) as the neurons see them;
        unless given, the one with the largest loss
    history : a `History`, or several by name
    runs : by name a pair (network, history), for nets of several sizes
    other : the second network of ``compare``
    moving : whether an animation is wanted where there can be one
    """

    kind: str
    network: Network | None = None
    data: Any = None
    sample: int | tuple[Any, Any] | None = None
    history: Any = None
    runs: Mapping[str, Any] | None = None
    other: Network | None = None
    moving: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    is_anew: bool = False  # whether something was trained once more for the picture
    called: str = ""  # the sample in words, once it was asked for: "iris, sample 71 (versicolor)"

    def need(self, name: str) -> Any:
        """What is called so, or an error that says where it comes from."""
        value = getattr(self, name)
        if value is None:
            raise LernpyError(f"a plot of {self.kind} needs {WHERE[name]}")
        return value

    def samples(self) -> Dataset:
        """The data, with the columns and classes of the network if there is one."""
        data = self.need("data")
        return Dataset.of(data) if self.network is None else fitting(self.network, data)

    def pair(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets of the sample as the neurons see them."""
        network: Network = self.need("network")
        if isinstance(self.sample, (tuple, list)):
            return pair_of(network, self.sample)
        if self.data is None:
            self.sample = None
            self.need("sample")
        samples = self.samples()
        if self.sample is None:
            index = hardest(network, samples)
        else:
            index = whole(f"number of a sample of {samples.name}", self.sample, 1, len(samples)) - 1
        named = samples.classes and samples.targets.shape[1] in (1, len(samples.classes))
        kind = f" ({samples.classes[samples.labels[index]]})" if named else ""
        self.called = f"{samples.name}, sample {index + 1}{kind}"
        targets = scaled_targets(network, samples.targets[[index]])
        return scaled(network, samples.inputs[[index]])[0], targets[0]

    def again(self) -> Run:
        """The training of the network once more, on a copy of it."""
        self.is_anew = True
        return rerun(self.need("network"), self.need("data"), self.options.get("epochs"))
