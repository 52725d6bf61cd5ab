"""Files that are never half-written: atomic writes, gzip by ending, JSON of bounded size."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import IO, Any, BinaryIO

from lernpy.errors import FileFormatError, LernpyError
from lernpy.text import shown

LARGEST = 1 << 30  # bytes, unpacked: more than that is no file of ours
MOST_VALUES = 50_000_000  # in a JSON file: five million links with adam's memory have fewer
MAGIC = b"\x1f\x8b"
TEMPORARY = ".lernpy-half"  # ending of a file that is being written
PIECE = 1 << 20  # bytes that are read at once
TIGHTEST = 100  # bytes that a packed byte may stand for; a network of zeros packs 15 to 1
ALWAYS_UNPACKED = 1 << 24  # bytes: so many are unpacked in any case
VALUES_A_BYTE = 8  # that a packed byte of JSON may stand for; a network of zeros has 2
ALWAYS_READ = 500_000  # values: so many are read in any case

_tidied: set[Path] = set()


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all: a kill at any moment leaves the old file or the new one.

    The content goes into a temporary file in the same folder, is flushed to the disk, and takes
    the name by a rename. A link to a file stays a link; a device or a pipe is written to as it is.
    A name that ends in ``.gz`` is compressed (with no time stamp, so that equal content gives
    equal bytes).
    """
    check_path(path)
    path = Path(path)
    if path.suffix == ".gz":
        content = _packed(content)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except (OSError, ValueError) as error:
        raise LernpyError(f"{path} could not be written: {reason(error)}") from error


def _packed(content: bytes) -> bytes:
    """As gzip; hardly compressed where it would be so tight that `read_bytes` refused it."""
    packed = gzip.compress(content, mtime=0)
    tight = len(content) > max(ALWAYS_UNPACKED, TIGHTEST * len(packed))
    return (
        gzip.compress(content, 0, mtime=0) if tight or _too_large(content, len(packed)) else packed
    )


def check_path(path: str | os.PathLike[str]) -> None:
    """Whether a file may come here, before the work of which it shall tell.

    Raises
    ------
    LernpyError
        If the name is that of a folder, or its folder does not exist or may not be changed.
    """
    path = path_of(path)
    if os.path.isdir(path):  # unlike Path's own, it raises nothing
        raise LernpyError(f"{path} is a folder; name a file in it")
    if not os.path.isdir(path.parent):
        raise LernpyError(f"{path}: the folder {path.parent} does not exist; make it first")
    if os.path.exists(path) and Path(os.path.realpath(path)).is_fifo():  # perhaps without a reader
        raise LernpyError(f"{path} is a pipe, not a regular file; name a file")
    replaced = not os.path.exists(path) or os.path.isfile(path)  # not a device or a pipe
    target = Path(os.path.realpath(path)) if os.path.islink(path) else path
    if replaced and not os.access(target.parent, os.W_OK):
        raise LernpyError(f"{path} could not be written: permission denied")


def path_of(path: object) -> Path:
    """The path that a name of a file means, or an error: nothing else is one."""
    if not isinstance(path, (str, os.PathLike)):
        raise LernpyError(f"a file has a name or a path, not {shown(path)}")
    text = os.fspath(path)
    if not isinstance(text, str) or "\0" in text or not _is_encodable(text):
        raise LernpyError(f"{shown(text)} is no name of a file")
    return Path(text)


def _is_encodable(text: str) -> bool:
    """Whether the file system can hold it; half a surrogate is no letter."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return False
    return True


def _replace(path: Path, content: bytes) -> None:
    _tidy(path.parent)
    handle, temporary = tempfile.mkstemp(
        TEMPORARY, f".{path.name[:40]}.{os.getpid()}-", path.parent
    )
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


def _tidy(folder: Path) -> None:
    """Remove what processes that were killed have left half written, once for each folder."""
    if folder in _tidied:
        return
    _tidied.add(folder)
    for path in folder.glob(f".*-????????{TEMPORARY}"):
        process = path.name.removesuffix(TEMPORARY).rpartition(".")[2].partition("-")[0]
        if process.isdecimal() and not _is_alive(int(process)):
            with contextlib.suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


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
    """`write_bytes` for text, as UTF-8; half a surrogate, which has none, as ``\\ud800``."""
    write_bytes(path, text.encode(errors="backslashreplace"))


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

    It takes as much memory as the content, whatever a small file says of its size: what is packed
    more tightly than any file of ours is refused while it is unpacked.

    Raises
    ------
    LernpyError
        If there is no such file, it is a folder or a pipe, or it may not be read.
    FileFormatError
        If it is too large (also: would be, unpacked) or the compression is broken.
    """
    return _read(path_of(path), largest)[0]


