"""The widgets of a live lesson: anywidget hosts the player, or the page that learns; messages go to and fro."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from lernpy import files
from lernpy.errors import LernpyError
from lernpy.network import Network
from lernpy.notebook.buttons import Buttons
from lernpy.notebook.learning import Event, Learning
from lernpy.player.bundle import script
from lernpy.player.looks import style, style_of
from lernpy.samples import check_network


class Player(anywidget.AnyWidget):
    """The player in a notebook, wired to a network. `lernpy.live` makes one."""

    _css = style_of(None)

    trace = traitlets.Unicode().tag(sync=True)
    spots = traitlets.Dict().tag(sync=True)
    theme = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    narration = traitlets.Dict().tag(sync=True)
    beliefs = traitlets.Dict().tag(sync=True)
    labels: Any = traitlets.List().tag(sync=True)
    shell = traitlets.Unicode().tag(sync=True)
    font = traitlets.Float(1.0).tag(sync=True)
    level = traitlets.Int(0).tag(sync=True)
    live = traitlets.Bool(True).tag(sync=True)
    _events: Any = None  # until all is set up, and after it is closed

    def __init__(self, lessons: Buttons) -> None:
        self.lessons = lessons
        self._shown = lessons.state()
        self._esm = script()  # all functions that are in the tables now
        super().__init__(**lessons.traits())
        self.on_msg(self._answer)
        self._events = _events()
        if self._events is not None:
            self._events.register("post_run_cell", self.refresh)

    @property
    def network(self) -> Any:
        return self.lessons.network

    def _answer(self, _: Any, message: Any, buffers: Any) -> None:
        """A button was pressed: every press arrives, none is merged with another."""
        try:
            news = self.lessons.do(message)
        except LernpyError as error:
            news = f"Error: {error}"
        self.refresh()
        self.send({"news": news})

    def close(self) -> None:
        """Let the network go: the page of a closed player shows no more changes."""
        events, self._events = self._events, None
        if events is not None:
            events.unregister("post_run_cell", self.refresh)
        super().close()

    def refresh(self, *_: Any) -> None:
        """Show the network as it is now, if something about it changed."""
        now = self.lessons.state()
        if now != self._shown:
            self._shown = now
            for name, value in self.lessons.traits().items():
                if getattr(self, name) != value:
                    setattr(self, name, value)


class Laboratory(anywidget.AnyWidget):
    """The page that learns in a notebook; Python hears what happens. `lernpy.live` makes one."""

    _css = style("lab")

    trace = traitlets.Unicode().tag(sync=True)
    theme = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    narration = traitlets.Dict().tag(sync=True)
    beliefs = traitlets.Dict().tag(sync=True)
    shell = traitlets.Unicode().tag(sync=True)
    font = traitlets.Float(1.0).tag(sync=True)
    level = traitlets.Int(0).tag(sync=True)
    lab = traitlets.Dict().tag(sync=True)
    hosted = traitlets.Bool(True).tag(sync=True)

    def __init__(self, learning: Learning) -> None:
        self.learning = learning
        self._esm = script(entry="lab/page", maths=learning.network.maths)
        super().__init__(**learning.traits)
        self.on_msg(self._hear)

    @property
    def network(self) -> Network:
        """The network as the page told it last: when it stopped, was edited or saved.

        If it is set, the page goes on with that one.
        """
        return self.learning.network

    @network.setter
    def network(self, network: Network) -> None:
        check_network(network)
        self.send({"file": files.to_text(files.to_json(network))})

    @property
    def events(self) -> list[Event]:
        """What happened on the page, the last 1,000."""
        return self.learning.events

    def _hear(self, _: Any, message: Any, buffers: Any) -> None:
        try:
            self.learning.hear(message)
        except LernpyError as error:
            self.send({"news": f"Python refused that: {error}"})


def _events() -> Any:
    """What tells, in IPython, that a cell has run; None elsewhere."""
    from IPython import get_ipython

    shell = get_ipython()
    return None if shell is None else shell.events
