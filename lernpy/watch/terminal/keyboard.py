"""The stepper in a terminal: keys are read, screens are drawn, the terminal is left as it was."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from lernpy.watch.conditions import as_condition
from lernpy.watch.narration.spans import as_one
from lernpy.watch.terminal.characters import to_ascii
from lernpy.watch.terminal.session import Session
from lernpy.watch.timeline import known_level, usual_level
from lernpy.watch.trace import Trace

ENTER = "\x1b[?1049h\x1b[?25l"  # another screen, no cursor
LEAVE = "\x1b[0m\x1b[?25h\x1b[?1049l"
POLL = 0.2  # seconds after which we look whether the window has another size
PAUSE = 0.05  # seconds within which the rest of an escape sequence comes

KEY = re.compile(r"\x1b[\[O](.*?)([^\W\d_]|~|.\Z)|.", re.S)  # an escape sequence, or a letter
UNFINISHED = re.compile(rb"\x1b(O|\[[^A-Za-z~]*)?\Z")  # a sequence that is cut off
ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
NUMBERED = {"1": "home", "4": "end", "5": "page up", "6": "page down", "7": "home", "8": "end"}
CONTROLS = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace",
            "\x03": "ctrl c", "\x04": "ctrl d", "\x1b": "escape"}  # fmt: skip
WINDOWS = {"H": "up", "P": "down", "K": "left", "M": "right", "G": "home", "O": "end",
           "I": "page up", "Q": "page down"}  # fmt: skip


def run(
    trace: Trace,
    *,
    ascii: bool = False,
    colour: bool = True,
    level: str | None = None,
    until: str | None = None,
    output: TextIO | None = None,
) -> None:
    """Step through a trace, from where its cursor is.

    In a terminal: draw, wait for a key, draw again, until q, Escape or Ctrl-C. Else: print every
    recorded step (or move of `level`) as one line; with `until`, up to where that condition holds.

    Parameters
    ----------
    ascii : draw with ASCII characters alone (so it is where the output knows no others)
    colour : use colours (not where NO_COLOR is set)
    level : how far one move goes at first; unless given, by the number of steps of a lesson
    until : run to this condition first (text as in `parse_condition`); Space runs on to the next
    """
    stream = sys.stdout if output is None else output
    ascii = ascii or not _unicode(stream)
    condition = as_condition(until, trace.structure) if until else None
    if not _interactive(stream):
        for steps in trace.moves("link" if level is None else known_level(level)):
            line = as_one(steps).line
            print(to_ascii(line) if ascii else line, file=stream)
            if condition and any(map(condition, steps)):
                break
        return
    usual = usual_level(len(trace) // max(trace.samples, 1))
    session = Session(trace, usual if level is None else known_level(level), until)
    if condition and trace.until(condition) is None:
        session.message = f"{until}: does not happen"
    colour = colour and not os.environ.get("NO_COLOR")
    with contextlib.suppress(KeyboardInterrupt):
        _loop(session, stream, ascii, colour)


def _interactive(stream: TextIO | None) -> bool:
    both = (stream, sys.stdin)  # None where it is closed
    return os.environ.get("TERM") != "dumb" and all(one and one.isatty() for one in both)


def _unicode(stream: TextIO) -> bool:
    try:
        "×δ→▁▶╲".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _loop(session: Session, stream: TextIO, ascii: bool, colour: bool) -> None:
    with _keyboard() as read, _screen(stream):
        drawn = None
        while not session.over:
            size = shutil.get_terminal_size()
            if drawn != size:
                _draw(session, stream, size, ascii, colour)
                drawn = size
            key = read(POLL)
            while key is not None and not session.over:  # several may be waiting
                session.press(key)
                drawn, key = None, read(0)


def _draw(
    session: Session, stream: TextIO, size: os.terminal_size, ascii: bool, colour: bool
) -> None:
    canvas = session.screen(max(size.columns - 1, 1), size.lines, ascii)
    text = canvas.ansi(ascii) if colour else canvas.text(ascii)
    lines = text.split("\n")[: size.lines]
    stream.write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")
    stream.flush()


@contextlib.contextmanager
def _screen(stream: TextIO) -> Iterator[None]:
    """A screen of our own; the old one comes back whatever happens."""
    stream.write(ENTER)
    try:
        yield
    finally:
        stream.write(LEAVE)
        stream.flush()


# ---- keys ---------------------------------------------------------------------------------------

Read = Callable[[float], str | None]


@contextlib.contextmanager
def _keyboard() -> Iterator[Read]:
    """A function that waits so many seconds for a key and gives its name."""
    if sys.platform == "win32":
        yield _windows_key
    else:
        with _posix_keyboard() as read:
            yield read


if sys.platform == "win32":  # pragma: no cover
    import msvcrt
    import time

    def _windows_key(seconds: float) -> str | None:
        end = time.monotonic() + seconds
        while not msvcrt.kbhit():
            if time.monotonic() >= end:
                return None
            time.sleep(0.01)
        letter = msvcrt.getwch()
        if letter in "\x00\xe0":
            return WINDOWS.get(msvcrt.getwch(), "unknown")
        return CONTROLS.get(letter, letter)

else:
    import select
    import signal
    import termios
    import tty

    @contextlib.contextmanager
    def _posix_keyboard() -> Iterator[Read]:
        """Keys one by one, without echo; suspended and resumed as the shell wants it."""
        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
        buffer: list[str] = []

        def read(seconds: float) -> str | None:
            if not buffer:
                if not select.select([fd], [], [], seconds)[0]:
                    return None
                buffer.extend(keys_of(_characters(fd)))
            return buffer.pop(0) if buffer else None

        def suspend(number: int, frame: Any) -> None:
            sys.stdout.write(LEAVE)
            sys.stdout.flush()
            termios.tcsetattr(fd, termios.TCSADRAIN, before)
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, suspend)
            tty.setcbreak(fd)
            sys.stdout.write(ENTER)
            buffer.append("resumed")  # a key that does nothing, but draws

        try:
            tty.setcbreak(fd)
            with _handler(signal.SIGTSTP, suspend):
                yield read
        finally:
            termios.tcsetattr(fd, termios.TCSADRAIN, before)

    @contextlib.contextmanager
    def _handler(number: int, function: Callable[[int, Any], None]) -> Iterator[None]:
        """A signal handler for a while; only the main thread may have one."""
        try:
            old = signal.signal(number, function)
        except ValueError:
            yield
            return
        try:
            yield
        finally:
            signal.signal(number, old)

    def _characters(fd: int) -> str:
        """What has come; an escape sequence or a letter cut in two is waited for."""
        data = os.read(fd, 1024)
        if not data:
            return "q"  # the terminal is gone
        while UNFINISHED.search(data) and select.select([fd], [], [], PAUSE)[0]:
            more = os.read(fd, 1024)
            if not more:
                break
            data += more
        return data.decode("utf-8", "replace")


def keys_of(text: str) -> list[str]:
    """The names of the keys in what a terminal sends.

    >>> keys_of("\\x1b[C\\x1bOD\\x1b[1;2C\\x1b[5~a\\x1b")
    ['right', 'left', 'shift right', 'page up', 'a', 'escape']
    """
    return [_key(match) for match in KEY.finditer(text)]


def _key(match: re.Match[str]) -> str:
    """The name of one key: a letter, or what ends an escape sequence and stands before its end."""
    numbers, end = match.groups()
    if end is None:
        return CONTROLS.get(match[0], match[0])
    first, _, modifier = numbers.partition(";")
    key = NUMBERED.get(first) if end == "~" else ARROWS.get(end)
    if key is None:
        return "unknown"
    return f"shift {key}" if modifier in ("2", "4", "6") else key
