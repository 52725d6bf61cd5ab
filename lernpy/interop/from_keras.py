"""A ``.keras`` file as a network: a stack of Dense layers and activations, read without Keras."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from lernpy import storage
from lernpy.build import layered
from lernpy.checks import Fields
from lernpy.errors import FileFormatError, missing
from lernpy.functions import losses
from lernpy.interop.operators import read_as
from lernpy.network import Network
from lernpy.text import listed

ACTIVATIONS = {
    "linear": "identity",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "elu": "elu",
    "softplus": "softplus",
    "softmax": "softmax",
}
LAYERS = {"ReLU": "relu", "Softmax": "softmax"}
SKIPPED = "InputLayer", "Flatten"
ADVICE = {
    "Dropout": "it does nothing when a model answers: build the model without it, and set its weights",
    "BatchNormalization": "fold its numbers into the Dense layer before it",
}


def from_keras(content: bytes, name: str = "the file") -> Network:
    """The network of a model of Dense layers, one after the other.

    Raises
    ------
    FileFormatError
        If a layer is something else; it is named.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            config = _member(archive, "config.json", name)
            weights = _member(archive, "model.weights.h5", name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileFormatError(f"{name} is no .keras file: {error}") from None
    model = Fields(storage.parse_json(config, f"{name}, config.json"), f"{name}, config.json: ")
    layers = list(_layers(model, name))
    return _network(layers, weights, name)


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    if member not in archive.namelist():
        raise FileFormatError(f"{name} has no {member}; is it a .keras file of Keras 3?")
    info = archive.getinfo(member)
    with archive.open(info) as stream:
        return storage.read_unpacked(stream, info.compress_size, name)


def _layers(model: Fields, name: str) -> Iterator[tuple[str, Fields]]:
    """Kind and settings of each layer; all the odd ones are named at once."""
    kind = model.text("class_name")
    if kind not in ("Sequential", "Functional", "Model"):
        raise FileFormatError(f"{name} is a {kind}; lernpy reads Sequential models, and chains")
    config = model.fields("config")
    layers = [(layer.text("class_name"), layer.fields("config")) for layer in config.each("layers")]
    known = {"Dense", "Activation", *LAYERS, *SKIPPED}
    odd = [f"{layer.get('name', '?')} ({kind})" for kind, layer in layers if kind not in known]
    if odd:
        why = [f"{kind}: {words}" for kind, words in ADVICE.items() if kind in str(odd)]
        advice = f"; {'; '.join(why)}" if why else ""
        raise FileFormatError(f"{name} has layers that lernpy has not: {listed(odd)}{advice}")
    if kind != "Sequential":
        _check_chain(config, name)
    return iter(layers)


def _check_chain(config: Fields, name: str) -> None:
    """Of a functional model: one layer after the other."""
    for layer in config.each("layers"):
        if str(layer.get("inbound_nodes")).count("keras_history") > 1:
            raise FileFormatError(
                f"{name}: the layer {layer.get('name')} takes several inputs; lernpy reads chains"
            )


def _network(layers: list[tuple[str, Fields]], content: bytes, name: str) -> Network:
    kinds: list[str] = []
    dense: list[Fields] = []
    for kind, layer in layers:
        if kind == "Dense":
            dense.append(layer)
            kinds.append(_activation(layer, name))
        elif kind not in SKIPPED:
            if not kinds or kinds[-1] != "identity":
                raise FileFormatError(
                    f"{name}: {layer.get('name')} does not follow a linear Dense layer"
                )
            kinds[-1] = read_as(LAYERS[kind]) if kind in LAYERS else _activation(layer, name)
    if not dense:
        raise FileFormatError(f"{name} has no Dense layer")
    if "softmax" in kinds[:-1]:
        raise FileFormatError(f"{name} has a softmax inside; lernpy reads it at the end")
    matrices = _matrices(content, dense, name)
    sizes = [len(matrices[0]) - 1, *(matrix.shape[1] for matrix in matrices)]
    loss = losses.usual_for(kinds[-1])
    return layered(sizes, kinds[:-1], kinds[-1], weights=matrices, loss=loss)


def _activation(layer: Fields, name: str) -> str:
    kind = layer.get("activation")
    if kind not in ACTIVATIONS:
        raise FileFormatError(
            f"{name}: the activation of {layer.get('name')} is {kind!r}; lernpy reads {listed(ACTIVATIONS)}"
        )
    return read_as(ACTIVATIONS[str(kind)])


def _matrices(content: bytes, dense: list[Fields], name: str) -> list[np.ndarray]:
    """(n_inputs + 1, n_outputs) of each Dense layer, biases below."""
    try:
        import h5py
    except ImportError:
        raise missing("a .keras file", "h5py") from None
    matrices = []
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            for number, layer in enumerate(dense):
                matrices.append(_matrix(file, number, layer, name))
    except OSError as error:
        raise FileFormatError(f"{name}: its weights are no HDF5 file: {error}") from None
    if any(len(b) - 1 != a.shape[1] for a, b in pairwise(matrices)):
        raise FileFormatError(f"{name}: its Dense layers do not follow from each other")
    return matrices


def _matrix(file: Any, number: int, layer: Fields, name: str) -> np.ndarray:
    counted = "dense" if number == 0 else f"dense_{number}"
    for path in (f"layers/{counted}/vars", f"layers/{layer.get('name')}/vars"):
        if path in file and "0" in file[path]:
            kernel = np.array(file[path]["0"], float)
            bias = (
                np.array(file[path]["1"], float)
                if "1" in file[path]
                else np.zeros(kernel.shape[-1])
            )
            if kernel.ndim == 2 and bias.shape == (kernel.shape[1],):
                return np.vstack([kernel, bias])
    raise FileFormatError(
        f"{name}: the weights of {layer.get('name')} are not where Keras 3 puts them"
    )
