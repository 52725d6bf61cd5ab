"""Files that are never half-written: atomic writes, gzip by ending, JSON of bounded size."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import IO, Any

from lernpy.errors import FileFormatError, LernpyError

LARGEST = 1 << 30  # bytes, unpacked: more than that is no file of ours
MOST_VALUES = 50_000_000  # in a JSON file: five million links with adam's memory have fewer
MAGIC = b"\x1f\x8b"
CHUNK = 1 << 22  # bytes that are read at once


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all: a kill at any moment leaves the old file or the new one.

    The content goes into a temporary file in the same folder, is flushed to the disk, and takes
    the name by a rename. A link to a file stays a link; a device or a pipe is written to as it is.
    A name that ends in ``.gz`` is compressed (with no time stamp, so that equal content gives
    equal bytes).
    """
    check_place(path)
    path = Path(path)
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except (OSError, ValueError) as error:
        raise LernpyError(f"{path} could not be written: {_reason(error)}") from error


def check_place(path: str | os.PathLike[str]) -> None:
    """Whether a file may come here, before the work of which it shall tell.

    Raises
    ------
    LernpyError
        If the name is that of a folder, or its folder does not exist or may not be changed.
    """
    path = _path(path)
    if os.path.isdir(path):  # unlike Path's own, it raises nothing
        raise LernpyError(f"{path} is a folder; name a file in it")
    if not os.path.isdir(path.parent):
        raise LernpyError(f"{path}: the folder {path.parent} does not exist; make it first")
    replaced = not os.path.exists(path) or os.path.isfile(path)  # not a device or a pipe
    place = Path(os.path.realpath(path)) if os.path.islink(path) else path
    if replaced and not os.access(place.parent, os.W_OK):
        raise LernpyError(f"{path} could not be written: permission denied")


def _path(path: object) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise LernpyError(f"a file has a name or a path, not {path!r:.60}")
    return Path(path)


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _share(temporary, path)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _share(temporary: str, path: Path) -> None:
    """Give the new file the rights of the old one, or what the umask allows."""
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(temporary, mode)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """`write_bytes` for text, as UTF-8."""
    write_bytes(path, text.encode())


def write_json(path: str | os.PathLike[str], text: str) -> None:
    """`write_text` for what `read_json` shall read again.

    Raises
    ------
    LernpyError
        If it is larger than `read_json` would read; then nothing is written.
    """
    content = text.encode()
    if large := _too_large(content):
        raise LernpyError(
            f"{path} would have {large}, and could not be read again. Save a smaller network; one "
            "without the optimiser's memory (set network.optimizer to 'sgd') takes less"
        )
    write_bytes(path, content)


def read_bytes(path: str | os.PathLike[str], largest: int = LARGEST) -> bytes:
    """The content of a file, unpacked where it is gzip; at most `largest` bytes of it.

    Raises
    ------
    LernpyError
        If there is no such file, it is a folder, or it may not be read.
    FileFormatError
        If it is too large (also: would be, unpacked) or the compression is broken.
    """
    path = _path(path)
    try:
        if os.path.isdir(path):
            raise LernpyError(f"{path} is a folder; name a file in it")
        with open(path, "rb") as file:
            content = read_at_most(file, largest + 1)
    except (OSError, ValueError) as error:
        raise LernpyError(f"{path} could not be read: {_reason(error)}") from error
    if content.startswith(MAGIC):
        content = _unpack(content, path, largest)
    if len(content) > largest:
        raise FileFormatError(f"{path} is larger than {largest:,} bytes; that is no file of lernpy")
    return content


def read_at_most(file: IO[bytes] | gzip.GzipFile, most: int) -> bytes:
    """The content of an open file, at most so many bytes; memory is taken only as it comes."""
    parts, size = [], 0
    while size < most and (part := file.read(min(CHUNK, most - size))):
        parts.append(part)
        size += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpack(content: bytes, path: Path, largest: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return read_at_most(file, largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(
            f"{path} is cut off or damaged: its compression does not end ({error})"
        ) from error


def read_json(path: str | os.PathLike[str], largest: int = LARGEST) -> Any:
    """The content of a JSON file; NaN and infinity are refused, as JSON does not know them."""
    content = read_bytes(path, largest)
    if not content.strip():
        raise FileFormatError(f"{path} is empty")
    return parse_json(content, str(path))


def parse_json(content: bytes | str, place: str) -> Any:
    """JSON from bytes or text; `place` names it in the errors."""

    def refuse(constant: str) -> float:
        raise FileFormatError(f"{place} has the number {constant}, which no network may have")

    plain = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    if large := _too_large(plain):
        raise FileFormatError(f"{place} has {large}; that is no file of ours")
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{place} is no text file: byte {error.start} is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise FileFormatError(
            f"{place}, line {error.lineno}, column {error.colno}: no JSON ({error.msg})"
        ) from error
    except RecursionError as error:
        raise FileFormatError(f"{place} is nested too deeply to be a file of lernpy") from error
    except ValueError as error:  # an integer of more than 4,300 digits
        raise FileFormatError(f"{place} has a number that is too long: {error}") from error


def _too_large(content: bytes) -> str:
    """What is too much, or nothing: a little gzip can hold a billion empty lists."""
    if len(content) > LARGEST:
        return f"more than {LARGEST:,} bytes"
    values = sum(map(content.count, (b",", b"[", b"{")))
    return f"more than {MOST_VALUES:,} values" if values > MOST_VALUES else ""


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
