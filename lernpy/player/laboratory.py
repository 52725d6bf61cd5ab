"""The page that learns: one offline file that trains a network, and that can be stopped and asked."""

from __future__ import annotations

import html
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np

from lernpy import checks, files, labels, layout, storage, subclasses
from lernpy import data as datasets
from lernpy.data import Dataset
from lernpy.data.builtin import points
from lernpy.data.builtin.catalogue import make
from lernpy.errors import LernpyError
from lernpy.functions import activations
from lernpy.functions.activations import ACTIVATIONS
from lernpy.functions.losses import LOSSES
from lernpy.functions.optimizers import OPTIMIZERS
from lernpy.network import Network
from lernpy.player.bundle import check_computed, page_script, self_unpacking
from lernpy.player.looks import asset, style
from lernpy.player.page import MODEL, PAGE, POLICY, data_text, hashed, narration, shell_traits
from lernpy.samples import check_network
from lernpy.text import counted
from lernpy.training.prepare import card_for, check_fit, dataset_for
from lernpy.training.reasons import MEANINGS, REASONS
from lernpy.training.recipe import is_truth_table, network_for, recipe
from lernpy.watch.file.blocks import pack, pack_smallest

BESIDE = ("spiral", "circle", "exclusive_or", "gauss", "xor")  # data that come along on every page
NOISY = {"spiral": 1.0, "circle": 1.0, "exclusive_or": 1.0, "gauss": 3.0}  # the most noise
MOST_SAMPLES = 2000
MOST_LINKS = 5000
UPDATES, BATCH = 20, 4  # of the run that proves the page
LEARNS = POLICY.replace("{script}", "{script} 'wasm-unsafe-eval'")  # lessons, made at run time
BY_HAND = "a page computes only lernpy's own classes; lernpy.slow_motion steps through yours"
START = MODEL.replace('data.trace = document.getElementById("lp-trace").textContent;\n', "")


class LabPage(str):
    """The text of a page that learns, and the network that it begins with."""

    network: Network

    def __new__(cls, text: str, network: Network) -> Self:
        page = super().__new__(cls, text)
        page.network = network
        return page

    def __repr__(self) -> str:
        return f"<page that learns, {len(self):,} characters>"


