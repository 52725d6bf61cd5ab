"""A program driven through a pseudo-terminal: keys go in, the screen is read as people see it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ARROWS = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
OTHERS = {
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "tab": "\t",
    "backspace": "\x7f",
    "page up": "\x1b[5~",
    "page down": "\x1b[6~",
    "ctrl c": "\x03",
    "shift right": "\x1b[1;2C",
    "shift left": "\x1b[1;2D",
    "shift up": "\x1b[1;2A",
    "shift down": "\x1b[1;2B",
}
APPLICATION_KEYS = 1 << 5  # how pyte notes private mode 1: the arrows then are ESC O x
CALLERS = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "PYTHONUNBUFFERED")
STILL = 0.06  # seconds without output after which a screen counts as finished


class Terminal:
    """A terminal of `columns` x `rows` in which `command` runs.

    ``python`` as the first word of the command is the Python that runs the tests.
    """

    def __init__(
        self,
        command: list[str],
        columns: int = 100,
        rows: int = 30,
        environment: dict[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        import pexpect
        import pyte

        self._quiet, self._over = pexpect.TIMEOUT, pexpect.EOF
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""  # all that the program wrote, escape sequences included
        program = sys.executable if command[0] == "python" else command[0]
        inherited = {name: v for name, v in os.environ.items() if name not in CALLERS}
        fixed = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
        self.child: Any = pexpect.spawn(
            program,
            list(command[1:]),
            env={**inherited, **fixed, **(environment or {})},
            cwd=None if cwd is None else os.fspath(cwd),
            dimensions=(rows, columns),
            encoding=None,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # also in the background
        )
        self.child.delaybeforesend = None

    @property
    def lines(self) -> list[str]:
        """The rows of the screen, without the blanks at their ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as one text, without the empty rows at its end."""
        return "\n".join(self.lines).rstrip()

    def press(self, *keys: str) -> None:
        """Press keys by name (``"left"``, ``"page down"``, ``"ctrl c"``) or by the character."""
        for key in keys:
            self.child.send(self._code(key).encode())

    def _code(self, key: str) -> str:
        if key in ARROWS:
            return ("\x1bO" if APPLICATION_KEYS in self.screen.mode else "\x1b[") + ARROWS[key]
        return OTHERS.get(key, key)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def wait(self, wanted: str | Callable[[Terminal], object], timeout: float = 20) -> None:
        """Read on until the screen shows `wanted` (or `wanted(self)` holds) and is still."""

        def holds() -> bool:
            return wanted in self.text if isinstance(wanted, str) else bool(wanted(self))

        end = time.monotonic() + timeout
        over = False
        while not over and time.monotonic() < end:
            over = self._read(0.05) is None
            if holds() and not self._read(STILL) and holds():
                return
        why = "the program ended" if over else f"{timeout:g} s passed"
        raise AssertionError(f"{why}, and the screen does not show {wanted}:\n{self.text}")

    def finish(self, timeout: float = 20) -> int:
        """Read to the end of the program; its exit status (minus the signal that killed it)."""
        end = time.monotonic() + timeout
        while self._read(0.1) is not None:
            if time.monotonic() > end:
                raise AssertionError(f"the program does not end:\n{self.text}")
        self.child.wait()
        return -self.child.signalstatus if self.child.signalstatus else self.child.exitstatus

    def _read(self, seconds: float) -> bool | None:
        """Whether something came within `seconds`; None when the program has ended."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except self._quiet:
            return False
        except self._over:
            return None
        self.raw += data
        self._stream.feed(data)
        return True

    def close(self) -> None:
        self.child.close(force=True)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """``terminal(["python", "-m", "lernpy", ...])`` starts a program; it ends with the test."""
    pytest.importorskip("pexpect", reason="no pexpect here (pip install pexpect)")
    pytest.importorskip("pyte", reason="no pyte here (pip install pyte)")
    if sys.platform == "win32":
        pytest.skip("pexpect has no pseudo-terminal on Windows")
    started: list[Terminal] = []

    def start(command: list[str], **options: Any) -> Terminal:
        started.append(Terminal(command, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()