def _read(path: Path, largest: int) -> tuple[bytes, int | None]:
    """The content, and the size of the file where it is packed."""
    try:
        if os.path.isdir(path):
            raise LernpyError(f"{path} is a folder; name a file in it")
        with open(path, "rb", opener=_open) as file:
            os.set_blocking(file.fileno(), True)
            if not file.peek(len(MAGIC)).startswith(MAGIC):
                return read_whole(file, largest, f"{path} is"), None
            return _unpacked(file, path, largest)
    except LernpyError:
        raise
    except (OSError, ValueError) as error:
        raise LernpyError(f"{path} could not be read: {reason(error)}") from error


def _open(path: str, flags: int) -> int:
    """A pipe without a writer ends at once, where one would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_whole(file: IO[bytes] | io.BufferedIOBase, largest: int, what: str) -> bytes:
    """All of a stream, a piece at a time: asked for `largest` bytes, Python would reserve them."""
    content = bytearray()
    while piece := file.read(PIECE):
        content += piece
        if len(content) > largest:
            raise FileFormatError(
                f"{what} larger than {largest:,} bytes; that is no file of lernpy"
            )
    return bytes(content)


def read_unpacked(
    stream: IO[bytes] | io.BufferedIOBase, size: int, name: object, largest: int = LARGEST
) -> bytes:
    """All that `size` packed bytes hold; what is packed more tightly than any file of ours is refused."""
    most = min(largest, max(ALWAYS_UNPACKED, TIGHTEST * size))
    return read_whole(stream, most, f"{name} of {size:,} bytes is, unpacked,")


def _unpacked(file: BinaryIO, path: Path, largest: int) -> tuple[bytes, int]:
    size = os.fstat(file.fileno()).st_size
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            return read_unpacked(stream, size, path, largest), size
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileFormatError(
            f"{path} is cut off or damaged: its compression does not end ({error})"
        ) from error


def read_json(path: str | os.PathLike[str], largest: int = LARGEST) -> Any:
    """The content of a JSON file; NaN and infinity are refused, as JSON does not know them."""
    content, packed = _read(path_of(path), largest)
    if not content.strip():
        raise FileFormatError(f"{path} is empty")
    return parse_json(content, str(path), packed)


def parse_json(content: bytes | str, where: str, packed: int | None = None) -> Any:
    """JSON from bytes or text; `where` names it in the errors, `packed` is the size of a gzip file."""

    def refuse(constant: str) -> float:
        raise FileFormatError(f"{where} has the number {constant}, which no network may have")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise FileFormatError(
                f"{where} has {shown(twice)} twice in one object; keep one of them"
            )
        return values

    plain = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    if large := _too_large(plain, packed):
        raise FileFormatError(f"{where} has {large}; that is no file of ours")
    if plain.startswith(codecs.BOM_UTF8):
        raise FileFormatError(
            f"{where} begins with a byte order mark; save it as UTF-8 without one"
        )
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)
    except FileFormatError:
        raise
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{where} is no text file: byte {error.start} is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise FileFormatError(
            f"{where}, line {error.lineno}, column {error.colno}: no JSON ({error.msg})"
        ) from error
    except RecursionError as error:
        raise FileFormatError(f"{where} is nested too deeply to be a file of lernpy") from error
    except ValueError as error:  # an integer of more than 4,300 digits
        raise FileFormatError(f"{where} has a number that is too long: {error}") from error


def _too_large(content: bytes, packed: int | None = None) -> str:
    """What is too much, or nothing: a little gzip can hold a billion empty lists."""
    if len(content) > LARGEST:
        return f"more than {LARGEST:,} bytes"
    most = MOST_VALUES
    if packed is not None:
        most = min(most, max(ALWAYS_READ, VALUES_A_BYTE * packed))
    values = sum(map(content.count, (b",", b"[", b"{")))
    return f"more than {most:,} values" if values > most else ""


def reason(error: OSError | ValueError) -> str:
    """What the system says of a file that it does not let one have."""
    return (getattr(error, "strerror", None) or str(error)).lower()