def lab(
    network: Network | None = None,
    data: Any = None,
    path: str | os.PathLike[str] | None = None,
    *,
    title: str | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> LabPage:
    """One HTML file in which a network learns before one's eyes, in any browser, without a network.

    Parameters
    ----------
    network : the network to begin with (its weights as they are); one that suits the data unless given
    data : a `Dataset`, a pair (X, Y) or the name of built-in data, at most 2,000 samples; unless
        given, spiral. Points of the plane come along on every page
    path : the file to write, if the text alone is not enough; whole or not at all
    title : the heading of the window
    batch_size : samples to an update; by the data unless given
    seed : of a fresh network, and of the order in which samples are learned

    Returns
    -------
    The page as a text; in a notebook it is shown as the page itself, in a frame.

    Raises
    ------
    LernpyError
        If network and data do not fit, a function of the network cannot be printed as JavaScript,
        or there is too much of either.

    >>> import lernpy
    >>> text = lernpy.player.lab(lernpy.layered([2, 3, 1], seed=0), lernpy.data.load("xor"))
    >>> "xor" in text, "<script" in text
    (True, True)
    """
    title = None if title is None else checks.text("title", title)
    traits, first = lab_traits(network, data, batch_size, seed)
    text = _page(traits, title or f"{traits['lab']['sets'][0]['name']}: a net that learns")
    if path is not None:
        storage.write_text(path, text)
    return LabPage(text, first)


def lab_traits(
    network: Network | None, data: Any, batch_size: int | None = None, seed: int = 0
) -> tuple[dict[str, Any], Network]:
    """What the page that learns asks its host for, and the network that it begins with."""
    seed = checks.whole("seed", seed)
    if batch_size is not None:
        batch_size = checks.whole("batch size", batch_size, 1)
    first, dataset = _material(network, data, seed)
    sets = [_set(first, dataset, seed, batch_size)]
    beside = [name for name in BESIDE if name != sets[0]["name"]]
    sets += [_set(*_material(None, name, seed, first.maths), seed) for name in beside]
    return _traits(sets, proof(first, dataset)), first


def _material(
    network: Network | None, source: Any, seed: int, maths: str = "fast"
) -> tuple[Network, Dataset]:
    """A network and its data; each suits the other where one is not given."""
    named = source is None or isinstance(source, str)
    dataset = datasets.load(source or BESIDE[0]) if named else source
    if network is None:
        if not isinstance(dataset, Dataset):
            raise LernpyError("numbers alone do not say what suits them: give the network, too")
        network = watchable(dataset, seed)
        if maths != network.maths:
            network = files.from_json({**files.to_json(network), "maths": maths})
    else:
        check_network(network)
        dataset = dataset_for(network, dataset, network.card)
        check_fit(network, dataset)
    _check(network, dataset)
    return network, dataset


def watchable(dataset: Dataset, seed: int, **chosen: Any) -> Network:
    """A net small enough to be looked at, by the recipe of the data; `chosen` replaces parts of that.

    >>> from lernpy import data
    >>> watchable(data.load("xor"), seed=0)
    <network: 2 inputs, 1 output, 7 neurons, 13 links, 13 weights>
    >>> watchable(data.load("spiral"), seed=0, layers=(4,))
    <network: 2 inputs, 1 output, 8 neurons, 17 links, 17 weights>
    """
    usual = recipe(dataset)
    inputs = dataset.inputs.shape[1]
    layers = (3,) if is_truth_table(dataset) and inputs < 4 else (8, 8) if inputs == 2 else (8,)
    usual = replace(usual, **{"layers": (16,) if dataset.image else layers, **chosen})
    network = network_for(dataset, usual, seed)
    network.card = card_for(dataset, usual.scale)
    return network


def _check(network: Network, dataset: Dataset) -> None:
    if len(dataset) > MOST_SAMPLES:
        raise LernpyError(
            f"{dataset.name} has {counted(len(dataset), 'sample')}; a page takes {MOST_SAMPLES:,}. Take "
            f"a part: data.subset(range({MOST_SAMPLES}))"
        )
    if len(network.links) > MOST_LINKS:
        raise LernpyError(
            f"the network has {counted(len(network.links), 'link')}; a page trains {MOST_LINKS:,}"
        )
    subclasses.refuse(network, BY_HAND)
    check_computed(network)


def _set(
    network: Network, dataset: Dataset, seed: int, batch_size: int | None = None
) -> dict[str, Any]:
    """A data set with the net to begin with, as the page reads them."""
    card = network.card or card_for(dataset, "none")
    name = str(dataset.source.get("name") or dataset.name)
    options = dict(dataset.source.get("options") or {})
    is_noisy = name in NOISY
    inputs, targets = card.prepare(make(name, {**options, "noise": 0.0}) if is_noisy else dataset)
    size = (recipe(dataset).batch_size or 0) if batch_size is None else batch_size
    sides = labels.card_labels(card, len(network.inputs), len(network.outputs))
    called = [
        label.more(neuron.name) for neuron, label in zip(network.inputs, sides[0], strict=True)
    ]
    return {
        "name": name,
        "inputs": pack_smallest(inputs).as_json(),
        "targets": pack_smallest(targets).as_json(),
        "draws": _draws(name, options) if is_noisy else None,
        "columns": called,
        "labels": [[label._asdict() for label in side] for side in sides],
        "classes": list(dataset.classes or dataset.output_names),
        "task": dataset.task,
        "image": list(dataset.image) if dataset.image else None,
        "file": files.to_json(network),
        "settings": {
            "rate": network.learning_rate,
            "batch": size,
            "l1": network.l1,
            "l2": network.l2,
            "noise": float(options.get("noise", 0.0)) if is_noisy else 0.0,
            "split": 0.0 if is_truth_table(dataset) or len(dataset) < 20 else 0.2,
            "seed": seed,
        },
        "python": _python(name, dataset, is_noisy),
    }


def _draws(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    block = pack(points.draws(name, options["n"], options["seed"])).as_json()
    return {"of": "inputs", "block": block, "usual": options["noise"], "most": NOISY[name]}


def _python(name: str, dataset: Dataset, is_noisy: bool) -> str:
    """What loads the data in Python; ``{noise}`` stands for what is chosen on the"""
    source = dataset.source
    if "file" in source:
        return f"lernpy.data.load({os.path.basename(str(source['file']))!r})"
    options = {**(source.get("options") or {}), **({"noise": "{noise}"} if is_noisy else {})}
    chosen = ",".join(f"{key}={value}" for key, value in options.items())
    return f"lernpy.data.load({name + (':' + chosen if chosen else '')!r})"


def _traits(sets: list[dict[str, Any]], run: dict[str, Any]) -> dict[str, Any]:
    network = files.from_json(sets[0]["file"])
    header = {
        "activations": [{"name": name} for name in ACTIVATIONS],
        "loss": sets[0]["file"]["loss"],
        "products": True,  # a network from elsewhere may have some
    }
    where = layout.positions(network)
    return {
        "trace": "",
        **shell_traits(),
        "narration": {
            **narration(header),
            "losses": {loss: LOSSES[loss].words[0] for loss in LOSSES},
        },
        "lab": {
            "shell": asset("lab.html"),
            "sets": [*sets, *_drawn(sets)],
            "steepest": {name: ACTIVATIONS[name].steepest for name in ACTIVATIONS},
            "starts": {name: activations.traits_of(name).start for name in ACTIVATIONS},
            "ranges": dict(_ranges()),
            "rates": {name: OPTIMIZERS[name].rate for name in OPTIMIZERS},
            "positions": [
                [where[name][0], round(1 - where[name][1], 6)] for name in network.neurons
            ],
            "file": sets[0]["file"],
            "proof": run,
            "doctor": {
                "reasons": dict(REASONS),
                "lessons": {words: one.lesson for words, one in MEANINGS.items()},
            },
        },
    }


def _page(traits: Mapping[str, Any], title: str) -> str:
    module = page_script(None, "lab/page", START, traits["lab"]["file"].get("maths", "fast"))
    start = self_unpacking(module)
    looks = style("lab")
    return PAGE.format(
        policy=LEARNS.format(script=f"{hashed(start)} {hashed(module)}", style=hashed(looks)),
        title=html.escape(checks.text("title", title)),
        style=looks,
        sheet="",
        trace="",
        data=data_text(traits),
        module=start,
    )


def _drawn(sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Points that are drawn by hand begin with the net of the spiral."""
    plane = next(one for one in sets if one["name"] == "spiral")
    none = {"dtype": "float64", "data": ""}
    return [
        {
            **plane,
            "name": "draw",
            "inputs": {**none, "shape": [0, 2]},
            "targets": {**none, "shape": [0, 1]},
            "draws": None,
            "classes": ["round", "square"],
            "settings": {**plane["settings"], "split": 0.0, "noise": 0.0},
            "python": "...  # the points that were drawn",
        }
    ]


def _ranges() -> Iterator[tuple[str, list[float]]]:
    """Of each activation with bounds, the least and the most that it says."""
    for name in ACTIVATIONS:
        low, high = activations.get(name).range
        if np.isfinite([low, high]).all():
            yield name, [low, high]


def proof(network: Network, dataset: Dataset) -> dict[str, Any]:
    """A short run of the objects on the first samples, for the page to do again."""
    card = network.card or card_for(dataset, "none")
    inputs, targets = card.prepare(dataset.subset(range(min(len(dataset), UPDATES * BATCH))))
    order = [position % len(inputs) for position in range(UPDATES * BATCH)]
    learner = network.copy()
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    losses = [learner.learn_batch(inputs[rows], targets[rows]) for rows in batches]
    return {
        "file": files.to_json(network),
        "inputs": pack(inputs).as_json(),
        "targets": pack(targets).as_json(),
        "order": order,
        "size": BATCH,
        "losses": pack(losses).as_json(),
        "weights": pack([weight.value for weight in learner.weights]).as_json(),
    }
