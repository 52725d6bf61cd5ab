"""What ``lernpy plot`` and ``lernpy train --plot`` draw, from a kind and what there is."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lernpy.build import draw_weights, layered
from lernpy.data import Dataset
from lernpy.data.lessons import first_to_watch
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.plot import canvas
from lernpy.plot.canvas import Look, ThemeName
from lernpy.plot.charts.regions import boundary
from lernpy.plot.charts.runs import history as plot_history
from lernpy.plot.film.saving import figure_of, save
from lernpy.plot.graph.forward import as_seen, check_fits, lesson, targets_as_seen
from lernpy.plot.kinds import KINDS, Kind

WHERE = {
    "network": "a network file",
    "data": "data (--data)",
    "sample": "a sample: data (--data) and its number (--sample)",
    "history": "a history: a checkpoint folder, or data to train afresh",
    "other": "a second network",
    "runs": "data with one or two inputs",
}
FEW = 16  # samples to learn from: so few that a large net can learn their noise
SIZES = (1, 4, 60)  # hidden neurons: too little, right, too much


def draw(
    kind: str,
    *,
    network: Network | None = None,
    data: Any = None,
    sample: int | tuple[Any, Any] | None = None,
    history: Any = None,
    other: Network | None = None,
    theme: ThemeName = None,
    font_scale: float = 1.0,
    moving: bool = False,
    **options: Any,
) -> Any:
    """A picture of one kind: a figure, or an animation.

    Parameters
    ----------
    kind : a name in `KINDS`
    data : a `Dataset`, a pair, or (for sweep) a table
    sample : its number in the data, from 0, or a pair (inputs, targets); unless given, the first
        whose inputs are not all 0
    history : a `History`, or several by name; without it the network is trained afresh
    other : the second network of ``compare``
    moving : whether an animation is wanted where there can be one
    options : of the plotter: columns, numbers, level, neuron, epochs, ...
    """
    entry = KINDS[kind]
    style = {"theme": theme, "font_scale": font_scale}
    given = {"network": network, "data": data, "sample": sample}
    given |= {"history": history, "other": other, "runs": options.pop("runs", None)}
    if moving and not entry.moves:
        raise LernpyError(f"{kind} is one picture, no animation; end the name in .png, .svg, .pdf")
    _check_options(entry, options)
    made = _Drawing(entry, given, {**style, **options}, moving).draw()
    return made if hasattr(made, "new_saved_frame_seq") else figure_of(made)


MORE = {"paths": ("part", "k"), "history": ("epochs",), "under_over": ("sizes",)}


def options_of(entry: Kind) -> set[str]:
    """The names of the options that a kind of picture takes."""
    known = {*inspect.signature(entry.plot).parameters, *MORE.get(entry.name, ())}
    return known - {"ax", "axes", "source", "network", "data", "runs", "theme", "font_scale"}


def _check_options(entry: Kind, options: dict[str, Any]) -> None:
    """An option that this kind does not know is an error, not silence."""
    known = options_of(entry)
    for name in options:
        if name not in known:
            raise LernpyError(f"a plot of {entry.name} takes no {name}; it takes {_all(known)}")


def _all(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "no options"


class _Drawing:
    """One call of `draw`: finds what its kind needs among what was given."""

    def __init__(self, entry: Kind, given: dict[str, Any], style: dict[str, Any], moving: bool):
        self.entry, self.given, self.style, self.moving = entry, given, style, moving

    def draw(self) -> Any:
        special = getattr(self, f"_{self.entry.name}", None)
        if special is not None:
            return special()
        values = [self._need(need) for need in self.entry.needs]
        optional = {name: self.given[name] for name in self.entry.may}
        optional = {name: value for name, value in optional.items() if value is not None}
        if "sample" in optional:
            optional["sample"] = self._pair()
        return self.entry.plot(*values, **optional, **self.style)

    def _need(self, name: str) -> Any:
        if self.given[name] is None:
            raise LernpyError(f"a plot of {self.entry.name} needs {WHERE[name]}")
        return self.given[name]

    def _data(self) -> Dataset:
        return Dataset.of(self._need("data"))

    def _pair(self) -> tuple[np.ndarray, np.ndarray]:
        """The sample as the input neurons see it, and its targets."""
        sample = self.given["sample"]
        network = self._need("network")
        if isinstance(sample, tuple):
            return np.asarray(sample[0], float), np.asarray(sample[1], float)
        if self.given["data"] is None:
            self.given["sample"] = None
            self._need("sample")
        data = self._data()
        number = first_to_watch(data.inputs) if sample is None else sample
        check_fits(network, data)
        if not 0 <= number < len(data):
            raise LernpyError(
                f"{data.name} has no sample {number}; they are numbered 0 to {len(data) - 1}"
            )
        inputs = as_seen(network, np.asarray(data.inputs, float)[[number]])[0]
        return inputs, targets_as_seen(network, data.targets[[number]])[0]

    # ---- kinds that want something made first ---------------------------------------------------

    def _blame(self) -> Any:
        network, (inputs, targets) = self._need("network"), self._pair()
        return self.entry.plot(lesson(network, inputs, targets), **self.style)

    _signal = _blame

    def _flow(self) -> Any:
        from lernpy.watch import Trace, slow_motion

        network, pair = self._need("network"), self._pair()
        if not self.moving:
            self.style.setdefault("level", "phase")
        elif len(network.links) > 60:
            self.style.setdefault("level", "generation")
        return self.entry.plot(Trace.record(slow_motion(network.copy(), *pair)), **self.style)

    def _paths(self) -> Any:
        from lernpy.watch import paths

        network, pair = self._need("network").copy(), self._pair()
        network.collect(*pair, 1.0)
        part = self.style.pop("part", None) or network.inputs[0]
        return self.entry.plot(paths(network, part, self.style.pop("k", 10)), network, **self.style)

    def _update(self) -> Any:
        network = self._need("network")
        twin = network.copy()
        twin.learn(*self._pair())
        return self.entry.plot(twin, network, **self.style)

    def _vanishing(self) -> Any:
        if not self.style.get("epochs"):
            return self.entry.plot(self._need("network"), self._data(), **self.style)
        twin, epochs = self._again()
        return self.entry.plot(twin, self._data(), **{**self.style, "epochs": epochs})

    def _history(self) -> Any:
        if self.given["history"] is None:
            if self.given["network"] is None or self.given["data"] is None:
                self._need("history")
            _, run = self._again()
            for _ in run:
                pass
            self.given["history"] = run.history
        self.style.pop("epochs", None)
        return self.entry.plot(self.given["history"], **self.style)

    def _boundary(self) -> Any:
        network, data = self._need("network"), self._data()
        if not self.moving:
            self.style.pop("epochs", None)
            return self.entry.plot(network, data, **self.style)
        check_fits(network, data)
        twin, epochs = self._again()
        return self.entry.plot(twin, data, **{**self.style, "epochs": epochs})

    def _landscape(self) -> Any:
        network, data = self._need("network"), self._data()
        if self.style.get("epochs"):
            check_fits(network, data)
            network, self.style["epochs"] = self._again()
        return self.entry.plot(network, data, **self.style)

    def _under_over(self) -> Any:
        data = self._data()
        if self.given["runs"] is None:
            self.given["runs"], data = _three_sizes(data, self.style.pop("sizes", SIZES))
        return self.entry.plot(self.given["runs"], data, **self.style)

    def _functions(self) -> Any:
        return self.entry.plot(self.style.pop("names", None), **self.style)

    def _again(self) -> tuple[Network, Any]:
        return again(self._need("network"), self._data(), self.style.get("epochs"))


def again(network: Network, data: Any, epochs: int | None = None) -> tuple[Network, Any]:
    """A twin that starts anew, and the epochs that train it as the network was trained."""
    from lernpy.training import epochs as train_epochs

    twin = network.copy()
    told = dict(getattr(network.card, "training", None) or {})
    seed = told.pop("seed", None)
    seed = network.seed if seed is None else seed
    draw_weights(twin, 0 if network.seed is None else network.seed)
    settings = {key: told[key] for key in _SETTINGS if told.get(key) is not None}
    if settings.get("schedule") == "own":
        del settings["schedule"]
    count = epochs or told.get("epochs") or 100
    return twin, train_epochs(twin, data, count, seed=seed or 0, **settings)


_SETTINGS = (
    "batch_size",
    "schedule",
    "shuffle",
    "validation",
    "early_stop",
    "class_weights",
    "scale",
)


def _three_sizes(data: Dataset, sizes: Sequence[int]) -> tuple[dict[str, Any], Dataset]:
    """Nets with so many hidden neurons, and the few samples they saw; the others validate."""
    from lernpy.training import train

    is_class = bool(data.classes)
    many = data.targets.shape[1] > 1
    output = ("softmax" if many else "sigmoid") if is_class else "identity"
    loss = ("cross_entropy" if many else "binary_cross_entropy") if is_class else "squared_error"
    order = np.random.default_rng(0).permutation(len(data))
    few = min(max(len(data) // 2, 2), FEW)
    some, rest = data.subset(order[:few]), data.subset(order[few:])
    style: dict[str, Any] = {"scale": "minmax", "seed": 0, "batch_size": None, "validation": rest}
    runs = {}
    for size in sizes:
        layers = [data.inputs.shape[1], size, data.targets.shape[1]]
        net = layered(layers, "tanh", output, seed=0, loss=loss, optimizer="adam")
        _steepen(net, 1 + size / 12)
        history = train(net, some, 1500, learning_rate=0.03, **style)
        runs[f"{size} hidden"] = net, history
    return runs, some


def _steepen(network: Network, factor: float) -> None:
    """Let hidden neurons bend at different places and sharply, the more of them the more."""
    rng = np.random.default_rng(0)
    outputs = set(network.outputs)
    for link in network.links.values():
        if link.output_neuron not in outputs:
            link.weight.value = float(factor * rng.standard_normal())


def after_training(
    network: Network,
    history: Any,
    data: Any,
    path: str | os.PathLike[str],
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
) -> Path:
    """The picture of a run that has ended: its history and, of two inputs, what it says where."""
    figure = summary(network, history, data, theme=theme, font_scale=font_scale)
    return save(figure, path)


def summary(
    network: Network,
    history: Any,
    data: Any,
    *,
    theme: ThemeName = None,
    font_scale: float = 1.0,
) -> Any:
    """A figure: the loss over the epochs, and beside it the boundary, confusion or fit."""
    from lernpy.plot.charts.quality import confusion, fit

    look = Look.of(theme, font_scale)
    samples = Dataset.of(data)
    figure = canvas.figure((12.0, 5.0), look)
    left, right = figure.subplots(1, 2, width_ratios=[1.1, 1])
    style: dict[str, Any] = {"theme": theme, "font_scale": font_scale}
    plot_history(history, left, title=f"{samples.name}: {len(history)} epochs", **style)
    if len(network.inputs) == 2:
        boundary(network, samples, right, **style)
    elif samples.classes:
        confusion(network, samples, right, **style)
    else:
        fit(network, samples, right, **style)
    return figure
