"""Compiled code that is kept: modules of text in the user's cache folder, with what numba makes of them."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from lernpy._version import __version__
from lernpy.engine.jit import machine
from lernpy.engine.jit.entries import essence
from lernpy.errors import LernpyError
from lernpy.functions.maths import TINY
from lernpy.storage import write_text

MOST_KEPT = 200  # modules; the oldest go first
_modules: dict[str, dict[str, Any]] = {}
_lock = threading.Lock()
_names: dict[str, Any] = {}


def folder() -> Path:
    """Where compiled code lies: the environment's LERNPY_CACHE, or the system's place for such things."""
    chosen = os.environ.get("LERNPY_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "lernpy"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lernpy"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lernpy"


def load(text: str, own: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """The functions of a generated module; compiled when first used, at most once for each user.

    `own` : functions that go along; with any of them nothing is kept on the disk
    """
    digest = hashlib.sha256((text + fingerprint()).encode()).hexdigest()[:24]
    key = " ".join([digest, *map(essence, own.values())])
    with _lock:
        if key not in _modules:
            _modules[key] = _module(digest, text, own)
        return _modules[key]


def _module(digest: str, text: str, own: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    if not _names:
        _names.update(machine.names())
    path = None if own else _written(digest, text)
    functions = {name: machine.compiled(function) for name, function in own.items()}
    module = sys.modules[f"lernpy_{digest}"] = ModuleType(f"lernpy_{digest}")  # numba looks there
    space = module.__dict__
    space.update(_names, **functions, CACHE=path is not None)
    code = compile(text, str(path or f"<lernpy {digest}>"), "exec")
    try:
        exec(code, space)
    except OSError:  # a full disk: then it is compiled in each process
        space["CACHE"] = False
        exec(code, space)
    space["own functions"] = list(own.values())  # alive as long as their ids are in the key
    return space


@cache
def fingerprint(folder: Path = Path(machine.__file__).parent) -> str:
    """All but its own text that compiled code depends on: versions, a constant, what `machine` says."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.py"))]
    return "|".join([__version__, machine.VERSION, str(TINY), *texts])


def _written(digest: str, text: str) -> Path | None:
    """The file that numba keeps its results beside; None where there is no room for it."""
    for place in (folder() / "jit", Path(tempfile.gettempdir()) / f"lernpy-{_user()}"):
        path = place / f"lernpy_{digest}.py"
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place.stat().st_uid != _user() or not os.access(place, os.W_OK):
                continue  # what lies in somebody else's folder is not ours to run; numba wants to write
            if not path.exists() or path.read_text("utf-8") != text:
                write_text(path, text)
                _make_room(place)
            return path
        except (OSError, LernpyError, UnicodeDecodeError):
            continue
    return None


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _make_room(place: Path) -> None:
    modules = sorted(place.glob("lernpy_*.py"), key=lambda path: path.stat().st_mtime)
    for path in modules[:-MOST_KEPT]:
        for kept in [path, *(place / "__pycache__").glob(f"{path.stem}*")]:
            kept.unlink(missing_ok=True)
