"""What the builders are given: settings that exist, names in lists, layers that have sizes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from inspect import Parameter, signature
from itertools import pairwise
from typing import Any

import numpy as np

from lernpy.checks import wrong_name
from lernpy.errors import WiringError
from lernpy.network import Network
from lernpy.registry import unknown

MOST_LINKS = 100_000_000


def settings(builder: Callable[..., Network], given: dict[str, Any]) -> dict[str, Any]:
    """What goes on to `Network`, or an error with the near miss for a name that is none.

    >>> import lernpy
    >>> settings(lernpy.layered, {"learn_rate": 0.1})
    Traceback (most recent call last):
    lernpy.errors.UnknownNameError: no argument of layered is called 'learn_rate'. \
Did you mean 'learning_rate'? Known: activation, bias, init, l1, l2, learning_rate, loss, \
optimizer, output_activation, seed, sizes, skip
    """
    taken = _names(Network, Parameter.KEYWORD_ONLY)
    for name in given:
        if name not in taken:
            own = _names(builder, Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
            raise unknown(f"argument of {builder.__name__}", name, taken | own)
    return given


@cache
def _names(function: Callable[..., Any], *kinds: Any) -> set[str]:
    return {name for name, one in signature(function).parameters.items() if one.kind in kinds}


def check_names(names: Iterable[object]) -> None:
    """Refuse names of neurons that nobody could read: empty, endless, with invisible characters."""
    for name in names:
        if wrong := wrong_name(name):
            raise WiringError(f"the name of a neuron {wrong}")


def names(kind: str, given: Any) -> list[Any]:
    """A list of names (or of a graph's nodes); a word alone would be taken letter by letter."""
    if isinstance(given, str):
        raise WiringError(f"the {kind} are a list of names: write {kind}=[{given!r}]")
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise WiringError(f"the {kind} are a list of names, not {given!r:.60}")
    found = list(given)
    for name in found:
        if not isinstance(name, Hashable):
            raise WiringError(f"the {kind} are a list of names, but one is {name!r:.60}")
    return found


def groups(given: Any) -> list[list[Any]]:
    """Softmax groups: a list of lists of names."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise WiringError(f"softmax is a list of groups of names, not {given!r:.60}")
    found = list(given)
    if any(isinstance(group, str) for group in found):
        raise WiringError(f"softmax is a list of groups of names: write softmax=[{found!r:.60}]")
    return [names("members of a softmax group", group) for group in found]


def sizes(given: Any, skip: bool = False) -> list[int]:
    """The sizes as whole numbers from 1 on, at least two, and not more than memory can hold."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise WiringError(f"the layers are a list of sizes such as [2, 3, 1], not {given!r:.60}")
    found = list(given)
    if len(found) < 2:
        raise WiringError(f"the layers are {found}; give at least inputs and outputs")
    for place, size in enumerate(found, 1):
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise WiringError(
                f"layer {place} of {len(found)} has {size!r:.60} neurons; "
                "give each layer a whole number of them, at least one"
            )
    whole = [int(size) for size in found]
    links = _count_links(whole, skip)
    if links > MOST_LINKS:
        raise WiringError(
            f"these layers would have {links:,} links of about 440 bytes each; "
            f"at most {MOST_LINKS:,} can be built: take smaller layers"
        )
    return whole


def _count_links(sizes: list[int], skip: bool) -> int:
    """How many links the layers have, without those of the bias."""
    if skip:  # all pairs, less those within a layer
        return (sum(sizes) ** 2 - sum(size * size for size in sizes)) // 2
    return sum(source * target for source, target in pairwise(sizes))
