"""What a page that learns tells Python: its network, and what happened."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from lernpy import checks, files
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.player.laboratory import MOST_LINKS, lab_traits
from lernpy.text import counted, shown

KINDS = ("run", "stop", "step", "edit", "save")  # with a network: all but run and step
MOST_TEXT = 4_000_000  # characters of one network
MOST_HEARD = 1000  # events that are kept
MOST_WORDS = 200  # characters of where a lesson stands


class Event(NamedTuple):
    """What happened on the page: `where` is the step of a lesson that stands still."""

    kind: str
    epoch: int
    loss: float | None
    where: str


class Learning:
    """The network of a page that learns, as Python hears of it. Knows no notebook.

    network : as the page told it last, weights bit for bit; what the page trains is never the
        network that it was given, which stays as it is
    events : what happened, the last 1,000

    >>> import lernpy
    >>> learning = Learning(lernpy.layered([2, 3, 1], seed=0), lernpy.data.load("xor"))
    >>> learning.hear({"kind": "run", "epoch": 3, "loss": 0.25})
    >>> learning.events[-1]
    Event(kind='run', epoch=3, loss=0.25, where='')
    """

    def __init__(
        self, network: Network, data: Any, batch_size: int | None = None, seed: int = 0
    ) -> None:
        self.traits, self.network = lab_traits(network, data, batch_size, seed)
        self.events: list[Event] = []

    def hear(self, message: Any) -> None:
        """What the page sends. Nothing of it is taken unless all of it is sound.

        Raises
        ------
        LernpyError
            If it is no such message, or too large, or its network is none.
        """
        fields = dict(message) if isinstance(message, dict) else {}
        kind = fields.get("kind")
        if kind not in KINDS or set(fields) - {"kind", "epoch", "loss", "where", "file"}:
            raise LernpyError(f"the page told something unknown: {shown(message)}")
        where = checks.text("step", fields.get("where", ""))[:MOST_WORDS]
        epoch = checks.whole("epoch", fields.get("epoch"), 0)
        loss = fields.get("loss")
        loss = None if loss is None else checks.finite("loss", loss)
        if "file" in fields:
            self.network = self._read(fields["file"])
        self.events = [*self.events, Event(kind, epoch, loss, where)][-MOST_HEARD:]

    def _read(self, text: Any) -> Network:
        text = checks.text("network", text)
        if len(text) > MOST_TEXT:
            raise LernpyError(
                f"the page's network is {len(text):,} characters; at most {MOST_TEXT:,} are read"
            )
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise LernpyError(f"the page's network is no JSON: {error}") from error
        network = files.from_json(values, "the page's network")
        if len(network.links) > MOST_LINKS:
            raise LernpyError(
                f"the page's network has {counted(len(network.links), 'link')}; "
                f"at most {MOST_LINKS:,} are read"
            )
        return network
