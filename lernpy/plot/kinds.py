"""Every kind of picture by its name: what it shows, how it is drawn, and from what that is made.

An entry is a function that prepares what its plotter draws:

    @kind("compare", "two networks: the difference of weights", weights.compare, wants=("network", "other"))
    def _compare(material: Material) -> Prepared:
        return material.need("network"), material.need("other")
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any, NamedTuple, Unpack

from lernpy import data as built_in
from lernpy.errors import LernpyError
from lernpy.plot.answers import lesson_frame
from lernpy.plot.canvas import Style
from lernpy.plot.charts import (
    curves,
    fading,
    images,
    planes,
    quality,
    regions,
    responses,
    runs,
    sizes,
    surface,
)
from lernpy.plot.film import flow as films
from lernpy.plot.film.saving import MOVING, figure_of, save
from lernpy.plot.graph import ghosts, moment, paths, weights
from lernpy.plot.material import Material
from lernpy.registry import Registry
from lernpy.storage import path_of
from lernpy.sweep.sizes import train_sizes
from lernpy.text import listed
from lernpy.training import History, missed
from lernpy.watch import Trace, slow_motion
from lernpy.watch import paths as paths_of_blame

ANEW = "A new training, with the settings of the network"
MANY_LINKS = 60  # a film of more goes generation by generation
LESSON = ("network", "data", "sample")
NOT_OPTIONS = {"ax", "axes", "style", "source", "network", "data", "runs"}

Prepared = tuple[Any, ...]
Prepare = Callable[[Material], Prepared]


class Kind(NamedTuple):
    """A kind of picture.

    plot : draws what `prepare` gives, with the options that are left
    prepare : what is drawn, made from the network, the data, the history that there are
    takes : options that `prepare` uses up
    moves : whether it is an animation; "maybe" if it can be one
    wants : what it cannot do without, of network, data, sample, history and other (a second network)
    """

    name: str
    about: str
    plot: Callable[..., Any]
    prepare: Prepare
    takes: tuple[str, ...] = ()
    moves: bool | str = False
    wants: tuple[str, ...] = ("network", "data")

    @property
    def options(self) -> set[str]:
        """The names of the options that this kind takes."""
        return {*inspect.signature(self.plot).parameters, *self.takes} - NOT_OPTIONS


KINDS: Registry[Kind] = Registry("kind of plot")


def kind(
    name: str, about: str, plot: Callable[..., Any], **traits: Any
) -> Callable[[Prepare], Prepare]:
    """Add a kind of picture; the function that is decorated prepares it."""

    def add(prepare: Prepare) -> Prepare:
        KINDS.add(name, Kind(name, about, plot, prepare, **traits))
        return prepare

    return add


@kind("network", "the graph with its weights", weights.network, wants=("network",))
def _network(material: Material) -> Prepared:
    return (material.need("network"),)


# ---- one lesson ---------------------------------------------------------------------------------


@kind("blame", "one moment: what flows back", moment.blame, wants=LESSON)
@kind("signal", "one moment: what flowed forward", moment.signal, wants=LESSON)
def _moment(material: Material) -> Prepared:
    pair = material.pair()
    title = moment.headline(material.kind == "blame", material.called)
    return (lesson_frame(material.need("network"), *pair, title),)


@kind("flow", "a lesson as a film", films.flow, moves=True, wants=LESSON)
def _film(material: Material) -> Prepared:
    network = material.need("network")
    if not material.moving:
        material.options.setdefault("level", "phase")
    elif len(network.links) > MANY_LINKS:
        material.options.setdefault("level", "generation")
    return (Trace.record(slow_motion(network.copy(), *material.pair())),)


@kind("paths", "the heaviest paths of blame", paths.paths, takes=("part", "k"), wants=LESSON)
def _paths(material: Material) -> Prepared:
    """To the part that is named, or to the weight with the largest gradient behind an output, no bias's."""
    network = material.need("network").copy()
    network.collect(*material.pair())
    ends = {*network.outputs}, {*network.biases}
    links = [link for link in network.links.values() if link.input_neuron not in ends[1]]
    inner = [link for link in links if link.output_neuron not in ends[0]]
    largest = max(inner or links, key=lambda link: abs(link.weight.sensitivity))
    part = material.options.pop("part", None) or largest
    return paths_of_blame(network, part, material.options.pop("k", 10)), network


@kind("update", "weights before and after one lesson", weights.update, wants=LESSON)
def _update(material: Material) -> Prepared:
    network = material.need("network")
    twin = network.copy()
    twin.learn(*material.pair())
    return twin, network


# ---- a network, and data -------------------------------------------------------------------------


@kind("missed", "the links that are missed most", ghosts.missed, takes=("top",))
def _missed(material: Material) -> Prepared:
    network, top = material.need("network"), material.options.pop("top", 10)
    return network, missed(network, material.samples(), top)


