"""Compiled code, made once for each user: kept in this process and in a folder on the disk.

What lies on the disk is used only if it is whole: each file begins with a checksum of its name and of
the rest. Anything else is compiled anew and written over.
"""

from __future__ import annotations
import __future__

import hashlib
import json
import math
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from lernpy._version import __version__
from lernpy.engine.jit.machine import compiler, scalars
from lernpy.engine.jit.machine.compiler import MachineCode
from lernpy.errors import LernpyError
from lernpy.functions.maths import TINY
from lernpy.storage import write_bytes

MOST_KEPT = 500  # files; the oldest go first
LARGEST = 1 << 24  # bytes of a file
NAMES = {  # what printed text may call
    "math": math,
    "TINY": TINY,
    "strict": compiler.strict,
    "distinct": compiler.distinct,
    "call": compiler.call,
    "exp_": scalars.exp_,
    "tanh_of_half_": scalars.tanh_of_half_,
    "half_of_1_and_tanh_of_half_": scalars.half_of_1_and_tanh_of_half_,
}
_anew: list[str] = []  # what had to be compiled in this process
_codes: dict[str, MachineCode] = {}
_spaces: dict[str, dict[str, Any]] = {}
_lock = threading.RLock()

# ---- in this process -----------------------------------------------------------------------------


def kernel(function: Callable[..., Any], kind: str) -> MachineCode:
    """A function of this library, compiled for numbers of that kind; parts may be asked for, too.

    It may be made in another that holds whole numbers: to the compiler they are constants.
    """
    function = getattr(function, "py_func", function)
    held = [int(cell.cell_contents) for cell in function.__closure__ or ()]
    return _code(f"{function.__module__}.{function.__qualname__} {held}", function, kind, kept=True)


def printed(
    text: str,
    name: str,
    kind: str,
    own: Mapping[str, Callable[..., Any]],
    exact: bool = False,
) -> MachineCode:
    """A function of a printed text, compiled for numbers of that kind.

    `own` : functions of the user's; with any of them in the text nothing is kept on the disk
    `exact` : rounded as it stands, no product and sum as one
    """
    own = {name: function for name, function in own.items() if f"{name}(" in text}
    key = " ".join([_digest(text), *map(essence, own.values())])
    with _lock:
        if key not in _spaces:
            _spaces[key] = _space(key, text, own)
        return _code(f"{key} {name}", _spaces[key][name], kind, not own, exact)


def essence(function: Callable[..., Any]) -> str:
    """What tells a function from another: its code, and what that finds around it when it is compiled."""
    code: Any = getattr(function, "__code__", None)
    if code is None:
        return str(id(function))
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    around = getattr(function, "__globals__", {})
    globals_ = [around[name] for name in code.co_names if name in around]
    near = [*cells, *globals_, *(getattr(function, "__defaults__", None) or ())]
    numbers = int, float, str, np.number, np.bool_, type(None)
    texts = (repr(thing) if isinstance(thing, numbers) else str(id(thing)) for thing in near)
    return " ".join([str(id(code)), *texts])


def _code(
    key: str, function: Callable[..., Any], kind: str, kept: bool, exact: bool = False
) -> MachineCode:
    key = f"{key} {kind}{' exact' if exact else ''}"
    with _lock:
        if key not in _codes:
            _codes[key] = (_from_disk if kept else _compiled)(key, function, kind, exact)
        return _codes[key]


def _compiled(key: str, function: Callable[..., Any], kind: str, exact: bool) -> MachineCode:
    _anew.append(key)
    return compiler.compiled(function, kind, exact)


def compilations() -> int:
    """How many functions had to be compiled in this process."""
    return len(_anew)


def _space(key: str, text: str, own: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """The functions of a printed text, as Python has them."""
    name = f"lernpy printed {_digest(key)[:24]}"
    module = sys.modules[name] = ModuleType(name)  # numba looks there
    functions = {name: compiler.own(function) for name, function in own.items()}
    module.__dict__.update(NAMES, **functions)
    code = compile(text, f"<{name}>", "exec", flags=__future__.annotations.compiler_flag)
    exec(code, module.__dict__)
    module.__dict__["own functions"] = list(own.values())  # alive as long as their ids are in a key
    return module.__dict__


# ---- on the disk ---------------------------------------------------------------------------------


def _from_disk(key: str, function: Callable[..., Any], kind: str, exact: bool) -> MachineCode:
    name = _digest(f"{key} {fingerprint()}")[:32]
    folder = usable_folder()
    pack = stored(folder / name) if folder else None
    if pack is not None:
        return compiler.unpacked(function, kind, pack)
    code = _compiled(key, function, kind, exact)
    if folder:
        store(folder / name, compiler.packed(code))
    return code


def stored(path: Path) -> tuple[str, str, bytes, bytes] | None:
    """What `write` left there; None if it is not that to the last bit."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        checksum, content = (data := path.read_bytes())[:32], data[32:]
    except OSError:
        return None
    if checksum != _checksum(path, content):
        return None
    head, rest = content.split(b"\n", 1)
    name, symbol, size = json.loads(head)
    return name, symbol, rest[:size], rest[size:]


def store(path: Path, pack: tuple[str, str, bytes, bytes]) -> None:
    """Keeps compiled code for later processes; where there is no room, each compiles its own."""
    name, symbol, instructions, text = pack
    head = json.dumps([name, symbol, len(instructions)]).encode()
    content = b"\n".join([head, instructions + text])
    try:
        write_bytes(path, _checksum(path, content) + content)
        _make_room(path.parent)
    except (OSError, LernpyError):
        pass


def _checksum(path: Path, content: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + content).digest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def fingerprint(room: Path = Path(__file__).parents[1]) -> str:
    """All that compiled code depends on but its own text: this room, versions, a constant, the machine."""
    texts = [path.read_text("utf-8") for path in sorted(room.rglob("*.py"))]
    versions = [__version__, compiler.VERSION, compiler.target(), str(TINY)]
    return _digest("|".join([*versions, *texts]))


def cache_folder() -> Path:
    """Where kept things lie: the environment's LERNPY_CACHE, or what the system has for that."""
    chosen = os.environ.get("LERNPY_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "lernpy"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lernpy"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lernpy"


def usable_folder() -> Path | None:
    """A folder of the user's own that can be written; what lies in somebody else's is not ours to run."""
    for folder in (cache_folder() / "jit", Path(tempfile.gettempdir()) / f"lernpy-{_user()}"):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder.stat().st_uid == _user() and os.access(folder, os.W_OK):
                return folder
        except OSError:
            continue
    return None


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _make_room(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]  # also those of older versions
    files.sort(key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
