"""The bytes of a file or of standard input, taken out of gzip, bzip2, xz or a zip with one file in it."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import sys
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

from lernpy.errors import DataError, FileFormatError
from lernpy.storage import LARGEST, read_bytes, read_unpacked, read_whole

STDIN = "-"
ZIP = b"PK\x03\x04"
OPENERS: dict[bytes, Callable[[io.BytesIO], Any]] = {
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}


class Content(NamedTuple):
    """Unpacked bytes, and the name of the file that they are."""

    data: bytes
    name: str

    @property
    def ending(self) -> str:
        """The last ending of the name, of what is packed: .csv of table.csv.gz."""
        name = self.name.lower()
        for packed in (".gz", ".bz2", ".xz", ".zip"):
            name = name.removesuffix(packed)
        return os.path.splitext(name)[1]


def content_of(path: str | os.PathLike[str]) -> Content:
    """What a file holds, unpacked; ``-`` is standard input.

    Raises
    ------
    LernpyError
        If it cannot be read, is too large, or is a zip of several files.
    """
    name = os.fspath(path)
    subject = "standard input is"
    if name == STDIN and sys.stdin is None:
        raise DataError(f"{subject} closed")
    data = read_whole(sys.stdin.buffer, LARGEST, subject) if name == STDIN else read_bytes(path)
    for mark, opener in OPENERS.items():
        if data.startswith(mark):
            data = _unpacked(data, opener, name)
    if data.startswith(ZIP):
        return _of_zip(data, name)
    return Content(data, name)


def _unpacked(data: bytes, opener: Callable[[io.BytesIO], Any], name: str) -> bytes:
    try:
        with opener(io.BytesIO(data)) as file:
            return read_unpacked(file, len(data), name)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise FileFormatError(f"{name} is cut off or damaged ({error})") from error


def _of_zip(data: bytes, name: str) -> Content:
    """The one file in a zip; NumPy's archives and spreadsheets are zips of many files and stay."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                info
                for info in archive.infolist()
                if not info.is_dir() and not info.filename.startswith(("__MACOSX/", "."))
            ]
            names = [info.filename for info in members]
            if any(n.endswith(".npy") or n.startswith("xl/") for n in names):
                if any(n.startswith("xl/") for n in names):
                    for info in members:
                        with archive.open(info) as file:  # before somebody else unpacks it
                            read_unpacked(file, info.compress_size, name)
                return Content(data, name)
            if len(members) != 1:
                shown = ", ".join(sorted(names)[:5]) or "nothing"
                raise DataError(
                    f"{name} is a zip with {len(names)} files ({shown}); unpack one of them"
                )
            with archive.open(members[0]) as file:
                content = read_unpacked(file, members[0].compress_size, name)
                return Content(content, members[0].filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        if name.endswith(".npz"):
            return Content(data, name)
        raise FileFormatError(f"{name} is a damaged zip ({error})") from error
