"""How many threads NumPy's matrix products use: one for small nets, all for large ones.

Two threads help only where a product is large; below that they wait for each other. The number
belongs to the whole process, so it is lowered while an engine runs and put back afterwards. Another
BLAS than OpenBLAS is left alone.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

NAMES = tuple(
    prefix + "openblas_{}_num_threads" + suffix
    for prefix in ("scipy_", "")
    for suffix in ("64_", "")
)

_lock = Lock()
_wishes: list[int] = []
_before = 0


@cache
def opened() -> list[ctypes.CDLL]:
    """Each OpenBLAS in this process, as threadpoolctl finds it (usually the one that NumPy came with).

    Its own way of setting the number is not taken: there, one thread of Python decides for all.
    """
    from threadpoolctl import ThreadpoolController

    libraries = ThreadpoolController().lib_controllers
    return [library.dynlib for library in libraries if library.internal_api == "openblas"]


def symbol(name: str) -> Any:
    """A function of that library, or None."""
    return next((getattr(file, name) for file in opened() if hasattr(file, name)), None)


@cache
def openblas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """The functions that read and set the number of threads."""
    for name in NAMES:
        read, write = symbol(name.format("get")), symbol(name.format("set"))
        if read and write:
            return read, write
    return None


def available() -> int:
    """How many threads there could be: the processor's, or what the environment allows."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").isdigit():
            return max(1, int(os.environ[name]))
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextmanager
def threads(count: int) -> Iterator[None]:
    """At most so many threads within; of several engines at work the most modest decides."""
    functions = openblas()
    if not functions or count >= available():
        yield
        return
    _enter(functions, count)
    try:
        yield
    finally:
        _leave(functions, count)


def _enter(functions: tuple[Callable[[], int], Callable[[int], None]], count: int) -> None:
    global _before
    with _lock:
        if not _wishes:
            _before = functions[0]()
        _wishes.append(count)
        functions[1](min(_wishes))


def _leave(functions: tuple[Callable[[], int], Callable[[int], None]], count: int) -> None:
    with _lock:
        if count in _wishes:  # a forked child has forgotten them
            _wishes.remove(count)
        functions[1](min(_wishes, default=_before))


def _after_fork() -> None:
    """A child has the one thread that forked; nobody else's wishes hold there."""
    global _lock
    _lock = Lock()
    if _wishes and (functions := openblas()):
        _wishes.clear()
        functions[1](_before)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