@kind("fit", "a regression and what it leaves over", quality.fit)
@kind("confusion", "which class was taken for which", quality.confusion)
def _network_and_data(material: Material) -> Prepared:
    return material.need("network"), material.samples()


@kind("plane", "what a layer does to the plane", planes.plane, wants=("network",))
@kind("heatmaps", "what each neuron responds to", responses.heatmaps, wants=("network",))
def _network_and_perhaps_data(material: Material) -> Prepared:
    network = material.need("network")
    return network, None if material.data is None else material.samples()


@kind("pixels", "weights as images; the blame of each pixel", images.pixels, wants=("network",))
def _pixels(material: Material) -> Prepared:
    network = material.need("network")
    shown = material.data is not None or material.sample is not None
    return network, material.pair() if shown else None


@kind("compare", "the difference of two networks", weights.compare, wants=("network", "other"))
def _compare(material: Material) -> Prepared:
    return material.need("network"), material.need("other")


# ---- training ------------------------------------------------------------------------------------


@kind(
    "history",
    "loss, accuracy, rate over the epochs",
    runs.history,
    takes=("epochs",),
    wants=("history",),
)
def _history(material: Material) -> Prepared:
    """The one there is, or that the network keeps; else that of a new training, which says so."""
    epochs, network = material.options.get("epochs"), material.network
    if material.history is None and epochs is None and network and network.card:
        kept = network.card.training.get("history")
        material.history = kept and History.from_kept(kept, "the history of the network")
    if material.history is None:
        if network is None or material.data is None:
            material.need("history")
        material.history = material.again().finish()
        material.options.setdefault("title", ANEW)
    material.options.pop("epochs", None)
    return (material.history,)


@kind("landscape", "the loss over two weights or directions", surface.landscape)
@kind("vanishing", "size of blame by generation", fading.vanishing)
def _over_epochs(material: Material) -> Prepared:
    """The network as it is or, where epochs are asked for, on its way through a new training."""
    anew = material.options.get("epochs")
    return _anew(material) if anew else _network_and_data(material)


@kind("boundary", "the network's answers all over the plane", regions.boundary, moves="maybe")
def _boundary(material: Material) -> Prepared:
    if material.moving:
        return _anew(material)
    material.options.pop("epochs", None)
    return _network_and_data(material)


def _anew(material: Material) -> Prepared:
    material.options["epochs"] = run = material.again()
    return run.network, material.samples()


@kind(
    "under_over",
    "too little, right, too much: trains nets of several sizes",
    sizes.under_over,
    takes=("sizes", "seed"),
    wants=(),
)
def _sizes(material: Material) -> Prepared:
    options = material.options
    chosen = {key: options.pop(key) for key in ("sizes", "seed") if key in options}
    if material.runs is not None:
        return material.runs, material.need("data")
    data = built_in.load("circle", n=600, noise=0.8) if material.data is None else material.data
    return train_sizes(sizes.drawable(data), **chosen)


# ---- tables ---------------------------------------------------------------------------------------


@kind("sweep", "success by setting, from a table", runs.sweep, wants=())
def _table(material: Material) -> Prepared:
    return (material.need("data"),)


@kind("functions", "activations and losses with their slopes", curves.functions, wants=())
def _functions(material: Material) -> Prepared:
    return (material.options.pop("names", None),)


def draw(name: str, material: Material, **style: Unpack[Style]) -> Any:
    """A picture of one kind: a figure, or an animation."""
    entry = KINDS[name]
    if material.moving and not entry.moves:
        raise LernpyError(f"{name} is one picture, no animation; end the name in .png, .svg, .pdf")
    for option in material.options:
        if option not in entry.options:
            known = listed(sorted(entry.options)) or "no options"
            raise LernpyError(f"a plot of {name} takes no {option}; it takes {known}")
    drawn = entry.plot(*entry.prepare(material), **material.options, **style)
    return drawn if hasattr(drawn, "new_saved_frame_seq") else figure_of(drawn)


def render(
    name: str,
    path: str | os.PathLike[str] | None = None,
    *,
    network: Any = None,
    data: Any = None,
    sample: int | tuple[Any, Any] | None = None,
    history: Any = None,
    runs: Any = None,
    other: Any = None,
    theme: Any = None,
    font_scale: float = 1.0,
    **options: Any,
) -> Any:
    """Draw a kind of picture by its name and, if a path is given, save it.

    Parameters
    ----------
    name : of a kind, see `KINDS`
    network, data, sample, history, runs, other : see `Material`
    options : of the plotter: columns, numbers, level, epochs, ...

    >>> import lernpy
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> render("network", "net.png", network=net, theme="dark").name
    'net.png'
    """
    moving = path is not None and path_of(path).suffix.lower().lstrip(".") in MOVING
    material = Material(name, network, data, sample, history, runs, other, moving, options)
    drawn = draw(name, material, theme=theme, font_scale=font_scale)
    return drawn if path is None else save(drawn, path)
