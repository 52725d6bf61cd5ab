"""safetensors: weights as named tensors, written and read without a foreign package.

A layered network has the names of a stack of torch's Linear layers (``layers.0.weight``, ``layers.0.bias``);
any other has one tensor, ``weights``, in the order of `network.weights`. The wiring lies in the metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from lernpy import files, storage
from lernpy.build import layered
from lernpy.checks import Fields, is_whole
from lernpy.engine.plan import Layer, Plan
from lernpy.errors import FileFormatError, LernpyError
from lernpy.interop.vector import Vector, vector_of
from lernpy.network import Network
from lernpy.text import counted, listed, shown

KINDS: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
}
HEADER = 1 << 27  # bytes
LONGEST = 8  # dimensions


def to_safetensors(
    network: Network, *, single: bool = False, vector: Vector | None = None
) -> bytes:
    """The weights as tensors, and the network in the metadata.

    >>> import lernpy
    >>> content = to_safetensors(lernpy.layered([2, 3, 1], seed=0))
    >>> {name: tensor.shape for name, tensor in tensors(content)[0].items()}
    {'layers.0.bias': (3,), 'layers.0.weight': (3, 2), 'layers.1.bias': (1,), 'layers.1.weight': (1, 3)}
    """
    vector = vector or vector_of(network, single=single)
    facts = {
        "lernpy.network": files.to_text(files.to_json(network)),
        "lernpy.vector": json.dumps(vector.plain()),
    }
    return _packed(_tensors(network), facts, "F32" if single else "F64")


def _tensors(network: Network) -> dict[str, np.ndarray]:
    values = np.array([weight.value for weight in network.weights])
    layers = Plan.of(network).layers
    if not layers:
        return {"weights": values}
    named = {}
    for number, layer in enumerate(layers):
        sources, bias = _parts(layer)
        named[f"layers.{number}.weight"] = values[sources]
        if bias is not None:
            named[f"layers.{number}.bias"] = values[bias]
    return named


def _parts(layer: Layer) -> tuple[np.ndarray, np.ndarray | None]:
    """Indices of weights: (n_targets, n_sources), and (n_targets,) of the biases."""
    return (layer.weight[:, :-1], layer.weight[:, -1]) if layer.bias else (layer.weight, None)


def _packed(named: Mapping[str, np.ndarray], facts: Mapping[str, str], kind: str) -> bytes:
    header: dict[str, Any] = {"__metadata__": dict(facts)}
    content = b""
    for name, array in sorted(named.items()):
        piece = array.astype(KINDS[kind]).tobytes()
        offsets = [len(content), len(content) + len(piece)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        content += piece
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content


def tensors(content: bytes, name: str = "the file") -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """All tensors by name, and the metadata.

    Raises
    ------
    FileFormatError
        If it is cut off or anything in it does not fit; a tensor is named.
    """
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 1 < size <= min(HEADER, len(content) - 8):
        raise FileFormatError(f"{name} is no safetensors file, or is cut off")
    fields = Fields(storage.parse_json(content[8 : 8 + size], name), f"{name}: ")
    data = content[8 + size :]
    known = {key: _tensor(fields.fields(key), data) for key in fields.data if key != "__metadata__"}
    return known, fields.plain("__metadata__")


def _tensor(fields: Fields, data: bytes) -> np.ndarray:
    kind = KINDS[fields.choice("dtype", tuple(KINDS))]
    shape, ends = fields.items("shape", LONGEST), fields.items("data_offsets", 2)
    if not all(is_whole(n, 0, len(data)) for n in shape):
        raise fields.wrong("shape", "a list of sizes")
    if len(ends) != 2 or not all(is_whole(n, 0, len(data)) for n in ends):
        raise fields.wrong("data_offsets", f"two positions up to {len(data)}")
    count = int(np.prod(shape, dtype=object))
    if ends[1] - ends[0] != count * kind.itemsize:
        raise fields.wrong("data_offsets", f"room for {counted(count, 'number')}")
    return np.asarray(np.frombuffer(data[ends[0] : ends[1]], kind).reshape(shape), float)


def from_safetensors(
    content: bytes, name: str = "the file", activation: str | None = None
) -> Network:
    """The network whose weights these are: one of ours, or a stack of torch's Linear layers.

    Parameters
    ----------
    activation : of the hidden layers of a stack, which its file does not tell
    """
    named, facts = tensors(content, name)
    if "lernpy.network" not in facts:
        return _stack(named, name, activation)
    network = files.from_json(storage.parse_json(str(facts["lernpy.network"]), name), name)
    for key, wanted in _tensors(network).items():
        if key not in named or named[key].shape != wanted.shape:
            raise FileFormatError(f"{name} has no tensor {key!r} of shape {wanted.shape}")
    weights, layers = network.weights, Plan.of(network).layers
    pairs = [("weights", np.arange(len(weights)))] if not layers else []
    for number, layer in enumerate(layers):
        sources, bias = _parts(layer)
        pairs += [(f"layers.{number}.weight", sources)]
        pairs += [] if bias is None else [(f"layers.{number}.bias", bias)]
    for key, indices in pairs:
        for index, value in zip(indices.ravel().tolist(), named[key].ravel().tolist(), strict=True):
            weights[index].value = value
    return network


def _stack(named: Mapping[str, np.ndarray], name: str, activation: str | None) -> Network:
    matrices = [key for key in sorted(named, key=_natural) if key.endswith("weight")]
    other = set(named) - set(matrices) - {f"{key.removesuffix('weight')}bias" for key in matrices}
    if not matrices or other or any(named[key].ndim != 2 for key in matrices):
        odd = sorted(other) or [k for k in matrices if named[k].ndim != 2] or ["nothing"]
        raise FileFormatError(
            f"{name} has {listed(map(shown, odd))}; lernpy reads a stack of Linear layers: a weight "
            "(outputs, inputs) and perhaps a bias for each"
        )
    sizes = [named[matrices[0]].shape[1], *(len(named[key]) for key in matrices)]
    if any(named[key].shape[1] != before for key, before in zip(matrices, sizes, strict=False)):
        raise FileFormatError(
            f"{name}: the layers {listed(matrices)} do not follow from each other"
        )
    if len(matrices) > 1 and activation is None:
        raise LernpyError(
            f"{name} does not tell the activation of its hidden layers; say which, such as "
            "--activation relu"
        )
    weights = []
    for key, size in zip(matrices, sizes[1:], strict=True):
        bias = named.get(f"{key.removesuffix('weight')}bias", np.zeros(size))
        weights.append(np.vstack([named[key].T, bias]))
    return layered(sizes, activation or "identity", "identity", weights=weights)


def _natural(key: str) -> list[tuple[int, str]]:
    """layers.2 before layers.10."""
    return [
        (int(part or 0), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", key)
    ]
