"""A live lesson: the network of a notebook in the player, and both see what the other does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lernpy import checks
from lernpy.errors import LernpyError, missing
from lernpy.notebook.buttons import Buttons
from lernpy.notebook.learning import Learning
from lernpy.samples import check_network
from lernpy.text import listed

if TYPE_CHECKING:
    from lernpy.network import Network


def live(
    network: Network, data: Any, *, title: str = "", lab: bool = False, **settings: Any
) -> Any:
    """A player of this network in a notebook cell, wired to Python; or the page that learns.

    It shows the lesson that the network is about to have with the next sample. "Learn this sample"
    lets it have that lesson and goes on to the next; "train" runs epochs on the mirror; a click on
    a link lets its weight be set or frozen. All of it happens to `network` itself; what Python does
    to it shows when the cell has run.

    "Reset" goes back to the weights that `network` has now, and to the first sample: the same
    training then repeats itself bit for bit (what was set since, the rate or the loss, stays). For
    a network fresh from its seed these are the draws of that seed; a trained one keeps what it
    knew. To start a trained one anew: ``lernpy.build.draw_weights(network, network.seed)``.

    Parameters
    ----------
    data : a `Dataset`, or a pair of inputs and targets
    lab : the page that learns (`lernpy.player.lab`) instead. It trains a copy; ``network`` of what is
        returned is the page's, bit for bit, as it was when the page stopped, was edited or saved, and
        ``events`` is what happened there. If its ``network`` is set, the page goes on with that one
    settings : of `lernpy.train`, for "train": batch_size, seed, engine, ...; of the page that learns
        batch_size and seed

    Raises
    ------
    LernpyError
        If anywidget is not installed: ``pip install anywidget``.
    """
    check_network(network)
    if checks.yes("lab", lab):
        hosted: Learning | Buttons = _learning(network, data, **settings)
    else:
        hosted = Buttons(network, data, title, **settings)
    try:
        from lernpy.notebook.widget import Laboratory, Player
    except ImportError as error:
        raise missing("live", str(error.name)) from error
    return Laboratory(hosted) if isinstance(hosted, Learning) else Player(hosted)


def _learning(
    network: Network, data: Any, batch_size: Any = None, seed: Any = 0, **others: Any
) -> Learning:
    if others:
        raise LernpyError(
            f"the page that learns takes batch_size and seed, not {listed(others)}; "
            "the rest is set on the page, or in the network"
        )
    return Learning(network, data, batch_size, seed)
