"""A training run once more: a copy of the network that starts anew and learns as the network did."""

from __future__ import annotations

from typing import Any

from lernpy.build import draw_weights
from lernpy.network import Network
from lernpy.training.run import Run, epochs

SETTINGS = (
    "batch_size",
    "schedule",
    "shuffle",
    "validation",
    "early_stop",
    "class_weights",
    "scale",
    "dtype",
)


def rerun(network: Network, data: Any, count: int | None = None) -> Run:
    """The run that trained the network, as its card describes it, before its first epoch.

    Parameters
    ----------
    count : epochs (None: as many as before, or 100)

    Returns
    -------
    A run whose `network` is a copy with fresh weights, drawn from the network's seed.

    >>> import lernpy
    >>> net = lernpy.layered([2, 3, 1], seed=0)
    >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> history = lernpy.train(net, xor, epochs=9, seed=0)
    >>> rerun(net, xor).finish().loss == history.loss
    True
    """
    twin = network.copy()
    draw_weights(twin, 0 if network.seed is None else network.seed)
    card = network.card.training if network.card else {}
    settings: dict[str, Any] = {key: card[key] for key in SETTINGS if key in card}
    if settings.get("schedule") == "own":
        del settings["schedule"]
    seed = card.get("seed", network.seed)
    return epochs(twin, data, count or card.get("epochs") or 100, seed=seed or 0, **settings)
