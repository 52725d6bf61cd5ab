"""Thousands of damaged network files: each ends in a network, or in one sentence that names it."""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from saved import every_feature, state
from strategies import networks

import lernpy
from lernpy import files
from lernpy.errors import FileFormatError, LernpyError
from lernpy.network import Network

VALID = files.to_text(files.to_json(every_feature())).encode()
PACKED = gzip.compress(VALID, mtime=0)


def try_to_load(path: Path, content: bytes) -> bool:
    """Whether it loads; if not, it must say so in one sentence that names the file."""
    path.unlink(missing_ok=True)  # on some disks much faster than writing over it
    path.write_bytes(content)
    try:
        network = lernpy.load(path)
    except LernpyError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        return False
    network.predict(
        [[0.1, 0.2]] if len(network.inputs) == 2 else np.zeros((1, len(network.inputs)))
    )
    again = files.from_json(files.to_json(network))
    assert state(again) == state(network)
    return True


def test_cut_off_anywhere(tmp_path: Path):
    for end in range(0, len(VALID) - 1, 3):  # without its last newline a file is still whole
        assert not try_to_load(tmp_path / "net.json", VALID[:end])
    for end in range(len(PACKED)):
        assert not try_to_load(tmp_path / "net.json.gz", PACKED[:end])


def test_flipped_bits(tmp_path: Path):
    """Two thousand files, each with a few bytes changed; the compressed ones hardly ever load."""
    rng = random.Random(0)
    loaded = 0
    for turn in range(2_000):
        valid = PACKED if turn % 4 == 0 else VALID
        mutant = bytearray(valid)
        for _ in range(rng.choice([1, 1, 2, 5])):
            place = rng.randrange(len(mutant))
            mutant[place] = rng.choice(
                [mutant[place] ^ (1 << rng.randrange(8)), rng.randrange(256)]
            )
        loaded += try_to_load(tmp_path / "net", bytes(mutant))
    assert 0 < loaded < 2_000  # a changed digit is still a number


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.sampled_from(["", "x1", "h", "softmax", "adam", "one", "1e5", "\ud800", "\x00"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON tree but the whole."""
    if at:
        yield at
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        yield from places(inner, (*at, key))


TREE = json.loads(VALID)
PLACES = list(places(TREE))


def mutate(tree: Any, way: tuple[Any, ...], how: str, value: Any, other: tuple[Any, ...]) -> None:
    """Replace, delete, repeat or exchange what stands there; a way that is gone changes nothing."""
    try:
        at, there = tree, tree
        for key in way[:-1]:
            at = at[key]
        for key in other[:-1]:
            there = there[key]
        if how == "replace":
            at[way[-1]] = value
        elif how == "delete":
            del at[way[-1]]
        elif how == "exchange":
            at[way[-1]], there[other[-1]] = there[other[-1]], at[way[-1]]
        elif isinstance(at, list):
            at.append(copy.deepcopy(at[way[-1]]))
        else:
            at[str(value)] = copy.deepcopy(at[way[-1]])
    except (KeyError, IndexError, TypeError):
        pass


@settings(
    max_examples=1_500,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.sampled_from(["replace", "delete", "repeat", "exchange"]),
            json_values,
            st.sampled_from(PLACES),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_thousands_of_mutants(tmp_path: Path, changes: list):
    """Whatever is replaced, left out, repeated or exchanged: a network, or one sentence."""
    tree = copy.deepcopy(TREE)
    for change in changes:
        mutate(tree, *change)

    try_to_load(tmp_path / "net.json", json.dumps(tree).encode("utf-8", "surrogatepass"))


@settings(max_examples=300)
@given(json_values)
def test_any_json_at_all(value: Any):
    with pytest.raises(FileFormatError):
        files.from_json(value)


@given(networks())
def test_to_json_is_plain(network: Network):
    """It passes through JSON and back without a change, as a checkpoint needs it."""
    values = files.to_json(network)

    assert json.loads(json.dumps(values)) == values
    assert json.loads(files.to_text(values)) == values
