"""Arguments of the builders: settings that exist, names in lists, layers that have sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Parameter, signature
from itertools import pairwise
from typing import Any

import numpy as np

from lernpy.checks import is_hashable, is_list
from lernpy.errors import WiringError
from lernpy.network import Network
from lernpy.registry import unknown
from lernpy.text import shown

LONELY = "is alone in its softmax group, whose share is then always 1; take sigmoid"
MOST_LINKS = 100_000_000


def settings(builder: Callable[..., Any], options: dict[str, Any]) -> dict[str, Any]:
    """What goes on to `Network`, or an error with the near miss for a name that is none.

    >>> import lernpy
    >>> settings(lernpy.layered, {"learn_rate": 0.1})
    Traceback (most recent call last):
    lernpy.errors.UnknownNameError: no argument of layered is called 'learn_rate'. \
Did you mean 'learning_rate'? Known: activation, bias, init, l1, l2, learning_rate, loss, \
maths, optimizer, output_activation, seed, sizes, skip, weights
    """
    taken = _names(Network, Parameter.KEYWORD_ONLY)
    for name in options:
        if name not in taken:
            own = _names(builder, Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
            raise unknown(f"argument of {builder.__name__}", name, taken | own)
    return options


@cache
def _names(function: Callable[..., Any], *kinds: Any) -> set[str]:
    return {name for name, one in signature(function).parameters.items() if one.kind in kinds}


def is_softmax(activation: object) -> bool:
    """Whether this asks for a softmax group; an array would compare item by item."""
    return isinstance(activation, str) and activation == "softmax"


def name_list(kind: str, value: Any) -> list[Any]:
    """A list of names (or of a graph's nodes); a word alone would be taken letter by letter."""
    if isinstance(value, str):
        raise WiringError(f"the {kind} are a list of names: write {kind}=[{value!r}]")
    if not is_list(value):
        raise WiringError(f"the {kind} are a list of names, not {shown(value)}")
    items = list(value)
    for name in items:
        if not is_hashable(name):
            raise WiringError(f"the {kind} are a list of names, but one is {shown(name)}")
    return items


def groups(value: Any) -> list[list[Any]]:
    """Softmax groups: a list of lists of names."""
    if not is_list(value):
        raise WiringError(f"softmax is a list of groups of names, not {shown(value)}")
    items = list(value)
    if any(isinstance(group, str) for group in items):
        raise WiringError(f"softmax is a list of groups of names: write softmax=[{items!r:.60}]")
    return [name_list("members of a softmax group", group) for group in items]


def sizes(value: Any, skip: bool = False) -> list[int]:
    """The sizes as whole numbers from 1 on, at least two, and not more than memory can hold."""
    if not is_list(value):
        raise WiringError(f"the layers are a list of sizes such as [2, 3, 1], not {shown(value)}")
    items = list(value)
    if len(items) < 2:
        raise WiringError(f"the layers are {items!r:.60}; give at least inputs and outputs")
    for layer, size in enumerate(items, 1):
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise WiringError(
                f"layer {layer} of {len(items)} has {shown(size)} neurons; "
                "give each layer a whole number of them, at least one"
            )
    whole = [int(size) for size in items]
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
