"""What a key does to the session. Pure: keys come in by name, nothing is read or printed."""

from __future__ import annotations

from lernpy.errors import LernpyError
from lernpy.link import Link
from lernpy.neuron import Neuron
from lernpy.watch.paths import paths
from lernpy.watch.terminal.characters import Canvas
from lernpy.watch.terminal.screen import screen_text
from lernpy.watch.timeline import LEVELS
from lernpy.watch.trace import Trace

MOVES = {
    "right": ("forward", ""),
    "left": ("back", ""),
    "shift right": ("forward", "generation"),
    "shift left": ("back", "generation"),
    "page down": ("forward", ""),  # a clicker's keys
    "page up": ("back", ""),
}
ASK = "run until: "


class Session:
    """A trace and what the screen shows of it; `press` a key, then `screen`.

    >>> import lernpy
    >>> network = lernpy.build.by_hand()
    >>> session = Session(lernpy.Trace.record(lernpy.slow_motion(network, [1], [1])))
    >>> session.press("home"); session.press("right"); session.press("shift right")
    >>> session.trace.cursor
    2
    """

    def __init__(self, trace: Trace, level: str = "link", until: str | None = None) -> None:
        self.trace = trace
        self.level = level
        self.over = False
        self.message = ""
        self.help = False
        self.typed: str | None = None  # what was typed so far after /
        self.path = -1  # which path of blame was told last
        self.condition = until or ""

    def press(self, key: str) -> None:
        """Do what a key means; unknown keys do nothing."""
        self.message = ""
        if key not in ("w", "W"):
            self.path = -1
        if key == "ctrl c":
            self.over = True
        elif self.typed is not None:
            self._type(key)
        elif self.help:
            self.help = False
        else:
            self._act(key)

    def _act(self, key: str) -> None:
        if key in MOVES:
            self._move(*MOVES[key])
        elif key in ("up", "down"):
            index = LEVELS.index(self.level) + (1 if key == "up" else -1)
            self.level = LEVELS[min(max(index, 0), len(LEVELS) - 1)]
        elif key == "home":
            self.trace.goto(0)
        elif key == "end":
            self.trace.goto(-1)
        elif key in (" ", "backspace"):
            self._until(back=key == "backspace")
        elif key == "/":
            self.typed = ""
        elif key in ("w", "W"):
            self._blame()
        elif key == "?":
            self.help = True
        elif key in ("q", "Q", "escape", "ctrl d"):
            self.over = True

    def _move(self, direction: str, level: str) -> None:
        before = self.trace.cursor
        getattr(self.trace, direction)(level or self.level)
        if self.trace.cursor == before:
            self.message = "this is the end" if direction == "forward" else "this is the start"

    def _type(self, key: str) -> None:
        """A line of text: the condition to run to."""
        typed = self.typed or ""
        if key == "escape":
            self.typed = None
        elif key == "enter":
            self.typed = None
            self.condition = typed.strip() or self.condition
            self._until()
        elif key == "backspace":
            self.typed = typed[:-1]
        elif len(key) == 1 and key.isprintable():
            self.typed = typed + key

    def _until(self, back: bool = False) -> None:
        texts = [self.condition] if self.condition else self.trace.breakpoints
        if not texts:
            self.message = "no condition yet: press / and type one, for example h1 or sign-flip"
            return
        try:
            if self.trace.until(texts, back=back) is None:
                where = "before this" if back else "up to the end"
                self.message = f"{' or '.join(texts)}: does not happen {where}"
        except LernpyError as error:
            self.message = str(error)

    def _blame(self) -> None:
        """Whose fault? The next heaviest path of blame to the neuron in question."""
        part = self.trace.step.part if self.trace.step else None
        end = part.input_neuron if isinstance(part, Link) else part
        start = (end if isinstance(end, Neuron) else next(iter(self.trace.structure.outputs))).name
        recording = self.trace.recording()
        recording.seek(self.trace.cursor)
        try:
            known = paths(recording.network, start)
        except LernpyError:
            self.message = "whose fault? Not yet: blame comes on the way back"
            return
        self.path = (self.path + 1) % max(len(known), 1)
        self.message = str(known[self.path]) if len(known) else f"no path leads on from {start}"

    def screen(self, width: int, height: int, ascii: bool = False) -> Canvas:
        """What there is to see now."""
        message = self.message if self.typed is None else f"{ASK}{self.typed}_"
        return screen_text(
            self.trace,
            width,
            height,
            level=self.level,
            message=message,
            help=self.help,
            ascii=ascii,
        )
