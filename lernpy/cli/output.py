"""The one place where the command line prints: harmless text, in signs that the console has.

What comes from a file (names of columns, classes, files) may hold escape sequences; they are shown, not
obeyed. When nobody reads any more (`| head -1`), or the disk under standard output is full, the work
goes on in silence, so that what was learned is still saved; the status says so at the end.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

from lernpy.errors import LernpyError
from lernpy.text import visible

_failed: list[OSError] = []  # what made standard output deaf


def prepare_console() -> None:
    """Let the console show a replaced sign for one that it does not have; what is closed leads nowhere."""
    _failed.clear()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed before we began
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def say(text: object = "", flush: bool = False) -> None:
    """A line (or several) on standard output."""
    _write(text, sys.stdout, flush)


def complain(text: str) -> None:
    """A line on standard error."""
    _write(text, sys.stderr, True)


def _write(text: object, stream: TextIO, flush: bool) -> None:
    if _failed and stream is sys.stdout:
        return
    try:
        print("\n".join(visible(line) for line in str(text).split("\n")), file=stream, flush=flush)
    except OSError as error:
        if stream is sys.stdout:
            _deaf(error)


def is_terminal() -> bool:
    """Whether somebody watches a screen."""
    return not _failed and sys.stdout.isatty()


def finish() -> int:
    """Flush what was printed; 0, or 1 where it could not be written."""
    if not _failed:
        try:
            sys.stdout.flush()
        except OSError as error:
            _deaf(error)
        except ValueError:  # closed
            return 0
    if not _failed:
        return 0
    if isinstance(_failed[0], BrokenPipeError):  # the reader, for example `head`, has seen enough
        return 1
    raise LernpyError(f"standard output: {_failed[0].strerror or _failed[0]}")


def _deaf(error: OSError) -> None:
    """Print no more; what is left in the buffer goes nowhere."""
    _failed.append(error)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
